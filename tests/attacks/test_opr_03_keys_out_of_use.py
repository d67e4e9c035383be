"""OPR-03: an operator's session is stolen, or the key that opened it is."""

import pytest

from firstkey.actions import acts, request, sessions, sign_in
from firstkey.actions.casework import Casework, run
from firstkey.actions.people import find_person
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Stranger
from firstkey.actions.streams import read_holdings
from firstkey.demo.people import Desk
from firstkey.demo.people import done as carried_out
from firstkey.enrollment.activation import SuspendCredential
from firstkey.enrollment.case.state import known
from firstkey.enrollment.case.words import Cause
from firstkey.simulator.client import Client
from firstkey.values.encoding import unb64u
from firstkey.values.errors import Refused
from firstkey.values.instants import HOUR, MINUTE
from firstkey.values.secret import Secret
from tests.actions.site_world import SiteWorld, done
from tests.attacks.siege import Siege, told


def thief_of(siege: Siege, desk: Desk) -> Client:
    """Another browser with the cookie of somebody's session."""
    thief = siege.stranger()
    thief.session = desk.client.session
    return thief


def test_a_stolen_session_reads_and_signs_nothing(siege: Siege) -> None:
    """With the cookie alone no duty is filled, no person recorded, no duty granted and no key taken away."""
    live = siege.open()
    siege.proof(live)
    thief = thief_of(siege, siege.cast.approver)
    assert thief.request("GET", live.url).status == 200
    unsigned = {"digest": "0" * 64, "assertion": {}}
    with siege.nothing_changes():
        for path, more in (
            (f"{live.url}/approvals", {}),
            (f"{live.url}/approvals/deny", {}),
            (f"{live.url}/hold", {}),
            ("/api/people", {"people": []}),
            ("/api/duties/grant", {"person": "p-1", "duty": "approver"}),
            ("/api/credentials/suspend", {"account": "dir:1", "credential": "A"}),
            ("/api/epoch", {"epoch": 2}),
        ):
            answer = thief.request("POST", path, {"signed": unsigned, **more})
            assert answer.status in (400, 409), path
    asked = {"act": "give_approval", "case": live.case, "revision": 1, "names": (), "digests": ()}
    begun = thief.request("POST", "/api/statements", asked).json
    stranger = siege.maker.authenticator()
    stranger.held.update(siege.completed().joiner.authenticator.held)
    assertion = stranger.authenticate(begun["options"], siege.address.origin)
    with siege.nothing_changes():
        signed = {"digest": begun["digest"], "assertion": assertion}
        assert thief.request("POST", f"{live.url}/approvals", {"signed": signed}).status in (404, 409)
    assert siege.shown(live)["approvals"] == []


def test_a_session_is_short(siege: Siege) -> None:
    """Idle for a quarter of an hour, or twelve hours old however busy, it is over; signed out it is over at once."""
    desk = siege.enlist("requester")
    thief = thief_of(siege, desk)
    assert thief.request("GET", "/api/cases").status == 200
    carried_out(desk.post("/api/sign-out", {}), "sign out")
    assert told(thief.request("GET", "/api/cases")) == (401, "sign-in-needed")
    desk.sign_in()
    idle = thief_of(siege, desk)
    siege.server.clock.let_pass(15 * MINUTE)
    assert told(idle.request("GET", "/api/cases")) == (401, "sign-in-needed")
    desk.sign_in()
    busy = thief_of(siege, desk)
    for _ in range(12 * 6):
        assert busy.request("GET", "/api/cases").status == 200
        siege.server.clock.let_pass(HOUR // 6)
    assert told(busy.request("GET", "/api/cases")) == (401, "sign-in-needed")
    siege.later(0)


def test_a_stolen_key_is_out_at_once(siege: Siege) -> None:
    """Reported by its holder, it neither keeps a session nor opens one, and what it signed before is refused."""
    desk = siege.enlist("approver")
    person = siege.recorded(desk.person)
    live = siege.open()
    siege.proof(live)
    key = siege.told(f"account/{person.account}")[0]["credential"]
    signed = desk.sign("give_approval", live.case, 1, digests=(siege.shown(live)["digest"],))
    report = desk.sign("suspend_credential", names=(person.account, key))
    body = {"account": person.account, "credential": key, "signed": report}
    carried_out(desk.post("/api/credentials/suspend", body), "suspend")
    assert told(desk.post(f"{live.url}/approvals", {"signed": signed})) == (401, "sign-in-needed")
    begun = desk.post("/api/sign-in/options", {}).json
    assertion = desk.operator.sign_in(unb64u(begun["statement"]), begun["options"])
    again = desk.post("/api/sign-in", {"signed": {"digest": begun["digest"], "assertion": assertion}})
    assert told(again) == (404, "not-found")
    assert siege.shown(live)["approvals"] == []


def test_a_copied_key_shows(siege: Siege) -> None:
    """A key that counts, used from a copy, shows a count that went back: it is refused, and taken out of use."""
    desk = siege.enlist("approver")
    person = siege.recorded(desk.person)
    held = next(iter(desk.operator.authenticator.held.values()))
    held.sign_count -= 2
    live = siege.open()
    siege.proof(live)
    assert siege.consent(live, desk).status in (401, 409)
    assert siege.shown(live)["approvals"] == []
    assert siege.credentials(person)[-1] == "CredentialSuspended"


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
