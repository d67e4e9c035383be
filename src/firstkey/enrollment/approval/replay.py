"""How the approval stage's facts change a case."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.case.digest import device_of
from firstkey.enrollment.case.facts import ApprovalDenied, ApprovalGiven, ApprovalWithdrawn, Fact
from firstkey.enrollment.case.separation import with_duty
from firstkey.enrollment.case.state import Approval, Case, Signed, without_lapsed_window
from firstkey.policy.model import Duty


def given(case: Case, fact: ApprovalGiven) -> Case:
    """One consent a person; the first fixes what is signed."""
    approval = Approval(person=fact.person, statement=fact.statement, at=fact.at, delegator=fact.delegator)
    others = tuple(a for a in case.approvals if a.person != fact.person)
    level = 0 if case.proofing is None else case.proofing.level
    signed = case.signed or Signed(digest=fact.digest, device=device_of(case), level=level)
    duties = with_duty(case.duties, Duty.APPROVER, fact.person, fact.delegator)
    return replace(case, approvals=(*others, approval), signed=signed, duties=duties)


def denied(case: Case, fact: ApprovalDenied) -> Case:
    """A no is remembered."""
    duties = with_duty(case.duties, Duty.APPROVER, fact.person, fact.delegator)
    return replace(case, duties=duties, adverse_at=fact.at)


def withdrawn(case: Case, fact: ApprovalWithdrawn) -> Case:
    """That consent no longer counts; the duty was held all the same."""
    remaining = tuple(a for a in case.approvals if a.person != fact.person)
    return without_lapsed_window(replace(case, approvals=remaining))


REPLAY: Mapping[type[Fact], Callable[[Any, Any], Any]] = {
    ApprovalGiven: given,
    ApprovalDenied: denied,
    ApprovalWithdrawn: withdrawn,
}
