"""Secrets as canaries: after everything that people do, none of them sings anywhere but where it was delivered.

What is secret is noted as it comes into being, at the hands that hold it: codes as devices open them or deliverers are
shown them, sessions as browsers are given them, keys as authenticators and devices make them. Then every byte that the
site keeps, logs, measures and says in its refusals is searched for each of them, in every form that one is written in.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from firstkey.demo import steps
from firstkey.simulator import keys
from firstkey.simulator.client import Answer, Client
from firstkey.simulator.device import JoinerDevice
from firstkey.values.encoding import unb64u
from firstkey.values.secret import Secret
from tests.attacks.siege import Siege, besieged
from tests.fuzz.honest import everything

SECRETS_OF_THE_SITE = ("keys/facts", "keys/ledger", "keys/nonce", "pepper")
SHOWN = frozenset({"code", "start_code"})
"""Members of answers that are a code in clear, the one delivery of it."""

SHORTEST = 8
"""Shorter canaries would be found by chance."""


class Canaries:
    """What is secret, by what it is, and the refusals that were told meanwhile."""

    def __init__(self) -> None:
        self.found: dict[str, set[bytes]] = {}
        self.refusals: list[bytes] = []

    def note(self, what: str, secret: bytes) -> None:
        """Note a secret."""
        if len(secret) >= SHORTEST:
            self.found.setdefault(what, set()).add(secret)

    def note_answer(self, answer: Answer) -> None:
        """Note what an answer delivers, or keep it if it is a refusal."""
        if answer.problem is not None:
            self.refusals.append(answer.body + json.dumps(dict(answer.headers)).encode())
        for name, value in answer.json.items() if isinstance(answer.json, dict) else ():
            if name in SHOWN:
                self.note(name, str(value).replace("-", "").encode())
            if name == "handle":
                self.note(name, str(value).encode())


def forms(secret: bytes) -> set[bytes]:
    """Return a secret as it could be written: itself, hex, base64, base64url, JSON, grouped for reading, lower case."""
    written = {secret, base64.b64encode(secret), base64.urlsafe_b64encode(secret), secret.hex().encode()}
    text = secret.decode("latin-1")
    if text.isascii() and text.isalnum():
        written |= {"-".join(text[at : at + size] for at in range(0, len(text), size)).encode() for size in (4, 5)}
        written |= {secret.lower(), secret.upper()}
    return {form.rstrip(b"=") for form in written}


@pytest.fixture(scope="module")
def canaries() -> Iterator[Canaries]:
    """Note every secret that comes into being in this module."""
    noted = Canaries()
    with pytest.MonkeyPatch.context() as watching:
        answered, opened, made = Client._once, JoinerDevice.open_code, keys.p256_key

        def once(self: Client, *arguments: Any) -> Answer:
            answer = answered(self, *arguments)
            noted.note_answer(answer)
            if self.session is not None:
                noted.note("session", unb64u(self.session))
            return answer

        def open_code(self: JoinerDevice, *arguments: Any, **named: Any) -> Secret:
            code = opened(self, *arguments, **named)
            noted.note("code", code.reveal())
            return code

        def p256_key(*arguments: Any) -> ec.EllipticCurvePrivateKey:
            key = made(*arguments)
            noted.note("private key", key.private_numbers().private_value.to_bytes(32, "big"))
            return key

        watching.setattr(Client, "_once", once)
        watching.setattr(JoinerDevice, "open_code", open_code)
        watching.setattr("firstkey.simulator.device.p256_key", p256_key)
        watching.setattr("firstkey.simulator.keys.p256_key", p256_key)
        yield noted


@pytest.fixture(scope="module")
def lived(canaries: Canaries, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    """A site on which people have done everything that can be done, and much that they should not."""
    with besieged(tmp_path_factory.mktemp("siege")) as siege:
        canaries.note("founding code", siege.prepared.founding_code.replace("-", "").encode())
        misplace_codes(siege)
        everything(siege)
        for desk in siege.desks:
            desk.sign_in()
        siege.completed()
        for name in SECRETS_OF_THE_SITE:
            canaries.note("key of the site", (siege.site / name).read_bytes())
        yield siege


def misplace_codes(siege: Siege) -> None:
    """Type codes where they do not belong, wrongly, twice, from elsewhere, and into addresses."""
    live, code = siege.armed()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    stranger, desk, rival = siege.stranger(), siege.cast.requester, siege.joiner(siege.recorded(live.joiner.person))
    stranger.request("POST", "/api/claim/redeem", {"handle": live.handle, "code": code})
    stranger.request("POST", "/api/founding/options", {"code": code, "name": code})
    stranger.request("POST", "/api/sign-in", {"signed": {"digest": code, "assertion": {code: code}}})
    stranger.request("GET", f"/api/cases/{code}?{code}={code}")
    stranger.request("GET", f"/{live.handle}#{code}")
    desk.post("/api/cases", {"account": code, "purpose": code})
    desk.post(f"/api/cases/{code}/withdraw", {code: code}, **{"Idempotency-Key": code, "X-Any": code})
    desk.client.request("GET", f"/api/cases?person={code}&stage={code}")
    live.joiner.post("/redeem", live.handle, code=wrong)
    live.joiner.client.request("POST", "/api/claim/redeem", b'{"handle":"' + code.encode())
    steps.redeem(live, code)
    live.joiner.post("/redeem", live.handle, code=code)
    rival.post("/redeem", live.handle, code=code)


def kept(site: Path) -> dict[str, bytes]:
    """Return every file of a site's folder, its secrets left out: the database with free pages and log among them."""
    files = (path for path in site.rglob("*") if path.is_file())
    found = {str(path.relative_to(site)): path.read_bytes() for path in files}
    return {name: data for name, data in found.items() if name not in SECRETS_OF_THE_SITE}


