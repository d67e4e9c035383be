"""A clock in doubt: what the site does not do, what it still does, and how two administrators end it."""

from collections.abc import Callable

import pytest

from firstkey.actions import clock
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site_stream import SITE_STREAM
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.words import Closure
from firstkey.ledger.entry import Entry, read_entry
from firstkey.ports.fact_store import Reader, StoreReason, answer
from firstkey.ports.queues import PAGE_ROWS_MAX
from firstkey.values.errors import Refused
from firstkey.values.instants import HOUR, MINUTE, SECOND, rfc3339
from tests.actions.site_world import SiteWorld, done

DRIFTS = [pytest.param(-3 * SECOND, id="set back by 3 s"), pytest.param(61 * SECOND, id="set forward by 61 s")]


def entries(world: SiteWorld) -> list[Entry]:
    """The whole ledger."""

    def view(reader: Reader) -> list[Entry]:
        found: list[bytes] = []
        while page := reader.leaves(len(found), PAGE_ROWS_MAX):
            found += page
        return [read_entry(leaf) for leaf in found]

    return answer(world.store.read(view), 10)


def sign_time(world: SiteWorld, instant: int, *names: str) -> clock.ClockAnswer:
    """Let people sign a time, and the first of them bring it."""
    signed = tuple(world.sign(name, clock.SIGN_TIME, names=(rfc3339(instant),)) for name in names)
    return done(clock.sign_time(world.site, world.operators[names[0]], clock.TimeToSign(instant, signed)))


def refused(world: SiteWorld, instant: int, *names: str) -> object:
    """Return why a time that people sign is not taken."""
    with pytest.raises(Refused) as caught:
        sign_time(world, instant, *names)
    return caught.value.reason


@pytest.mark.parametrize("drift", DRIFTS)
def test_no_pass_is_issued_in_doubt(drift: int) -> None:
    """What is complete waits, and goes on once the clock agrees."""
    world = SiteWorld()
    world.prepare()
    world.clock.drift = drift
    with pytest.raises(Refused) as caught:
        world.get_pass()
    assert caught.value.reason is R.ClockDoubtful
    world.clock.drift = 0
    assert world.get_pass()


@pytest.mark.parametrize("drift", DRIFTS)
def test_nothing_is_redeemed_or_registered_in_doubt(drift: int) -> None:
    """The right code is not spent, and no passkey is made; both happen once the clock agrees."""
    world = SiteWorld()
    code = world.armed()
    steps: tuple[Callable[[], object], ...] = (lambda: world.redeem(code), world.register)
    for step in steps:
        world.clock.drift = drift
        with pytest.raises(Refused) as caught:
            step()
        assert caught.value.reason is R.ClockDoubtful
        world.clock.drift = 0
        step()


@pytest.mark.parametrize("drift", DRIFTS)
def test_nothing_activates_in_doubt(drift: int) -> None:
    """A pending passkey stays so, however often the sweeper comes by."""
    world = SiteWorld()
    world.registered()
    world.clock.drift = drift
    world.sweep()
    assert world.shown.closed is None
    world.clock.drift = 0
    world.sweep()
    assert world.shown.closed is Closure.COMPLETED


def test_what_lowers_trust_goes_on_in_doubt() -> None:
    """Sign-in and closure are taken, stamped with the ledger's last time, and each entry of the time bears the mark."""
    world = SiteWorld()
    world.armed()
    before = entries(world)
    world.clock.instant += MINUTE
    world.clock.drift = -HOUR
    world.sign_in_again()
    world.close()
    assert world.shown.closed is Closure.WITHDRAWN
    written = entries(world)[len(before) :]
    assert {(entry.at, entry.doubtful) for entry in written} == {(before[-1].at, True)}
    assert {"SignedIn", "PassRevoked", "CaseClosed"} <= {entry.kind for entry in written}
    assert not any(entry.doubtful for entry in before)


def test_two_administrators_end_the_doubt() -> None:
    """From the time that they sign time goes on, and what waited is done; act and signers are in the ledger."""
    world = SiteWorld()
    world.prepare()
    world.clock.drift = -HOUR
    assert sign_time(world, world.clock.instant + SECOND, "anna", "cora").instant == world.clock.instant + SECOND
    assert world.get_pass()
    signed = [entry for entry in entries(world) if entry.kind == "TimeSigned"]
    assert [entry.stream for entry in signed] == [SITE_STREAM]
    assert [entry.doubtful for entry in signed] == [True]
    assert len(signed[0].body["by"]) == 2
    assert entries(world)[-1].at == world.clock.instant + SECOND


def test_a_time_takes_two_administrators_and_their_words() -> None:
    """One person, one twice, a time before the ledger's last, and a time that nobody signed end no doubt."""
    world = SiteWorld()
    world.clock.drift = -HOUR
    right = world.clock.instant
    assert refused(world, right, "anna") is R.PeopleTooFew
    assert refused(world, right, "anna", "anna") is R.PeopleTooFew
    assert refused(world, right - MINUTE, "anna", "cora") is StoreReason.TimeGoesBack
    signed = tuple(world.sign(name, clock.SIGN_TIME, names=(rfc3339(right),)) for name in ("anna", "cora"))
    with pytest.raises(Refused) as caught:
        done(clock.sign_time(world.site, world.operators["anna"], clock.TimeToSign(right + HOUR, signed)))
    assert caught.value.reason is R.ActNotForThis
    sign_time(world, right, "anna", "cora")


def test_while_the_clock_agrees_no_time_can_be_signed() -> None:
    """Two administrators cannot move a site's time that nobody doubts."""
    world = SiteWorld()
    assert refused(world, world.clock.instant + HOUR, "anna", "cora") is ActionReason.ClockAgrees


def test_the_sweeper_goes_by_the_time_that_was_signed() -> None:
    """Though the clock still tells another: what was registered after the signatures activates."""
    world = SiteWorld()
    world.clock.drift = -HOUR
    sign_time(world, world.clock.instant + SECOND, "anna", "cora")
    world.registered()
    world.sweep()
    assert world.shown.closed is Closure.COMPLETED
