"""Replay: a case is the fold of its facts, and every fact is held against the transition table."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from firstkey.enrollment.activation import replay as activation
from firstkey.enrollment.approval import replay as approval
from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.state import Case, NeverOpened, stage_of
from firstkey.enrollment.case.transitions import TRANSITIONS
from firstkey.enrollment.claim import replay as claim
from firstkey.enrollment.closure import replay as closure
from firstkey.enrollment.delivery import replay as delivery
from firstkey.enrollment.issuance import replay as issuance
from firstkey.enrollment.proofing import replay as proofing
from firstkey.enrollment.redemption import replay as redemption
from firstkey.enrollment.registration import replay as registration
from firstkey.enrollment.request import replay as request
from firstkey.values.errors import Defect

Folded = Case | NeverOpened | None

REPLAY: Mapping[type[Fact], Callable[[Any, Any], Any]] = {
    **request.REPLAY,
    **proofing.REPLAY,
    **approval.REPLAY,
    **claim.REPLAY,
    **issuance.REPLAY,
    **delivery.REPLAY,
    **redemption.REPLAY,
    **registration.REPLAY,
    **activation.REPLAY,
    **closure.REPLAY,
}


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
