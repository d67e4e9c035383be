"""Velocity limits: met by one person in one act, lifted by an administrator who has not met it, over in an hour."""

from typing import Any

import pytest

from firstkey.actions import approval, duties, request, velocity
from firstkey.actions.site_stream import site_state
from firstkey.actions.velocity import ACTS_PER_HOUR, OPEN_CASE, count_act, done_lately
from firstkey.policy.model import Purpose
from firstkey.ports.kinds import DocumentKind
from firstkey.values.instants import HOUR, MINUTE
from tests.actions.looking import entries, in_casework, refusal
from tests.actions.site_world import SiteWorld, done


@pytest.fixture
def world() -> SiteWorld:
    """A joiner on record."""
    world = SiteWorld()
    world.record_joiner()
    return world


def spend(world: SiteWorld, name: str, act: str, times: int | None = None) -> None:
    """Somebody does an act as often as they may, or so often."""

    def work(casework: Any) -> None:
        standing = site_state(world.site, casework.tx).state
        for _ in range(velocity.limit_of(act) if times is None else times):
            count_act(casework.tx, standing, world.people[name].person, act)

    in_casework(world, work)


def opening(world: SiteWorld, name: str = "rita") -> Any:
    """Ask for a case."""
    return request.open_case(world.site, world.operators[name], request.CaseToOpen("dir:100", Purpose.FIRST_KEY))


def lifting(world: SiteWorld, by: str, name: str, act: str) -> Any:
    """Lift somebody's limit."""
    person = world.people[name].person
    signed = world.sign(by, "lift_velocity", names=(person, act))
    return duties.lift_velocity(world.site, world.operators[by], duties.VelocityToLift(person, act, signed))


def test_a_limit_is_one_persons(world: SiteWorld) -> None:
    """Whoever has met it is refused with nothing written; a colleague goes on."""
    spend(world, "rita", OPEN_CASE)
    before = entries(world)
    assert refusal(opening(world)) == "velocity-reached"
    assert entries(world) == before
    done(opening(world, "paul"))


def test_a_limit_is_one_acts(world: SiteWorld) -> None:
    """A signed act meets its own: anna may consent no more, and may still say no."""
    world.open()
    world.proof()
    spend(world, "anna", "give_approval")
    signed = world.sign_on_case("anna", "give_approval", digests=(world.shown.digest,))
    giving = approval.give_approval(world.site, world.operators["anna"], world.case, request.ActOnCase(signed))
    assert refusal(giving) == "velocity-reached"
    denied = request.ActOnCase(world.sign_on_case("anna", "deny_approval"))
    assert done(approval.deny_approval(world.site, world.operators["anna"], world.case, denied)).closed == "denied"


def test_it_is_over_after_an_hour(world: SiteWorld) -> None:
    """An act counts for an hour, and a slice of five minutes more at most."""
    spend(world, "rita", OPEN_CASE)
    world.clock.instant += HOUR - MINUTE
    world.sign_in_again()
    assert refusal(opening(world)) == "velocity-reached"
    world.clock.instant += 7 * MINUTE
    done(opening(world))


def test_an_administrator_lifts_it_for_an_hour(world: SiteWorld) -> None:
    """Somebody else, who has not met it; never for themselves."""
    for name in ("rita", "paul"):
        spend(world, name, OPEN_CASE)
    assert refusal(lifting(world, "rita", "rita", OPEN_CASE)) == "own-duty"
    assert refusal(lifting(world, "paul", "rita", OPEN_CASE)) == "limit-met"
    assert done(lifting(world, "anna", "rita", OPEN_CASE)).ends_at == world.clock.now() + HOUR
    done(opening(world))
    assert refusal(opening(world, "paul")) == "velocity-reached"


def test_a_lift_ends(world: SiteWorld) -> None:
    """What was done under it counts against the next hour."""
    spend(world, "rita", OPEN_CASE)
    done(lifting(world, "anna", "rita", OPEN_CASE))
    world.clock.instant += HOUR - MINUTE
    spend(world, "rita", OPEN_CASE)
    world.clock.instant += MINUTE
    world.sign_in_again()
    assert refusal(opening(world)) == "velocity-reached"


def test_somebody_without_the_duty_lifts_nothing(world: SiteWorld) -> None:
    """A person with another duty is no administrator."""
    world.enroll_operator("olga")
    world.grant("p-500", "requester")
    assert refusal(lifting(world, "olga", "rita", OPEN_CASE)) == "not-eligible"


def test_lowering_trust_is_always_open(world: SiteWorld) -> None:
    """A hold is never counted."""
    spend(world, "rita", "hold_case", 10_000)
    assert (
        in_casework(world, lambda casework: done_lately(casework.tx, world.people["rita"].person, "hold_case", 0)) == 0
    )
    world.open()
    asked = request.ActOnCase(world.sign_on_case("rita", "hold_case"))
    assert done(request.hold_case(world.site, world.operators["rita"], world.case, asked)).stage == "held"


def test_the_counts_stay_small(world: SiteWorld) -> None:
    """However much is done, what is kept of it has a slice for each five minutes of an hour."""
    person = world.people["rita"].person
    for _ in range(40):
        spend(world, "rita", OPEN_CASE, 7)
        world.clock.instant += 5 * MINUTE
    body = in_casework(world, lambda casework: casework.tx.document(DocumentKind.ACT_COUNT, f"{person}:{OPEN_CASE}"))
    assert len(body) < 400
    assert ACTS_PER_HOUR[OPEN_CASE] >= 13 * 7
