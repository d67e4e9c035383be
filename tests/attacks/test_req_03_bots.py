"""REQ-03: a bot or automated desk agent is persuaded to act, and somebody gets a key on its word."""

from firstkey.demo.people import done
from tests.attacks.siege import Siege, told

OF_OPERATORS = ("/proofing", "/approvals", "/approvals/deny", "/start-codes", "/anchor", "/attendance", "/pass/reveal")


def test_without_a_person_in_a_session_nobody_acts(siege: Siege) -> None:
    """Whatever a program sends, with whatever in its headers, every act of an operator asks for a person's session."""
    live, _ = siege.armed()
    program = siege.stranger()
    keys = {"Authorization": "Bearer desk-bot-with-every-scope", "X-Api-Key": "desk-bot"}
    with siege.nothing_changes():
        for step in OF_OPERATORS:
            answer = program.request("POST", live.url + step, {"signed": {"digest": "0" * 64, "assertion": {}}}, keys)
            assert told(answer) == (401, "sign-in-needed"), step
        assert told(program.request("GET", live.url, headers=keys)) == (401, "sign-in-needed")


def test_a_session_without_a_passkey_signs_nothing(siege: Siege) -> None:
    """A program that rides in an operator's session, but cannot touch their key, fills no duty."""
    live = siege.open()
    desk = siege.cast.proofer
    evidence = "0" * 64
    asked = {"act": "record_proofing", "case": live.case, "revision": 1, "names": (evidence,), "digests": ()}
    digest = desk.post("/api/statements", asked).json["digest"]
    said = {"method": "document_in_person", "level": 2, "commitment": evidence, "proofed_at": siege.server.clock.now}
    with siege.nothing_changes():
        answer = desk.post(f"{live.url}/proofing", {**said, "signed": {"digest": digest, "assertion": {}}})
        assert told(answer) == (400, "response-malformed")
    assert siege.facts(live) == ["CaseOpened"]


def test_a_feed_opens_cases_and_does_nothing_else(siege: Siege) -> None:
    """A program with a registered key opens first keys; it proofs, approves, anchors, reveals and reads nothing."""
    bot = siege.source("desk-bot", "people")
    person = siege.hire()
    begun = done(bot.request("POST", "/api/sources/cases", {"account": person.account}), "open")
    live = siege.live(begun, person)
    assert siege.told(f"case/{live.case}")[0]["requester"] is None
    with siege.nothing_changes():
        for step in OF_OPERATORS:
            assert told(bot.request("POST", live.url + step, {})) == (401, "sign-in-needed"), step
        for step in ("pass", "redeem", "ceremony", "status"):
            answer = bot.request("POST", f"/api/claim/{step}", {"handle": live.handle, "code": "0" * 26})
            assert answer.status in (400, 404, 409), step
        asked = {"account": person.account, "purpose": "recovery"}
        assert bot.request("POST", "/api/sources/cases", asked).status == 400
    assert siege.facts(live) == ["CaseOpened"]


def test_a_machines_account_holds_no_duty(siege: Siege) -> None:
    """What the source calls a service is granted nothing, has what it held no longer, and signs nothing."""
    desk = siege.enlist("approver")
    person = siege.recorded(desk.person)
    live = siege.open()
    siege.proof(live)
    siege.record_by_two(siege.changed(person, service=True))
    with siege.nothing_changes():
        digests = (siege.shown(live)["digest"],)
        asked = {"act": "give_approval", "case": live.case, "revision": 1, "digests": digests}
        answer = desk.post("/api/statements", asked)
        if answer.status == 200:
            signed = desk._signed(answer.json, act="give_approval", case=live.case)
            assert desk.post(f"{live.url}/approvals", {"signed": signed}).status in (401, 403, 404, 409)
        assert siege.grant(desk, "proofer").status in (403, 409)
    assert siege.shown(live)["approvals"] == []
