"""How a case ends before its time: whatever it still has that is live or pending dies first, in the same append."""

from firstkey.enrollment.case.facts import CaseClosed, CredentialRecalled, Fact, PassRevoked
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.surroundings import By
from firstkey.enrollment.case.words import Cause, Closure, CredentialState


def closing(
    case: Case, reason: Closure, now: int, cause: Cause = Cause.CASE_CLOSED, by: tuple[By, ...] = ()
) -> tuple[Fact, ...]:
    """Return the facts that end the case; `cause` may say more of why its pass or credential dies."""
    facts: list[Fact] = []
    if case.live_pass is not None:
        facts.append(PassRevoked(at=now, pass_id=case.live_pass.pass_id, cause=cause))
    credential = case.credential
    if credential is not None and credential.state in (CredentialState.PENDING, CredentialState.SUSPENDED):
        facts.append(CredentialRecalled(at=now, credential=credential.credential, cause=cause))
    return (*facts, CaseClosed(at=now, reason=reason, by=by))
