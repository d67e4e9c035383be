"""Rules of closure. Ending a case lowers trust, so it takes little; a fraud is a verdict, so it takes two."""

from firstkey.enrollment.case.closing import closing
from firstkey.enrollment.case.facts import ReviewRecorded
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Scene, Step, require
from firstkey.enrollment.case.separation import check_act, check_eligible, check_two_uninvolved, check_uninvolved
from firstkey.enrollment.case.words import Closure
from firstkey.enrollment.closure.commands import FenceCase, RecordReview, ReportFraud, Sweep, WithdrawCase
from firstkey.policy.model import Duty

REVIEWER = "security"


def withdraw_case(scene: Scene, command: WithdrawCase) -> Step:
    """End it at the word of a requester or of the claiming device; a held case is not theirs to end."""
    require(scene.case.hold is None, R.CaseHeld)
    if command.device is not None:
        claim = scene.case.claim
        require(claim is not None and claim.device_key == command.device.device_key, R.WrongDevice)
    else:
        requester = (command.person or "", Duty.REQUESTER.value)
        require(requester in scene.around.eligible, R.NotEligible)
    return Step(closing(scene.case, Closure.WITHDRAWN, scene.now))


def report_fraud(scene: Scene, command: ReportFraud) -> Step:
    """End a held case as a fraud."""
    require(scene.case.hold is not None, R.CaseNotHeld)
    check_two_uninvolved(scene, command.acts, "report_fraud")
    return Step(closing(scene.case, Closure.FRAUD_REPORTED, scene.now))


def fence_case(scene: Scene, _: FenceCase) -> Step:
    """End it with the epoch."""
    return Step(closing(scene.case, Closure.RESTORED, scene.now))


def record_review(scene: Scene, command: RecordReview) -> Step:
    """Review, once, by somebody without a duty in the case."""
    case, act = scene.case, command.act
    require(case.closed is not None and scene.required.after_review, R.ReviewNotDue)
    require(not case.reviewed, R.AlreadyReviewed)
    check_act(scene, act, "record_review", command.outcome)
    check_eligible(scene.around, act, REVIEWER)
    check_uninvolved(scene, act.persons)
    reviewed = ReviewRecorded(at=scene.now, person=act.person, statement=act.statement, outcome=command.outcome)
    return Step((reviewed,))


def sweep(_: Scene, __: Sweep) -> Step:
    """Ask for nothing of its own: what is due is written for every command."""
    return Step(())
