"""The store of facts: the one arbiter of what happens at the same time.

A *work* is a function of a transaction. It loads what it decides on, decides, and appends, all in one transaction:
everything commits together or nothing does, and the answer comes only after the commit. A refusal that must be
remembered (a try that failed) is therefore a fact and a returned value; a raised refusal leaves nothing behind.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from enum import Enum
from typing import Protocol, TypeVar

import msgspec

from firstkey.ledger.entry import Activity
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.ports.queues import CaseCursor, CaseIndex, CaseRow, OutboxItem, Queued
from firstkey.values.errors import Refused, Says, Unavailable

T = TypeVar("T")

ATTEMPTS_MAX = 8


class StoreReason(Enum):
    """What the store itself says no to."""

    SlotTaken = Says("Something else holds this place.", "Wait until it is over, or end it first.")
    TimeGoesBack = Says("The ledger has entries of a later time.", "Name a time that is not before its last entry.")
    TooLate = Says("The time for this is over.", "Start again.")


class SlotTaken(Refused):
    """A slot has a holder.

    Args:
        slot: the slot.
        holder: the stream that holds it.
    """

    def __init__(self, slot: "Slot", holder: str) -> None:
        super().__init__(StoreReason.SlotTaken, f"{slot.kind}, by {holder}")
        self.slot = slot
        self.holder = holder


class Conflict(Unavailable):
    """What a work was decided on is no longer the last number of its stream; the work is called again."""


class Recorded(msgspec.Struct, frozen=True):
    """A fact as stored.

    Attributes:
        stream: its stream.
        number: position in the stream, from 1, dense.
        kind: name of the fact.
        at: the store's instant of the transaction (milliseconds).
        body: the fact, canonical JSON.
        mac: 64 lower-case hex characters over the fact and the MAC before it.
        activity: what it is part of.
    """

    stream: str
    number: int
    kind: str
    at: int
    body: bytes
    mac: str
    activity: Activity


class NewFact(msgspec.Struct, frozen=True):
    """A fact to append: its name, its canonical JSON, and what it is part of."""

    kind: str
    body: bytes
    activity: Activity


class Slot(msgspec.Struct, frozen=True):
    """A place that one stream holds at a time."""

    kind: SlotKind
    key: str


class Reader(Protocol):
    """A consistent view of what is stored. Used by one thread, while its view or work runs, and not after."""

    def load(self, stream: str, after: int = 0) -> tuple[Recorded, ...]:
        """Return a stream's facts with numbers above `after`, in order; the chain is verified from its beginning.

        Raises:
            Refused: `LedgerReason.ChainBroken`: a fact was edited, moved, planted or cut off behind the store's back.
        """

    def head(self, stream: str) -> int:
        """Return the number of a stream's last fact, 0 for an empty stream. Raises as `load` does, if less surely."""

    def holder(self, slot: Slot) -> str | None:
        """Return the stream that holds a slot."""

    def document(self, kind: DocumentKind, key: str) -> bytes | None:
        """Return a document.

        Raises:
            Refused: `LedgerReason.ChainBroken`: the store has not written it so. An older version put back is not found
                out.
        """

    def documents(
        self, kind: DocumentKind, prefix: str = "", *, after: str = "", limit: int
    ) -> tuple[tuple[str, bytes], ...]:
        """Return documents whose keys begin with `prefix` and come after `after`, in key order."""

    def cases(
        self, by: CaseIndex, value: str = "", *, after: CaseCursor | None = None, limit: int
    ) -> tuple[CaseRow, ...]:
        """Return a page of cases, the first due first; the next page comes after the last row's cursor."""

    def outbox_due(self, now: int, limit: int) -> tuple[Queued, ...]:
        """Return effects that are due: of each lane only the first, outranking ones before the others."""

    @property
    def checkpoint_size(self) -> int:
        """How many entries the last committed checkpoint covers. An entry below this index is covered."""

    def checkpoint(self) -> bytes | None:
        """Return the last committed checkpoint, a signed note; None before the first entry."""

    def ledger_index(self, stream: str, number: int) -> int | None:
        """Return the index of a fact's entry, None while it has none."""

    def leaves(self, start: int, limit: int) -> tuple[bytes, ...]:
        """Return ledger entries as bytes, from an index on."""

    def hashes(self, level: int, start: int, count: int) -> tuple[bytes, ...]:
        """Return stored hashes of a tile level (a `ledger.tiles.TileReader`); fewer than asked where the tree ends."""


