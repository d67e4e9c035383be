"""RDM-04: a rival's codes are compared five times a case, and a rival learns nothing of the case."""

import pytest

from firstkey.actions import devices
from firstkey.enrollment.case.limits import RIVAL_CODES_COMPARED_MAX
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.words import Closure
from firstkey.simulator.device import JoinerDevice
from firstkey.values.errors import Refused
from tests.actions.site_world import SiteWorld, done


def armed() -> tuple[SiteWorld, str]:
    """A case whose pass is armed, and its code."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    world.proof()
    world.approve()
    world.claim()
    world.visit()
    return world, world.get_pass()


def try_as_rival(world: SiteWorld, rival: JoinerDevice, code: str) -> None:
    """Send a code from another device."""
    with pytest.raises(Refused) as caught:
        world.redeem(code, rival)
    assert caught.value.reason is R.AnotherDeviceClaimed


@pytest.mark.parametrize("wrong", [RIVAL_CODES_COMPARED_MAX - 1, RIVAL_CODES_COMPARED_MAX])
def test_a_rivals_codes_are_counted_though_nothing_else_happens(wrong: int) -> None:
    """The fifth code is still compared, and the right one ends the case; the sixth is not looked at."""
    world, code = armed()
    rival = JoinerDevice(now=world.clock.now)
    for _ in range(wrong):
        try_as_rival(world, rival, ("A" if code[0] != "A" else "B") + code[1:])
    try_as_rival(world, rival, code)
    assert world.shown.closed is (Closure.MISUSED if wrong < RIVAL_CODES_COMPARED_MAX else None)


def test_a_rival_is_not_told_that_the_case_is_over() -> None:
    """Open or over, a case that another device has claimed gives a rival one answer."""
    world, _ = armed()
    world.close()
    with pytest.raises(Refused) as caught:
        done(devices.show_claim(world.site, world.by(JoinerDevice(now=world.clock.now)), devices.Handle(world.handle)))
    assert caught.value.reason is R.AnotherDeviceClaimed
