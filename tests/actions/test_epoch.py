"""Raising the epoch by a signed act."""

import pytest

from firstkey.actions import epoch, sessions
from firstkey.actions.epoch import EpochToRaise
from firstkey.enrollment.case.words import PassState
from tests.actions.looking import facts, refusal
from tests.actions.site_world import SiteWorld, done
from tests.actions.test_sessions import enter, is_in


@pytest.fixture
def world() -> SiteWorld:
    """A founded site."""
    return SiteWorld()


def raising(world: SiteWorld, name: str, number: int, named: int | None = None) -> str | int:
    """Raise it; return the new epoch, or why not."""
    signed = world.sign(name, "raise_epoch", names=(str(named or number),))
    asked = epoch.raise_epoch(world.site, world.operators[name], EpochToRaise(number, signed))
    return done(asked).epoch if named is None else refusal(asked)


def test_the_epoch_ends_sessions_and_passes_and_nothing_else(world: SiteWorld) -> None:
    """Everybody signs in again, the armed pass is dead, the case goes on with the next press."""
    code, session = world.armed(), enter(world).session
    assert raising(world, "rita", 2) == 2
    assert not is_in(world, session)
    world.sign_in_again()
    world.claim_status()
    assert world.shown.pass_state is PassState.REVOKED
    again = world.get_pass()
    assert again != code
    world.redeem(again)
    assert facts(world, "site")[-1] == "EpochRaised"


def test_the_epoch_goes_up_by_one_that_is_named(world: SiteWorld) -> None:
    """Neither by two, nor under a signature for another, nor twice."""
    assert raising(world, "rita", 3, named=3) == "not-a-step"
    assert raising(world, "rita", 2, named=3) == "act-not-for-this"
    assert raising(world, "rita", 2) == 2


def test_an_administrator_raises_it(world: SiteWorld) -> None:
    """Whoever holds other duties does not, and everybody stays in."""
    world.enroll_operator("olga")
    world.grant("p-500", "security")
    assert raising(world, "olga", 2, named=2) == "not-eligible"
    assert done(sessions.list_sessions(world.site, world.operators["olga"])).sessions
