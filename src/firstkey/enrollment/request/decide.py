"""Rules of the request stage: who is served by which purpose, what may be revised, who may hold and lift."""

from firstkey.enrollment.case.ending import is_here, is_over
from firstkey.enrollment.case.facts import CaseHeld, CaseOpened, CaseRefused, CaseRevised, HoldLifted
from firstkey.enrollment.case.limits import (
    CASE_LIFETIME_MS_MAX,
    KEYS_PER_ACCOUNT_MAX,
    REVISIONS_MAX,
)
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Scene, Step, require
from firstkey.enrollment.case.separation import (
    ADMINISTRATOR,
    check_act,
    check_eligible,
    check_separation,
    check_two_uninvolved,
)
from firstkey.enrollment.case.surroundings import Surroundings
from firstkey.enrollment.case.words import Cause
from firstkey.enrollment.request.commands import HoldCase, LiftHold, OpenCase, ReviseCase
from firstkey.policy.model import Duty, Purpose, Ruling, Verdict

NEEDS_NO_CREDENTIAL = frozenset({Purpose.FIRST_KEY})
NEEDS_VOUCHING = frozenset({Purpose.ADD_KEY, Purpose.REPLACEMENT})
NAMES_LOST_CREDENTIAL = frozenset({Purpose.REPLACEMENT, Purpose.RECOVERY})
LOSSES = frozenset({Cause.LOST, Cause.STOLEN})
POSITIONS, NO_POSITION = frozenset({1, 2}), frozenset({0})


def _check_purpose(around: Surroundings, command: OpenCase, now: int) -> None:
    """Refuse a purpose that the account's credentials rule out: which are lost, and which could vouch for the next."""
    purpose, lost = command.purpose, command.lost_credential
    others = {key.credential for key in around.vouching if not is_over(key.ends_at, now)} - {lost}
    require(not around.keys or purpose not in NEEDS_NO_CREDENTIAL, R.AccountHoldsCredential)
    require(bool(others) or purpose not in NEEDS_VOUCHING, R.AccountHoldsNothing)
    require(not others or purpose is not Purpose.RECOVERY, R.AccountHoldsCredential, "replace the lost key instead")
    require(len(around.keys) < KEYS_PER_ACCOUNT_MAX, R.KeysUsedUp)
    names_lost = purpose in NAMES_LOST_CREDENTIAL
    named = (lost in around.keys, command.lost_cause in LOSSES) if names_lost else (lost is None, True)
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
        refused = CaseRefused(
            at=now,
            site=command.site,
            case=command.case,
            account=command.account,
            purpose=command.purpose,
            policy=ruling.policy,
            path=ruling.path,
            reason=ruling.reasons[0] if ruling.reasons else "",
        )
        return Step((refused,), refusal=R.PathProhibited)
    opened = CaseOpened(
        at=now,
        site=command.site,
        case=command.case,
        account=command.account,
        account_commitment=command.account_commitment,
        incarnation=account.incarnation,
        person=account.person,
        purpose=command.purpose,
        path=ruling.path,
        policy=ruling.policy,
        requirements=ruling.requirements,
        handle_digest=command.handle_digest,
        expires_at=now + min(command.lifetime_ms, CASE_LIFETIME_MS_MAX),
        requester=command.requester,
        delegator=command.delegator,
        privileged=account.privileged,
        position=command.position,
        lost_credential=command.lost_credential,
        lost_cause=command.lost_cause,
    )
    return Step((opened,))


def revise_case(scene: Scene, command: ReviseCase) -> Step:
    """Move the end of the case, within the 30 days that began when it was opened."""
    case = scene.case
    require((command.person, Duty.REQUESTER.value) in scene.around.eligible, R.NotEligible)
    check_separation(scene, Duty.REQUESTER, frozenset({command.person}))
    require(case.revision < REVISIONS_MAX, R.RevisionsUsedUp)
    require(case.live_pass is None and case.credential is None and case.window is None, R.NotAStep)
    require(scene.now < command.expires_at <= case.expires_at, R.NotAStep, "a case can only be shortened")
    revised = CaseRevised(
        at=scene.now, revision=case.revision + 1, expires_at=command.expires_at, person=command.person
    )
    return Step((revised,))


def hold_case(scene: Scene, command: HoldCase) -> Step:
    """Stop the case at the word of its claiming device, of an operator, or of a notice's single-purpose link."""
    require(scene.case.hold is None, R.CaseHeld)
    if command.act is not None:
        check_act(scene, command.act, "hold_case")
        check_eligible(scene.around, command.act, *(duty.value for duty in Duty), ADMINISTRATOR)
        person, statement = command.act.person, command.act.statement
        return Step((CaseHeld(at=scene.now, by="operator", person=person, statement=statement),))
    if command.device is not None:
        claim = scene.case.claim
        require(claim is not None and claim.device_key == command.device.device_key, R.WrongDevice)
        return Step((CaseHeld(at=scene.now, by="device"),))
    require(command.notice is not None, R.ActNotForThis)
    return Step((CaseHeld(at=scene.now, by="notice"),))


def lift_hold(scene: Scene, command: LiftHold) -> Step:
    """Let the case go on: two people who hold no duty in it and are not the joiner."""
    acts = command.acts
    require(scene.case.hold is not None, R.CaseNotHeld)
    check_two_uninvolved(scene, acts, "lift_hold")
    people, statements = tuple(act.person for act in acts), tuple(act.statement for act in acts)
    return Step((HoldLifted(at=scene.now, people=people, statements=statements),))
