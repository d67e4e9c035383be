"""Refusals of strangers, counted in bounded memory by source, activity and reason, and written down once a minute."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog

from firstkey.actions.refusals import Counted, record_strangers
from firstkey.actions.site import Site
from firstkey.ledger.entry import Activity
from firstkey.values.errors import Unavailable
from firstkey.values.instants import MINUTE, SECOND
from firstkey.web.rates import network_of

ROWS_MAX = 500
"""How many are told apart in a minute; sources beyond that are counted as one."""

LOOK_EVERY_SECONDS = 1.0

log = structlog.get_logger()


class Tally:
    """Counts refusals of strangers.

    Args:
        site: the site, whose clock and ledger it uses.
        rows_max: how many rows are kept apart.
    """

    def __init__(self, site: Site, rows_max: int = ROWS_MAX) -> None:
        self._site = site
        self._rows_max = rows_max
        self._counts: dict[tuple[str | None, Activity, str], tuple[int, int]] = {}
        self._begun_at = 0

    def count(self, source: str, activity: Activity, reason: str) -> None:
        """Count one."""
        if not self._counts:
            self._begun_at = self._site.clock.monotonic()
        key: tuple[str | None, Activity, str] = (network_of(source) or None, activity, reason)
        if key not in self._counts and len(self._counts) >= self._rows_max:
            key = (None, activity, reason)
        count, since = self._counts.get(key, (0, self._site.clock.now()))
        self._counts[key] = (count + 1, since)

    @property
    def is_due(self) -> bool:
        """Whether the first of what is counted is a minute old."""
        return bool(self._counts) and self._site.clock.monotonic() - self._begun_at >= MINUTE

    async def write_down(self) -> None:
        """Write down what was counted and begin anew; what cannot be stored now is counted on."""
        counts, self._counts = self._counts, {}
        rows = [Counted(*key, count, since) for key, (count, since) in counts.items()]
        try:
            await record_strangers(self._site, rows)
        except Unavailable:
            self._begun_at = self._site.clock.monotonic() - MINUTE + SECOND
            for key, (count, since) in counts.items():
                self._counts[key] = (count + self._counts.get(key, (0, 0))[0], since)

    @contextlib.asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Write down once a minute, and at the end."""
        ending = asyncio.Event()
        task = asyncio.create_task(self._every_minute(ending))
        try:
            yield
        finally:
            ending.set()
            await task
            await self.write_down()

    async def _every_minute(self, ending: asyncio.Event) -> None:
        while not ending.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), LOOK_EVERY_SECONDS)
            if self.is_due:
                try:
                    await self.write_down()
                except Exception:
                    log.exception("tally")
