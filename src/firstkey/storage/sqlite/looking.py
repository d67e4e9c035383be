"""A site's store that can only be looked at, beside whichever process serves the site."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from firstkey.ports.fact_store import Reader, Transaction
from firstkey.ports.signing import FactMac
from firstkey.storage.chains import Chains
from firstkey.storage.limits import CHAIN_FACTS_CACHED_MAX
from firstkey.storage.seals import Seals
from firstkey.storage.sqlite.connection import open_reader
from firstkey.storage.sqlite.readers import Readers
from firstkey.storage.sqlite.rows import SqliteReadableRows
from firstkey.storage.view import View
from firstkey.values.errors import Unavailable

T = TypeVar("T")


class LookingStore:
    """Shows a site's facts and takes none; a `ports.fact_store.FactStore` whose works are all unavailable.

    Args:
        folder: the site's folder, with its database.
        macs: the key that facts are sealed with.
    """

    def __init__(self, folder: Path, macs: FactMac) -> None:
        self._seals = Seals(macs)
        self.readers = Readers(lambda: open_reader(folder))

    def execute(self, work: Callable[[Transaction], T]) -> Future[T]:
        """Refuse a work: nothing can be written from here."""
        raise Unavailable(f"a site that is only looked at takes nothing: {work.__name__}")

    def read(self, view: Callable[[Reader], T]) -> Future[T]:
        """Call a view in one short transaction that cannot write."""
        return self.readers.submit(
            lambda connection: view(View(SqliteReadableRows(connection), self._seals, Chains(CHAIN_FACTS_CACHED_MAX)))
        )

    @property
    def waiting(self) -> int:
        """How many works wait: none."""
        return 0

    def close(self) -> None:
        """Let go of the database."""
        self.readers.close()
