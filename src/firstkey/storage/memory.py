"""The same store without a disk: dictionaries, and a list of what to put back when a work fails.

It keeps every promise but one: nothing survives the process. Works run in the caller's thread, one at a time.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from firstkey.ports.clock import Clock
from firstkey.ports.fact_store import Reader, Recorded, Slot, Transaction
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.ports.queues import CaseCursor, CaseIndex, CaseRow, OutboxItem, Queued
from firstkey.ports.signing import CheckpointSigner, FactMac
from firstkey.storage.chains import Chains
from firstkey.storage.limits import CHAIN_FACTS_CACHED_MAX
from firstkey.storage.rows import EntryRow, HashRow
from firstkey.storage.seals import Seals
from firstkey.storage.sequencer import Outcome, Sequencer, failed
from firstkey.storage.timekeeper import Timekeeper
from firstkey.storage.view import View
from firstkey.values.errors import Defect, Unavailable

T = TypeVar("T")

_ABSENT = object()


class MemoryRows:
    """Rows in dictionaries; a `storage.rows.Rows`.

    Attributes:
        tables: by name, then by primary key.
    """

    def __init__(self) -> None:
        self.tables: defaultdict[str, dict[Any, Any]] = defaultdict(dict)
        self._undo: list[tuple[str, Any, Any]] = []
        self._mark = 0
        self._changes = 0

    def _put(self, table: str, key: Any, row: Any) -> None:
        self._undo.append((table, key, self.tables[table].get(key, _ABSENT)))
        self._changes += 1
        self.tables[table][key] = row

    def _add(self, table: str, key: Any, row: Any) -> None:
        if key in self.tables[table]:
            raise Defect(f"a second row of {table} under one key")
        self._put(table, key, row)

    def _drop(self, table: str, key: Any) -> None:
        if key in self.tables[table]:
            self._undo.append((table, key, self.tables[table].pop(key)))
            self._changes += 1

    def _back_to(self, length: int) -> None:
        while len(self._undo) > length:
            table, key, row = self._undo.pop()
            if row is _ABSENT:
                del self.tables[table][key]
            else:
                self.tables[table][key] = row

    def begin(self) -> None:
        """Begin a transaction."""

    def commit(self) -> None:
        """Keep everything."""
        self._undo.clear()

    def rollback(self) -> None:
        """Undo the whole transaction."""
        self._back_to(0)

    def mark(self) -> None:
        """Set a mark to go back to."""
        self._mark = len(self._undo)

    def back_to_mark(self) -> None:
        """Undo what came after the mark."""
        self._back_to(self._mark)

    def release_mark(self) -> None:
        """Keep what came after the mark."""

    def changes(self) -> int:
        """Return a number that grows with every change of a row."""
        return self._changes

    def site_number(self, name: str) -> int:
        """Return a number about the store."""
        number: int = self.tables["site"].get(name, 0)
        return number

    def put_site_number(self, name: str, value: int) -> None:
        """Store or replace a number about the store."""
        self._put("site", name, value)

    def facts(self, stream: str, after: int) -> list[Recorded]:
        """Return a stream's facts after a number."""
        rows, number = [], after + 1
        while (stream, number) in self.tables["facts"]:
            rows.append(self.tables["facts"][stream, number])
            number += 1
        return rows

    def last_facts(self, stream: str, limit: int) -> list[Recorded]:
        """Return a stream's last facts, the last first."""
        return self.facts(stream, 0)[: -limit - 1 : -1]

    def add_facts(self, facts: Sequence[Recorded]) -> None:
        """Add facts."""
        for fact in facts:
            self._add("facts", (fact.stream, fact.number), fact)

    def holder(self, slot: Slot) -> str | None:
        """Return the stream that holds a slot."""
        stream: str | None = self.tables["slots"].get((slot.kind, slot.key), (None, 0))[0]
        return stream

    def add_slot(self, slot: Slot, stream: str, at: int) -> None:
        """Add a slot's holder."""
        self._add("slots", (slot.kind, slot.key), (stream, at))

    def drop_slot(self, slot: Slot) -> None:
        """Delete a slot's holder."""
        self._drop("slots", (slot.kind, slot.key))

    def forget_slots(self, kind: SlotKind, before: int, limit: int) -> int:
        """Delete holders older than an instant."""
        return self._forget("slots", kind, before, limit)

    def _forget(self, table: str, kind: str, before: int, limit: int) -> int:
        old = [key for key, (_, at) in self.tables[table].items() if key[0] == kind and at < before][:limit]
        for key in old:
            self._drop(table, key)
        return len(old)

    def add_verifier(self, pass_id: str, body: bytes) -> None:
        """Add a verifier."""
        self._add("verifiers", pass_id, body)

    def drop_verifier(self, pass_id: str) -> None:
        """Delete a verifier."""
        self._drop("verifiers", pass_id)

    def document(self, kind: DocumentKind, key: str) -> bytes | None:
        """Return a document."""
        body: bytes | None = self.tables["documents"].get((kind, key), (None, 0))[0]
        return body

    def documents(self, kind: DocumentKind, prefix: str, after: str, limit: int) -> list[tuple[str, bytes]]:
        """Return documents by prefix."""
        found = [
            (key, body)
            for (its_kind, key), (body, _) in self.tables["documents"].items()
            if its_kind == kind and key.startswith(prefix) and key > after
        ]
        return sorted(found)[:limit]

    def put_document(self, kind: DocumentKind, key: str, body: bytes, at: int) -> None:
        """Store or replace a document."""
        self._put("documents", (kind, key), (body, at))

    def drop_document(self, kind: DocumentKind, key: str) -> None:
        """Delete a document."""
        self._drop("documents", (kind, key))

    def forget_documents(self, kind: DocumentKind, before: int, limit: int) -> int:
        """Delete documents older than an instant."""
        return self._forget("documents", kind, before, limit)

    def cases(self, by: CaseIndex, value: str, after: CaseCursor, limit: int) -> list[CaseRow]:
        """Return cases after a cursor."""
        rows = [
            row
            for row in self.tables["cases"].values()
            if row.cursor > after and (by is CaseIndex.ALL or getattr(row, by.value) == value)
        ]
        return sorted(rows, key=lambda row: row.cursor)[:limit]

    def put_case(self, row: CaseRow) -> None:
        """Store or replace a case's row."""
        self._put("cases", row.case, row)

    def outbox_due(self, now: int, limit: int) -> list[Queued]:
        """Return due effects that are the first of their lanes."""
        first: dict[str, Queued] = {}
        for queued in sorted(self.tables["outbox"].values(), key=lambda row: (not row.item.outranks, row.sequence)):
            first.setdefault(queued.item.lane, queued)
        due = [queued for queued in first.values() if queued.item.due_at <= now]
        return sorted(due, key=lambda row: row.sequence)[:limit]

    def add_outbox(self, sequence: int, item: OutboxItem) -> None:
        """Add an effect."""
        self._add("outbox", sequence, Queued(sequence, item, 0))

    def outbox_again(self, sequence: int, due_at: int) -> None:
        """Count an attempt in vain and set the next."""
        queued: Queued = self.tables["outbox"][sequence]
        item = queued.item
        later = OutboxItem(item.lane, item.kind, item.body, item.outranks, due_at)
        self._put("outbox", sequence, Queued(sequence, later, queued.attempts + 1))

    def drop_outbox(self, sequence: int) -> None:
        """Delete an effect."""
        self._drop("outbox", sequence)

    def ledger_index(self, stream: str, number: int) -> int | None:
        """Return the index of a fact's entry."""
        index: int | None = self.tables["ledger_index"].get((stream, number))
        return index

    def ledger_number(self, stream: str) -> int:
        """Return the highest number of a stream that has an entry."""
        number: int = self.tables["ledger_number"].get(stream, 0)
        return number

    def add_entries(self, entries: Sequence[EntryRow]) -> None:
        """Add ledger entries."""
        for entry in entries:
            self._add("entries", entry.index, entry.leaf)
            self._add("ledger_index", (entry.stream, entry.number), entry.index)
            self._put("ledger_number", entry.stream, entry.number)

    def leaves(self, start: int, limit: int) -> list[bytes]:
        """Return entries from an index on."""
        entries = self.tables["entries"]
        return [entries[index] for index in range(start, min(start + limit, len(entries)))]

    def add_hashes(self, hashes: Sequence[HashRow]) -> None:
        """Add hashes of the tree."""
        for node in hashes:
            self._add("hashes", (node.level, node.index), node.hash)

    def hashes(self, level: int, start: int, count: int) -> list[bytes]:
        """Return hashes of a tile level from an index on."""
        stored = self.tables["hashes"]
        return [stored[level, index] for index in range(start, start + count) if (level, index) in stored]

    def checkpoint(self) -> tuple[int, bytes] | None:
        """Return size and note of the largest checkpoint."""
        newest: tuple[int, bytes] | None = self.tables["newest"].get("checkpoint")
        return newest

    def add_checkpoint(self, size: int, note: bytes) -> None:
        """Add a checkpoint."""
        self._add("checkpoints", size, note)
        self._put("newest", "checkpoint", (size, note))


