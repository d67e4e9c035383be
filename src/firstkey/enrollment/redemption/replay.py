"""How the redemption stage's facts change a case."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.case.facts import (
    AttendanceConfirmed,
    Fact,
    OwnKeyAsserted,
    PassExpired,
    PassRedeemed,
    PassRevoked,
    TryFailed,
)
from firstkey.enrollment.case.separation import with_duty
from firstkey.enrollment.case.state import Case, OwnKey, Window, known
from firstkey.enrollment.case.words import Cause, PassState
from firstkey.policy.model import Anchor, Duty

BURNS = frozenset({Cause.TRIES_EXHAUSTED, Cause.CEREMONIES_EXHAUSTED})
"""Causes that burn a pass rather than revoke it: the joiner's device used it up."""


def redeemed(case: Case, fact: PassRedeemed) -> Case:
    """The code is gone; a window is open."""
    pass_ = replace(known(case.pass_), state=PassState.REDEEMED, ends_at=fact.window_ends_at)
    return replace(case, pass_=pass_, window=Window(ends_at=fact.window_ends_at))


def try_failed(case: Case, fact: TryFailed) -> Case:
    """A wrong code is counted, over all passes of the case, and remembered."""
    return replace(case, tries_failed=fact.tries_failed, adverse_at=fact.at)


def revoked(case: Case, fact: PassRevoked) -> Case:
    """The pass is dead. What the epoch killed does not count among the case's three."""
    state = PassState.BURNED if fact.cause in BURNS else PassState.REVOKED
    counted = case.passes_issued - (1 if fact.cause is Cause.EPOCH_RAISED else 0)
    pass_ = replace(known(case.pass_), state=state, cause=fact.cause)
    return replace(case, pass_=pass_, passes_issued=counted, window=None)


def expired(case: Case, _: PassExpired) -> Case:
    """The pass is dead of age."""
    return replace(case, pass_=replace(known(case.pass_), state=PassState.EXPIRED), window=None)


def attendance_confirmed(case: Case, fact: AttendanceConfirmed) -> Case:
    """The visit is the anchor, and opens a window."""
    claim = replace(known(case.claim), anchor=Anchor.PRESENCE, anchored_at=fact.at, statement=fact.statement)
    duties = with_duty(case.duties, Duty.CONFIRMER, fact.confirmer, fact.delegator)
    return replace(case, claim=claim, duties=duties, window=Window(ends_at=fact.window_ends_at, serial=fact.serial))


def own_key_asserted(case: Case, fact: OwnKeyAsserted) -> Case:
    """Another credential speaks for this one, and opens a window."""
    own_key = OwnKey(credential=fact.credential, statement=fact.statement, tier=fact.tier, ends_at=fact.ends_at)
    return replace(case, own_key=own_key, window=Window(ends_at=fact.window_ends_at))


REPLAY: Mapping[type[Fact], Callable[[Any, Any], Any]] = {
    PassRedeemed: redeemed,
    TryFailed: try_failed,
    PassRevoked: revoked,
    PassExpired: expired,
    AttendanceConfirmed: attendance_confirmed,
    OwnKeyAsserted: own_key_asserted,
}
