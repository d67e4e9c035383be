"""The real core, explored breadth first: in every state of a bound, at every tick, in every world, the invariants hold.

`make test` exhausts the small bounds; `make soak` all of them. What is not met of the tables and refusals is printed by
`python -m tests.model`.
"""

import os

import pytest

from tests.model.bounds import BOUNDS
from tests.model.coverage import Coverage
from tests.model.explore import Explorer

SMALL = ("own key", "evidence", "revisions", "openings with 0 keys", "openings with 1 keys", "openings with 2 keys")
SECONDS_MAX = 1200.0
"""By the wall, for one bound: a bound that is not exhausted by then has grown."""


@pytest.mark.soak
@pytest.mark.parametrize("name", BOUNDS if os.environ.get("FIRSTKEY_SOAK") == "1" else SMALL)
def test_a_bound_is_exhausted_and_the_invariants_hold(name: str) -> None:
    """Nothing is left to explore, and nothing was found that the design rules out."""
    result = Explorer(BOUNDS[name], Coverage()).run(SECONDS_MAX)
    assert result.findings == ()
    assert result.exhausted
    assert result.states > 100


def test_an_exploration_meets_what_it_should() -> None:
    """The bound of evidence meets cells, refusals and commands, and nothing that is not among what there is."""
    coverage = Coverage()
    Explorer(BOUNDS["evidence"], coverage).run(SECONDS_MAX)
    assert all(met > 0 for _, met, _ in coverage.counts())
    assert coverage.surplus() == []
