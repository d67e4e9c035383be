"""The store's time: the clock, watched by one that cannot be set and by the ledger.

A window is over as soon as either clock says so, so the time is the later of the two. When they drift apart (2 s back,
60 s forward), or the clock lies behind the ledger's last entry, it is doubtful: time then stands at the last entry.

The clock that cannot be set knows no time of its own; it counts on from the first time told that does not lie behind
the ledger. Doubt ends when the clock agrees with that count, or when a right time is named: the clock is then taken to
tell that time, until it agrees by itself.
"""

from typing import NamedTuple

from firstkey.ports.clock import Clock
from firstkey.storage.limits import CLOCK_BACK_MS_MAX, CLOCK_FORWARD_MS_MAX


class Reading(NamedTuple):
    """What the clocks say.

    Attributes:
        now: the instant to judge and stamp by (milliseconds).
        latest: the latest instant that any clock tells; what must not be past is compared with this.
        doubtful: the clocks disagree.
    """

    now: int
    latest: int
    doubtful: bool


class Timekeeper:
    """Reads the clocks. Used by one thread at a time.

    Args:
        clock: the two clocks; what they say now is taken to agree, unless it lies behind the ledger.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._count_from(clock.now())
        self._behind = True  # until a reading has shown that it is not
        self._correction = 0

    def _count_from(self, instant: int) -> None:
        self._started_at = instant
        self._started_monotonic = self._clock.monotonic()

    def read(self, last: int) -> Reading:
        """Read the clocks.

        Args:
            last: the instant of the ledger's last entry; 0 for none.
        """
        told = self._clock.now()
        counted = self._started_at + self._clock.monotonic() - self._started_monotonic
        if self._correction and _agree(told, counted):
            self._correction = 0
        told += self._correction
        if self._behind and told >= last - CLOCK_BACK_MS_MAX:
            self._behind = False
            self._count_from(told)
            counted = told
        doubtful = self._behind or not _agree(told, counted) or told < last - CLOCK_BACK_MS_MAX
        latest = max(told, counted, last)
        return Reading((last or self._started_at) if doubtful else latest, latest, doubtful)

    def go_on_from(self, instant: int) -> None:
        """Take the clock to tell an instant now, and to run on from it."""
        self._correction = instant - self._clock.now()
        self._behind = False
        self._count_from(instant)


def _agree(told: int, counted: int) -> bool:
    return -CLOCK_BACK_MS_MAX <= told - counted <= CLOCK_FORWARD_MS_MAX
