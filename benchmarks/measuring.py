"""What a figure is, and how two things are measured beside each other: in turn, round after round, by their medians."""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Row(NamedTuple):
    """A figure beside its floor: what the same machine takes, in the same run, for what could not be left out.

    Attributes:
        name: as README and design call it.
        value, unit, floor: both in the unit.
        note: what was measured, and what the floor is.
        most: what it must not exceed; None where nothing is asked.
    """

    name: str
    value: float
    unit: str
    floor: float
    note: str
    most: float | None = None

    @property
    def ratio(self) -> float:
        """How many floors it is."""
        return self.value / self.floor if self.floor else 0.0


def seconds(call: Callable[[], object], calls: int = 1) -> float:
    """Return how long a call takes, on average over some."""
    begun = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - begun) / calls


def beside(ours: Callable[[], object], floor: Callable[[], object], rounds: int, calls: int) -> tuple[float, float]:
    """Measure two calls in turn; return the medians over the rounds, seconds."""
    pairs = [(seconds(ours, calls), seconds(floor, calls)) for _ in range(rounds)]
    one, other = zip(*pairs, strict=True)
    return statistics.median(one), statistics.median(other)