class Transaction(Reader, Protocol):
    """What a work may do. Whatever it reads counts as an expectation: it commits only if that still stands.

    The checkpoint it sees is the last committed one: nothing appended in this transaction is covered.
    """

    @property
    def now(self) -> int:
        """The store's instant (milliseconds), read once; never before the ledger's last entry."""

    @property
    def clock_doubtful(self) -> bool:
        """Whether the site's clocks disagree; `now` is then the ledger's last time."""

    def append(self, stream: str, after: int, facts: Sequence[NewFact]) -> tuple[Recorded, ...]:
        """Append facts to a stream, as entries of the ledger too.

        Args:
            stream: printable ASCII without spaces, 200 characters at most.
            after: the number of the last fact that the decision saw, 0 for none.
            facts: in order.

        Raises:
            Conflict: the stream has another last number.
            Malformed: a fact that cannot stand in the ledger (`ledger.entry.leaf_bytes`).
            Refused: as `load`.
        """

    def take(self, slot: Slot, stream: str) -> None:
        """Take a slot for a stream.

        Raises:
            SlotTaken: it has a holder, be it the same stream. Its expired holder is freed by the work itself: by a fact
                in that stream and `free`, in this transaction.
        """

    def free(self, slot: Slot, stream: str) -> None:
        """Give a slot back.

        Raises:
            Defect: the stream does not hold it.
        """

    def not_after(self, instant: int) -> None:
        """Let this work commit only while the store's clock is not past an instant (milliseconds); the earliest counts.

        The work's answer is then `StoreReason.TooLate`, and nothing of it is stored.
        """

    def go_on_from(self, instant: int) -> None:
        """Let time go on from an instant (milliseconds), once this work has committed; it must store something.

        The clock is then no longer in doubt: it is taken to tell that instant, and runs on. This lasts until the clock
        itself agrees, or the store is opened again.

        Raises:
            Refused: `StoreReason.TimeGoesBack`; the ledger has a later entry.
        """

    def put_verifier(self, pass_id: str, body: bytes) -> None:
        """Store a pass's verifier. Nothing here can read it back; see `ports.verifiers`.

        Raises:
            Defect: the pass has one.
        """

    def destroy_verifier(self, pass_id: str) -> None:
        """Delete a pass's verifier, if there is one, and overwrite its bytes."""

    def put_document(self, kind: DocumentKind, key: str, body: bytes) -> None:
        """Store or replace a document.

        Raises:
            Defect: it is of a kind that is written once, and other bytes stand there.
        """

    def delete_document(self, kind: DocumentKind, key: str) -> None:
        """Delete a document, if there is one, and overwrite its bytes."""

    def forget_slots(self, kind: SlotKind, before: int, limit: int) -> int:
        """Free slots of a forgettable kind taken before an instant, `limit` at most; return how many."""

    def forget_documents(self, kind: DocumentKind, before: int, limit: int) -> int:
        """Delete documents of a forgettable kind last put before an instant, `limit` at most; return how many."""

    def project(self, row: CaseRow) -> None:
        """Store or replace a case's row in the queues."""

    def enqueue(self, item: OutboxItem) -> int:
        """Note an outside effect, to be carried out after the commit; return its number, which makes it idempotent."""

    def outbox_done(self, sequence: int) -> None:
        """Take an effect that took hold, or is no longer wanted, out of the outbox."""

    def outbox_again(self, sequence: int, due_at: int) -> None:
        """Note that an effect was tried in vain, and when to try again; what is behind it in its lane waits."""


class FactStore(Protocol):
    """Keeps facts. Every method may be called from any thread; a work or view must not call it."""

    def execute(self, work: Callable[[Transaction], T]) -> Future[T]:
        """Carry out a work in a transaction of its own.

        The work may be called several times, ATTEMPTS_MAX at most for a conflict, so it must be pure apart from its
        transaction; and it must be quick, for others wait. The future is done after the commit, or after everything the
        work did is undone; cancelled before its turn comes, the work is never called. What is done survives the loss of
        power. Wait for it with `answer` or `answer_async`.

        Raises (from the future, but the first, which is raised at once):
            Unavailable: too many works wait, the store is closed, or storage failed and nothing was stored.
            Conflict: the last attempt, too, was decided on something that had changed.
            Refused: `StoreReason.TooLate`, or whatever the work raised; so does any other error of the work.
        """

    def read(self, view: Callable[[Reader], T]) -> Future[T]:
        """Call a view in one short transaction that cannot write and sees every commit already answered.

        Nothing that decides reads here.

        Raises (from the future, but the first, which is raised at once):
            Unavailable: too many views wait, the store is closed, or storage failed.
        """

    @property
    def waiting(self) -> int:
        """How many works wait for their turn, about."""

    def close(self) -> None:
        """Finish what was accepted, refuse what comes, and let go of the site. May be called twice."""


def answer(future: Future[T], timeout_seconds: float) -> T:
    """Wait for an answer in a thread; a work whose turn has not come by then is never carried out.

    Raises:
        Unavailable: its turn did not come in time.
    """
    try:
        return future.result(timeout_seconds)
    except TimeoutError:
        if future.cancel():
            raise Unavailable("the store is busy") from None
        return future.result()  # its turn has come: whether it commits is known in a moment, and must be told


async def answer_async(future: Future[T], timeout_seconds: float) -> T:
    """Wait for an answer in an event loop; otherwise as `answer`."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not waiting.done():
            waiting.set_result(None)

    def done(_: Future[T]) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(wake)

    future.add_done_callback(done)
    timer = loop.call_later(timeout_seconds, future.cancel)  # whose turn has come cannot be cancelled: it is waited for
    try:
        await waiting
    finally:
        timer.cancel()
    if future.cancelled():
        raise Unavailable("the store is busy")
    return future.result()
