"""REQ-03: a bot or automated desk agent is persuaded to act, and somebody gets a key on its word."""

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
