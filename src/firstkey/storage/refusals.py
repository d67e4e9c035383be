"""Why a site's store is not opened."""

from enum import Enum

from firstkey.values.errors import Says


class StorageReason(Enum):
    """What stands between us and the store."""

    CheckpointForeign = Says(
        "The file `checkpoint` in the site's folder is not one of this ledger.",
        "Put back the one that stood there; `firstkey ledger verify` tells what the database holds.",
    )
    FactKeyDiffers = Says(
        "The key in keys/facts did not seal this database.", "Put back the keys/facts that belongs to it."
    )
    FactsDiffer = Says("The facts in this database are not those of its ledger.", "Serve nothing from it.")
    LedgerKeyDiffers = Says(
        "The key in keys/ledger did not sign this ledger.", "Put back the keys/ledger that belongs to it."
    )
    LedgerNameDiffers = Says(
        "This ledger bears another name than the site.", "Put back the `site` that stood in firstkey.toml."
    )
    SchemaNewer = Says("The database was written by a newer version.", "Run that version, or a newer one.")
    SchemaOlder = Says(
        "The database was written by an older version.", "Copy the folder, then run `firstkey migrate` on it."
    )
    SchemaUnknown = Says(
        "The database is not one of this program's.", "Put back the site's own firstkey.sqlite, or a copy of it."
    )
    SiteInUse = Says("Another process holds this site.", "Ask the running server over HTTP, or stop it first.")
    StoreForked = Says(
        "The database is not the one whose head was published.",
        "Put back the newest database; if it is lost, `firstkey fence` ends what rests on it.",
    )
    StoreOlderThanHead = Says(
        "The database is older than the head that was published from it, as after a restore.",
        "Put back the newest database; if it is lost, `firstkey fence` ends what rests on it.",
    )
    TreeBroken = Says("The ledger's tree does not lead to its last checkpoint.", "Verify the ledger; compare a backup.")
