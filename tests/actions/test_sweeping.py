"""The sweeper: it activates what may be, writes down what time has ended, and nothing relies on it."""

from firstkey.actions import sweeping
from firstkey.actions.devices import Handle
from firstkey.actions.registration import start_ceremony
from firstkey.enrollment.case.words import Closure, CredentialState, PassState
from firstkey.values.instants import DAY, MINUTE
from tests.actions.looking import entries, facts, policy_with, refusal
from tests.actions.site_world import SiteWorld, done


def test_it_activates_under_a_checkpoint() -> None:
    """Registered, a key is pending; swept, with the whole chain under a signed head, it is active, once."""
    world = SiteWorld()
    world.registered()
    states = [world.shown.credential_state]
    world.sweep()
    states.append(world.shown.credential_state)
    assert states == [CredentialState.PENDING, CredentialState.ACTIVE]
    before = entries(world)
    world.sweep()
    assert (entries(world), facts(world).count("CredentialActivated")) == (before, 1)
    assert facts(world, "account/dir:100") == ("CredentialHeld",)


def test_it_waits_for_what_is_missing() -> None:
    """A cooling-off that is not over is no reason to fail; afterwards the key activates by itself."""
    world = SiteWorld(policy_with("managed_device_new", activation__cooling_off='"24h"'))
    world.registered()
    world.sweep()
    assert world.shown.closed is None
    world.clock.instant += DAY
    world.sign_in_again()
    world.sweep()
    assert world.shown.closed is Closure.COMPLETED


def test_it_ends_what_time_has_ended() -> None:
    """An armed pass at ten minutes, a case at thirty days; a moment before, neither."""
    world = SiteWorld()
    world.armed()
    world.clock.instant += 10 * MINUTE - 1
    world.sweep()
    states = [world.shown.pass_state]
    world.clock.instant += 1
    world.sweep()
    assert [*states, world.shown.pass_state] == [PassState.ARMED, PassState.EXPIRED]
    world.clock.instant += 30 * DAY
    world.sweep()
    world.sign_in_again()
    assert world.shown.closed is not None


def test_a_pending_key_whose_ground_is_gone_waits_and_does_not_activate() -> None:
    """Its approver has left: suspended, not activated; the case stays open."""
    world = SiteWorld()
    world.registered()
    world.record_operator("anna", active=False)
    world.sweep()
    assert world.shown.credential_state is CredentialState.SUSPENDED
    assert world.shown.closed is None


def test_an_idle_sweep_writes_nothing() -> None:
    """With nothing due it looks at no case."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    before = entries(world)
    assert (done(sweeping.sweep(world.site)), entries(world)) == (0, before)


def test_nothing_relies_on_it() -> None:
    """A window that nobody has swept is over all the same."""
    world = SiteWorld()
    world.redeem(world.armed())
    world.clock.instant += 10 * MINUTE
    starting = start_ceremony(world.site, world.by(), Handle(world.handle))
    assert refusal(starting) in ("not-a-step", "window-over")
    assert world.shown.credential is None
