"""Replay: a case is the fold of its facts, and every fact is held against the transition table."""

from collections.abc import Iterable

from firstkey.enrollment import (
    activation,
    approval,
    claim,
    closure,
    delivery,
    issuance,
    proofing,
    redemption,
    registration,
    request,
)
from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.scene import Folds
from firstkey.enrollment.case.state import Case, NeverOpened, stage_of
from firstkey.enrollment.case.transitions import TRANSITIONS
from firstkey.values.errors import Defect

Folded = Case | NeverOpened | None

STAGES = (request, proofing, approval, claim, issuance, delivery, redemption, registration, activation, closure)
"""The stages, in the order of the lifecycle."""

REPLAY: Folds = {fact: fold for stage in STAGES for fact, fold in stage.REPLAY.items()}
"""Every fact of a case, and how it changes it."""


class NotInTable(Defect):
    """A fact where the table refuses it: a replayed stream is broken, or a decision was about to break it."""


def apply_fact(case: Folded, fact: Fact) -> Folded:
    """Fold one fact.

    Raises:
        NotInTable: the table refuses it at the case's stage.
        Defect: the fold led where the table's cell does not.
    """
    before = stage_of(case)
    allowed = TRANSITIONS[type(fact)][before]
    if not allowed:
        raise NotInTable(f"{fact.kind} at {before}")
    after: Folded = REPLAY[type(fact)](case, fact)
    if stage_of(after) not in allowed:
        raise Defect(f"{fact.kind} led from {before} to {stage_of(after)}")
    return after


def replay(facts: Iterable[Fact], case: Folded = None) -> Folded:
    """Fold facts in their order."""
    for fact in facts:
        case = apply_fact(case, fact)
    return case
