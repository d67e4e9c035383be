"""The rules of one work in its transaction: numbers, MACs, entries, slots, kinds. Undoing it is the group's part."""

from collections.abc import Sequence

from firstkey.ledger.entry import Entry, Head, leaf_bytes
from firstkey.ports.fact_store import Conflict, NewFact, Recorded, Slot, SlotTaken, StoreReason
from firstkey.ports.kinds import (
    FORGETTABLE_DOCUMENTS,
    FORGETTABLE_SLOTS,
    WRITE_ONCE_DOCUMENTS,
    DocumentKind,
    SlotKind,
)
from firstkey.ports.queues import CaseRow, OutboxItem
from firstkey.storage.chains import Chains
from firstkey.storage.rows import EntryRow, Rows
from firstkey.storage.seals import Seals
from firstkey.storage.timekeeper import Reading
from firstkey.storage.view import View
from firstkey.values import canonical
from firstkey.values.errors import Defect, Refused

_OUTBOX = "outbox"


class Unit(View):
    """What one work may do; a `ports.fact_store.Transaction`.

    Args:
        rows: in a transaction, a mark set.
        seals: seals documents, under the key that facts are sealed with.
        chains: what is remembered of streams.
        reading: the time of this work.
        first_index: the ledger index of the first fact that it appends.

    Attributes:
        appended: the entries appended, as bytes.
        deadline: the instant after which it must not commit; None for never.
        time: the instant that time goes on from once it has committed; None when it says nothing of time.
    """

    def __init__(self, rows: Rows, seals: Seals, chains: Chains, reading: Reading, first_index: int) -> None:
        super().__init__(rows, seals, chains)
        self._rows = rows
        self._reading = reading
        self._first_index = first_index
        self.appended: list[bytes] = []
        self.deadline: int | None = None
        self.time: int | None = None
        self._documents: dict[tuple[DocumentKind, str], bytes | None] = {}

    @property
    def rows(self) -> Rows:
        """The rows in the running transaction; for `storage.verifiers`."""
        return self._rows

    @property
    def now(self) -> int:
        """The instant of this work."""
        return self._reading.now

    @property
    def clock_doubtful(self) -> bool:
        """Whether the site's clocks disagree."""
        return self._reading.doubtful

    def append(self, stream: str, after: int, facts: Sequence[NewFact]) -> tuple[Recorded, ...]:
        """Append facts to a stream and to the ledger."""
        chain = self._chain(stream)
        if chain.head.number != after:
            raise Conflict(f"stream {stream} has {chain.head.number} facts, not {after}")
        if not facts:
            return ()
        head, recorded = chain.head, []
        for fact in facts:
            head = self._seal(stream, head, fact)
            recorded.append(
                Recorded(stream, head.number, fact.kind, self.now, fact.body, head.mac.hex(), fact.activity)
            )
        index = self._first_index + len(self.appended)
        leaves = [_leaf(index + offset, fact, self.clock_doubtful) for offset, fact in enumerate(recorded)]
        self._rows.add_facts(recorded)
        self._rows.add_entries(
            [EntryRow(index + offset, stream, recorded[offset].number, leaf) for offset, leaf in enumerate(leaves)]
        )
        self.appended += leaves
        self._chains.change(stream, chain.extended(tuple(recorded)))
        return tuple(recorded)

    def _seal(self, stream: str, head: Head, fact: NewFact) -> Head:
        number = head.number + 1
        mac = self._seals.macs.mac(head.mac, stream=stream, number=number, kind=fact.kind, body=fact.body, at=self.now)
        return Head(number, mac)

    def take(self, slot: Slot, stream: str) -> None:
        """Take a slot for a stream."""
        holder = self._rows.holder(slot)
        if holder is not None:
            raise SlotTaken(slot, holder)
        self._rows.add_slot(slot, stream, self.now)

    def free(self, slot: Slot, stream: str) -> None:
        """Give a slot back."""
        if self._rows.holder(slot) != stream:
            raise Defect(f"{stream} does not hold the slot {slot.kind} that it frees")
        self._rows.drop_slot(slot)

    def not_after(self, instant: int) -> None:
        """Let this work commit only while the clock is not past an instant."""
        self.deadline = instant if self.deadline is None else min(self.deadline, instant)

    def go_on_from(self, instant: int) -> None:
        """Let time go on from an instant once this work has committed."""
        if instant < self.now:
            raise Refused(StoreReason.TimeGoesBack, str(self.now))
        self.time = instant

    def put_verifier(self, pass_id: str, body: bytes) -> None:
        """Store a pass's verifier."""
        self._rows.add_verifier(pass_id, body)

    def destroy_verifier(self, pass_id: str) -> None:
        """Delete a pass's verifier."""
        self._rows.drop_verifier(pass_id)

    def document(self, kind: DocumentKind, key: str) -> bytes | None:
        """Return a document; within one work it is read once, for nobody else writes."""
        at = (kind, key)
        if at not in self._documents:
            self._documents[at] = super().document(kind, key)
        return self._documents[at]

    def put_document(self, kind: DocumentKind, key: str, body: bytes) -> None:
        """Store or replace a document."""
        if kind in WRITE_ONCE_DOCUMENTS and self.document(kind, key) not in (None, body):
            raise Defect(f"a document of kind {kind} is written once")
        self._rows.put_document(kind, key, self._seals.seal(kind, key, body), self.now)
        self._documents.pop((kind, key), None)

    def delete_document(self, kind: DocumentKind, key: str) -> None:
        """Delete a document."""
        self._rows.drop_document(kind, key)
        self._documents.pop((kind, key), None)

    def forget_slots(self, kind: SlotKind, before: int, limit: int) -> int:
        """Free old slots of a forgettable kind."""
        if kind not in FORGETTABLE_SLOTS:
            raise Defect(f"a slot of kind {kind} is never forgotten")
        return self._rows.forget_slots(kind, before, limit)

    def forget_documents(self, kind: DocumentKind, before: int, limit: int) -> int:
        """Delete old documents of a forgettable kind."""
        if kind not in FORGETTABLE_DOCUMENTS:
            raise Defect(f"a document of kind {kind} is never forgotten")
        self._documents.clear()
        return self._rows.forget_documents(kind, before, limit)

    def project(self, row: CaseRow) -> None:
        """Store or replace a case's row in the queues."""
        self._rows.put_case(row)

    def enqueue(self, item: OutboxItem) -> int:
        """Note an outside effect; return its number."""
        sequence = self._rows.site_number(_OUTBOX) + 1
        self._rows.put_site_number(_OUTBOX, sequence)
        self._rows.add_outbox(sequence, item)
        return sequence

    def outbox_done(self, sequence: int) -> None:
        """Take an effect out of the outbox."""
        self._rows.drop_outbox(sequence)

    def outbox_again(self, sequence: int, due_at: int) -> None:
        """Note that an effect was tried in vain."""
        self._rows.outbox_again(sequence, due_at)


def _leaf(index: int, fact: Recorded, doubtful: bool) -> bytes:
    return leaf_bytes(
        Entry(
            index=index,
            activity=fact.activity,
            at=fact.at,
            stream=fact.stream,
            number=fact.number,
            kind=fact.kind,
            body=canonical.decode(fact.body),
            mac=fact.mac,
            doubtful=doubtful,
        )
    )
