"""Rules of the request stage: who is served by which purpose, what may be revised, who may hold and lift."""

from firstkey.enrollment.case.facts import CaseHeld, CaseOpened, CaseRefused, CaseRevised, HoldLifted
from firstkey.enrollment.case.limits import (
    CASE_LIFETIME_MS_MAX,
    KEYS_PER_ACCOUNT_MAX,
    REVISIONS_MAX,
)
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Scene, Step, require
from firstkey.enrollment.case.separation import ADMINISTRATOR, check_act, check_eligible, check_two_uninvolved
from firstkey.enrollment.case.surroundings import Surroundings
from firstkey.enrollment.request.commands import HoldCase, LiftHold, OpenCase, ReviseCase
from firstkey.policy.model import Duty, Purpose, Ruling, Verdict

NEEDS_NO_CREDENTIAL = frozenset({Purpose.FIRST_KEY})
NEEDS_VOUCHING = frozenset({Purpose.ADD_KEY, Purpose.REPLACEMENT})
NAMES_LOST_CREDENTIAL = frozenset({Purpose.REPLACEMENT, Purpose.RECOVERY})


def open_case(around: Surroundings, command: OpenCase, ruling: Ruling, now: int) -> Step:
    """Open a case on the path that the policy picks, or record that it picks none."""
    account = around.account
    require(account.active and account.account == command.account, R.AccountGone)
    require(around.keys_held == 0 or command.purpose not in NEEDS_NO_CREDENTIAL, R.AccountHoldsCredential)
    require(bool(around.vouching) or command.purpose not in NEEDS_VOUCHING, R.AccountHoldsNothing)
    require(around.keys_held < KEYS_PER_ACCOUNT_MAX, R.KeysUsedUp)
    named = command.lost_credential is not None
    require(named == (command.purpose in NAMES_LOST_CREDENTIAL), R.LostCredentialMissing)
    if command.requester is not None:
        for person in {command.requester, command.delegator or command.requester} - {account.person}:
            require((person, Duty.REQUESTER.value) in around.eligible, R.NotEligible)
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
    require(case.revision < REVISIONS_MAX, R.RevisionsUsedUp)
    require(case.live_pass is None and case.credential is None and case.window is None, R.NotAStep)
    require(scene.now < command.expires_at <= case.expires_at, R.NotAStep, "a case can only be shortened")
    return Step((CaseRevised(at=scene.now, revision=case.revision + 1, expires_at=command.expires_at),))


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
