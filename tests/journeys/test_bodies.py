"""Bodies that are not what a route takes: one problem for each kind, whoever sends it, and nothing is changed."""

from collections.abc import Iterator

import pytest

from firstkey.demo.people import Joiner
from firstkey.demo.steps import Live
from firstkey.simulator.client import Answer
from firstkey.web.bodies import DEPTH_MAX
from tests.journeys.place import Place

HANDLE = b'"handle":"AAAAAAAAAAAAAAAAAAAAAA"'

MALFORMED: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "more after the end": b"{" + HANDLE + b"}{}",
    "a list": b"[]",
    "a key twice": b"{" + HANDLE + b"," + HANDLE + b"}",
    "an unknown field": b"{" + HANDLE + b',"unheard_of":1}',
    "a field missing": b"{}",
    "a wrong type": b'{"handle":1}',
    "not UTF-8": b'{"handle":"\xff\xfe"}',
    "UTF-16": '{"handle":"x"}'.encode("utf-16"),
    "a lone surrogate": b'{"handle":"\\ud800"}',
    "a number that is none": b'{"handle":NaN}',
    "deep nesting": b'{"handle":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "a little too deep": b'{"handle":' + b'{"a":' * 17 + b"1" + b"}" * 17 + b"}",
}


@pytest.fixture(scope="module")
def live(place: Place) -> Live:
    """A case that a device could claim."""
    return place.open_case()


@pytest.fixture(autouse=True)
def _nothing_changes(place: Place, live: Live) -> Iterator[None]:
    """Whatever a test here sends, the ledger stays as it is."""
    before = place.entries()
    yield
    assert place.entries() == before


def by_device(joiner: Joiner, body: bytes, **headers: str) -> Answer:
    """Send a body that a device's key has signed."""
    return joiner.client.request("POST", "/api/claim/status", body, headers)


@pytest.mark.parametrize("name", MALFORMED)
def test_a_body_that_cannot_be_read_is_one_problem(place: Place, name: str) -> None:
    """Whatever is wrong with it, and whoever sends it, the problem is the same."""
    stranger, desk, joiner = place.stranger(), place.cast.requester, place.joiner()
    headers = {"Content-Type": "application/json"}
    answers = [
        stranger.request("POST", "/api/sign-in", MALFORMED[name], headers),
        desk.client.request("POST", "/api/cases", MALFORMED[name], headers),
        by_device(joiner, MALFORMED[name], **headers),
    ]
    assert [(answer.status, answer.problem) for answer in answers] == [(400, "body-malformed")] * 3


def test_what_may_hold_anything_is_not_deep_either(place: Place) -> None:
    """An assertion is an open object, of so many levels and no more."""

    def sign_in(levels: int) -> str | None:
        inner: dict[str, object] = {}
        for _ in range(levels):
            inner = {"a": inner}
        signed = {"digest": "0" * 64, "assertion": inner}
        return place.stranger().request("POST", "/api/sign-in", {"signed": signed}).problem

    assert sign_in(DEPTH_MAX - 2) == "not-found"
    assert sign_in(DEPTH_MAX - 1) == "body-malformed"


def test_a_stranger_is_not_told_what_was_wrong_with_a_body(place: Place) -> None:
    """Somebody in a session is, for their own good, in our own words: what was sent is not repeated."""
    stranger, desk = place.stranger(), place.cast.requester
    assert "detail" not in stranger.request("POST", "/api/sign-in", {"unheard_of": 1}).json
    assert desk.post("/api/cases", {"unheard_of": 1}).json["detail"] == "An unknown field"
    wrong = {"account": "x", "purpose": "0123456789"}
    assert desk.post("/api/cases", wrong).json["detail"] == "None of the words that may stand here, at $.purpose"


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=x"])
def test_another_content_type_is_refused(place: Place, live: Live, kind: str) -> None:
    """A form, a text or an unnamed body is not read at all."""
    body = b'{"handle":"%s"}' % live.handle.encode()
    answer = by_device(place.joiner(), body, **{"Content-Type": kind})
    assert (answer.status, answer.problem) == (415, "content-type-wrong")


def test_a_large_body_is_refused(place: Place, live: Live) -> None:
    """More than 64 KiB are not read, though a list of people may be longer."""
    body = b'{"handle":"%s"}' % (b"x" * 65 * 1024)
    answer = by_device(place.joiner(), body)
    assert (answer.status, answer.problem) == (413, "body-too-large")
    longer = place.cast.requester.client.request("POST", "/api/people", body)
    assert (longer.status, longer.problem) == (400, "body-malformed")


def test_numbers_beyond_what_is_stored_are_refused(place: Place, live: Live) -> None:
    """An integer that canonical JSON cannot hold is malformed, not a fault of the server."""
    evidence = "0" * 64
    body = {
        "method": "document_in_person",
        "level": 2,
        "commitment": evidence,
        "proofed_at": 10**30,
        "signed": place.cast.proofer.sign_on(
            live.case, "record_proofing", names=(evidence, "document_in_person", "level: 2")
        ),
    }
    answer = place.cast.proofer.post(f"{live.url}/proofing", body)
    assert answer.status in (400, 409)
    assert answer.problem in ("not-canonical", "body-malformed", "evidence-too-old")