class MemoryFactStore:
    """Keeps facts in memory; a `ports.fact_store.FactStore`.

    Args:
        macs: the key that facts are sealed with.
        signer: the ledger's key.
        clock: the store's clock.
    """

    def __init__(self, macs: FactMac, signer: CheckpointSigner, clock: Clock) -> None:
        self._macs = macs
        self._seals = Seals(macs)
        self._signer = signer
        self._timekeeper = Timekeeper(clock)
        self._rows = MemoryRows()
        self._sequencer = self._read_again()
        self._turn = threading.Lock()
        self._in_turn_now: int | None = None
        self._closed = False

    def _read_again(self) -> Sequencer:
        return Sequencer(self._rows, self._macs, self._signer, self._timekeeper)

    def execute(self, work: Callable[[Transaction], T]) -> Future[T]:
        """Carry out a work in a transaction of its own."""

        def carry_out() -> Outcome:
            try:
                prepared = self._sequencer.prepare([work])
            except Exception as error:  # noqa: BLE001 - undone here, and given to whoever waits for the future
                self._rows.rollback()
                self._sequencer = self._read_again()
                return failed(error)
            if prepared.commits is not None:
                self._rows.commit()
                self._sequencer.committed(prepared)
            return prepared.outcomes[0]

        return self._in_turn(carry_out)

    def read(self, view: Callable[[Reader], T]) -> Future[T]:
        """Call a view of what is committed."""
        return self.look(lambda rows: view(View(rows, self._seals, Chains(CHAIN_FACTS_CACHED_MAX))))

    def look(self, look: Callable[[MemoryRows], T]) -> Future[T]:
        """Call a function of the committed rows."""

        def carry_out() -> Outcome:
            try:
                return Outcome(look(self._rows))
            except Exception as error:  # noqa: BLE001 - a view's error is its future's, as with an executor
                return Outcome(error=error)

        return self._in_turn(carry_out)

    @property
    def waiting(self) -> int:
        """Nobody waits here: a work is carried out as it comes."""
        return 0

    def close(self) -> None:
        """Refuse what comes."""
        self._closed = True

    def _in_turn(self, carry_out: Callable[[], Outcome]) -> Future[Any]:
        future: Future[Any] = Future()
        if self._in_turn_now == threading.get_ident():
            raise Defect("a work calls the store")
        with self._turn:
            if self._closed:
                raise Unavailable("the store is closed")
            self._in_turn_now = threading.get_ident()
            try:
                outcome = carry_out()
            finally:
                self._in_turn_now = None
        outcome.tell(future)
        return future
