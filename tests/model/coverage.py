"""What an exploration must have met, and what it has: every cell of the tables, every refusal, every command."""

from collections.abc import Iterator
from typing import NamedTuple

from firstkey.enrollment.activation import HoldingsCommand
from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Held, stage_of
from firstkey.enrollment.case.transitions import HOLDINGS_TRANSITIONS, TRANSITIONS
from firstkey.enrollment.case.words import CredentialState
from firstkey.enrollment.lifecycle.decide import RULES
from firstkey.enrollment.lifecycle.replay import Folded, apply_fact
from firstkey.enrollment.request import OpenCase


class Cell(NamedTuple):
    """A fact, the stage before it, and one of the stages after it that the table allows."""

    fact: str
    before: str
    after: str


Item = Cell | R | str
"""A cell of either table, a refusal, or the name of a command that was taken."""


def wanted() -> frozenset[Item]:
    """Return all that there is to meet."""
    cells = (
        Cell(fact.__name__, before.value, after.value)
        for fact, row in TRANSITIONS.items()
        for before, afters in row.items()
        for after in afters
    )
    holdings = (
        Cell(fact.__name__, before.value, after.value)
        for fact, row in HOLDINGS_TRANSITIONS.items()
        for before, after in row.items()
        if after is not None
    )
    kinds: tuple[type, ...] = (OpenCase, *RULES, *HoldingsCommand.__subclasses__())
    commands = (command.__name__ for command in kinds)
    return frozenset((*cells, *holdings, *R, *commands))


def folds_of(case: Folded, facts: tuple[Fact, ...]) -> tuple[Folded, ...]:
    """Return the case after each of the facts."""
    folds = []
    for fact in facts:
        case = apply_fact(case, fact)
        folds.append(case)
    return tuple(folds)


def cells_of(case: Folded, facts: tuple[Fact, ...], folds: tuple[Folded, ...]) -> Iterator[Cell]:
    """Yield the cells that facts pass through, one after the other."""
    stages = [stage_of(each).value for each in (case, *folds)]
    for fact, before, after in zip(facts, stages, stages[1:], strict=False):
        yield Cell(fact.kind, before, after)


def holding_cell(before: Held | None, after: Held | None, fact: Fact) -> Cell:
    """Return the cell of the holdings' table that a fact passes through."""
    gone = CredentialState.RECALLED if fact.kind == "CredentialRecalled" else CredentialState.ENDED
    was = CredentialState.PENDING if before is None else before.state
    return Cell(fact.kind, was.value, gone.value if after is None else after.state.value)


class Coverage:
    """What was met so far."""

    def __init__(self) -> None:
        self.met: set[Item] = set()
        self.facts: dict[type[Fact], Fact] = {}
        self._wanted = wanted()

    def news(self, items: Iterator[Item] | tuple[Item, ...]) -> tuple[Item, ...]:
        """Return those not met yet."""
        return tuple(item for item in items if item not in self.met)

    def keep(self, facts: tuple[Fact, ...]) -> None:
        """Keep one fact of each kind as an example of what is well-formed."""
        for fact in facts:
            self.facts.setdefault(type(fact), fact)

    def missing(self) -> list[Item]:
        """Return what was not met, in a stable order."""
        return sorted(self._wanted - self.met, key=str)

    def surplus(self) -> list[Item]:
        """Return what was met and is not among what there is: a mistake of the explorer's."""
        return sorted(self.met - self._wanted, key=str)

    def counts(self) -> tuple[tuple[str, int, int], ...]:
        """Return what kind of thing, how many were met, of how many."""
        kinds = (("cells", Cell), ("refusals", R), ("commands", str))
        return tuple(
            (name, sum(isinstance(i, kind) for i in self.met), sum(isinstance(i, kind) for i in self._wanted))
            for name, kind in kinds
        )
