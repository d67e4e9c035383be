"""Why a site's store is not opened."""

from enum import Enum

from firstkey.values.errors import Says


class StorageReason(Enum):
    """What stands between us and the store."""

    FactsDiffer = Says("The facts in this database are not those of its ledger.", "Serve nothing from it.")
    SchemaUnknown = Says("The database has another schema than this version.", "Run the version that wrote it.")
    SiteInUse = Says("Another process holds this site.", "Ask the running server over HTTP, or stop it first.")
    StoreOlderThanHead = Says("The store is older than the head it published.", "Put back the newest database.")
    TreeBroken = Says("The ledger's tree does not lead to its last checkpoint.", "Verify the ledger; compare a backup.")
