"""The real core explored breadth first, to the end of three named bounds, and what is told by it.

`make test` explores a share of each (`bounds.SHARE`), `make soak` all; either prints what it came to, and fails when a
bound is not exhausted, an invariant does not hold, or a cell of the tables, a refusal or a command is not met.
"""

import os

import pytest

from tests.model.bounds import NAMED, SHARE, Bound
from tests.model.checks import refused_by_the_tables
from tests.model.report import report, shortfalls
from tests.model.run import explore_all, together

SOAK = os.environ.get("FIRSTKEY_SOAK") == "1"
SECONDS_MAX = 3_600
"""For one part of a bound, by the wall: a limit on a machine that is very busy, not what it takes."""

PROCESSES = 2 if SOAK else 1
"""In `make soak` one more than its own: the parts are its longest work, and nothing there is timed."""

COMPARED_EVERY, COMPARED_MIN = 100, 10_000
STATES_MIN = 1_000_000


def _parts() -> list[Bound]:
    return [bound for bounds in (NAMED if SOAK else SHARE).values() for bound in bounds]


@pytest.mark.soak
def test_the_bounds_are_exhausted_and_nothing_falls_short(capsys: pytest.CaptureFixture[str]) -> None:
    """Every bound is explored to its end, all invariants hold, and every cell, refusal and command is met."""
    explored = explore_all(_parts(), SECONDS_MAX, every=COMPARED_EVERY, processes=PROCESSES)
    coverage, examples = together(explored)
    results = [each.result for each in explored]
    with capsys.disabled():
        print(f"\n{report(results, coverage)}")
    assert not shortfalls(results, coverage)
    assert sum(result.states for result in results) >= STATES_MIN
    assert sum(each.compared for each in explored) > COMPARED_MIN
    assert refused_by_the_tables(examples, coverage.facts) > 0
