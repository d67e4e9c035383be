"""A group of works in one transaction: each undone alone, all durable at once, the ledger grown by what they append.

The order of effects is the design. Works run one after another, each behind a mark; the tree grows by their entries;
one head is signed; the caller commits; only then memory advances. A work whose time ran out by then cannot be undone
alone any more, so the whole group is undone and run again without it.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple

import structlog

from firstkey.ports.fact_store import ATTEMPTS_MAX, Conflict, StoreReason, Transaction
from firstkey.ports.signing import CheckpointSigner, FactMac
from firstkey.storage.chains import Chains
from firstkey.storage.limits import CHAIN_FACTS_CACHED_MAX
from firstkey.storage.rows import Rows, TransactionLost
from firstkey.storage.seals import Seals
from firstkey.storage.timekeeper import Timekeeper
from firstkey.storage.tree import TreeHead, grow, read_head
from firstkey.storage.unit import Unit
from firstkey.values.errors import Refused, Unavailable

_log = structlog.get_logger(__name__)

Work = Callable[[Transaction], Any]

_COMMITS = "commits"


class Outcome(NamedTuple):
    """How a work ended.

    Attributes:
        value, error: its answer, either of them.
        deadline: the instant after which it must not commit.
        time: the instant that time goes on from once it has committed; None when it says nothing of time.
    """

    value: Any = None
    error: BaseException | None = None
    deadline: int | None = None
    time: int | None = None

    def tell(self, future: Future[Any]) -> None:
        """Give the answer."""
        if self.error is None:
            future.set_result(self.value)
        else:
            future.set_exception(self.error)


def failed(error: Exception) -> Outcome:
    """Return how every work of a group ends that could not be committed."""
    unavailable = Unavailable("storage failed; ask again")
    unavailable.__cause__ = error
    return Outcome(error=unavailable)


class Prepared(NamedTuple):
    """A group that is ready to commit.

    Attributes:
        outcomes: of its works, in their order.
        commits: the number that the store bears once the group is committed; None when it changed nothing.
        head: where the ledger then stands.
        note: the checkpoint signed for it; None when no entry was added.
    """

    outcomes: list[Outcome]
    commits: int | None
    head: TreeHead
    note: bytes | None


class Sequencer:
    """Runs groups of works. Used by one thread at a time.

    Args:
        rows: nobody else writes them.
        macs: the key that facts are sealed with.
        signer: the ledger's key.
        timekeeper: the store's time.

    Raises:
        Refused: the ledger's tree does not lead to its head.
    """

    def __init__(self, rows: Rows, macs: FactMac, signer: CheckpointSigner, timekeeper: Timekeeper) -> None:
        self._rows = rows
        self._seals = Seals(macs)
        self._signer = signer
        self._timekeeper = timekeeper
        self._chains = Chains(CHAIN_FACTS_CACHED_MAX)
        self.head = read_head(rows, signer.verifier)
        self.commits = rows.site_number(_COMMITS)
        self._leaves: list[bytes] = []
        self._last_at = self.head.last_at
        self._doubtful = False
        self._tell_of_doubt(timekeeper.read(self._last_at).doubtful)

    def prepare(self, works: Sequence[Work]) -> Prepared:
        """Carry works out in one transaction, up to its commit.

        Raises:
            TransactionLost: the database failed; the sequencer must not be used again.
            Unavailable, Refused: the head could not be signed; likewise.
        """
        outcomes: list[Outcome | None] = [None] * len(works)
        late: set[int] = set()
        while True:
            self._rows.begin()
            changes = self._rows.changes()
            for place, work in enumerate(works):
                if place not in late:
                    outcomes[place] = self._carry_out(work)
            overdue = self._overdue(outcomes)
            if not overdue:
                return self._finish([outcome for outcome in outcomes if outcome], self._rows.changes() != changes)
            self._undo()
            for place in overdue:
                outcomes[place] = Outcome(error=Refused(StoreReason.TooLate))
            late |= overdue

    def committed(self, prepared: Prepared) -> None:
        """Let memory follow the commit."""
        self._chains.group_ended(well=True)
        self._leaves.clear()
        self.head = prepared.head
        self._last_at = self.head.last_at
        self.commits = self.commits if prepared.commits is None else prepared.commits
        for outcome in prepared.outcomes:
            if outcome.time is not None:
                self._timekeeper.go_on_from(outcome.time)

    def _carry_out(self, work: Work) -> Outcome:
        outcome = Outcome()
        for _ in range(ATTEMPTS_MAX):
            outcome = self._attempt(work)
            if not isinstance(outcome.error, Conflict):
                break
        return outcome

    def _attempt(self, work: Work) -> Outcome:
        self._rows.mark()
        reading = self._timekeeper.read(self._last_at)
        first_index = self.head.frontier.size + len(self._leaves)
        self._tell_of_doubt(reading.doubtful)
        unit = Unit(self._rows, self._seals, self._chains, reading, first_index)
        try:
            outcome = Outcome(work(unit), deadline=unit.deadline, time=unit.time)
        except TransactionLost:
            raise
        except BaseException as error:  # noqa: BLE001 - undone here, and its own future's; its neighbours go on
            self._rows.back_to_mark()
            self._chains.work_ended(well=False)
            return Outcome(error=error)
        self._rows.release_mark()
        self._chains.work_ended(well=True)
        if unit.appended:
            self._leaves += unit.appended
            self._last_at = reading.now
        return outcome

    def _tell_of_doubt(self, doubtful: bool) -> None:
        if doubtful != self._doubtful:
            self._doubtful = doubtful
            _log.warning("clock_doubtful" if doubtful else "clock_agrees")

    def _overdue(self, outcomes: Sequence[Outcome | None]) -> set[int]:
        """Return the places of works whose time is over now, just before the commit."""
        latest = self._timekeeper.read(self._last_at).latest
        deadlines = [(place, outcome.deadline) for place, outcome in enumerate(outcomes) if outcome]
        return {place for place, deadline in deadlines if deadline is not None and deadline < latest}

    def _finish(self, outcomes: list[Outcome], changed: bool) -> Prepared:
        if not changed:
            self._rows.rollback()
            return Prepared(outcomes, None, self.head, None)
        head, note = self.head, None
        if self._leaves:
            head, note = grow(self._rows, self.head, self._leaves, self._signer)
        self._rows.put_site_number(_COMMITS, self.commits + 1)
        return Prepared(outcomes, self.commits + 1, head, note)

    def _undo(self) -> None:
        self._rows.rollback()
        self._chains.group_ended(well=False)
        self._leaves.clear()
        self._last_at = self.head.last_at
