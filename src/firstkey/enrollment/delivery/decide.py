"""Rules of delivery: the channel decides who may ask for the code, and asking is what arms the pass."""

from firstkey.enrollment.case.facts import PassArmed
from firstkey.enrollment.case.ground import Moment, stand_on_ground
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Scene, Step, present, require
from firstkey.enrollment.case.separation import check_duty
from firstkey.enrollment.delivery.commands import ArmPass
from firstkey.policy.model import Channel, Duty


def arm_pass(scene: Scene, command: ArmPass) -> Step:
    """Arm, for ten minutes at most. The shell makes the code and its verifier in the same transaction, or neither."""
    case, act = scene.case, command.act
    pass_ = present(case.live_pass, R.NotAStep)
    stand_on_ground(scene, Moment.ISSUANCE, command.device)
    if pass_.channel is Channel.DEVICE_SEALED:
        require(command.device is not None and act is None, R.WrongDevice)
    else:
        require(case.claim is not None and case.claim.anchor is not None, R.AnchorMissing)
        check_duty(scene, present(act, R.ActNotForThis), Duty.DELIVERER, "arm_pass", pass_.pass_id)
    armed = PassArmed(
        at=scene.now,
        pass_id=pass_.pass_id,
        ends_at=scene.now + scene.required.pass_lifetime_ms,
        deliverer=None if act is None else act.person,
        delegator=None if act is None else act.delegator,
        statement=None if act is None else act.statement,
    )
    return Step((armed,))
