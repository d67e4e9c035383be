"""Request: a case is opened, revised, held and let go on.

Who is served by which purpose, by what the account holds; the policy picks the path, never the requester's word.
"""

from msgspec.structs import replace

from firstkey.enrollment.case.ending import is_here, is_over
from firstkey.enrollment.case.facts import CaseHeld, CaseOpened, CaseRefused, CaseRevised, HoldLifted, shared
from firstkey.enrollment.case.limits import CASE_LIFETIME_MS_MAX, KEYS_PER_ACCOUNT_MAX, REVISIONS_MAX
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command, Folds, Rules, Scene, Step, require
from firstkey.enrollment.case.separation import (
    ADMINISTRATOR,
    check_act,
    check_eligible,
    check_separation,
    check_two_uninvolved,
)
from firstkey.enrollment.case.state import Case, Hold, NeverOpened, without_lapsed_window
from firstkey.enrollment.case.surroundings import DeviceProof, SignedAct, Surroundings
from firstkey.enrollment.case.words import Cause
from firstkey.policy.model import Duty, Purpose, Ruling, Verdict

NEEDS_NO_CREDENTIAL = frozenset({Purpose.FIRST_KEY})
NEEDS_VOUCHING = frozenset({Purpose.ADD_KEY, Purpose.REPLACEMENT})
NAMES_LOST_CREDENTIAL = frozenset({Purpose.REPLACEMENT, Purpose.RECOVERY})
LOSSES = frozenset({Cause.LOST, Cause.STOLEN})
POSITIONS, NO_POSITION = frozenset({1, 2}), frozenset({0})


class OpenCase(Command, frozen=True):
    """Open a case. `requester` is None for a feed, which is nobody's duty; `delegator` is whom the requester acts for.

    `handle_digest` is SHA-256 of the 128-bit handle, hex. `lost_cause` is STOLEN or LOST.
    """

    site: str
    case: str
    account: str
    account_commitment: str
    purpose: Purpose
    handle_digest: str
    lifetime_ms: int
    requester: str | None = None
    delegator: str | None = None
    position: int = 0
    lost_credential: str | None = None
    lost_cause: Cause | None = None


class ReviseCase(Command, frozen=True):
    """Change when the case ends; whatever approvers signed is void."""

    person: str
    expires_at: int


class HoldCase(Command, frozen=True):
    """Stop the case: "this was not me". One of: the claiming device's proof, an operator's act, a notice's link."""

    device: DeviceProof | None = None
    act: SignedAct | None = None
    notice: str | None = None


class LiftHold(Command, frozen=True):
    """Let a held case go on: two people without a duty in it."""

    acts: tuple[SignedAct, ...]


def _check_purpose(around: Surroundings, command: OpenCase, now: int) -> None:
    """Refuse a purpose that the account's credentials rule out: which are lost, and which could vouch for the next."""
    purpose, lost, cause = command.purpose, command.lost_credential, command.lost_cause
    others = {key.credential for key in around.vouching if not is_over(key.ends_at, now)} - {lost}
    require(not around.keys or purpose not in NEEDS_NO_CREDENTIAL, R.AccountHoldsCredential)
    require(bool(others) or purpose not in NEEDS_VOUCHING, R.AccountHoldsNothing)
    require(not others or purpose is not Purpose.RECOVERY, R.AccountHoldsCredential, "replace the lost key instead")
    require(len(around.keys) < KEYS_PER_ACCOUNT_MAX, R.KeysUsedUp)
    names_lost = purpose in NAMES_LOST_CREDENTIAL
    named = (lost in around.keys, cause in LOSSES) if names_lost else (lost is None, cause is None)
    require(all(named), R.LostCredentialMissing)
    positions = POSITIONS if purpose is Purpose.BREAK_GLASS else NO_POSITION
    require(command.position in positions, R.PositionMissing)


def _check_requester(around: Surroundings, command: OpenCase) -> None:
    """Refuse a requester without the duty. The joiner may ask; for a break-glass account only its custodian does."""
    person = around.account.person
    custodian = command.requester == person or command.purpose is not Purpose.BREAK_GLASS
    require(custodian, R.NotEligible)
    for asking in {command.requester, command.delegator} - {None, person}:
        require((asking, Duty.REQUESTER.value) in around.eligible, R.NotEligible)


