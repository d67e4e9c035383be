"""An attended case through the real actions: no pass exists; the confirmer's station claims, with the joiner there."""

from firstkey.actions import claim, redemption
from firstkey.enrollment.case.words import Closure, Stage
from tests.actions.site_world import SiteWorld, done

CLAIM = "c" * 22


def test_a_joiner_with_a_device_of_their_own_is_met_in_person() -> None:
    """The station claims with the confirmer's act, attendance opens the window, and a roaming key is registered."""
    world = SiteWorld()
    world.record_joiner(
        facts={"employment": "employee", "workplace": "on_site", "device": "own"},
    )
    begun = world.open()
    world.proof()
    world.approve("anna")
    world.approve("cora")  # who approves does not confirm; who proofs may
    signed = world.sign_on_case("paul", "claim_device", CLAIM)
    asked = claim.ClaimToMake(world.handle, world.device.bind_keys(world.handle), CLAIM, signed)
    assert done(claim.claim_case(world.site, world.by(), asked)).stage is Stage.REDEMPTION
    act = world.sign_on_case("paul", "confirm_attendance", CLAIM, "p-100")
    confirmed = redemption.AttendanceToConfirm(act)
    answer = done(redemption.confirm_attendance(world.site, world.operators["paul"], world.case, confirmed))
    assert answer.stage is Stage.REGISTRATION
    assert world.register().stage is Stage.ACTIVATION
    world.sweep()
    assert world.shown.closed is Closure.COMPLETED
    assert world.shown.pass_id is None
    assert begun.path == "own_or_shared_device"
