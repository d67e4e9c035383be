"""Refusals in the ledger: known callers' one by one, strangers' counted, and none of them in a case's stream."""

import json
from contextlib import closing
from typing import Any

from firstkey.actions.refusals import STRANGERS
from firstkey.demo import steps
from firstkey.simulator.device import JoinerDevice
from firstkey.storage.sqlite.connection import open_reader
from firstkey.values.encoding import sha256_hex
from firstkey.values.instants import MINUTE
from tests.journeys.place import Place, until

ADDRESS = "127.0.0.1"


def told(place: Place, stream: str) -> list[dict[str, Any]]:
    """Return the entries of a stream, in order."""
    with closing(open_reader(place.prepared.site)) as connection:
        rows = connection.execute("SELECT leaf FROM entries WHERE stream = ? ORDER BY number", (stream,)).fetchall()
    return [json.loads(row[0]) for row in rows]


def stream_of_person(person: str) -> str:
    """Return where a person's refusals stand."""
    return f"refusals/{sha256_hex(f'person:{person}'.encode())}"


def test_an_operators_refusal_is_an_entry(place: Place) -> None:
    """Who was refused what, why and for which case; once for each time."""
    desk, live = place.cast.approver, place.open_case()
    before = len(told(place, stream_of_person(desk.person)))
    for _ in range(2):
        assert desk.post(f"{live.url}/withdraw", {"unheard_of": 1}).problem == "body-malformed"
    entries = told(place, stream_of_person(desk.person))[before:]
    assert [entry["activity"] for entry in entries] == ["enrollment"] * 2
    for entry in entries:
        body = entry["body"]
        assert (body["person"], body["operation"], body["reason"], body["asked_of"]) == (
            desk.person,
            "withdraw_case",
            "body-malformed",
            live.case,
        )
    place.cast.requester.post(f"{live.url}/withdraw", {})


def test_a_devices_refusal_is_an_entry_outside_its_case(place: Place) -> None:
    """A device that has claimed and asks too early has an entry of its own; its case's stream does not grow."""
    live = place.open_case()
    steps.claim(live)
    facts = place.cast.requester.show(live.case)["facts"]
    assert live.joiner.post("/pass", live.handle).problem == "proofing-missing"
    stream = f"refusals/{sha256_hex(f'device:{live.joiner.device.device_key}'.encode())}"
    assert [entry["body"]["reason"] for entry in told(place, stream)] == ["proofing-missing"]
    assert place.cast.requester.show(live.case)["facts"] == facts
    place.cast.requester.post(f"{live.url}/withdraw", {})


def test_what_a_case_itself_remembers_is_not_told_twice(place: Place) -> None:
    """A wrong code is a fact of its case, and no second entry elsewhere."""
    live = place.open_case()
    steps.prepare(place.cast, live)
    code = steps.get_pass(live).code
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert live.joiner.post("/redeem", live.handle, code=wrong).problem == "code-wrong"
    stream = f"refusals/{sha256_hex(f'device:{live.joiner.device.device_key}'.encode())}"
    assert "code-wrong" not in [entry["body"]["reason"] for entry in told(place, stream)]
    assert "TryFailed" in place.cast.requester.show(live.case)["facts"]
    place.cast.requester.post(f"{live.url}/withdraw", {})


def begin_anew(place: Place) -> int:
    """Start the server again, so that nothing is being counted; return how many entries about strangers there are."""
    place.server.stop()
    place.server.start()
    for desk in place.cast:
        desk.sign_in()
    return len(told(place, STRANGERS))


def counts(place: Place, before: int) -> dict[tuple[str, str], int]:
    """Return what has been told of strangers since, by activity and reason."""
    counted: dict[tuple[str, str], int] = {}
    for entry in told(place, STRANGERS)[before:]:
        key = (entry["activity"], entry["body"]["reason"])
        counted[key] = counted.get(key, 0) + entry["body"]["count"]
        assert len(entry["body"]["source"]) == 64
        assert ADDRESS not in json.dumps(entry)
    return counted


def test_strangers_are_counted(place: Place) -> None:
    """Failed sign-ins, wrong founding codes, proofs of nobody, made-up handles: an entry a reason, a minute later."""
    before, live = begin_anew(place), place.open_case()
    facts, client, times = place.cast.requester.show(live.case)["facts"], place.stranger(), 3
    for _ in range(times):
        client.request("POST", "/api/sign-in", {"signed": {"digest": "0" * 64, "assertion": {}}})
        client.request("POST", "/api/founding/options", {"code": "0" * 26, "name": "Eve"})
        client.request("POST", "/api/claim/status", {"handle": live.handle})
        client.request("POST", "/api/claim/status", {"handle": live.handle}, {"FirstKey-Proof": "made up"})
        client.request("GET", f"/api/cases/{live.case}")
    stranger = place.stranger()
    stranger.prover = JoinerDevice().prove
    assert stranger.request("POST", "/api/claim/status", {"handle": "A" * 22}).problem == "not-found"
    assert counts(place, before) == {}
    place.server.clock.let_pass(MINUTE)
    assert place.joiner().post("/status", live.handle).status == 200  # a nonce is made: the server looks at the clock
    until(lambda: counts(place, before) != {})
    assert counts(place, before) == {
        ("sign_in", "statement-unknown"): times,
        ("administration", "not-found"): times,
        ("enrollment", "use-nonce"): times,
        ("enrollment", "proof-malformed"): times,
        ("enrollment", "sign-in-needed"): times,
        ("enrollment", "not-found"): 1,
    }
    for desk in place.cast:
        desk.sign_in()
    assert place.cast.requester.show(live.case)["facts"] == facts
    place.cast.requester.post(f"{live.url}/withdraw", {})


def test_what_was_counted_is_written_down_at_the_end(place: Place) -> None:
    """A server that is told to stop loses no count."""
    before = begin_anew(place)
    place.stranger().request("POST", "/api/sign-in", {"signed": {"digest": "1" * 64, "assertion": {}}})
    place.server.stop()
    assert counts(place, before) == {("sign_in", "statement-unknown"): 1}
    place.server.start()
