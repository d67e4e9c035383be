"""The store's time: the clock, watched by one that cannot be set and by the ledger.

A window is over as soon as either clock says so, so the time is the later of the two. When they drift apart (2 s back,
60 s forward), or the clock lies behind the ledger's last entry, it is doubtful: time then stands at the last entry.
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
    """Reads the clocks.

    Args:
        clock: the two clocks; what they say now is taken to agree.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started_at = clock.now()
        self._started_monotonic = clock.monotonic()

    def read(self, last: int) -> Reading:
        """Read the clocks.

        Args:
            last: the instant of the ledger's last entry; 0 for none.
        """
        told = self._clock.now()
        counted = self._started_at + self._clock.monotonic() - self._started_monotonic
        drift = told - counted
        doubtful = drift < -CLOCK_BACK_MS_MAX or drift > CLOCK_FORWARD_MS_MAX or told < last - CLOCK_BACK_MS_MAX
        latest = max(told, counted, last)
        return Reading((last or self._started_at) if doubtful else latest, latest, doubtful)
