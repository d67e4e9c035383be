"""Why a site's store is not opened."""

from enum import Enum

from firstkey.values.errors import Says


class StorageReason(Enum):
    """What stands between us and the store."""

    SchemaUnknown = Says("The database has another schema than this version.", "Run the version that wrote it.")
    SiteInUse = Says("Another process holds this site.", "Ask the running server over HTTP, or stop it first.")
    StoreOlderThanHead = Says("The store is older than the head it published.", "Run `firstkey fence`.")
    TreeBroken = Says("The ledger's tree does not lead to its last checkpoint.", "Verify the ledger; compare a backup.")
