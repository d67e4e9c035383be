"""Carrying out what is wanted outside: after the commit that wants it, at least once, in order for each account.

    ask     in a transaction: is it still wanted, and what exactly
    act     in a worker thread: the destination is spoken to, nothing is held meanwhile
    settle  in a transaction: what its answer means becomes facts, and the effect leaves the outbox

Whatever fails before, in or after `act` leaves the effect where it is; it comes again, later each time, for ever. What
has been asked of a destination is confirmed by reading back alone.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import structlog

from firstkey.actions import minting, recall, watching
from firstkey.actions.casework import Casework, run
from firstkey.actions.confirmations import OVER, EffectConfirmed, append_confirmed, standing_of
from firstkey.actions.effects import OUTRANKING, Effect, Wanted, wanted_of
from firstkey.actions.site import ANSWER_WITHIN_SECONDS, Site
from firstkey.enrollment.case.words import CredentialState
from firstkey.ports.destination import Destination
from firstkey.ports.fact_store import answer_async
from firstkey.ports.queues import PAGE_ROWS_MAX, Queued
from firstkey.values.errors import Refused, Unavailable
from firstkey.values.instants import MINUTE, SECOND

AT_ONCE_MAX = 4
"""Effects under way at a time, each in a thread of its own."""

WAIT_MS_MIN = SECOND
WAIT_MS_MAX = 2 * MINUTE
"""A failed effect waits twice as long each time, within these."""

OVERDUE_ATTEMPTS = 14
"""After so many, a quarter of an hour, the log calls it an error: somebody has to look at the destination."""

log = structlog.get_logger()


class Rule(NamedTuple):
    """How an effect is carried out; `ask` returns None when it is no longer wanted, or has done all there is to do."""

    ask: Callable[[Casework, Wanted], Any]
    act: Callable[[Site, Any, Wanted, Any], Any]
    settle: Callable[[Casework, Wanted, Any, Any], None]


# Credentials


SHOULD_STAND: dict[Effect, frozenset[CredentialState]] = {
    Effect.RECALL: OVER,
    Effect.RESTORE: frozenset({CredentialState.ACTIVE, CredentialState.PENDING}),
    Effect.SUSPEND: frozenset({CredentialState.SUSPENDED}),
}
"""An effect on a credential is wanted for as long as the credential stands so in our facts. A pending one counts as
active: at a destination that made it, it opens what it opens.
"""

ASKED: dict[Effect, Callable[[Destination, str, str], None]] = {
    Effect.RECALL: lambda destination, account, credential: destination.recall(account, credential),
    Effect.RESTORE: lambda destination, account, credential: destination.restore(account, credential),
    Effect.SUSPEND: lambda destination, account, credential: destination.suspend(account, credential),
}


def _ask(effect: Effect, casework: Casework, wanted: Wanted) -> Effect | None:
    standing = standing_of(casework.site, casework.tx, wanted.case, wanted.subject)
    return effect if standing in SHOULD_STAND[effect] else None


def _act(_: Site, destination: Destination, wanted: Wanted, effect: Effect) -> None:
    ASKED[effect](destination, wanted.account, wanted.subject)
    seen = {each.credential: each.active for each in destination.read_back(wanted.account)}
    is_so = {
        Effect.RECALL: wanted.subject not in seen,
        Effect.RESTORE: seen.get(wanted.subject, False),
        Effect.SUSPEND: not seen.get(wanted.subject, False),
    }
    if not is_so[effect]:
        raise Unavailable(f"{effect} was answered, and is not so")


def _settle(casework: Casework, wanted: Wanted, effect: Effect, _: None) -> None:
    fact = EffectConfirmed(
        at=casework.tx.now,
        effect=effect,
        destination=wanted.destination,
        case=wanted.case,
        credential=wanted.subject,
    )
    append_confirmed(casework, wanted.account, fact)


RULES: dict[Effect, Rule] = {
    Effect.MINT: Rule(minting.ask, minting.act, minting.settle),
    Effect.PORTION: Rule(recall.carry_on, lambda *_: None, lambda *_: None),
    Effect.WATCH: Rule(watching.ask, watching.act, watching.settle),
    **{effect: Rule(partial(_ask, effect), _act, _settle) for effect in SHOULD_STAND},
}


# The runner


class Outbox:
    """Carries out what is due: one effect of a lane at a time, `AT_ONCE_MAX` in all. Used by one event loop.

    Args:
        site: the site.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._pool = ThreadPoolExecutor(AT_ONCE_MAX, thread_name_prefix="outbox")
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._known = (0, 0)

    async def start_due(self) -> int:
        """Begin what is due and whose lane is idle, outranking effects first; return how many are under way."""
        now = await self._now()
        future = self._site.store.read(lambda reader: reader.outbox_due(now, PAGE_ROWS_MAX))
        due = await answer_async(future, ANSWER_WITHIN_SECONDS)
        for queued in sorted(due, key=lambda each: (Effect(each.item.kind) not in OUTRANKING, each.sequence)):
            if len(self._under_way) >= AT_ONCE_MAX:
                break
            if queued.item.lane not in self._under_way:
                self._under_way[queued.item.lane] = asyncio.create_task(self._carry_out(queued))
        return len(self._under_way)

    async def _now(self) -> int:
        """Return the time by the clock, or by what has passed since the store's time when we began: a clock that is set
        back keeps no effect waiting.
        """
        clock = self._site.clock
        if self._known == (0, 0):
            self._known = (await run(self._site, lambda casework: casework.tx.now), clock.monotonic())
        told, counted = self._known
        return max(clock.now(), told + clock.monotonic() - counted)

    async def finish_due(self) -> None:
        """Carry out what is due now, and what becomes due by it, until nothing is."""
        while await self.start_due():
            await asyncio.wait(set(self._under_way.values()), return_when=asyncio.FIRST_COMPLETED)

    async def close(self) -> None:
        """Let go. What a thread is at may still take hold; its effect is in the outbox and comes again."""
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _carry_out(self, queued: Queued) -> None:
        try:
            await self._try(queued)
        except Unavailable as error:
            await self._again(queued, str(error))
        except Refused as refused:
            await self._again(queued, refused.type)
        except Exception as error:  # whatever is wrong with one effect must not end the others
            log.exception("outbox", effect=queued.item.kind)
            await self._again(queued, type(error).__name__)
        finally:
            del self._under_way[queued.item.lane]

    async def _try(self, queued: Queued) -> None:
        site, (effect, wanted) = self._site, wanted_of(queued.item)
        rule = RULES[effect]

        def ask(casework: Casework) -> Any:
            plan = rule.ask(casework, wanted)
            if plan is None:
                casework.tx.outbox_done(queued.sequence)
            return plan

        plan = await run(site, ask)
        if plan is None:
            return
        destination = site.destinations.get(wanted.destination)
        if destination is None:
            raise Unavailable(f"this site has no destination {wanted.destination}")
        loop = asyncio.get_running_loop()
        told = await loop.run_in_executor(self._pool, rule.act, site, destination, wanted, plan)

        def settle(casework: Casework) -> None:
            rule.settle(casework, wanted, plan, told)
            casework.tx.outbox_done(queued.sequence)

        await run(site, settle)

    async def _again(self, queued: Queued, why: str) -> None:
        """Put it off; where the store cannot even note that, it is due again at once, which is as good."""
        attempts = queued.attempts + 1
        tell = log.error if attempts >= OVERDUE_ATTEMPTS else log.warning
        tell("outbox", effect=queued.item.kind, sequence=queued.sequence, attempts=attempts, why=why)
        due_at = await self._now() + min(WAIT_MS_MIN << min(queued.attempts, 16), WAIT_MS_MAX)
        try:
            await run(self._site, lambda casework: casework.tx.outbox_again(queued.sequence, due_at))
        except Unavailable:
            log.warning("outbox", effect=queued.item.kind, sequence=queued.sequence, why="the store is busy")
