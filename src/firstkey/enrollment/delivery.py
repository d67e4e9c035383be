"""Rules of delivery: the channel decides who may ask for the code, and asking is what arms the pass."""

from msgspec.structs import replace

from firstkey.enrollment.case.facts import PassArmed
from firstkey.enrollment.case.ground import Moment, live_pass, stand_on_ground
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command, Folds, Rules, Scene, Step, present, require
from firstkey.enrollment.case.separation import check_duty, with_duty
from firstkey.enrollment.case.state import Case, known
from firstkey.enrollment.case.surroundings import DeviceProof, SignedAct
from firstkey.enrollment.case.words import PassState
from firstkey.policy.model import Channel, Duty


class ArmPass(Command, frozen=True):
    """The code is born in its channel: sealed at the claiming device's signed request, or revealed by a deliverer."""

    device: DeviceProof | None = None
    act: SignedAct | None = None


def arm_pass(scene: Scene, command: ArmPass) -> Step:
    """Arm, for ten minutes at most. The shell makes the code and its verifier in the same transaction, or neither."""
    case, act = scene.case, command.act
    pass_ = live_pass(case)
    stand_on_ground(scene, Moment.ISSUANCE, command.device)
    if pass_.channel is Channel.DEVICE_SEALED:
        require(command.device is not None and act is None, R.WrongDevice)
    else:
        require(known(case.claim).anchor is not None, R.AnchorMissing)
        check_duty(scene, present(act, R.ActNotForThis), Duty.DELIVERER, "arm_pass", pass_.pass_id)
    armed = PassArmed(
        at=scene.now,
        pass_id=pass_.pass_id,
        ends_at=scene.now + scene.required.pass_lifetime_ms,
        by=None if act is None else act.by,
    )
    return Step((armed,))


def _armed(case: Case, fact: PassArmed) -> Case:
    """The code exists, in its channel."""
    pass_ = replace(known(case.pass_), state=PassState.ARMED, ends_at=fact.ends_at)
    return replace(case, pass_=pass_, duties=with_duty(case.duties, Duty.DELIVERER, fact.by))


RULES: Rules = {ArmPass: arm_pass}

REPLAY: Folds = {PassArmed: _armed}
