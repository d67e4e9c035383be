"""Malformed base64, JSON, CBOR and JWS where browsers and authenticators speak: refused, and nothing changes."""

import copy
import json
from collections.abc import Callable, Iterator

import pytest

from firstkey.demo import steps
from firstkey.demo.steps import Live
from firstkey.simulator.client import Answer
from firstkey.simulator.device import JoinerDevice
from firstkey.values.canonical import Json
from firstkey.values.encoding import b64u, unb64u
from tests.journeys.place import Place

TEXTS: dict[str, Json] = {
    "empty": "",
    "one letter": "a",
    "padded": "AAAA=",
    "the other alphabet": "ab+/",
    "spaces": "AA AA",
    "bits that encode nothing": "AB",
    "look-alike letters": "АААА",  # noqa: RUF001  # Cyrillic on purpose
    "a number": 7,
    "a list": ["AAAA"],
    "an object": {"a": "AAAA"},
    "nothing": None,
    "true": True,
    "long": "A" * 40_000,
}
"""In the place of base64url."""


def nested(levels: int) -> bytes:
    """Return CBOR arrays in arrays."""
    return b"\x81" * levels + b"\x00"


BYTES: dict[str, Callable[[bytes], bytes]] = {
    "none": lambda data: b"",
    "half of it": lambda data: data[: len(data) // 2],
    "all but one": lambda data: data[:-1],
    "one more": lambda data: data + b"\x00",
    "twice": lambda data: data + data,
    "the first bit turned": lambda data: bytes([data[0] ^ 0x80]) + data[1:],
    "deep nesting": lambda data: nested(5_000),
    "an indefinite string": lambda data: b"\x5f\x41\x00\xff",
    "an indefinite map": lambda data: b"\xbf\xff",
    "a length beyond counting": lambda data: b"\x5b" + b"\xff" * 8,
    "a map of 2^32": lambda data: b"\xba\xff\xff\xff\xff",
    "a key twice": lambda data: b"\xa2\x61a\x00\x61a\x01",
    "not a number": lambda data: b"\xf9\x7e\x00",
    "a tag": lambda data: b"\xc1\x00",
    "no UTF-8": lambda data: b"\x62\xff\xfe",
    "not JSON": lambda data: b"{",
    "JSON with a NUL": lambda data: b'{"type":"webauthn.create\x00"}',
    "zeroes": lambda data: bytes(len(data)),
}
"""In the place of what was encoded."""


def altered(answer: Json, path: tuple[str, ...], value: Json) -> Json:
    """Return a browser's answer with something else in one place."""
    changed = copy.deepcopy(answer)
    inner = changed
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return changed


def variants(answer: Json, fields: tuple[str, ...]) -> Iterator[tuple[str, Json]]:
    """Yield an answer spoiled in every way, each field once in each."""
    for field in fields:
        path = ("response", field)
        for name, text in TEXTS.items():
            yield f"{field}: {name}", altered(answer, path, text)
        for name, spoil in BYTES.items():
            yield f"{field}: {name}", altered(answer, path, b64u(spoil(unb64u(answer["response"][field]))))
    for field in ("id", "rawId", "type"):
        for name in ("empty", "a number", "nothing", "look-alike letters"):
            yield f"{field}: {name}", altered(answer, (field,), TEXTS[name])
    yield "no response", {name: value for name, value in answer.items() if name != "response"}
    yield "a response that is none", altered(answer, ("response",), "AAAA")
    yield "something unheard of", {**answer, "unheard_of": {"a": [1, 2, {"b": None}]}}


@pytest.fixture(scope="module")
def live(place: Place) -> Live:
    """A case whose pass is redeemed: its device may make a passkey."""
    opened = place.open_case()
    steps.prepare(place.cast, opened)
    steps.redeem(opened, steps.get_pass(opened).code)
    return opened


def refused(answers: dict[str, Answer]) -> None:
    """Hold that each was refused by type."""
    odd = {name: answer.status for name, answer in answers.items() if answer.status not in (400, 404, 409)}
    assert odd == {}
    assert all(answer.problem for answer in answers.values())


def test_a_spoiled_assertion_signs_nobody_in(place: Place) -> None:
    """However a sign-in is spoiled, it is refused, and it opens no session."""
    desk, client = place.cast.requester, place.stranger()
    sessions = place.count("SELECT count(*) FROM documents WHERE kind = 'session'")
    before = place.entries()
    fields = ("clientDataJSON", "authenticatorData", "signature", "userHandle")
    begun = client.request("POST", "/api/sign-in/options", {}).json
    honest = desk.operator.sign_in(unb64u(begun["statement"]), begun["options"])
    found = {}
    for name, spoiled in variants(honest, fields):
        if name == "something unheard of":
            continue  # a browser may say more than we know
        fresh = client.request("POST", "/api/sign-in/options", {}).json
        signed = {"digest": fresh["digest"], "assertion": spoiled}
        found[name] = client.request("POST", "/api/sign-in", {"signed": signed})
    refused(found)
    assert client.session is None
    assert place.count("SELECT count(*) FROM documents WHERE kind = 'session'") == sessions
    assert place.entries() == before


def test_a_spoiled_registration_makes_no_credential(place: Place, live: Live) -> None:
    """What cannot be read costs no ceremony; the honest answer to the same challenge is taken afterwards."""
    honest = live.joiner.make_passkey(live.handle)
    facts = place.cast.requester.show(live.case)["facts"]
    found = {}
    for name, spoiled in variants(honest, ("clientDataJSON", "attestationObject")):
        answer = live.joiner.post("/register", live.handle, response=spoiled)
        if answer.status == 409:
            honest = live.joiner.make_passkey(live.handle) if may_go_on(place, live) else honest
            facts = place.cast.requester.show(live.case)["facts"]
        found[name] = answer
    refused(found)
    assert place.cast.requester.show(live.case)["facts"] == facts
    assert "CredentialRegistered" not in facts


def may_go_on(place: Place, live: Live) -> bool:
    """Whether the window still admits a ceremony."""
    facts: list[str] = place.cast.requester.show(live.case)["facts"]
    return facts.count("CeremonyRefused") < 3


PROOFS: dict[str, Callable[[str], str]] = {
    "nothing": lambda proof: "",
    "one part": lambda proof: proof.partition(".")[0],
    "two parts": lambda proof: ".".join(proof.split(".")[:2]),
    "four parts": lambda proof: proof + ".AAAA",
    "no signature": lambda proof: proof.rpartition(".")[0] + ".",
    "another alphabet": lambda proof: proof.replace(".", "+.", 1),
    "a header that is none": lambda proof: b64u(b"[]") + proof[proof.index(".") :],
    "no algorithm": lambda proof: b64u(b'{"alg":"none","typ":"firstkey-proof+jwt"}') + proof[proof.index(".") :],
    "a payload that is none": lambda proof: ".".join([proof.split(".")[0], b64u(b"\xff\xfe"), proof.split(".")[2]]),
    "long": lambda proof: proof + "A" * 8_000,
}


@pytest.mark.parametrize("name", PROOFS)
@pytest.mark.parametrize("step", ["/status", "/redeem", "/register", "/pass"])
def test_a_spoiled_proof_is_nobodys(place: Place, live: Live, name: str, step: str) -> None:
    """Without a proof that can be read and verified, no route of the device looks at anything."""
    before, client = place.entries(), place.stranger()

    def spoiled(method: str, url: str, body: bytes, nonce: str) -> str:
        return PROOFS[name](JoinerDevice().prove(method, url, body, nonce))

    client.prover = spoiled
    answer = client.request("POST", f"/api/claim{step}", {"handle": live.handle, "code": "0" * 26})
    assert answer.problem in ("proof-malformed", "not-found", "use-nonce", "body-malformed")
    assert place.entries() == before


@pytest.mark.parametrize("name", [*TEXTS])
def test_spoiled_claim_keys_claim_nothing(place: Place, name: str) -> None:
    """The binding of a claim's keys is a JWS or nothing."""
    joiner, before = place.joiner(), place.entries()
    answer = joiner.client.request("POST", "/api/claim", {"handle": "A" * 22, "keys": TEXTS[name]})
    assert (answer.status, answer.problem) in ((400, "body-malformed"), (400, "proof-malformed"))
    assert place.entries() == before


def test_a_spoiled_founder_is_no_founder(place: Place) -> None:
    """A founded site takes no founder, however the answer is spoiled, and says so to nobody."""
    before, client = place.entries(), place.stranger()
    for text in TEXTS.values():
        response = {"id": text, "rawId": text, "type": "public-key", "response": {"attestationObject": text}}
        body = json.dumps({"code": "0" * 26, "ceremony": "x", "response": response}).encode()
        answer = client.request("POST", "/api/founding/register", body, {"Content-Type": "application/json"})
        assert answer.status in (400, 404, 413)
    assert place.entries() == before
