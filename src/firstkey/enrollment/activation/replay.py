"""How the activation stage's facts change a case."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.case.facts import (
    CredentialActivated,
    CredentialRecalled,
    CredentialRestored,
    CredentialSuspended,
    Fact,
)
from firstkey.enrollment.case.state import Case, known
from firstkey.enrollment.case.words import Cause, CredentialState


def _moved(case: Case, state: CredentialState, cause: Cause | None = None) -> Case:
    return replace(case, credential=replace(known(case.credential), state=state, cause=cause))


def activated(case: Case, fact: CredentialActivated) -> Case:
    """It is usable."""
    usable = replace(known(case.credential), tier=fact.tier, ends_at=fact.ends_at)
    return _moved(replace(case, credential=usable), CredentialState.ACTIVE)


def suspended(case: Case, fact: CredentialSuspended) -> Case:
    """It waits until its ground is whole again."""
    return _moved(case, CredentialState.SUSPENDED, fact.cause)


def restored(case: Case, _: CredentialRestored) -> Case:
    """Its ground is whole again: pending, as before."""
    return _moved(case, CredentialState.PENDING)


def recalled(case: Case, fact: CredentialRecalled) -> Case:
    """It is over for good."""
    return _moved(case, CredentialState.RECALLED, fact.cause)


REPLAY: Mapping[type[Fact], Callable[[Any, Any], Any]] = {
    CredentialActivated: activated,
    CredentialSuspended: suspended,
    CredentialRestored: restored,
    CredentialRecalled: recalled,
}
