"""At most four readers, each on a connection that cannot write, each view in one short transaction."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from firstkey.storage.limits import READERS_MAX, READS_WAITING_MAX
from firstkey.storage.rows import TransactionLost
from firstkey.values.errors import Unavailable

T = TypeVar("T")


class Readers:
    """Runs views in threads of their own, so that they hold up neither the writer nor an event loop.

    Args:
        connect: opens a connection for reading.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._threads = ThreadPoolExecutor(READERS_MAX, "firstkey-reader")
        self._places = threading.BoundedSemaphore(READERS_MAX + READS_WAITING_MAX)
        self._own = threading.local()
        self._open: list[sqlite3.Connection] = []

    def submit(self, view: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Call a view of one state of the database.

        Raises (from the future, but the first):
            Unavailable: too many views wait, the readers are closed, or the database failed.
        """
        if not self._places.acquire(blocking=False):
            raise Unavailable("too many reads wait")
        try:
            future = self._threads.submit(self._read, view)
        except RuntimeError as error:
            self._places.release()
            raise Unavailable("the store is closed") from error
        future.add_done_callback(lambda _: self._places.release())
        return future

    def close(self) -> None:
        """Finish the views accepted and close the connections."""
        self._threads.shutdown()
        while self._open:
            self._open.pop().close()

    def _read(self, view: Callable[[sqlite3.Connection], T]) -> T:
        try:
            connection = self._own_connection()
            connection.execute("BEGIN")
            try:
                return view(connection)
            finally:
                connection.execute("ROLLBACK")
        except (sqlite3.Error, TransactionLost) as error:
            self._give_up_own_connection()
            raise Unavailable("the database cannot be read now") from error

    def _own_connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._connect()
            self._open.append(connection)
        return connection

    def _give_up_own_connection(self) -> None:
        connection, self._own.connection = getattr(self._own, "connection", None), None
        if connection is not None:
            self._open.remove(connection)
            connection.close()
