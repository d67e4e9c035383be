"""Operators over HTTP: duties and delegations, limits, sources with keys, policies, sessions, the epoch."""

from typing import Any

import pytest

from firstkey.demo import steps
from firstkey.demo.people import Desk, done
from firstkey.demo.steps import Cast
from firstkey.simulator.client import Answer, Client
from firstkey.simulator.device import JoinerDevice
from firstkey.values.encoding import sha256_hex, unb64u
from firstkey.values.instants import DAY, HOUR, rfc3339
from tests.journeys.place import Place

FOR_EVER = "for ever"


def signed_by(names: tuple[str, ...], act: str, *desks: Desk) -> list[Any]:
    """Several people sign one act."""
    return [desk.sign(act, names=names) for desk in desks]


def get(desk: Desk, path: str) -> Any:
    """Look at something."""
    return done(desk.client.request("GET", path), path)


def narrow(cast: Cast, duty: str, unit: str) -> Answer:
    """Give the confirmer a duty in one unit alone."""
    person = cast.confirmer.person
    signed = cast.proofer.sign("grant_duty", names=(person, duty, f"unit: {unit}", FOR_EVER))
    body = {"person": person, "duty": duty, "scope": {"unit": unit}, "signed": signed}
    return cast.proofer.post("/api/duties/grant", body)


def feed(place: Place) -> Client:
    """A source's own machine."""
    client, key = place.stranger(), JoinerDevice()
    client.prover = key.prove
    cast, named = place.cast, ("hr-live", "people", "rank: 30", key.device_key)
    signed = signed_by(named, "register_source", cast.requester, cast.proofer)
    body = {"name": "hr-live", "speaks_of": "people", "rank": 30, "key": key.device_key, "signed": signed}
    done(cast.requester.post("/api/sources/register", body), "register source")
    return client


def test_a_duty_is_granted_in_a_scope(place: Place) -> None:
    """The confirmer proofs in one unit alone; who holds what is shown, and two administrators stay."""
    cast = place.cast
    shown = done(narrow(cast, "proofer", "Nowhere"), "grant")
    mine = [duty for duty in shown["duties"] if duty["duty"] == "proofer"]
    assert [(duty["scope"]["unit"], duty["founding"]) for duty in mine] == [("Nowhere", False)]
    people = {one["person"] for one in get(cast.requester, "/api/operators")["operators"]}
    assert {desk.person for desk in cast[:4]} <= people
    live = place.open_case()
    evidence = "0" * 64
    body = {
        "method": "document_in_person",
        "level": 2,
        "commitment": evidence,
        "proofed_at": place.server.clock.now,
    }
    body["signed"] = cast.confirmer.sign_on(live.case, "record_proofing", names=steps.evidence_names(body))
    answer = cast.confirmer.post(f"{live.url}/proofing", body)
    assert (answer.status, answer.problem) == (403, "not-eligible")
    done(cast.requester.post(f"{live.url}/withdraw", {}), "withdraw")


def test_a_requester_acts_by_delegation(place: Place) -> None:
    """The approver lets the confirmer ask for a case; without that, nobody asks in their name."""
    cast, account = place.cast, next(person.account for person in place.people if person.asset is not None)
    delegator, delegate = cast.approver, cast.confirmer
    asked = {"account": account, "purpose": "first_key", "on_behalf_of": delegator.person}
    assert delegate.post("/api/cases", asked).problem == "not-eligible"
    ends_at = place.server.clock.now + DAY
    to_sign = {"delegate": delegate.person, "duties": ["requester"], "ends_at": ends_at}
    until = f"until {rfc3339(ends_at)}"
    signed = delegator.sign("give_delegation", names=(delegate.person, "requester", "everything", until))
    given = done(delegator.post("/api/delegations", {**to_sign, "signed": signed}), "delegate")
    begun = done(delegate.post("/api/cases", asked), "open")
    assert begun["path"] == "delegated_onboarding"
    done(delegate.post(f"/api/cases/{begun['case']}/withdraw", {}), "withdraw")
    ending = delegator.sign("end_delegation", names=(given["delegation"],))
    ended = done(delegator.post("/api/delegations/end", {"delegation": given["delegation"], "signed": ending}), "end")
    assert ended["delegations"] == []
    assert delegate.post("/api/cases", asked).problem == "not-eligible"


def test_a_source_feeds_by_its_key(place: Place) -> None:
    """People come, change, and go; a dry run says the same first; a case is opened for one of them."""
    client = feed(place)
    row = {"person": "live-1", "account": "live:1", "user_name": "li", "display_name": "Li"}
    rows = [row, {**row, "person": "live-2"}]
    dry = done(client.request("POST", "/api/sources/people", {"people": rows, "dry_run": True}), "dry run")
    fed = done(client.request("POST", "/api/sources/people", {"people": rows}), "feed")
    assert (dry["new"], fed["new"]) == (["live-1"], ["live-1"])
    assert [(error["row"], error["type"]) for error in fed["errors"]] == [(2, "account-taken")]
    changed = done(client.request("POST", "/api/sources/people", {"people": [{**row, "unit": "Sales"}]}), "feed")
    assert changed["changed"] == [{"id": "live-1", "fields": ["unit"]}]
    opening = client.request("POST", "/api/sources/cases", {"account": "live:1"})
    assert done(opening, "open")["path"] == "contractor_attended"  # the strictest, for nothing is known of Li yet
    gone = done(client.request("POST", "/api/sources/people/present", {"present": []}), "present")
    assert gone["left"] == ["live-1"]
    ending = place.cast.approver.sign("end_source", names=("hr-live",))
    done(place.cast.approver.post("/api/sources/end", {"name": "hr-live", "signed": ending}), "end")
    assert client.request("POST", "/api/sources/people", {"people": []}).problem == "not-found"