def open_case(around: Surroundings, command: OpenCase, ruling: Ruling, now: int) -> Step:
    """Open a case on the path that the policy picks, or record that it picks none."""
    account = around.account
    require(is_here(account, now) and account.account == command.account, R.AccountGone)
    _check_purpose(around, command, now)
    _check_requester(around, command)
    require(command.lifetime_ms > 0, R.LifetimeMissing)
    if ruling.verdict is Verdict.PROHIBIT or ruling.requirements is None or ruling.path is None:
        reason = ruling.reasons[0] if ruling.reasons else ""
        asked = shared(command, CaseRefused)
        refused = CaseRefused(at=now, policy=ruling.policy, path=ruling.path, reason=reason, **asked)
        return Step((refused,), refusal=R.PathProhibited)
    opened = CaseOpened(
        at=now,
        incarnation=account.incarnation,
        person=account.person,
        privileged=account.privileged,
        path=ruling.path,
        policy=ruling.policy,
        requirements=ruling.requirements,
        expires_at=now + min(command.lifetime_ms, CASE_LIFETIME_MS_MAX),
        **shared(command, CaseOpened),
    )
    return Step((opened,))


def revise_case(scene: Scene, command: ReviseCase) -> Step:
    """Bring the end of the case forward."""
    case, person = scene.case, command.person
    require((person, Duty.REQUESTER.value) in scene.around.eligible, R.NotEligible)
    check_separation(scene, Duty.REQUESTER, frozenset({person}))
    require(case.revision < REVISIONS_MAX, R.RevisionsUsedUp)
    require(case.live_pass is None and case.credential is None and case.window is None, R.NotAStep)
    require(scene.now < command.expires_at <= case.expires_at, R.NotAStep, "a case can only be shortened")
    revision = case.revision + 1
    return Step((CaseRevised(at=scene.now, revision=revision, expires_at=command.expires_at, person=person),))


def hold_case(scene: Scene, command: HoldCase) -> Step:
    """Stop the case at the word of its claiming device, of an operator, or of a notice's single-purpose link."""
    require(scene.case.hold is None, R.CaseHeld)
    if command.act is not None:
        check_act(scene, command.act, "hold_case")
        check_eligible(scene.around, command.act, *(duty.value for duty in Duty), ADMINISTRATOR)
        return Step((CaseHeld(at=scene.now, source="operator", by=command.act.by),))
    if command.device is not None:
        claim = scene.case.claim
        require(claim is not None and claim.device_key == command.device.device_key, R.WrongDevice)
        return Step((CaseHeld(at=scene.now, source="device"),))
    require(command.notice is not None, R.ActNotForThis)
    return Step((CaseHeld(at=scene.now, source="notice"),))


def lift_hold(scene: Scene, command: LiftHold) -> Step:
    """Let the case go on: two people who hold no duty in it and are not the joiner."""
    require(scene.case.hold is not None, R.CaseNotHeld)
    check_two_uninvolved(scene, command.acts, "lift_hold")
    return Step((HoldLifted(at=scene.now, by=tuple(act.by for act in command.acts)),))


def _opened(_: None, fact: CaseOpened) -> Case:
    asked = {(Duty.REQUESTER, person) for person in (fact.requester, fact.delegator) if person is not None}
    delegated = fact.delegator is not None
    return Case(opened_at=fact.at, delegated=delegated, duties=frozenset(asked), **shared(fact, Case))


def _refused(_: None, fact: CaseRefused) -> NeverOpened:
    return NeverOpened(case=fact.case)


def _revised(case: Case, fact: CaseRevised) -> Case:
    """What was signed is void."""
    duties = case.duties if fact.person is None else case.duties | {(Duty.REQUESTER, fact.person)}
    fresh = replace(case, revision=fact.revision, expires_at=fact.expires_at, duties=duties)
    return without_lapsed_window(replace(fresh, approvals=(), signed=None))


def _held(case: Case, fact: CaseHeld) -> Case:
    """Somebody who repudiates a case makes it one to remember."""
    return replace(case, hold=Hold(source=fact.source, by=fact.by), adverse_at=fact.at)


def _hold_lifted(case: Case, _: HoldLifted) -> Case:
    return replace(case, hold=None)


RULES: Rules = {ReviseCase: revise_case, HoldCase: hold_case, LiftHold: lift_hold}

REPLAY: Folds = {
    CaseOpened: _opened,
    CaseRefused: _refused,
    CaseRevised: _revised,
    CaseHeld: _held,
    HoldLifted: _hold_lifted,
}
