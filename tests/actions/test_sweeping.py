"""The sweeper: it activates what may be, writes down what time has ended, and nothing relies on it."""

from typing import Any

import pytest

from firstkey.actions import sweeping
from firstkey.actions.casework import Casework
from firstkey.actions.devices import Handle
from firstkey.actions.registration import start_ceremony
from firstkey.actions.starting import begin
from firstkey.actions.sweeping import Sweeper
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.words import Closure, CredentialState, PassState, Stage
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.ports.queues import CaseIndex
from firstkey.values.errors import Refused
from firstkey.values.instants import DAY, MINUTE, SECOND
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


def decisions(world: SiteWorld, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows by the case of each decision from here on."""
    made: list[str] = []
    decide = Casework.decide

    def noted(self: Casework, case: str, command: Command, **more: Any) -> Decision:
        made.append(case)
        return decide(self, case, command, **more)

    monkeypatch.setattr(Casework, "decide", noted)
    return made


def test_a_case_that_waits_for_a_date_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """While its cooling-off runs a pending key is decided on by nobody; it is due in the moment in which it is over."""
    world = SiteWorld(policy_with("managed_device_new", activation__cooling_off='"24h"'))
    world.registered()
    made, sweeper = decisions(world, monkeypatch), Sweeper(world.site)
    world.clock.instant += DAY - 1
    assert done(sweeper.sweep()) == 0
    world.clock.instant += 1
    assert done(sweeper.sweep()) == 1
    assert made == [world.case]


def test_a_case_in_which_nothing_can_happen_is_looked_at_less_and_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """An approver has left: five minutes of sweeping, five times a second, take a few looks; changed, it is new."""
    world = SiteWorld()
    world.registered()
    world.record_operator("anna", active=False)
    made, sweeper = decisions(world, monkeypatch), Sweeper(world.site)
    for _ in range(5 * 60 * 5):
        done(sweeper.sweep())
        world.clock.instant += SECOND // 5
    assert 5 <= len(made) <= 60
    made.clear()
    world.clock.instant += MINUTE
    world.record_operator("anna", active=True)
    done(sweeper.sweep())
    assert made[-1:] == [world.case]
    assert world.shown.credential_state is not None


def test_a_key_ends_on_its_date_though_nobody_asks() -> None:
    """A contract ends: the key that came of a closed case is ended by the sweeper, by the right cause, once."""
    world = SiteWorld()
    world.record_joiner(ends_at=world.clock.instant + 30 * DAY)
    world.open()
    world.proof()
    world.approve()
    world.claim()
    world.visit()
    world.redeem(world.get_pass())
    world.register()
    world.sweep()
    assert facts(world, "account/dir:100") == ("CredentialHeld",)
    world.clock.instant += 30 * DAY - 1
    world.sweep()
    assert facts(world, "account/dir:100") == ("CredentialHeld",)
    world.clock.instant += 1
    for _ in range(2):
        world.sweep()
    assert facts(world, "account/dir:100") == ("CredentialHeld", "CredentialEnded")


def test_a_key_that_is_over_stands_in_nobodys_way() -> None:
    """Though nobody has swept it yet: whose only key has ended is given a first one again."""
    world = SiteWorld(policy_with("managed_device_new", credential__lifetime='"24h"'))
    world.completed()
    with pytest.raises(Refused) as caught:
        world.open()
    assert caught.value.reason is R.AccountHoldsCredential
    world.clock.instant += DAY
    world.sign_in_again()
    world.open()
    assert world.shown.closed is None


def test_an_end_that_is_set_later_counts_too() -> None:
    """Somebody who holds a key is given an end date afterwards; the key ends then."""
    world = SiteWorld()
    world.completed()
    ends_at = world.clock.instant + DAY
    world.record_joiner(ends_at=ends_at)
    world.clock.instant = ends_at
    world.sweep()
    assert facts(world, "account/dir:100")[-1] == "CredentialEnded"


def test_a_beginning_sweeper_writes_down_what_died_with_the_epoch() -> None:
    """After a start a dead pass stands in the queue as what it is: a case that wants a pass."""
    world = SiteWorld()
    world.armed()
    begin(world.site)
    assert stage_in_queue(world) == Stage.REDEMPTION
    assert done(Sweeper(world.site).begin()) == 1
    assert stage_in_queue(world) == Stage.ISSUANCE


def stage_in_queue(world: SiteWorld) -> str:
    """What the queue says that the case waits for."""
    rows = world.store.read(lambda reader: reader.cases(CaseIndex.ALL, limit=1)).result()
    return rows[0].stage
