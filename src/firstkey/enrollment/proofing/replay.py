"""How the proofing stage's facts change a case."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.case.facts import Fact, ProofingRecorded, ProofingWithdrawn
from firstkey.enrollment.case.separation import with_duty
from firstkey.enrollment.case.state import Case, Proofing, without_lapsed_window
from firstkey.policy.model import Duty
from firstkey.values.assurance import NEEDS_COMPANION


def recorded(case: Case, fact: ProofingRecorded) -> Case:
    """The latest proofing is the one that stands."""
    proofing = Proofing(
        method=fact.method,
        level=fact.level,
        evidence=fact.evidence,
        counts_from=fact.at if fact.method in NEEDS_COMPANION else fact.proofed_at,
        proofer=fact.proofer,
        statement=fact.statement,
    )
    duties = with_duty(case.duties, Duty.PROOFER, fact.proofer, fact.delegator)
    return replace(case, proofing=proofing, duties=duties)


def withdrawn(case: Case, _: ProofingWithdrawn) -> Case:
    """None stands."""
    return without_lapsed_window(replace(case, proofing=None))


REPLAY: Mapping[type[Fact], Callable[[Any, Any], Any]] = {ProofingRecorded: recorded, ProofingWithdrawn: withdrawn}
