"""How the request stage's facts change a case."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.case.facts import CaseHeld, CaseOpened, CaseRefused, CaseRevised, Fact, HoldLifted
from firstkey.enrollment.case.separation import with_duty
from firstkey.enrollment.case.state import Case, Hold, NeverOpened, without_lapsed_window
from firstkey.policy.model import Duty


def opened(_: None, fact: CaseOpened) -> Case:
    """Begin the case with all that the fact brings along."""
    return Case(
        site=fact.site,
        case=fact.case,
        account=fact.account,
        account_commitment=fact.account_commitment,
        incarnation=fact.incarnation,
        person=fact.person,
        purpose=fact.purpose,
        path=fact.path,
        policy=fact.policy,
        requirements=fact.requirements,
        handle_digest=fact.handle_digest,
        opened_at=fact.at,
        expires_at=fact.expires_at,
        privileged=fact.privileged,
        position=fact.position,
        lost_credential=fact.lost_credential,
        lost_cause=fact.lost_cause,
        delegated=fact.delegator is not None,
        duties=with_duty(frozenset(), Duty.REQUESTER, fact.requester, fact.delegator),
    )


def refused(_: None, fact: CaseRefused) -> NeverOpened:
    """Remember that there is no case."""
    return NeverOpened(case=fact.case)


def revised(case: Case, fact: CaseRevised) -> Case:
    """Void what was signed."""
    duties = with_duty(case.duties, Duty.REQUESTER, fact.person)
    fresh = replace(case, revision=fact.revision, expires_at=fact.expires_at, approvals=(), signed=None, duties=duties)
    return without_lapsed_window(fresh)


def held(case: Case, fact: CaseHeld) -> Case:
    """Stop. Somebody who repudiates a case makes it one to remember."""
    return replace(case, hold=Hold(by=fact.by, person=fact.person), adverse_at=fact.at)


def hold_lifted(case: Case, _: HoldLifted) -> Case:
    """Go on."""
    return replace(case, hold=None)


REPLAY: Mapping[type[Fact], Callable[[Any, Any], Any]] = {
    CaseOpened: opened,
    CaseRefused: refused,
    CaseRevised: revised,
    CaseHeld: held,
    HoldLifted: hold_lifted,
}