def test_a_limit_is_lifted_by_another(place: Place) -> None:
    """Who lifts it is an administrator, and not the one whose limit it is."""
    cast, act = place.cast, "record_proofing"
    for desk, status in ((cast.proofer, 409), (cast.approver, 200)):
        signed = desk.sign("lift_velocity", names=(cast.proofer.person, act))
        asked = {"person": cast.proofer.person, "act": act, "signed": signed}
        assert desk.post("/api/velocity/lift", asked).status == status


def test_a_policy_changes_by_signed_acts(place: Place) -> None:
    """What weakens waits for a second administrator and a day; what strengthens does not; all are read by hash."""
    cast = place.cast
    before = get(cast.requester, "/api/policies")
    text = get(cast.requester, f"/api/policies/{before['in_force']}")["document"]
    assert sha256_hex(text.encode()) == before["in_force"]
    head, name, tail = text.partition('name = "managed_device_new"\n')
    laxer = f"{head}{name}tries = 5\n{tail}"
    digest = sha256_hex(laxer.encode())
    body = {"document": laxer, "signed": cast.requester.sign("propose_policy", names=(digest,))}
    proposed = done(cast.requester.post("/api/policies/propose", body), "propose")
    assert proposed["in_force"] == before["in_force"]
    assert [(change["what"], change["effect"]) for change in proposed["proposals"][0]["weakens"]] == [
        ("tries", "weakens")
    ]
    both = (digest, before["in_force"])
    named = {"policy": both[0], "against": both[1]}
    own = cast.requester.post("/api/policies/sign", {**named, "signed": cast.requester.sign("sign_policy", names=both)})
    assert own.problem == "own-duty"
    signed = cast.proofer.sign("sign_policy", names=both)
    agreed = done(cast.proofer.post("/api/policies/sign", {**named, "signed": signed}), "sign")
    assert agreed["proposals"][0]["in_force_at"] >= place.server.clock.now + 23 * HOUR
    stricter = f"{head}{name}tries = 2\n{tail}"
    digest = sha256_hex(stricter.encode())
    body = {"document": stricter, "signed": cast.approver.sign("propose_policy", names=(digest,))}
    now = done(cast.approver.post("/api/policies/propose", body), "propose")
    assert (now["in_force"], now["proposals"]) == (digest, [])


@pytest.mark.parametrize("document", ["", "x = 1", "not toml", "a" * 300_000])
def test_what_is_no_policy_is_told_so(place: Place, document: str) -> None:
    """With what is wrong with it, whoever signed for it."""
    desk = place.cast.requester
    signed = desk.sign("propose_policy", names=(sha256_hex(document.encode()),))
    answer = desk.post("/api/policies/propose", {"document": document, "signed": signed})
    assert answer.status == 400


def test_sessions_are_seen_stepped_up_and_ended(place: Place) -> None:
    """The cookie changes at a step-up, the old one is dead, and another session of one's own is ended from here."""
    maker = place.cast.approver
    other = Desk(place.address, "Anna", maker.operator.authenticator)
    other.person = maker.person
    other.sign_in()
    old = other.client.session
    begun = done(other.post("/api/sign-in/options", {}), "options")
    assertion = other.operator.sign_in(unb64u(begun["statement"]), begun["options"])
    shown = {"signed": {"digest": begun["digest"], "assertion": assertion}}
    done(other.post("/api/sign-in/step-up", shown), "step up")
    assert other.client.session not in (None, old)
    stale = place.stranger()
    stale.session = old
    assert stale.request("GET", "/api/sessions").problem == "sign-in-needed"
    mine = get(maker, "/api/sessions")["sessions"]
    theirs = next(each["session"] for each in get(other, "/api/sessions")["sessions"] if each["here"])
    assert theirs in {each["session"] for each in mine if not each["here"]}
    done(maker.post("/api/sessions/end", {"session": theirs}), "end")
    assert other.client.request("GET", "/api/sessions").problem == "sign-in-needed"


def raise_to(desk: Desk, epoch: int) -> Answer:
    """Raise the epoch, if it is the next one and there is a session left to do it in."""
    desk.sign_in()
    signed = desk.sign("raise_epoch", names=(str(epoch),))
    return desk.post("/api/epoch", {"epoch": epoch, "signed": signed})


def test_the_epoch_ends_every_session(place: Place) -> None:
    """With the administrator's own; everybody signs in again. It goes up by one, once."""
    cast = place.cast
    assert [raise_to(cast.requester, epoch).status for epoch in (2, 2, 4)] == [200, 409, 409]
    assert cast.proofer.client.request("GET", "/api/sessions").problem == "sign-in-needed"
    for desk in cast:
        desk.sign_in()
    assert len(get(cast.proofer, "/api/sessions")["sessions"]) == 1
