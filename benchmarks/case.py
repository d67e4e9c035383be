"""An honest case to measure with, walked by the tests' own world."""

from typing import NamedTuple

from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.state import known
from firstkey.enrollment.case.surroundings import CodeJudged, Surroundings
from firstkey.enrollment.case.words import Stage
from firstkey.enrollment.lifecycle.replay import Folded
from firstkey.enrollment.redemption import RedeemPass
from firstkey.policy.model import Ruling
from tests.core.enrollment.world import DEVICE, World, ruling_for


class Walked(NamedTuple):
    """A case at a stage, with all that its next decision needs."""

    case: Folded
    around: Surroundings
    ruling: Ruling
    now: int
    facts: list[Fact]
    redeem_command: RedeemPass


def walked(stage: Stage) -> Walked:
    """Walk an honest case to a stage."""
    world = World().up_to(stage)
    command = RedeemPass(DEVICE, CodeJudged(pass_id=known(world.state.pass_).pass_id, matched=True))
    return Walked(world.case, world.around, ruling_for(world.requirements), world.now, world.facts, command)
