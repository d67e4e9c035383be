"""A site's store in a folder: the lock, the writer, the readers and the published checkpoint."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

import structlog

from firstkey.ledger.checkpoint import Checkpoint
from firstkey.ports.clock import Clock
from firstkey.ports.fact_store import Reader, Transaction
from firstkey.ports.signing import CheckpointSigner, FactMac
from firstkey.storage.chains import Chains
from firstkey.storage.limits import CHAIN_FACTS_CACHED_MAX
from firstkey.storage.refusals import StorageReason
from firstkey.storage.rows import TransactionLost
from firstkey.storage.seals import Seals
from firstkey.storage.sequencer import Sequencer
from firstkey.storage.sqlite.connection import open_reader, open_writer
from firstkey.storage.sqlite.readers import Readers
from firstkey.storage.sqlite.rows import SqliteReadableRows, SqliteRows
from firstkey.storage.sqlite.site_files import CheckpointFile, SiteLock
from firstkey.storage.sqlite.writer import Opened, Writer
from firstkey.storage.timekeeper import Timekeeper
from firstkey.storage.tree import continues
from firstkey.storage.view import View
from firstkey.values.errors import Refused

_log = structlog.get_logger(__name__)

T = TypeVar("T")


class SqliteFactStore:
    """Keeps a site's facts in a folder; a `ports.fact_store.FactStore`.

    Args:
        folder: the site's folder; it exists. A new database is created in it where there is none.
        macs: the key that facts are sealed with.
        signer: the ledger's key.
        clock: the store's clock.
        connect: opens the database for writing.
        unsafe_older_than_head: open a store that is older than the checkpoint it published, as after a restore, and
            publish nothing over that. Only the fence does.

    Attributes:
        readers: for `storage.verifiers`.

    Raises:
        Refused: another process holds the site, the schema is of another version, the tree is broken or signed by
            another key, or the store is not one that continues its head (`StorageReason`).
    """

    def __init__(
        self,
        folder: Path,
        macs: FactMac,
        signer: CheckpointSigner,
        clock: Clock,
        *,
        connect: Callable[[Path], sqlite3.Connection] = open_writer,
        unsafe_older_than_head: bool = False,
    ) -> None:
        self._seals = Seals(macs)
        timekeeper = Timekeeper(clock)
        published = CheckpointFile(folder)

        def reopen() -> Opened:
            connection = connect(folder)
            try:
                rows = SqliteRows(connection)
                if not rows.truncate_log():
                    raise TransactionLost("a reader holds the log")
                sequencer = Sequencer(rows, macs, signer, timekeeper)
                if not unsafe_older_than_head:
                    _check_continues(rows, sequencer.head.frontier.size, published.head(signer.verifier))
            except BaseException:
                connection.close()
                raise
            return Opened(rows, sequencer, connection.close)

        self._lock = SiteLock(folder)
        try:
            self._writer = Writer(reopen, _nowhere if unsafe_older_than_head else published.publish, clock)
        except BaseException:
            self._lock.release()
            raise
        self.readers = Readers(lambda: open_reader(folder))

    def execute(self, work: Callable[[Transaction], T]) -> Future[T]:
        """Carry out a work in a transaction of its own."""
        return self._writer.submit(work)

    def read(self, view: Callable[[Reader], T]) -> Future[T]:
        """Call a view in one short transaction that cannot write."""
        return self.readers.submit(
            lambda connection: view(View(SqliteReadableRows(connection), self._seals, Chains(CHAIN_FACTS_CACHED_MAX)))
        )

    @property
    def waiting(self) -> int:
        """How many works wait for the writer, about."""
        return self._writer.waiting

    def close(self) -> None:
        """Finish what was accepted and let go of the site."""
        self.readers.close()
        self._writer.close()  # the last connection takes the log with it
        self._lock.release()


def _check_continues(rows: SqliteRows, size: int, published: Checkpoint | None) -> None:
    """Refuse a database that is not the one whose head was published, grown or not since then."""
    if published is None:
        if size:
            _log.warning("checkpoint_missing", entries=size)
        return
    if size < published.size:
        raise Refused(StorageReason.StoreOlderThanHead, f"{size} entries, {published.size} published")
    if not continues(rows, size, published):
        raise Refused(StorageReason.StoreForked, f"at {published.size} entries")


def _nowhere(note: bytes) -> None:
    """Publish nothing."""
