"""What a start and a fence do: the epoch goes up; live passes and sessions die with the old one, and nothing else."""

import pytest

from firstkey.actions import sessions, sign_in
from firstkey.actions.acts import SignedStatement
from firstkey.actions.casework import Casework
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Stranger
from firstkey.actions.site_stream import SITE_STREAM
from firstkey.actions.starting import begin, fence
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.words import Closure
from firstkey.ledger.checkpoint import Checkpoint
from firstkey.ledger.entry import Activity
from firstkey.ports.fact_store import answer
from firstkey.simulator.authenticator import Authenticator
from firstkey.simulator.device import JoinerDevice
from firstkey.values.encoding import unb64u
from firstkey.values.errors import Refused
from firstkey.values.secret import Secret
from tests.actions.site_world import SiteWorld, done

ABANDONED = Checkpoint("join.example.org/ledger", 7, b"r" * 32)


def state(world: SiteWorld) -> Case:
    """The case, as it is folded."""
    folded = answer(world.store.execute(lambda tx: Casework(world.site, tx).read(world.case)), 10)
    assert isinstance(folded, Case)
    return folded


def last_facts(world: SiteWorld, count: int) -> list[tuple[str, Activity]]:
    """Kinds and activities of the newest facts of the site's stream."""
    facts = answer(world.store.read(lambda reader: reader.load(SITE_STREAM)), 10)
    return [(fact.kind, fact.activity) for fact in facts[-count:]]


def session(world: SiteWorld, name: str) -> Secret:
    """Sign somebody in and return their session's id."""
    begun = done(sign_in.sign_in_options(world.site, Stranger(), sign_in.SignInBegun()))
    assertion = world.people[name].sign_in(unb64u(begun.statement), begun.options)
    asked = sign_in.SignInAsked(SignedStatement(begun.digest, assertion))
    return done(sign_in.sign_in(world.site, Stranger(), asked)).session


def open_case_of(world: SiteWorld, number: int) -> str:
    """Take another joiner, on another device, up to an open case; return it."""
    world.authenticator, world.device = Authenticator(world.traits, world.attester), JoinerDevice(now=world.clock.now)
    world.record_joiner(person=f"p-{number}", account=f"dir:{number}", user_name=f"joiner-{number}")
    world.open(account=f"dir:{number}")
    return world.case


def make_ready(world: SiteWorld) -> None:
    """All else that must stand before the pass."""
    world.proof()
    world.approve()
    world.claim()
    world.visit()


def test_a_start_raises_the_epoch() -> None:
    """Each start is an entry of the system's own, one epoch up."""
    world = SiteWorld()
    assert [begin(world.site), begin(world.site)] == [2, 3]
    assert last_facts(world, 2) == [("EpochRaised", Activity.SYSTEM)] * 2


def test_a_start_before_founding_raises_nothing() -> None:
    """Until the site is founded there is nothing that could rest on an epoch, and the founding code stays good."""
    world = SiteWorld(founded=False)
    assert begin(world.site) == 1
    assert answer(world.store.read(lambda reader: reader.head(SITE_STREAM)), 10) == 0


def test_sessions_end_at_a_start() -> None:
    """Who was signed in signs in again."""
    world = SiteWorld()
    kept = session(world, "anna")
    assert done(sessions.recognise_session(world.site, kept)).person == world.operators["anna"].person
    begin(world.site)
    with pytest.raises(Refused) as caught:
        done(sessions.recognise_session(world.site, kept))
    assert caught.value.reason is ActionReason.SignInNeeded


def test_a_pass_dies_at_a_start_and_does_not_count() -> None:
    """The code is refused, by the right reason; the next press gets a fresh pass, and the case has three as before."""
    world = SiteWorld()
    code = world.armed()
    for _ in range(4):
        begin(world.site)
        with pytest.raises(Refused) as caught:
            world.redeem(code)
        assert caught.value.reason is R.EpochRaised
        code = world.get_pass()
        assert state(world).passes_issued == 1
    world.redeem(code)
    world.register()
    world.sweep()
    assert state(world).closed is Closure.COMPLETED


def test_a_pass_that_was_redeemed_dies_too() -> None:
    """The registration window is the pass's: after a start nothing registers on it; a fresh pass does."""
    world = SiteWorld()
    world.redeem(world.armed())
    begin(world.site)
    with pytest.raises(Refused) as caught:
        world.register()
    assert caught.value.reason is R.WindowOver
    world.redeem(world.get_pass())
    world.register()


def test_a_credential_outlives_a_start() -> None:
    """What is registered is no pass any more: it activates in the next epoch."""
    world = SiteWorld()
    world.registered()
    begin(world.site)
    world.sweep()
    assert state(world).closed is Closure.COMPLETED


def test_a_fence_closes_every_open_case_as_restored() -> None:
    """Cases at any stage are over, the pass and the pending credential with them; what was active stays."""
    world = SiteWorld()
    world.completed()
    completed = world.case
    opened = open_case_of(world, 101)
    armed = open_case_of(world, 102)
    make_ready(world)
    world.get_pass()
    registered = open_case_of(world, 103)
    make_ready(world)
    world.redeem(world.get_pass())
    world.register()
    told: list[int] = []
    assert fence(world.site, ABANDONED, told.append) == 3
    assert told == [3]
    for world.case in (opened, armed, registered):
        assert state(world).closed is Closure.RESTORED
    world.case = completed
    assert state(world).closed is Closure.COMPLETED
    assert last_facts(world, 2) == [("EpochRaised", Activity.SYSTEM), ("HeadAbandoned", Activity.SYSTEM)]
    assert fence(world.site, None, told.append) == 0, "a second one finds nothing"
