"""Signature counters: a device-bound key that shows a lower one has been copied."""

import copy

import pytest

from firstkey.actions import approval, credentials, request, sign_in
from firstkey.actions.site import Stranger
from firstkey.simulator.operator import Operator as Person
from firstkey.values.encoding import b64u
from firstkey.values.instants import MINUTE
from tests.actions.looking import facts, refusal
from tests.actions.site_world import ORIGIN, SITE, SiteWorld, done
from tests.actions.test_sessions import assertion, enter


@pytest.fixture
def world() -> SiteWorld:
    """A founded site, and a copy of anna's key from this moment."""
    world = SiteWorld()
    world.people["copy"] = Person(
        world.people["anna"].person, SITE, ORIGIN, copy.deepcopy(world.people["anna"].authenticator)
    )
    world.operators["copy"] = world.operators["anna"]
    world.clock.instant += MINUTE
    return world


def state_of(world: SiteWorld) -> str:
    """The last fact about anna's key."""
    return facts(world, f"account/{world.operators['anna'].account}")[-1]


def test_a_copied_key_is_found_out_at_sign_in(world: SiteWorld) -> None:
    """Once the original has been used, the copy's counter is behind: no session, and the key is suspended."""
    enter(world)
    world.clock.instant += MINUTE
    asked = assertion(world, "copy")
    assert refusal(sign_in.sign_in(world.site, Stranger(), asked)) == "key-copied"
    assert state_of(world) == "CredentialSuspended"
    assert refusal(sign_in.sign_in(world.site, Stranger(), assertion(world, "anna"))) == "not-found"


def test_a_copied_key_is_found_out_at_an_act(world: SiteWorld) -> None:
    """The act does not count, nothing of it is kept, and the key is suspended."""
    world.record_joiner()
    world.open()
    world.proof()
    enter(world)
    world.clock.instant += MINUTE
    signed = world.sign_on_case("copy", "give_approval", digests=(world.shown.digest,))
    giving = approval.give_approval(world.site, world.operators["anna"], world.case, request.ActOnCase(signed))
    assert refusal(giving) == "key-copied"
    assert world.shown.approvals == ()
    assert state_of(world) == "CredentialSuspended"


def test_acts_that_arrive_in_another_order_are_no_copy(world: SiteWorld) -> None:
    """What was asked for before the later one was seen may come after it."""
    world.record_joiner()
    world.open()
    world.proof()
    signed = world.sign_on_case("anna", "give_approval", digests=(world.shown.digest,))
    enter(world)
    done(approval.give_approval(world.site, world.operators["anna"], world.case, request.ActOnCase(signed)))
    assert world.shown.approvals == (world.people["anna"].person,)


def test_two_restore_a_copied_key(world: SiteWorld) -> None:
    """Its counter begins anew with what is shown next."""
    enter(world)
    world.clock.instant += MINUTE
    assert refusal(sign_in.sign_in(world.site, Stranger(), assertion(world, "copy"))) == "key-copied"
    account = world.operators["anna"].account
    credential = b64u(next(iter(world.people["anna"].authenticator.held)))
    named = {"case": account, "revision": 0, "names": (credential,)}
    both = tuple(world.sign(name, "restore_credential", **named) for name in ("rita", "paul"))
    asked = credentials.CredentialToRestore(account, credential, both)
    done(credentials.restore_credential(world.site, world.operators["rita"], asked))
    enter(world)
