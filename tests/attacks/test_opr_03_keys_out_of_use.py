"""OPR-03: a key out of use signs nothing and keeps nobody in; nor does the key of somebody who has left."""

import pytest

from firstkey.actions import acts, request, sessions, sign_in
from firstkey.actions.casework import Casework, run
from firstkey.actions.people import find_person
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Stranger
from firstkey.actions.streams import read_holdings
from firstkey.enrollment.activation import SuspendCredential
from firstkey.enrollment.case.state import known
from firstkey.enrollment.case.words import Cause
from firstkey.values.encoding import unb64u
from firstkey.values.errors import Refused
from firstkey.values.instants import MINUTE
from firstkey.values.secret import Secret
from tests.actions.site_world import SiteWorld, done


def suspend_key(world: SiteWorld, name: str) -> None:
    """Take a founder's key out of use, as a case for a stolen one does."""

    def work(casework: Casework) -> None:
        person = known(find_person(casework.tx, world.people[name].person))
        held = read_holdings(world.site, casework.tx, person.account).state.held[0]
        casework.decide_holdings(person, SuspendCredential(credential=held.credential, cause=Cause.STOLEN))

    done(run(world.site, work))


def session_of(world: SiteWorld, name: str) -> Secret:
    """Sign in, and return the session's id."""
    begun = done(sign_in.sign_in_options(world.site, Stranger(), sign_in.SignInBegun()))
    assertion = world.people[name].sign_in(unb64u(begun.statement), begun.options)
    asked = sign_in.SignInAsked(acts.SignedStatement(begun.digest, assertion))
    return done(sign_in.sign_in(world.site, Stranger(), asked)).session


def world_with_case() -> SiteWorld:
    """A site with an open case."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    return world


def test_an_act_signed_by_a_suspended_key_counts_for_nothing() -> None:
    """Between signing and sending the key was reported stolen: whoever sends the act is refused."""
    world = world_with_case()
    signed = world.sign_on_case("anna", "hold_case")
    suspend_key(world, "anna")
    with pytest.raises(Refused) as caught:
        done(request.hold_case(world.site, world.operators["anna"], world.case, request.ActOnCase(signed)))
    assert caught.value.reason is ActionReason.KeyOutOfUse
    assert not world.shown.held


def test_a_suspended_key_ends_its_sessions() -> None:
    """A session that the key opened is over with it."""
    world = world_with_case()
    session = session_of(world, "anna")
    suspend_key(world, "anna")
    with pytest.raises(Refused) as caught:
        done(sessions.recognise_session(world.site, session))
    assert caught.value.reason is ActionReason.SignInNeeded


def test_whoever_has_left_by_date_is_out_though_nobody_has_swept() -> None:
    """At the end date that the source gave, neither the old session nor a new sign-in is good."""
    world = world_with_case()
    anna = world.people["anna"].person
    ends_at = world.clock.instant + MINUTE
    world.record_joiner(also="paul", person=anna, account=f"local:{anna}", facts={}, ends_at=ends_at)
    session = session_of(world, "anna")
    world.clock.instant = ends_at
    with pytest.raises(Refused) as caught:
        done(sessions.recognise_session(world.site, session))
    assert caught.value.reason is ActionReason.SignInNeeded
    with pytest.raises(Refused) as caught:
        session_of(world, "anna")
    assert caught.value.reason is ActionReason.NotFound
