"""Rules of activation: the whole chain, under a checkpoint, on ground that still stands."""

from typing import Any

import msgspec
from msgspec.structs import replace

from firstkey.enrollment.case import facts
from firstkey.enrollment.case.ending import earliest, is_here, is_over
from firstkey.enrollment.case.ground import Moment, stand_on_ground
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command, Folds, Rules, Scene, Step, present, require
from firstkey.enrollment.case.separation import ADMINISTRATOR, check_act_on, check_eligible, check_two_people
from firstkey.enrollment.case.state import Case, Held, Holdings, known
from firstkey.enrollment.case.surroundings import SignedAct, Surroundings
from firstkey.enrollment.case.transitions import HOLDINGS_TRANSITIONS
from firstkey.enrollment.case.words import Cause, Closure, CredentialState
from firstkey.values.errors import Defect, Refused


class ActivateCredential(Command, frozen=True):
    """Make the pending credential active; the system asks, as soon as the conditions hold."""


class HoldingsCommand(msgspec.Struct, frozen=True):
    """Something asked of an account's credentials."""


class HoldCredential(HoldingsCommand, frozen=True):
    """An activated case hands its credential over."""

    held: facts.CredentialHeld


class SuspendCredential(HoldingsCommand, frozen=True):
    """Take a credential out of use for now. Needs no proof: the joiner's notice, an operator, a case may ask."""

    credential: str
    cause: Cause


class RestoreCredential(HoldingsCommand, frozen=True):
    """Give it back: two administrators sign."""

    credential: str
    acts: tuple[SignedAct, ...]


class RecallCredential(HoldingsCommand, frozen=True):
    """Take it out of use for good, because of what it rests on."""

    credential: str
    cause: Cause


class EndCredential(HoldingsCommand, frozen=True):
    """Take it out of use for good, because its time is over or the loan key is back."""

    credential: str
    cause: Cause


class SweepHoldings(HoldingsCommand, frozen=True):
    """Write down what time, and the account's standing, have made true."""


def activate_credential(scene: Scene, _: ActivateCredential) -> Step:
    """Activate, and end the case."""
    credential, lifetime = present(scene.case.credential, R.NotAStep), scene.required.credential_lifetime_ms
    stand_on_ground(scene, Moment.ACTIVATION)
    require(credential.state is CredentialState.PENDING, R.CredentialStateDiffers)
    activated = facts.CredentialActivated(
        at=scene.now,
        credential=credential.credential,
        tier=min(credential.tier, scene.required.tier),
        ends_at=earliest(
            credential.ends_at,
            scene.around.account.ends_at,
            None if lifetime is None else credential.registered_at + lifetime,
        ),
    )
    return Step((activated, facts.CaseClosed(at=scene.now, reason=Closure.COMPLETED)))


def _moved(case: Case, state: CredentialState, cause: Cause | None = None) -> Case:
    return replace(case, credential=replace(known(case.credential), state=state, cause=cause))


def _activated(case: Case, fact: facts.CredentialActivated) -> Case:
    """It is usable."""
    usable = replace(known(case.credential), tier=fact.tier, ends_at=fact.ends_at)
    return _moved(replace(case, credential=usable), CredentialState.ACTIVE)


def _suspended(case: Case, fact: facts.CredentialSuspended) -> Case:
    """It waits until its ground is whole again."""
    return _moved(case, CredentialState.SUSPENDED, fact.cause)


def _restored(case: Case, _: facts.CredentialRestored) -> Case:
    """Its ground is whole again: pending, as before."""
    return _moved(case, CredentialState.PENDING)


def _recalled(case: Case, fact: facts.CredentialRecalled) -> Case:
    """It is over for good."""
    return _moved(case, CredentialState.RECALLED, fact.cause)


Facts = tuple[facts.Fact, ...]

OVER = frozenset({CredentialState.RECALLED, CredentialState.ENDED})


