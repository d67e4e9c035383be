"""Rows in SQLite, through statements compiled once and executed on the driver's connection."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from firstkey.ledger.entry import Activity
from firstkey.ledger.refusals import LedgerReason
from firstkey.ports.fact_store import Recorded, Slot
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.ports.queues import CaseCursor, CaseIndex, CaseRow, OutboxItem, Queued
from firstkey.storage.rows import EntryRow, HashRow, TransactionLost
from firstkey.storage.sqlite.connection import STATEMENTS
from firstkey.values.errors import Defect, Refused

_OUR_BUGS = (
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
    sqlite3.DataError,
    sqlite3.NotSupportedError,
)
"""Errors of one statement. After any other the transaction may be gone, and is treated so."""

_AFTER_EVERY_KEY = "\U0010ffff"


class SqliteReadableRows:
    """Reads rows; a `storage.rows.ReadableRows`.

    Args:
        connection: in a transaction.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lost = False

    def _run(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except _OUR_BUGS as error:
            raise Defect(str(error)) from error
        except (sqlite3.Error, MemoryError) as error:
            self._lost = True
            raise TransactionLost(str(error)) from error

    def select(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Carry out a statement that is none of STATEMENTS, for another module of the storage."""
        return self._run(sql, **values)

    def site_number(self, name: str) -> int:
        """Return a number about the store."""
        rows = self._run(STATEMENTS.site_number, name=name)
        return rows[0][0] if rows else 0

    def facts(self, stream: str, after: int) -> list[Recorded]:
        """Return a stream's facts after a number."""
        return [_recorded(row) for row in self._run(STATEMENTS.facts, stream=stream, after=after)]

    def last_facts(self, stream: str, limit: int) -> list[Recorded]:
        """Return a stream's last facts, the last first."""
        return [_recorded(row) for row in self._run(STATEMENTS.last_facts, stream=stream, limit=limit)]

    def holder(self, slot: Slot) -> str | None:
        """Return the stream that holds a slot."""
        rows = self._run(STATEMENTS.holder, kind=slot.kind.value, key=slot.key)
        return rows[0][0] if rows else None

    def document(self, kind: DocumentKind, key: str) -> bytes | None:
        """Return a document."""
        rows = self._run(STATEMENTS.document, kind=kind.value, key=key)
        return rows[0][0] if rows else None

    def documents(self, kind: DocumentKind, prefix: str, after: str, limit: int) -> list[tuple[str, bytes]]:
        """Return documents by prefix."""
        end = prefix + _AFTER_EVERY_KEY
        rows = self._run(STATEMENTS.documents, kind=kind.value, start=prefix, end=end, after=after, limit=limit)
        return [(row[0], row[1]) for row in rows]

    def cases(self, by: CaseIndex, value: str, after: CaseCursor, limit: int) -> list[CaseRow]:
        """Return cases after a cursor."""
        return [CaseRow(*row) for row in self._run(STATEMENTS.cases[by], value=value, limit=limit, **after._asdict())]

    def outbox_due(self, now: int, limit: int) -> list[Queued]:
        """Return due effects that are the first of their lanes."""
        return [
            Queued(sequence, OutboxItem(lane, kind, body, bool(outranks), due_at), attempts)
            for sequence, lane, kind, body, outranks, due_at, attempts in self._run(
                STATEMENTS.outbox_due, now=now, limit=limit
            )
        ]

    def ledger_index(self, stream: str, number: int) -> int | None:
        """Return the index of a fact's entry."""
        rows = self._run(STATEMENTS.ledger_index, stream=stream, number=number)
        return rows[0][0] if rows else None

    def ledger_number(self, stream: str) -> int:
        """Return the highest number of a stream that has an entry."""
        return self._run(STATEMENTS.ledger_number, stream=stream)[0][0] or 0

    def leaves(self, start: int, limit: int) -> list[bytes]:
        """Return entries from an index on."""
        return [row[0] for row in self._run(STATEMENTS.leaves, start=start, limit=limit)]

    def hashes(self, level: int, start: int, count: int) -> list[bytes]:
        """Return hashes of a tile level from an index on."""
        return [row[0] for row in self._run(STATEMENTS.hashes, level=level, start=start, end=start + count)]

    def checkpoint(self) -> tuple[int, bytes] | None:
        """Return size and note of the largest checkpoint."""
        rows = self._run(STATEMENTS.checkpoint, limit=1)
        return (rows[0][0], rows[0][1]) if rows else None


class SqliteRows(SqliteReadableRows):
    """Reads and writes rows; a `storage.rows.Rows`. Once a statement says that the transaction is lost, all do."""

    def _change(self, sql: str, rows: Iterable[dict[str, Any]]) -> None:
        try:
            self._connection.executemany(sql, rows)
        except _OUR_BUGS as error:
            raise Defect(str(error)) from error
        except (sqlite3.Error, MemoryError) as error:
            self._lost = True
            raise TransactionLost(str(error)) from error

    def _control(self, sql: str) -> None:
        if self._lost:
            raise TransactionLost("an earlier statement failed")
        self._run(sql)

    def begin(self) -> None:
        """Begin a transaction."""
        self._control("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make it durable."""
        self._control("COMMIT")

    def rollback(self) -> None:
        """Undo the whole transaction."""
        self._control("ROLLBACK")

    def mark(self) -> None:
        """Set a mark to go back to."""
        self._control("SAVEPOINT work")

    def back_to_mark(self) -> None:
        """Undo what came after the mark."""
        self._control("ROLLBACK TO work")
        self._control("RELEASE work")

    def release_mark(self) -> None:
        """Keep what came after the mark."""
        self._control("RELEASE work")

    def changes(self) -> int:
        """Return a number that grows with every change of a row."""
        return self._connection.total_changes

    def truncate_log(self) -> bool:
        """Move the write-ahead log into the database and empty it; False when a reader is in the way."""
        busy: int = self._run("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]
        return busy == 0

    def put_site_number(self, name: str, value: int) -> None:
        """Store or replace a number about the store."""
        self._run(STATEMENTS.put_site_number, name=name, value=value)

    def add_facts(self, facts: Sequence[Recorded]) -> None:
        """Add facts."""
        self._change(STATEMENTS.add_fact, map(msgspec.structs.asdict, facts))

    def add_slot(self, slot: Slot, stream: str, at: int) -> None:
        """Add a slot's holder."""
        self._run(STATEMENTS.add_slot, kind=slot.kind.value, key=slot.key, stream=stream, taken_at=at)

    def drop_slot(self, slot: Slot) -> None:
        """Delete a slot's holder."""
        self._run(STATEMENTS.drop_slot, kind=slot.kind.value, key=slot.key)

    def forget_slots(self, kind: SlotKind, before: int, limit: int) -> int:
        """Delete holders older than an instant."""
        changes = self.changes()
        self._run(STATEMENTS.forget_slots, kind=kind.value, before=before, limit=limit)
        return self.changes() - changes

    def add_verifier(self, pass_id: str, body: bytes) -> None:
        """Add a verifier."""
        self._run(STATEMENTS.add_verifier, pass_id=pass_id, body=body)

    def drop_verifier(self, pass_id: str) -> None:
        """Delete a verifier."""
        self._run(STATEMENTS.drop_verifier, pass_id=pass_id)

    def put_document(self, kind: DocumentKind, key: str, body: bytes, at: int) -> None:
        """Store or replace a document."""
        self._run(STATEMENTS.put_document, kind=kind.value, key=key, body=body, put_at=at)

    def drop_document(self, kind: DocumentKind, key: str) -> None:
        """Delete a document."""
        self._run(STATEMENTS.drop_document, kind=kind.value, key=key)

    def forget_documents(self, kind: DocumentKind, before: int, limit: int) -> int:
        """Delete documents older than an instant."""
        changes = self.changes()
        self._run(STATEMENTS.forget_documents, kind=kind.value, before=before, limit=limit)
        return self.changes() - changes

    def put_case(self, row: CaseRow) -> None:
        """Store or replace a case's row."""
        self._run(STATEMENTS.put_case, **msgspec.structs.asdict(row))

    def add_outbox(self, sequence: int, item: OutboxItem) -> None:
        """Add an effect."""
        values = msgspec.structs.asdict(item) | {"outranks": int(item.outranks)}
        self._run(STATEMENTS.add_outbox, sequence=sequence, attempts=0, **values)

    def outbox_again(self, sequence: int, due_at: int) -> None:
        """Count an attempt in vain and set the next."""
        self._run(STATEMENTS.outbox_again, tried=sequence, due_at=due_at, tries=1)

    def drop_outbox(self, sequence: int) -> None:
        """Delete an effect."""
        self._run(STATEMENTS.drop_outbox, sequence=sequence)

    def add_entries(self, entries: Sequence[EntryRow]) -> None:
        """Add ledger entries."""
        self._change(STATEMENTS.add_entry, map(msgspec.structs.asdict, entries))

    def add_hashes(self, hashes: Sequence[HashRow]) -> None:
        """Add hashes of the tree."""
        self._change(STATEMENTS.add_hash, map(msgspec.structs.asdict, hashes))

    def add_checkpoint(self, size: int, note: bytes) -> None:
        """Add a checkpoint."""
        self._run(STATEMENTS.add_checkpoint, size=size, note=note)


def _recorded(row: tuple[Any, ...]) -> Recorded:
    stream, number, kind, at, body, mac, activity = row
    try:
        return Recorded(stream, number, kind, at, body, mac, Activity(activity))
    except ValueError as error:
        raise Refused(LedgerReason.ChainBroken, f"stream {stream}, number {number}: its activity") from error
