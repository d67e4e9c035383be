"""Rules of closure. Ending a case lowers trust, so it takes little; a fraud is a verdict, so it takes two."""

from msgspec.structs import replace

from firstkey.enrollment.case.closing import closing
from firstkey.enrollment.case.facts import CaseClosed, ReviewRecorded
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command, Folds, Rules, Scene, Step, present, require
from firstkey.enrollment.case.separation import check_act, check_eligible, check_two_uninvolved, check_uninvolved
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.surroundings import DeviceProof, SignedAct
from firstkey.enrollment.case.words import Closure
from firstkey.policy.model import Duty


class WithdrawCase(Command, frozen=True):
    """End the case: a requester or the joiner in a session, or the claiming device."""

    person: str | None = None
    device: DeviceProof | None = None


class ReportFraud(Command, frozen=True):
    """End a held case as a fraud: two people without a duty in it."""

    acts: tuple[SignedAct, ...]


class FenceCase(Command, frozen=True):
    """End the case because the site was restored from an older copy."""


class RecordReview(Command, frozen=True):
    """Review an exceptional case after it is over."""

    act: SignedAct
    outcome: str


class Sweep(Command, frozen=True):
    """Write down what time, and the world around the case, have made true. Nothing relies on its promptness."""


REVIEWER = "security"

REMEMBERED = frozenset({Closure.MISUSED, Closure.FRAUD_REPORTED})
"""Ends that make the person's next cases stricter, counted from the end."""


def withdraw_case(scene: Scene, command: WithdrawCase) -> Step:
    """End it at the word of a requester or of the claiming device; a held case is not theirs to end."""
    require(scene.case.hold is None, R.CaseHeld)
    if command.device is not None:
        claim = scene.case.claim
        require(claim is not None and claim.device_key == command.device.device_key, R.WrongDevice)
    else:
        person = present(command.person, R.NotEligible)
        own = person == scene.case.person
        require(own or (person, Duty.REQUESTER.value) in scene.around.eligible, R.NotEligible)
    return Step(closing(scene.case, Closure.WITHDRAWN, scene.now))


def report_fraud(scene: Scene, command: ReportFraud) -> Step:
    """End a held case as a fraud."""
    require(scene.case.hold is not None, R.CaseNotHeld)
    check_two_uninvolved(scene, command.acts, "report_fraud")
    by = tuple(act.by for act in command.acts)
    return Step(closing(scene.case, Closure.FRAUD_REPORTED, scene.now, by=by))


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
    return Step((ReviewRecorded(at=scene.now, outcome=command.outcome, by=act.by),))


def sweep(_: Scene, __: Sweep) -> Step:
    """Ask for nothing of its own: what is due is written for every command."""
    return Step(())


def _closed(case: Case, fact: CaseClosed) -> Case:
    """It is over, and nothing of it is open."""
    adverse_at = fact.at if fact.reason in REMEMBERED else case.adverse_at
    return replace(case, closed=fact.reason, window=None, adverse_at=adverse_at)


def _reviewed(case: Case, _: ReviewRecorded) -> Case:
    """Somebody has looked."""
    return replace(case, reviewed=True)


RULES: Rules = {
    WithdrawCase: withdraw_case,
    ReportFraud: report_fraud,
    FenceCase: fence_case,
    RecordReview: record_review,
    Sweep: sweep,
}

REPLAY: Folds = {CaseClosed: _closed, ReviewRecorded: _reviewed}
