"""What a database must be able to do for us: rows in and out, and parts of a transaction undone. No rules live here."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from firstkey.ports.fact_store import Recorded, Slot
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.ports.queues import CaseCursor, CaseIndex, CaseRow, OutboxItem, Queued


class TransactionLost(Exception):
    """The database ended the transaction, or may have: a full disk, an I/O error. Nothing in memory holds any more."""


class EntryRow(msgspec.Struct, frozen=True):
    """A ledger entry: its index, the fact it is of, and its bytes."""

    index: int
    stream: str
    number: int
    leaf: bytes


class HashRow(msgspec.Struct, frozen=True):
    """A hash of the tree, at a tile level."""

    level: int
    index: int
    hash: bytes


class ReadableRows(Protocol):
    """Reads rows. Everything raises TransactionLost when the database fails."""

    def site_number(self, name: str) -> int:
        """Return a number about the store, 0 before it is put."""

    def facts(self, stream: str, after: int) -> list[Recorded]:
        """Return a stream's facts with numbers above `after`, in order."""

    def last_facts(self, stream: str, limit: int) -> list[Recorded]:
        """Return a stream's last facts, the last first."""

    def holder(self, slot: Slot) -> str | None:
        """Return the stream that holds a slot."""

    def document(self, kind: DocumentKind, key: str) -> bytes | None:
        """Return a document."""

    def documents(self, kind: DocumentKind, prefix: str, after: str, limit: int) -> list[tuple[str, bytes]]:
        """Return documents by prefix, after a key, in key order."""

    def cases(self, by: CaseIndex, value: str, after: CaseCursor, limit: int) -> list[CaseRow]:
        """Return cases after a cursor, in its order."""

    def outbox_due(self, now: int, limit: int) -> list[Queued]:
        """Return due effects that are the first of their lanes."""

    def ledger_index(self, stream: str, number: int) -> int | None:
        """Return the index of a fact's entry."""

    def ledger_number(self, stream: str) -> int:
        """Return the highest number of a stream that has an entry, 0 for none."""

    def leaves(self, start: int, limit: int) -> list[bytes]:
        """Return entries from an index on."""

    def hashes(self, level: int, start: int, count: int) -> list[bytes]:
        """Return hashes of a tile level from an index on."""

    def checkpoint(self) -> tuple[int, bytes] | None:
        """Return size and note of the largest checkpoint."""


class Rows(ReadableRows, Protocol):
    """Reads and writes rows in one transaction at a time."""

    def begin(self) -> None:
        """Begin a transaction; nobody else writes until it ends."""

    def commit(self) -> None:
        """Make it durable. After TransactionLost it may or may not have happened."""

    def rollback(self) -> None:
        """Undo the whole transaction."""

    def mark(self) -> None:
        """Set a mark to go back to. Marks do not nest."""

    def back_to_mark(self) -> None:
        """Undo what came after the mark, and take the mark away."""

    def release_mark(self) -> None:
        """Keep what came after the mark, and take the mark away."""

    def changes(self) -> int:
        """Return a number that grows with every change of a row."""

    def put_site_number(self, name: str, value: int) -> None:
        """Store or replace a number about the store."""

    def add_facts(self, facts: Sequence[Recorded]) -> None:
        """Add facts."""

    def add_slot(self, slot: Slot, stream: str, at: int) -> None:
        """Add a slot's holder."""

    def drop_slot(self, slot: Slot) -> None:
        """Delete a slot's holder."""

    def forget_slots(self, kind: SlotKind, before: int, limit: int) -> int:
        """Delete holders older than an instant; return how many."""

    def add_verifier(self, pass_id: str, body: bytes) -> None:
        """Add a verifier."""

    def drop_verifier(self, pass_id: str) -> None:
        """Delete a verifier."""

    def put_document(self, kind: DocumentKind, key: str, body: bytes, at: int) -> None:
        """Store or replace a document."""

    def drop_document(self, kind: DocumentKind, key: str) -> None:
        """Delete a document."""

    def forget_documents(self, kind: DocumentKind, before: int, limit: int) -> int:
        """Delete documents older than an instant; return how many."""

    def put_case(self, row: CaseRow) -> None:
        """Store or replace a case's row."""

    def add_outbox(self, sequence: int, item: OutboxItem) -> None:
        """Add an effect."""

    def outbox_again(self, sequence: int, due_at: int) -> None:
        """Count an attempt in vain and set the next."""

    def drop_outbox(self, sequence: int) -> None:
        """Delete an effect."""

    def add_entries(self, entries: Sequence[EntryRow]) -> None:
        """Add ledger entries."""

    def add_hashes(self, hashes: Sequence[HashRow]) -> None:
        """Add hashes of the tree."""

    def add_checkpoint(self, size: int, note: bytes) -> None:
        """Add a checkpoint."""
