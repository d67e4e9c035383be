"""The HTTP client against a small real server on this machine, which keeps the rules that FirstKey's own keeps."""

import hashlib
import json
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from firstkey.simulator.client import ANSWER_BYTES_MAX, Client, encode
from firstkey.simulator.refusals import SimulatorReason
from firstkey.values.errors import Defect, Refused, Unavailable

ORIGIN = "https://join.example.org"
ANSWERS: dict[str, Any] = {
    "/page?x=1": (200, b"<p>", "text/html; charset=utf-8"),
    "/sign-in": (200, b"{}", "application/json", ("Set-Cookie", "__Host-firstkey=abc; Secure; HttpOnly")),
    "/sign-out": (200, b"{}", "application/json", ("Set-Cookie", "__Host-firstkey=; Max-Age=0")),
    "/other-cookie": (200, b"{}", "application/json", ("Set-Cookie", "tracker=1")),
    "/moved": (303, b"", "text/html", ("Location", "/elsewhere")),
    "/broken": (200, b"{"),
    "/longest": (200, bytes(ANSWER_BYTES_MAX), "application/octet-stream"),
    "/too-long": (200, bytes(ANSWER_BYTES_MAX + 1), "application/octet-stream"),
}


@dataclass
class Site:
    """What the server saw, and the nonce it insists on; a fickle one is content with none."""

    port: int = 0
    nonce: str = "n1"
    fickle: bool = False
    seen: list[dict[str, Any]] = field(default_factory=list)
    connections: set[object] = field(default_factory=set)


def handler(site: Site) -> type[BaseHTTPRequestHandler]:
    """Return the request handler of a site."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that http.server gives it
            pass

        def answer(
            self, status: int, body: bytes, media_type: str = "application/json", *more: tuple[str, str]
        ) -> None:
            self.send_response(status)
            for name, value in (("Content-Type", media_type), ("Content-Length", str(len(body))), *more):
                self.send_header(name, value)
            self.send_header("FirstKey-Nonce", site.nonce)
            self.end_headers()
            self.wfile.write(body)

        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            named = {name.lower(): value for name, value in self.headers.items()}
            site.seen.append({"method": self.command, "path": self.path, "body": body} | named)
            site.connections.add(self.client_address)
            proof = json.loads(self.headers.get("FirstKey-Proof", "null"))
            if self.path == "/proved" and (proof is None or site.fickle or proof["nonce"] != site.nonce):
                problem = encode({"type": "https://firstkey.example/problems/use-nonce", "title": "Use this nonce."})
                self.answer(401, problem, "application/problem+json")
                return
            self.close_connection = self.path in ("/hang-up", "/closing", "/cut")
            if self.path == "/cut":
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "20")
                self.end_headers()
                self.wfile.write(b"{}")
            elif self.path != "/hang-up":
                self.answer(*ANSWERS.get(self.path, (200, b"{}")))

        do_GET = do_POST = respond  # noqa: N815  # the names that http.server calls

    return Handler


@contextmanager
def serving(site: Site, **options: Any) -> Iterator[Client]:
    """Serve a site on a free port for the length of a test, and hand out a client for it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(site)) as server:
        site.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        client = Client(site.port, ORIGIN, **options)
        try:
            yield client
        finally:
            client.close()
            server.shutdown()
            thread.join()


def prove(method: str, url: str, body: bytes, nonce: str) -> str:
    """Return a stand-in for the device proof that names everything that it was given."""
    return json.dumps({"method": method, "url": url, "body": hashlib.sha256(body).hexdigest(), "nonce": nonce})


def test_a_write_looks_like_the_pages_own() -> None:
    """A body travels as sorted, tight JSON, with content type, Origin and Sec-Fetch-Site."""
    site = Site()
    with serving(site) as client:
        client.request("POST", "/", {"rawId": "ü", "b": [1, None], "a": True})
    (seen,) = site.seen
    assert seen["body"] == '{"a":true,"b":[1,null],"rawId":"ü"}'.encode()
    assert seen["content-type"] == "application/json"
    assert (seen["origin"], seen["sec-fetch-site"]) == (ORIGIN, "same-origin")


def test_a_read_sends_no_origin_and_no_body() -> None:
    """A browser names no origin on a same-origin GET, and neither does the client."""
    site = Site()
    with serving(site) as client:
        answer = client.request("GET", "/page?x=1")
    assert {"origin", "content-type", "content-length"}.isdisjoint(site.seen[0])
    assert (answer.status, answer.body, answer.json, answer.problem) == (200, b"<p>", None, None)


def test_headers_can_be_replaced_and_left_out() -> None:
    """An attack sends another Origin, or none at all."""
    site = Site()
    with serving(site) as client:
        client.request("POST", "/", {}, {"Origin": "https://evil.test", "Sec-Fetch-Site": "", "Idempotency-Key": "k"})
    (seen,) = site.seen
    assert (seen["origin"], seen["idempotency-key"]) == ("https://evil.test", "k")
    assert "sec-fetch-site" not in seen


