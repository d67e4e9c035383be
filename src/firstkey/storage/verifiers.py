"""The only place where a pass's verifier is read. Its statement is here too, so that no other module has one."""

from concurrent.futures import Future
from typing import TYPE_CHECKING, cast

from sqlalchemy import bindparam, select

from firstkey.ports.fact_store import Transaction
from firstkey.storage.sqlite.connection import DIALECT
from firstkey.storage.statements import compiled
from firstkey.storage.tables import verifiers

if TYPE_CHECKING:
    import sqlite3

    from firstkey.storage.memory import MemoryFactStore, MemoryRows
    from firstkey.storage.sqlite.looking import LookingStore
    from firstkey.storage.sqlite.rows import SqliteRows
    from firstkey.storage.sqlite.store import SqliteFactStore
    from firstkey.storage.unit import Unit

_VERIFIER = compiled(select(verifiers.c.body).where(verifiers.c.pass_id == bindparam("pass_id")), DIALECT)


class SqliteVerifierReader:
    """Reads verifiers from SQLite; a `ports.verifiers.VerifierReader`.

    Args:
        store: the site's store.
    """

    def __init__(self, store: "SqliteFactStore | LookingStore") -> None:
        self._readers = store.readers

    def read(self, pass_id: str) -> Future[bytes | None]:
        """Return a pass's verifier, None once it is destroyed."""

        def view(connection: "sqlite3.Connection") -> bytes | None:
            row = connection.execute(_VERIFIER, {"pass_id": pass_id}).fetchone()
            return None if row is None else row[0]

        return self._readers.submit(view)

    def read_within(self, tx: Transaction, pass_id: str) -> bytes | None:
        """Return a pass's verifier as a running work sees it."""
        rows = cast("SqliteRows", cast("Unit", tx).rows).select(_VERIFIER, pass_id=pass_id)
        return rows[0][0] if rows else None


class MemoryVerifierReader:
    """Reads verifiers from memory; a `ports.verifiers.VerifierReader`.

    Args:
        store: the store in memory.
    """

    def __init__(self, store: "MemoryFactStore") -> None:
        self._store = store

    def read(self, pass_id: str) -> Future[bytes | None]:
        """Return a pass's verifier, None once it is destroyed."""
        return self._store.look(lambda rows: rows.tables["verifiers"].get(pass_id))

    def read_within(self, tx: Transaction, pass_id: str) -> bytes | None:
        """Return a pass's verifier as a running work sees it."""
        body: bytes | None = cast("MemoryRows", cast("Unit", tx).rows).tables["verifiers"].get(pass_id)
        return body
