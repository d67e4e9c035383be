"""Rules of issuance: a pass is a consequence of a complete case, one at a time, three at most, soon after approval."""

from msgspec.structs import replace

from firstkey.enrollment.case.facts import PassIssued, PassRevoked, shared
from firstkey.enrollment.case.ground import Moment, stand_on_ground
from firstkey.enrollment.case.limits import PASSES_MAX
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command, Folds, Rules, Scene, Step, present, require
from firstkey.enrollment.case.state import Case, Pass
from firstkey.enrollment.case.words import Cause, PassState


class IssuePass(Command, frozen=True):
    """Issue the pass. The system asks, for a complete case; there is no permission to issue."""

    pass_id: str


class RevokePass(Command, frozen=True):
    """Kill the live pass at once. Needs a duty of any kind, and no ground: lowering trust is always open."""

    person: str


def issue_pass(scene: Scene, command: IssuePass) -> Step:
    """Issue, inert."""
    case, around = scene.case, scene.around
    require(case.pass_needed, R.BootstrapDiffers)
    stand_on_ground(scene, Moment.ISSUANCE)
    require(not around.live_pass_elsewhere, R.PassElsewhere)
    require(not around.native_elsewhere and not case.native_standing, R.NativePassStands)
    require(case.passes_issued < PASSES_MAX, R.PassesUsedUp)
    issued = PassIssued(
        at=scene.now,
        pass_id=command.pass_id,
        number=case.passes_issued + 1,
        channel=scene.required.channel,
        epoch=around.epoch,
    )
    return Step((issued,))


def revoke_pass(scene: Scene, command: RevokePass) -> Step:
    """Kill it."""
    require(any(person == command.person for person, _ in scene.around.eligible), R.NotEligible)
    pass_ = present(scene.case.live_pass, R.NotAStep)
    return Step((PassRevoked(at=scene.now, pass_id=pass_.pass_id, cause=Cause.REQUESTED),))


def _issued(case: Case, fact: PassIssued) -> Case:
    """A pass exists."""
    pass_ = Pass(state=PassState.ISSUED, **shared(fact, Pass))
    first = fact.at if case.first_pass_at is None else case.first_pass_at
    return replace(case, pass_=pass_, passes_issued=fact.number, first_pass_at=first)


RULES: Rules = {IssuePass: issue_pass, RevokePass: revoke_pass}

REPLAY: Folds = {PassIssued: _issued}
