"""What nobody asks for: activation as soon as it may be, and the end of what time has ended. Nothing relies on it.

The queue says when something is to be written down of a case, or of the credential that came of it. Of what is due, a
case in which nothing can happen yet (an approver is away, an anchor is missing) is looked at less and less often, and
keeps no other waiting. What nothing needs any more is forgotten, a portion at a time.
"""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial

import msgspec

from firstkey.actions.casework import Casework, run
from firstkey.actions.forgetting import forget_portion
from firstkey.actions.site import ANSWER_WITHIN_SECONDS, Site
from firstkey.actions.streams import read_holdings
from firstkey.enrollment.activation import ActivateCredential, SweepHoldings
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.words import Stage
from firstkey.enrollment.closure import Sweep
from firstkey.ports.fact_store import Reader, answer_async
from firstkey.ports.queues import PAGE_ROWS_MAX, CaseCursor, CaseIndex, CaseRow
from firstkey.values.errors import Refused, Unavailable
from firstkey.values.instants import MINUTE, SECOND

SWEPT_AT_ONCE_MAX = 100
COMMITTED_TOGETHER_MAX = 16
WAITS_MAX = 10_000
LOOKED_AT_AGAIN_MS_MAX = MINUTE
LOOKED_AT_AGAIN_MS_MIN = SECOND // 5
FORGET_EVERY_MS = 5 * SECOND

UNDER_A_PASS = (Stage.DELIVERY, Stage.REDEMPTION, Stage.REGISTRATION)
"""Stages whose cases may have a pass of an older epoch when a server has started."""


class Wait(msgspec.Struct, frozen=True):
    """A case that was looked at in vain: as it was then, since when, when to look again (by the clock that counts)."""

    row: CaseRow
    since: int
    again_at: int


class Sweeper:
    """Sweeps one site; remembers what it looked at in vain, and that only.

    Args:
        site: the site.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._waits: dict[str, Wait] = {}
        self._forget_at = site.clock.monotonic() + FORGET_EVERY_MS

    async def begin(self) -> int:
        """Write down which passes died with the epoch that ended when the site was opened; return how many cases."""
        swept = 0
        for stage in UNDER_A_PASS:
            after: CaseCursor | None = None
            while rows := await self._read(partial(_page, stage=stage, after=after)):
                await self._look_at(rows, swept_only=True)
                swept, after = swept + len(rows), rows[-1].cursor
        return swept

    async def sweep(self) -> int:
        """Write down what is due, and activate what may be.

        Returns:
            How many cases were looked at.

        Raises:
            Exception: the first that a case raised which is neither a no nor told by the store, once all were looked
                at.
        """
        now = await run(self._site, lambda casework: casework.tx.now)  # the store's, whatever the clock tells
        due = await self._read(lambda reader: tuple(self._due(reader, now)))
        await self._look_at(due)
        if self._site.clock.monotonic() >= self._forget_at:
            await run(self._site, lambda casework: forget_portion(casework.tx))
            self._forget_at = self._site.clock.monotonic() + FORGET_EVERY_MS
        return len(due)

    async def _read(self, view: Callable[[Reader], tuple[CaseRow, ...]]) -> tuple[CaseRow, ...]:
        return await answer_async(self._site.store.read(view), ANSWER_WITHIN_SECONDS)

    def _due(self, reader: Reader, now: int) -> Iterator[CaseRow]:
        """Yield what is due and not known to wait, as many as are swept at once."""
        found, after = 0, None
        while rows := reader.cases(CaseIndex.ALL, after=after, limit=PAGE_ROWS_MAX):
            for row in rows:
                if row.due_at > now or found == SWEPT_AT_ONCE_MAX:
                    return
                if not self._waiting(row):
                    found += 1
                    yield row
            after = rows[-1].cursor

    def _waiting(self, row: CaseRow) -> bool:
        wait = self._waits.get(row.case)
        return wait is not None and wait.row == row and self._site.clock.monotonic() < wait.again_at

    async def _look_at(self, rows: tuple[CaseRow, ...], *, swept_only: bool = False) -> None:
        broken: list[BaseException] = []
        for start in range(0, len(rows), COMMITTED_TOGETHER_MAX):
            together = rows[start : start + COMMITTED_TOGETHER_MAX]
            works = (run(self._site, partial(_look, row=row, swept_only=swept_only)) for row in together)
            told = await asyncio.gather(*works, return_exceptions=True)
            for row, stirred in zip(together, told, strict=True):
                if isinstance(stirred, BaseException):
                    broken.append(stirred)
                if not swept_only and not isinstance(stirred, Unavailable):
                    self._remember(row, stirred=stirred is True)
            if any(isinstance(error, Unavailable) for error in told):
                break
        if broken:
            raise next((error for error in broken if isinstance(error, Unavailable)), broken[0])

    def _remember(self, row: CaseRow, *, stirred: bool) -> None:
        before = self._waits.pop(row.case, None)
        if stirred:
            return
        now = self._site.clock.monotonic()
        since = before.since if before is not None and before.row == row else now
        pause = min(max(now - since, LOOKED_AT_AGAIN_MS_MIN), LOOKED_AT_AGAIN_MS_MAX)
        self._waits[row.case] = Wait(row, since, now + pause)
        if len(self._waits) > WAITS_MAX:
            del self._waits[next(iter(self._waits))]


async def sweep(site: Site) -> int:
    """Sweep once, remembering nothing."""
    return await Sweeper(site).sweep()


def _page(reader: Reader, stage: Stage, after: CaseCursor | None) -> tuple[CaseRow, ...]:
    return reader.cases(CaseIndex.STAGE, stage.value, after=after, limit=SWEPT_AT_ONCE_MAX)


def _look(casework: Casework, row: CaseRow, *, swept_only: bool) -> bool:
    """Do what is due for a case; return whether anything has happened."""
    case = row.case.removeprefix("case/")
    if row.stage == Stage.CLOSED:
        return _end_credentials(casework, case)
    activate = row.stage == Stage.ACTIVATION and not swept_only
    return (activate and _happens(casework, case, ActivateCredential())) or _happens(casework, case, Sweep())


def _happens(casework: Casework, case: str, command: Command) -> bool:
    try:
        return bool(casework.decide(case, command).facts)
    except Refused:
        return False  # it may not activate yet


def _end_credentials(casework: Casework, case: str) -> bool:
    """End what the account of a closed case holds and whose time is over."""
    state = casework.read(case)
    assert isinstance(state, Case)  # a case that never opened has no row
    before = read_holdings(casework.site, casework.tx, state.account)
    casework.decide_holdings(casework.joiner_of(state), SweepHoldings())
    return read_holdings(casework.site, casework.tx, state.account).number != before.number
