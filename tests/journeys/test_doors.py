"""The way in and the way out: host, origin, headers, cookies, and the one answer that strangers get."""

import json
from typing import Any

import msgspec
import pytest

from firstkey.demo import steps
from firstkey.demo.people import Desk
from firstkey.simulator.alter import IN_AUTHENTICATION
from firstkey.simulator.client import Answer, Client
from firstkey.values.encoding import unb64u
from firstkey.web.app import HEADERS
from firstkey.web.openapi import openapi
from tests.journeys.place import Place


def open_a_case(place: Place, **headers: str) -> Answer:
    """Rita opens a case, with headers of a test's choice."""
    account = place.people[1].account
    return place.cast.requester.post("/api/cases", {"account": account, "purpose": "first_key"}, **headers)


@pytest.mark.parametrize("host", ["evil.test", "localhost", "127.0.0.1:1", "localhost.evil.test:80"])
def test_another_host_is_nobody_here(place: Place, host: str) -> None:
    """A name that the site does not have finds nothing, for a page or for an operator."""
    before = place.entries()
    assert (open_a_case(place, Host=host).status, place.entries()) == (404, before)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "HTTP://LOCALHOST"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_a_write_from_another_page_is_refused(place: Place, headers: dict[str, str]) -> None:
    """A session's cookie is worth nothing in the hands of another page; the same request of our own page succeeds."""
    before = place.entries()
    answer = open_a_case(place, **headers)
    assert (answer.status, answer.problem) == (403, "origin-wrong")
    assert place.entries() == before
    own = open_a_case(place)
    assert own.status == 200
    place.cast.requester.post(f"/api/cases/{own.json['case']}/withdraw", {})


def test_a_sign_in_from_another_page_is_refused(place: Place) -> None:
    """Nobody can be signed in to somebody else's session by a page elsewhere."""
    client = place.stranger()
    answer = client.request("POST", "/api/sign-in/options", {}, {"Origin": "https://evil.test"})
    assert (answer.status, answer.problem) == (403, "origin-wrong")


def answers(place: Place) -> list[Answer]:
    """Collect an answer of every kind."""
    client, desk = place.stranger(), place.cast.requester
    return [
        client.request("GET", "/readyz"),
        client.request("GET", "/healthz"),
        client.request("GET", "/api/openapi.json"),
        client.request("GET", "/nowhere"),
        client.request("PUT", "/api/cases"),
        client.request("POST", "/api/claim", {}),
        client.request("POST", "/api/cases", {}),
        client.request("POST", "/api/sign-in/options", {}),
        client.request("POST", "/api/sign-in", b"{"),
        client.request("POST", "/api/sign-in", b"{}", {"Content-Type": "text/plain"}),
        client.request("POST", "/api/sign-in", b" " * 70_000, {"Content-Type": "application/json"}),
        desk.client.request("GET", "/api/cases"),
        desk.post("/api/cases", {}, Origin="https://evil.test"),
        open_a_case(place, Host="evil.test"),
    ]


def test_the_server_describes_itself(place: Place) -> None:
    """What is served is the document of tests/journeys/test_openapi.py, for the site's own origin."""
    answer = place.stranger().request("GET", "/api/openapi.json")
    assert answer.json == json.loads(msgspec.json.encode(openapi(place.address.origin)))


def test_security_headers_are_on_every_answer(place: Place) -> None:
    """Whatever is answered bears all of them, says nothing of the server's make, and is stored nowhere."""
    collected = answers(place)
    assert {answer.status for answer in collected} == {200, 400, 401, 403, 404, 405, 413, 415}
    for answer in collected:
        assert answer.headers.items() >= HEADERS.items()
        assert "server" not in answer.headers


def test_every_problem_says_what_to_do_next(place: Place) -> None:
    """A problem has type, title, status and next step, and its status is the answer's."""
    problems = [answer for answer in answers(place) if answer.status != 200]
    for answer in problems:
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"type", "title", "status", "next_step"} <= set(answer.json)
        assert answer.json["status"] == answer.status


def test_a_device_gets_a_fresh_nonce_with_every_answer(place: Place) -> None:
    """A device route gives a nonce, refused or not; other routes give none."""
    client = place.stranger()
    assert client.request("POST", "/api/claim", {}).headers["firstkey-nonce"]
    assert "firstkey-nonce" not in client.request("POST", "/api/sign-in/options", {}).headers


