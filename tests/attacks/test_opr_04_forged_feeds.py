"""OPR-04: a connector holds too much, or a directory, HR or inventory feed is forged."""

from typing import Any

import msgspec

from firstkey.demo.people import done
from firstkey.simulator.client import Answer
from firstkey.simulator.device import JoinerDevice
from tests.attacks.siege import Siege, told


class Source:
    """A system of record that speaks by a key of its own."""

    def __init__(self, siege: Siege, name: str, speaks_of: str, rank: int) -> None:
        self.client = siege.source(name, speaks_of, rank)

    def says(self, path: str, **body: Any) -> Answer:
        """Send something signed by the source's key."""
        return self.client.request("POST", f"/api/sources{path}", msgspec.to_builtins(body))


def row(**changed: Any) -> dict[str, Any]:
    """Return a person as a feed has them."""
    facts = {"employment": "employee", "workplace": "on_site"}
    said: dict[str, Any] = {
        "person": "p-fed",
        "account": "dir:fed",
        "user_name": "fed",
        "display_name": "Fed",
        "facts": facts,
    }
    return {**said, **changed}


def test_a_feed_without_a_registered_key_says_nothing(siege: Siege) -> None:
    """Any key but a source's, and no key at all, finds no address; one administrator alone registers none."""
    forger = siege.stranger()
    forger.prover = JoinerDevice().prove
    bare = siege.stranger()
    with siege.nothing_changes():
        for path in ("people", "people/present", "assets", "cases"):
            body = {"people": [row()]} if path == "people" else {}
            assert forger.request("POST", f"/api/sources/{path}", body).status in (400, 404)
            assert told(bare.request("POST", f"/api/sources/{path}", body)) == (401, "use-nonce")
        key = JoinerDevice().device_key
        names = ("hr-2", "people", "rank: 50", key)
        signed = [siege.cast.requester.sign("register_source", names=names)]
        alone = {"name": "hr-2", "speaks_of": "people", "rank": 50, "key": key, "signed": signed}
        assert told(siege.cast.requester.post("/api/sources/register", alone)) == (409, "people-too-few")
    assert siege.rows("SELECT 1 FROM documents WHERE kind = 'person' AND key = 'person:p-fed'") == []


def test_a_source_speaks_of_its_own_matters_and_no_more(siege: Siege) -> None:
    """HR's key brings no inventory, holds no duty, sees no case, and opens nothing but a first key."""
    hr = Source(siege, "hr", "people", 20)
    fed = done(hr.says("/people", people=[row(person="p-fed-1", account="dir:fed-1")]), "feed")
    assert fed["new"] == ["p-fed-1"]
    live = siege.open()
    with siege.nothing_changes():
        asset = {"serial": "X", "assigned_to": "p-fed-1", "managed": True}
        assert hr.says("/assets", assets=[asset]).status in (400, 404)
        for path in ("/api/cases", live.url, "/api/operators", "/api/sources"):
            assert told(hr.client.request("GET", path)) == (401, "sign-in-needed")
        for path in (f"{live.url}/proofing", f"{live.url}/approvals", "/api/duties/grant", "/api/people"):
            assert told(hr.client.request("POST", path, {})) == (401, "sign-in-needed")
        assert told(hr.says("/cases", account="dir:fed-1", purpose="recovery")) == (400, "body-malformed")
    begun = done(hr.says("/cases", account="dir:fed-1"), "case")
    opened = siege.told(f"case/{begun['case']}")[0]
    assert (opened["requester"], opened["purpose"]) == (None, "first_key")


def test_a_lower_rank_changes_nothing_that_a_higher_one_said(siege: Siege) -> None:
    """What the first list said of a person, a source of lower rank makes no laxer, and no account passes on."""
    weak = Source(siege, "wiki", "people", 2)
    person = siege.hire("contractor")
    laxer = row(person=person.person, account=person.account, manager="p-x")
    assert weak.says("/people", people=[laxer]).status in (200, 409)
    kept = siege.rows("SELECT body FROM documents WHERE kind = 'person' AND key = ?", f"person:{person.person}")
    assert b'"manager":"p-x"' not in kept[0][0]
    assert siege.open(person).path == "contractor_device"
    stolen = row(person="p-thief", account=person.account)
    assert done(weak.says("/people", people=[stolen]), "feed")["errors"]
    assert siege.rows("SELECT 1 FROM documents WHERE kind = 'person' AND key = 'person:p-thief'") == []


def test_half_a_list_ends_nobody(siege: Siege) -> None:
    """A feed that suddenly knows hardly anybody any more is refused, and no key is ended by it."""
    hr = Source(siege, "hr-mass", "people", 21)
    many = [row(person=f"p-mass-{n}", account=f"dir:mass-{n}", user_name=f"m{n}") for n in range(60)]
    assert len(done(hr.says("/people", people=many), "feed")["new"]) == len(many)
    with siege.nothing_changes():
        assert told(hr.says("/people/present", present=["p-mass-1"])) == (409, "leavers-too-many")


def test_a_stolen_key_ends_with_its_source(siege: Siege) -> None:
    """From the act of one administrator on, what the key signs is anybody's word."""
    hr = Source(siege, "hr-stolen", "people", 20)
    desk = siege.cast.approver
    signed = desk.sign("end_source", names=("hr-stolen",))
    done(desk.post("/api/sources/end", {"name": "hr-stolen", "signed": signed}), "end")
    with siege.nothing_changes():
        assert told(hr.says("/people", people=[row(person="p-late", account="dir:late")])) == (404, "not-found")


def test_a_machine_holds_no_duty(siege: Siege) -> None:
    """An account that the source calls a service is given nothing, and loses nothing it never had."""
    desk = siege.enlist()
    person = siege.recorded(desk.person)
    siege.record(siege.changed(person, service=True))
    with siege.nothing_changes():
        assert told(siege.grant(desk, "approver")) == (409, "no-operator")