def test_only_the_session_cookie_is_kept_until_it_ends() -> None:
    """The named cookie comes back until the server ends it; a cookie of another name never does."""
    site = Site()
    with serving(site) as client:
        for path in ("/other-cookie", "/sign-in", "/", "/sign-out", "/"):
            client.request("GET", path)
    assert [seen.get("cookie") for seen in site.seen] == [None, None, *["__Host-firstkey=abc"] * 2, None]


def test_a_redirect_is_an_answer() -> None:
    """A redirect comes back as it is, and nothing is fetched from where it points."""
    site = Site()
    with serving(site) as client:
        answer = client.request("POST", "/moved", {})
    assert (answer.status, answer.headers["location"], len(site.seen)) == (303, "/elsewhere", 1)


def test_a_demanded_nonce_is_used_once_more_and_then_known() -> None:
    """The first proof lacks the nonce and is made again with it; the next request has it from the start."""
    site = Site()
    with serving(site, prover=prove) as client:
        first = client.request("POST", "/proved", {"a": 1})
        second = client.request("POST", "/proved", {"a": 1})
    proofs = [json.loads(seen["firstkey-proof"]) for seen in site.seen]
    assert (first.status, second.status) == (200, 200)
    assert [proof["nonce"] for proof in proofs] == ["", "n1", "n1"]
    assert {proof["url"] for proof in proofs} == {ORIGIN + "/proved"}
    assert {proof["body"] for proof in proofs} == {hashlib.sha256(b'{"a":1}').hexdigest()}


def test_a_server_that_is_never_content_is_asked_twice_only() -> None:
    """A second demand for a nonce is the answer, so that two programs cannot chase one another."""
    site = Site(fickle=True)
    with serving(site, prover=prove) as client:
        answer = client.request("POST", "/proved", {})
    assert (answer.status, answer.problem, len(site.seen)) == (401, "use-nonce", 2)


def test_without_a_device_nothing_is_proved_or_repeated() -> None:
    """A client without a prover takes the demand for a nonce as the answer."""
    site = Site()
    with serving(site) as client:
        assert client.request("POST", "/proved", {}).problem == "use-nonce"
    assert len(site.seen) == 1


def test_one_connection_serves_until_the_server_closes_it() -> None:
    """Requests share a connection; one that was closed in the meantime is noticed before anything is sent on it."""
    site = Site()
    with serving(site) as client:
        for _ in range(3):
            client.request("GET", "/")
        assert len(site.connections) == 1
        site.connections.clear()
        client.request("GET", "/closing")
        assert select.select([client._connection.sock], [], [], 5)[0]
        assert client.request("POST", "/", {}).status == 200
    assert len(site.connections) == 2


def test_an_answer_that_never_came_is_unavailable_and_not_asked_again() -> None:
    """When the server hangs up, what it did is unknown: the caller decides, and the next request opens a connection."""
    site = Site()
    with serving(site) as client:
        with pytest.raises(Unavailable):
            client.request("POST", "/hang-up", {})
        assert len(site.seen) == 1
        assert client.request("GET", "/").status == 200


def test_an_answer_that_was_cut_short_is_unavailable() -> None:
    """Whatever of it has come is not taken for the answer, be it well-formed: the server may have died on the way."""
    site = Site()
    with serving(site) as client:
        with pytest.raises(Unavailable):
            client.request("POST", "/cut", {})
        assert client.request("GET", "/").status == 200


def test_an_answer_has_an_end() -> None:
    """An answer of the longest length is read whole; one byte more is not handed on."""
    with serving(Site()) as client:
        assert len(client.request("GET", "/longest").body) == ANSWER_BYTES_MAX
        with pytest.raises(Unavailable):
            client.request("GET", "/too-long")
        assert client.request("GET", "/").status == 200


def test_nobody_listening_is_unavailable() -> None:
    """A refused connection may be retried, so it is neither a refusal nor a defect."""
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable):
            Client(unheard.getsockname()[1], ORIGIN).request("GET", "/")


def test_json_that_is_none_is_a_defect_of_the_server() -> None:
    """A body that its content type calls JSON must be JSON."""
    with serving(Site()) as client, pytest.raises(Defect):
        client.request("GET", "/broken")


@pytest.mark.parametrize("host", ["example.org", "192.0.2.1", "10.0.0.1", "0.0.0.0", "localhost.example.org", ""])
def test_no_other_machine_is_spoken_to(host: str) -> None:
    """Anything but a loopback address is refused when the client is made."""
    with pytest.raises(Refused) as refused:
        Client(443, ORIGIN, host=host)
    assert refused.value.reason is SimulatorReason.HostNotLoopback
