"""How the claim stage's facts change a case."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.case.facts import ClaimAnchored, ClaimReleased, DeviceClaimed, Fact, RivalRefused
from firstkey.enrollment.case.separation import with_duty
from firstkey.enrollment.case.state import Case, Claim, known
from firstkey.policy.model import Duty


def claimed(case: Case, fact: DeviceClaimed) -> Case:
    """A device takes the case."""
    claim = Claim(claim=fact.claim, device_key=fact.device_key, sealing_key=fact.sealing_key)
    duties = with_duty(case.duties, Duty.CONFIRMER, fact.confirmer, fact.delegator)
    return replace(case, claim=claim, duties=duties)


def anchored(case: Case, fact: ClaimAnchored) -> Case:
    """The claim is tied to the joiner."""
    claim = replace(known(case.claim), anchor=fact.anchor, anchored_at=fact.at, statement=fact.statement)
    return replace(case, claim=claim, duties=with_duty(case.duties, Duty.CONFIRMER, fact.confirmer, fact.delegator))


def released(case: Case, fact: ClaimReleased) -> Case:
    """No device has the case; what it had opened is void."""
    duties = with_duty(case.duties, Duty.RELEASER, *fact.people)
    return replace(case, claim=None, window=None, handle_digest=fact.handle_digest, duties=duties)


def rival_refused(case: Case, fact: RivalRefused) -> Case:
    """A rival is remembered."""
    return replace(case, claim=replace(known(case.claim), rival_seen=True), adverse_at=fact.at)


REPLAY: Mapping[type[Fact], Callable[[Any, Any], Any]] = {
    DeviceClaimed: claimed,
    ClaimAnchored: anchored,
    ClaimReleased: released,
    RivalRefused: rival_refused,
}