def singing(canaries: Canaries, places: dict[str, bytes]) -> list[tuple[str, str]]:
    """Return which kinds of secrets are found where."""
    return sorted(
        {
            (what, place)
            for place, data in places.items()
            for what, secrets in canaries.found.items()
            for secret in secrets
            if any(form in data for form in forms(secret))
        }
    )


def test_there_is_something_to_look_for(lived: Siege, canaries: Canaries) -> None:
    """Secrets of every kind were noted, and a search of the sort below finds one where it is."""
    counts = {what: len(secrets) for what, secrets in canaries.found.items()}
    assert set(counts) == {
        "code",
        "founding code",
        "handle",
        "key of the site",
        "private key",
        "session",
        "start_code",
    }
    assert counts["code"] > 5
    assert counts["session"] > 10
    assert counts["private key"] > 20
    code = next(iter(canaries.found["code"]))
    assert singing(canaries, {"here": b"x" + base64.b64encode(code)}) == [("code", "here")]


def test_no_secret_is_kept(lived: Siege, canaries: Canaries) -> None:
    """Neither database nor its log, free pages and old rows included, nor any other file holds one, while it runs."""
    places = kept(lived.site)
    assert any(name.endswith("-wal") for name in places)
    assert singing(canaries, places) == []


def test_no_secret_is_logged_measured_or_repeated(lived: Siege, canaries: Canaries) -> None:
    """Log, measures and refusals say nothing of them; and a log's lines are few and of known members."""
    said = lived.server.said()
    metrics = lived.stranger().request("GET", "/metrics").body
    places = {"log": said.encode(), "metrics": metrics, "refusals": b"\n".join(canaries.refusals)}
    assert len(canaries.refusals) > 20
    assert singing(canaries, places) == []


def test_a_request_is_one_line_at_most(lived: Siege) -> None:
    """Each line is one JSON object whose members are a closed set: no address, no query, no body and no name."""
    before = len(lived.server.said().splitlines())
    stranger = lived.stranger()
    stranger.request("GET", "/api/cases?x=1")
    stranger.request("POST", "/api/sign-in", {"signed": {"digest": "0" * 64, "assertion": {}}})
    lines = lived.server.said().splitlines()[before:]
    assert len(lines) == 2
    logged = [json.loads(line) for line in lines]
    assert [set(line) for line in logged] == [{"event", "level", "operation", "status", "timestamp", "type"}] * 2
    assert [line["type"] for line in logged] == ["sign-in-needed", "statement-unknown"]


def test_no_secret_is_left_when_the_server_has_ended(lived: Siege, canaries: Canaries) -> None:
    """Stopped in order, the database alone is left, and holds none."""
    lived.server.stop()
    places = kept(lived.site)
    assert not any(name.endswith("-wal") for name in places)
    assert singing(canaries, places) == []
    lived.server.start()
