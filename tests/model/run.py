"""Runs explorations, in one process or several, and brings together what they met."""

from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from typing import NamedTuple

from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.words import Stage
from firstkey.enrollment.lifecycle.replay import Folded
from tests.model import checks
from tests.model.bounds import Bound
from tests.model.coverage import Coverage, Item
from tests.model.explore import Explorer, Result


class Explored(NamedTuple):
    """One bound's exploration.

    Attributes:
        result: what it came to.
        met: what it met. facts: an example of each fact. examples: a case at each stage.
        compared: pairs of cases of one class, and commands with and without a sweep before them, that were compared.
    """

    result: Result
    met: frozenset[Item]
    facts: dict[type[Fact], Fact]
    examples: dict[Stage, Folded]
    compared: int


def explore(bound: Bound, seconds: float, every: int) -> Explored:
    """Explore a bound and check what was taken for granted on the way, on one state in `every`."""
    coverage = Coverage()
    explorer = Explorer(bound, coverage)
    result, compared = explorer.run(seconds), 0
    for place, core in enumerate(explorer.system.cores):
        compared += checks.classes_hold(explorer, place, every) + checks.due_comes_first(explorer, place, every)
        assert core.states
    examples = checks.examples_of(explorer.system.cores)
    return Explored(result, frozenset(coverage.met), coverage.facts, examples, compared)


def explore_all(bounds: list[Bound], seconds: float, *, every: int, processes: int = 1) -> list[Explored]:
    """Explore bounds side by side, the first ones first; the time is for each."""
    if processes == 1:
        return [explore(bound, seconds, every) for bound in bounds]
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(explore, bounds, repeat(seconds), repeat(every)))


def together(explored: list[Explored]) -> tuple[Coverage, dict[Stage, Folded]]:
    """Return what all of them met, and a case at each stage."""
    coverage, examples = Coverage(), dict[Stage, Folded]()
    for each in explored:
        coverage.met |= each.met
        coverage.facts.update(each.facts)
        examples.update(each.examples)
    return coverage, examples
