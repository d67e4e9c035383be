"""A case from founding to sign-in through the real actions, in memory."""

from firstkey.enrollment.case.words import Closure, CredentialState, PassState, Stage
from tests.actions.site_world import SiteWorld


def test_a_joiner_ends_with_a_working_passkey() -> None:
    """Opened, proofed, approved, claimed, anchored, redeemed, registered, activated; then the passkey signs in."""
    world = SiteWorld()
    world.record_joiner()
    assert world.open().path == "managed_device_new"
    world.proof()
    world.approve()
    assert world.claim().stage is Stage.CLAIM
    world.visit()
    code = world.get_pass()
    assert world.redeem(code).pass_state is PassState.REDEEMED
    assert world.register().stage is Stage.ACTIVATION
    world.sweep()
    shown = world.shown
    assert (shown.closed, shown.credential_state) == (Closure.COMPLETED, CredentialState.ACTIVE)
    assert world.sign_in_as_joiner().person == "p-100"