def replay_holding(holdings: Holdings, fact: Any) -> Holdings:
    """Fold one fact of the account's stream.

    What is over for good leaves the state; its slot keeps it from coming back.

    Raises:
        Defect: the table refuses.
    """
    held = holdings.find(fact.credential)
    before = CredentialState.PENDING if held is None else held.state
    after = HOLDINGS_TRANSITIONS.get(type(fact), {}).get(before)
    if after is None:
        raise Defect(f"{fact.kind} on a credential that is {before}")
    others = tuple(other for other in holdings.held if other.credential != fact.credential)
    if after in OVER:
        return Holdings(held=others)
    if isinstance(fact, facts.CredentialHeld):
        return Holdings(held=(*others, Held(state=after, **facts.shared(fact, Held))))
    return Holdings(held=(*others, replace(known(held), state=after, cause=getattr(fact, "cause", None))))


def _check_two_administrators(acts: tuple[SignedAct, ...], credential: str, around: Surroundings, now: int) -> None:
    require(around.account.person not in check_two_people(acts), R.JoinerHoldsNoDuty)
    for act in acts:
        subject = (around.account.account, 0)
        check_act_on(around, now, act, word="restore_credential", subject=subject, names=(credential,))
        check_eligible(around, act, ADMINISTRATOR)


def _swept(holdings: Holdings, around: Surroundings, now: int) -> Facts:
    account = around.account

    def cause(held: Held) -> Cause | None:
        if is_over(held.ends_at, now):
            return Cause.END_DATE
        return None if is_here(account, now) else Cause.LEFT

    found = ((held.credential, cause(held)) for held in holdings.held)
    return tuple(facts.CredentialEnded(at=now, credential=name, cause=why) for name, why in found if why is not None)


GONE_ALREADY = frozenset({Cause.LOST, Cause.STOLEN, Cause.WITHDRAWN_FOR_CAUSE})
"""Causes for which a case asks; what is out of use already needs no second taking."""


def _asked(holdings: Holdings, around: Surroundings, command: HoldingsCommand, now: int) -> Facts:
    if isinstance(command, HoldCredential):
        return (command.held,)
    if isinstance(command, SweepHoldings):
        return _swept(holdings, around, now)
    if isinstance(command, RestoreCredential):
        _check_two_administrators(command.acts, command.credential, around, now)
        signed = tuple(act.by for act in command.acts)
        return (facts.CredentialRestored(at=now, credential=command.credential, by=signed),)
    kinds: dict[type[HoldingsCommand], Any] = {
        SuspendCredential: facts.CredentialSuspended,
        RecallCredential: facts.CredentialRecalled,
        EndCredential: facts.CredentialEnded,
    }
    if type(command) not in kinds:
        raise Defect(f"no rule for {type(command).__name__}")
    asked: Any = command
    held = holdings.find(asked.credential)
    out_of_use = held is None or (held.state is not CredentialState.ACTIVE and isinstance(command, SuspendCredential))
    if asked.cause in GONE_ALREADY and out_of_use:
        return ()
    return (kinds[type(command)](at=now, credential=asked.credential, cause=asked.cause),)


def decide_holdings(holdings: Holdings, around: Surroundings, command: HoldingsCommand, now: int) -> Facts:
    """Decide a command on an account's credentials.

    Returns:
        Facts for the account's stream; none when the sweep finds nothing.

    Raises:
        Refused: CredentialNotHeld, CredentialStateDiffers, or what the signed acts lack.
    """
    happened = _asked(holdings, around, command, now)
    for fact in happened:
        subject: Any = fact
        known = holdings.find(subject.credential)
        require(known is not None or isinstance(fact, facts.CredentialHeld), R.CredentialNotHeld)
        try:
            holdings = replay_holding(holdings, fact)
        except Defect as error:
            raise Refused(R.CredentialStateDiffers) from error
    return happened


RULES: Rules = {ActivateCredential: activate_credential}

REPLAY: Folds = {
    facts.CredentialActivated: _activated,
    facts.CredentialSuspended: _suspended,
    facts.CredentialRestored: _restored,
    facts.CredentialRecalled: _recalled,
}
