"""What a start does to a site, and what a fence does: the epoch goes up, and what rested on the old one is dead.

Nothing shows a site that its database is the newest when no head is kept beyond the reach of its backups: the ledger is
then `unanchored`, and each start might be a start from a copy. So each start raises the epoch. It kills live passes
and sessions, nothing else; what may go on is asked for again.
"""

from collections.abc import Callable

from firstkey.actions.casework import Casework
from firstkey.actions.site import ANSWER_WITHIN_SECONDS, Site
from firstkey.actions.site_facts import HeadAbandoned
from firstkey.actions.site_stream import SITE_STREAM, EpochCause, EpochRaised, new_fact, site_state
from firstkey.enrollment.case.words import Stage
from firstkey.enrollment.closure import FenceCase, Sweep
from firstkey.ledger.checkpoint import Checkpoint
from firstkey.ledger.entry import Activity, read_entry
from firstkey.ledger.refusals import LedgerReason
from firstkey.ports.fact_store import Reader, Transaction, answer
from firstkey.ports.queues import CaseCursor, CaseIndex
from firstkey.values.errors import Refused

FENCED_AT_ONCE_MAX = 100

FIRST = CaseCursor(-1, "")


def fits_newest(reader: Reader) -> bool:
    """Whether the key of facts that is here has sealed the newest fact; an empty ledger fits every key.

    Raises:
        Refused: ChainBroken; the key has sealed other facts, but not this one.
    """
    size = reader.checkpoint_size
    if not size:
        return True
    newest = read_entry(reader.leaves(size - 1, 1)[0]).stream
    try:
        reader.head(newest)
    except Refused:
        if _seals(reader, read_entry(reader.leaves(0, 1)[0]).stream):
            raise
        return False
    return True


def _seals(reader: Reader, stream: str) -> bool:
    try:
        return reader.head(stream) > 0
    except Refused as refused:
        if refused.reason is not LedgerReason.ChainBroken:
            raise
        return False


def begin(site: Site) -> int:
    """Begin to serve: raise the epoch of a founded site. To be called once, before anything is served.

    Returns:
        The epoch.
    """

    def work(tx: Transaction) -> int:
        if site_state(site, tx).state.founded:
            _raise_epoch(site, tx, EpochCause.START)
        return site_state(site, tx).state.epoch

    return answer(site.store.execute(work), ANSWER_WITHIN_SECONDS)


def fence(site: Site, abandoned: Checkpoint | None, tell: Callable[[int], None]) -> int:
    """End what rests on a site that was restored from a copy: raise the epoch, close every open case as restored.

    May be interrupted and called again.

    Args:
        site: opened though it does not continue its head.
        abandoned: the head that the database no longer leads to.
        tell: is told how many cases are closed so far.

    Returns:
        How many cases were closed.
    """

    def begun(tx: Transaction) -> None:
        _raise_epoch(site, tx, EpochCause.FENCE)
        if abandoned is not None:
            lost = HeadAbandoned(at=tx.now, size=abandoned.size, root=abandoned.root.hex())
            tx.append(SITE_STREAM, site_state(site, tx).number, [new_fact(lost, Activity.SYSTEM)])

    answer(site.store.execute(begun), ANSWER_WITHIN_SECONDS)
    closed = 0
    after: CaseCursor | None = FIRST
    while after is not None:
        more, after = _fence_portion(site, after)
        closed += more
        tell(closed)
    return closed


def _fence_portion(site: Site, after: CaseCursor) -> tuple[int, CaseCursor | None]:
    """Close a portion of the open cases; return how many, and where to go on, None when there are no more."""

    def work(tx: Transaction) -> tuple[int, CaseCursor | None]:
        casework = Casework(site, tx)
        rows = tx.cases(CaseIndex.ALL, after=after, limit=FENCED_AT_ONCE_MAX)
        opened = [row for row in rows if row.stage != Stage.CLOSED]
        for row in opened:
            _close(casework, row.case.removeprefix("case/"))
        return len(opened), rows[-1].cursor if len(rows) == FENCED_AT_ONCE_MAX else None

    return answer(site.store.execute(work), ANSWER_WITHIN_SECONDS)


def _close(casework: Casework, case: str) -> None:
    try:
        casework.decide(case, FenceCase())
    except Refused:
        casework.decide(case, Sweep())  # it is over for another reason, which is written down


def _raise_epoch(site: Site, tx: Transaction, cause: EpochCause) -> None:
    number, state = site_state(site, tx)
    raised = EpochRaised(at=tx.now, epoch=state.epoch + 1, cause=cause)
    tx.append(SITE_STREAM, number, [new_fact(raised, Activity.SYSTEM)])