def test_the_session_is_a_cookie_and_nothing_else(place: Place) -> None:
    """It is for this host over TLS only, no script reads it, no other site sends it, and no body holds it."""
    cookie, body = _signed_in(place)
    name, _, value = cookie.partition(";")[0].partition("=")
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert name == "__Host-firstkey"
    assert flags == {"path=/", "secure", "httponly", "samesite=strict"}
    assert len(unb64u(value)) == 32
    assert value not in str(body)


def test_a_sign_in_begins_a_new_session(place: Place) -> None:
    """A session's id is never taken over from the browser, and signing out ends it."""
    first, second = _signed_in(place)[0], _signed_in(place)[0]
    assert first != second
    desk = place.cast.confirmer
    assert desk.client.request("GET", "/api/cases").status == 200
    assert desk.post("/api/sign-out", {}).status == 200
    assert desk.client.request("GET", "/api/cases").problem == "sign-in-needed"
    desk.sign_in()


def _signed_in(place: Place) -> tuple[str, Any]:
    """Sign in; return the cookie as it was set, and the body."""
    desk = place.cast.requester
    client = place.stranger()
    begun = client.request("POST", "/api/sign-in/options", {}).json
    assertion = desk.operator.sign_in(unb64u(begun["statement"]), begun["options"])
    answer = client.request("POST", "/api/sign-in", {"signed": {"digest": begun["digest"], "assertion": assertion}})
    return answer.headers["set-cookie"], answer.json


def _tried(client: Client, desk: Desk, misbehaviour: str) -> bytes:
    """Sign in as an authenticator would that misbehaves."""
    begun = client.request("POST", "/api/sign-in/options", {}).json
    alter = IN_AUTHENTICATION[misbehaviour]
    assertion = desk.operator.sign_in(unb64u(begun["statement"]), begun["options"], alter)
    return client.request("POST", "/api/sign-in", {"signed": {"digest": begun["digest"], "assertion": assertion}}).body


def test_a_stranger_gets_one_answer(place: Place) -> None:
    """Whatever is wrong with a sign-in, a founding code or a handle, the bytes are the same."""
    client, desk = place.stranger(), place.cast.requester
    wrong = ("wrong_origin", "wrong_challenge", "wrong_rp_id", "user_not_verified", "signature", "cross_origin")
    bodies = {_tried(client, desk, name) for name in wrong}
    spent = client.request("POST", "/api/sign-in", {"signed": {"digest": "0" * 64, "assertion": {}}})
    founding = client.request("POST", "/api/founding/options", {"code": "0" * 26, "name": "Eve"})
    bodies |= {spent.body, founding.body, client.request("GET", "/nowhere").body}
    assert len(bodies) == 1


def test_a_device_learns_nothing_of_a_case_that_is_not_its_own(place: Place) -> None:
    """Another device than the claiming one is turned away, each time, with no word about the case."""
    live, rival = place.open_case(), place.joiner()
    steps.claim(live)
    for step in ("/status", "/status", "/pass", "/ceremony", "/not-me"):
        answer = rival.post(step, live.handle)
        assert (answer.status, answer.problem) == (409, "another-device-claimed")
        assert set(answer.json) == {"type", "title", "status", "next_step"}
    place.cast.requester.post(f"{live.url}/withdraw", {})


def test_a_request_is_proven_once(place: Place) -> None:
    """The same proof over the same request, sent again, finds nothing; a fresh one does."""
    live = place.open_case()
    steps.claim(live)
    client, proofs = live.joiner.client, list[str]()

    def keep(method: str, url: str, body: bytes, nonce: str) -> str:
        proofs.append(live.joiner.device.prove(method, url, body, nonce))
        return proofs[-1]

    client.prover = keep
    asked = {"handle": live.handle}
    assert client.request("POST", "/api/claim/status", asked).status == 200
    client.prover = lambda *_: proofs[-1]
    replayed = client.request("POST", "/api/claim/status", asked)
    assert (replayed.status, replayed.problem) == (404, "not-found")
    elsewhere = client.request("POST", "/api/claim/pass", asked)
    assert (elsewhere.status, elsewhere.problem) == (404, "not-found")
    client.prover = keep
    assert client.request("POST", "/api/claim/status", asked).status == 200
    place.cast.requester.post(f"{live.url}/withdraw", {})
