"""Approval: distinct people, eligible by the path's rules, each signing today's digest of the case."""

from msgspec.structs import replace

from firstkey.enrollment.case.closing import closing
from firstkey.enrollment.case.digest import device_of, digest_to_sign
from firstkey.enrollment.case.facts import ApprovalDenied, ApprovalGiven, ApprovalWithdrawn
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command, Folds, Rules, Scene, Step, require
from firstkey.enrollment.case.separation import (
    check_act,
    check_eligible,
    check_separation,
    check_withdrawal,
    with_duty,
)
from firstkey.enrollment.case.state import Approval, Case, Signed, without_lapsed_window
from firstkey.enrollment.case.surroundings import SignedAct
from firstkey.enrollment.case.words import Closure
from firstkey.policy.model import Duty


class GiveApproval(Command, frozen=True):
    """Consent to exactly this case. One act may sign up to 25 digests; each case still rules for itself."""

    act: SignedAct


class DenyApproval(Command, frozen=True):
    """Say no; one no closes the case."""

    act: SignedAct


class WithdrawApproval(Command, frozen=True):
    """Take one's consent back. `for_cause`: it never should have been given."""

    act: SignedAct
    for_cause: bool = False


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
    others = {person for a in case.approvals if a.by.person != act.person for person in a.by.persons}
    require(not others & act.persons, R.ApproverAlreadyApproved)
    return Step((ApprovalGiven(at=scene.now, digest=digest, by=act.by),))


def deny_approval(scene: Scene, command: DenyApproval) -> Step:
    """Close the case."""
    _check_approver(scene, command.act, "deny_approval")
    denied = ApprovalDenied(at=scene.now, by=command.act.by)
    return Step((denied, *closing(scene.case, Closure.DENIED, scene.now)))


def withdraw_approval(scene: Scene, command: WithdrawApproval) -> Step:
    """Take one's own consent back, eligible or not: lowering trust is always open."""
    act = command.act
    require(any(a.by.person == act.person for a in scene.case.approvals), R.ApprovalMissing)
    check_withdrawal(scene, act, "withdraw_approval", for_cause=command.for_cause)
    return Step((ApprovalWithdrawn(at=scene.now, by=act.by, for_cause=command.for_cause),))


def _given(case: Case, fact: ApprovalGiven) -> Case:
    """One consent a person; the first fixes what is signed."""
    others = tuple(a for a in case.approvals if a.by.person != fact.by.person)
    level = 0 if case.proofing is None else case.proofing.level
    signed = case.signed or Signed(digest=fact.digest, device=device_of(case), level=level)
    approvals = (*others, Approval(by=fact.by, at=fact.at))
    return replace(case, approvals=approvals, signed=signed, duties=with_duty(case.duties, Duty.APPROVER, fact.by))


def _denied(case: Case, fact: ApprovalDenied) -> Case:
    """A no is remembered."""
    return replace(case, duties=with_duty(case.duties, Duty.APPROVER, fact.by), adverse_at=fact.at)


def _withdrawn(case: Case, fact: ApprovalWithdrawn) -> Case:
    """That consent no longer counts; the duty was held all the same."""
    remaining = tuple(a for a in case.approvals if a.by.person != fact.by.person)
    return without_lapsed_window(replace(case, approvals=remaining))


RULES: Rules = {GiveApproval: give_approval, DenyApproval: deny_approval, WithdrawApproval: withdraw_approval}

REPLAY: Folds = {ApprovalGiven: _given, ApprovalDenied: _denied, ApprovalWithdrawn: _withdrawn}
