"""Rules of approval: distinct people, eligible by the path's rules, each signing today's digest of the case."""

from firstkey.enrollment.approval.commands import DenyApproval, GiveApproval, WithdrawApproval
from firstkey.enrollment.case.closing import closing
from firstkey.enrollment.case.digest import digest_to_sign
from firstkey.enrollment.case.facts import ApprovalDenied, ApprovalGiven, ApprovalWithdrawn
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Scene, Step, require
from firstkey.enrollment.case.separation import check_act, check_eligible, check_separation, check_withdrawal
from firstkey.enrollment.case.surroundings import SignedAct
from firstkey.enrollment.case.words import Closure
from firstkey.policy.model import Duty


def _check_approver(scene: Scene, act: SignedAct, word: str) -> None:
    check_act(scene, act, word)
    check_eligible(scene.around, act, *scene.required.approvers)
    check_separation(scene, Duty.APPROVER, act.persons)


def give_approval(scene: Scene, command: GiveApproval) -> Step:
    """Count one more person. Signing again replaces one's own consent, it never counts twice."""
    case, act = scene.case, command.act
    require(case.proofing is not None or not case.proofing_needed, R.ProofingMissing)
    require(scene.required.quorum > 0, R.BootstrapDiffers)
    _check_approver(scene, act, "give_approval")
    digest = digest_to_sign(case)
    require(digest in act.digests, R.DigestDiffers)
    others = [a for a in case.approvals if a.person != act.person]
    counted = {person for a in others for person in (a.person, a.delegator)}
    require(not counted & act.persons, R.ApproverAlreadyApproved)
    given = ApprovalGiven(
        at=scene.now, person=act.person, digest=digest, statement=act.statement, delegator=act.delegator
    )
    return Step((given,))


def deny_approval(scene: Scene, command: DenyApproval) -> Step:
    """Close the case."""
    act = command.act
    _check_approver(scene, act, "deny_approval")
    denied = ApprovalDenied(at=scene.now, person=act.person, statement=act.statement, delegator=act.delegator)
    return Step((denied, *closing(scene.case, Closure.DENIED, scene.now)))


def withdraw_approval(scene: Scene, command: WithdrawApproval) -> Step:
    """Take one's own consent back, eligible or not: lowering trust is always open."""
    act = command.act
    require(any(a.person == act.person for a in scene.case.approvals), R.ApprovalMissing)
    check_withdrawal(scene, for_cause=command.for_cause)
    check_act(scene, act, "withdraw_approval")
    withdrawn = ApprovalWithdrawn(at=scene.now, person=act.person, statement=act.statement, for_cause=command.for_cause)
    return Step((withdrawn,))
