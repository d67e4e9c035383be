"""A small HTTP client for one person at one browser: cookie, origin, nonce and device proof, on this machine only.

It does what a page's `fetch` does: sends Origin and Sec-Fetch-Site, keeps the session cookie, never follows a redirect.
Connections are kept alive; one that the server has closed is noticed before anything is sent, and a request is never
sent twice behind the caller's back, except where the server itself demands a fresh nonce (RFC 9449 section 8).
An instance serves one thread.
"""

import base64
import json
import os
import select
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Protocol

from firstkey.simulator.refusals import SimulatorReason
from firstkey.values.canonical import Json
from firstkey.values.errors import Defect, Refused, Unavailable

LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")
ANSWER_BYTES_MAX = 8 * 1024 * 1024
NONCE_HEADER = "FirstKey-Nonce"
PROOF_HEADER = "FirstKey-Proof"
USE_NONCE = "use-nonce"


class Prover(Protocol):
    """Makes the device proof of one request."""

    def __call__(self, method: str, url: str, body: bytes, nonce: str) -> str:
        """Return the compact JWS; `url` is absolute, `nonce` the last that the server gave, empty before the first."""


@dataclass(frozen=True)
class Answer:
    """What the server said.

    Attributes:
        status: the HTTP status.
        headers: by lower-case name; of repeated headers the last.
        body: the bytes.
        json: the body read as JSON, or None if its content type is not JSON.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    json: Json

    @property
    def problem(self) -> str | None:
        """The last segment of a problem's type (RFC 9457), or None for any other answer."""
        if self.headers.get("content-type", "").partition(";")[0] != "application/problem+json":
            return None
        return str(self.json["type"]).replace(":", "/").rpartition("/")[2]


class _ThroughProxy(HTTPConnection):
    """A connection over the Unix socket where the server's trusted proxy speaks."""

    def __init__(self, host: str, port: int, path: Path, timeout_seconds: float) -> None:
        super().__init__(host, port, timeout=timeout_seconds)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket in the place of the port."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        folder = os.open(self._path.parent, os.O_PATH | os.O_DIRECTORY)
        try:
            self.sock.connect(f"/proc/self/fd/{folder}/{self._path.name}")  # an address is 107 bytes at most
        finally:
            os.close(folder)


class Client:
    """One browser's connection to the server.

    Args:
        port: where the server listens.
        origin: the origin of the page, without a path; also the base of the URL in device proofs.
        host: a loopback address.
        cookie: the name of the session cookie; others are dropped.
        prover: makes the device proof of every request; None sends none. May be set later.
        timeout_seconds: of connecting and of each read.
        proxy: the socket of a trusted proxy in front of the server; requests then go through it.
        certificate: DER of the device's client certificate, as that proxy has seen it.

    Raises:
        Refused: the host is not this machine.
    """

    def __init__(
        self,
        port: int,
        origin: str,
        *,
        host: str = "127.0.0.1",
        cookie: str = "__Host-firstkey",
        prover: Prover | None = None,
        timeout_seconds: float = 30,
        proxy: Path | None = None,
        certificate: bytes | None = None,
    ) -> None:
        if host not in LOOPBACK_HOSTS:
            raise Refused(SimulatorReason.HostNotLoopback, host)
        self.prover = prover
        self.nonce = ""
        self.session: str | None = None
        self._origin = origin
        self._cookie = cookie
        self._connection = HTTPConnection(host, port, timeout=timeout_seconds)
        if proxy is not None:
            self._connection = _ThroughProxy(host, port, proxy, timeout_seconds)
        self._certificate = certificate

    def request(
        self, method: str, path: str, body: Json | bytes = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request and read the whole answer.

        Args:
            method: the HTTP method.
            path: the target, with a query if any, never with a fragment.
            body: a value to send as JSON (sorted, tight, UTF-8), bytes to send as they are, or None.
            headers: put over those that the client sends by itself; an empty value leaves one out.

        Returns:
            The answer, whatever its status.

        Raises:
            Unavailable: no whole answer came; what the server did is unknown.
            Defect: the server answered with JSON that is none.
        """
        data = body if isinstance(body, bytes) else b"" if body is None else encode(body)
        answer = self._once(method, path, data, headers or {})
        if self.prover is not None and answer.status == 401 and answer.problem == USE_NONCE:
            answer = self._once(method, path, data, headers or {})
        return answer

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        self._connection.close()

    def _once(self, method: str, path: str, data: bytes, headers: Mapping[str, str]) -> Answer:
        sent = {**self._headers(method, path, data), **headers}
        try:
            self._drop_if_closed()
            self._connection.request(method, path, data or None, {k: v for k, v in sent.items() if v})
            response = self._connection.getresponse()
            content = response.read(ANSWER_BYTES_MAX + 1)
        except (HTTPException, OSError) as error:
            self.close()
            raise Unavailable(f"{method} {path.partition('?')[0]}: {type(error).__name__}") from error
        if len(content) > ANSWER_BYTES_MAX:
            self.close()
            raise Unavailable("an answer of more than 8 MiB")
        if response.length:  # what is missing: a short read is no error to the library
            self.close()
            raise Unavailable(f"{method} {path.partition('?')[0]}: an answer cut short")
        self._remember(response.headers)
        return _answer(response.status, response.headers, content)

    def _headers(self, method: str, path: str, data: bytes) -> dict[str, str]:
        headers = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
        if method not in ("GET", "HEAD"):
            headers["Origin"] = self._origin
        if data:
            headers["Content-Type"] = "application/json"
        if self.session is not None:
            headers["Cookie"] = f"{self._cookie}={self.session}"
        if self._certificate is not None:
            headers["Client-Cert"] = f":{base64.b64encode(self._certificate).decode()}:"
        if self.prover is not None:
            headers[PROOF_HEADER] = self.prover(method, self._origin + path, data, self.nonce)
        return headers

    def _remember(self, headers: Message) -> None:
        self.nonce = headers.get(NONCE_HEADER, self.nonce)
        for line in headers.get_all("Set-Cookie", ()):
            pair, *attributes = (part.strip() for part in line.split(";"))
            name, _, value = pair.partition("=")
            if name == self._cookie:
                ended = any(attribute.lower() == "max-age=0" for attribute in attributes)
                self.session = None if ended or not value else value

    def _drop_if_closed(self) -> None:
        """A socket that is readable before we ask anything has been closed by the server."""
        if self._connection.sock is not None:
            watch = select.poll()
            watch.register(self._connection.sock, select.POLLIN)
            if watch.poll(0):
                self._connection.close()


def encode(value: Json) -> bytes:
    """Return sorted, tight UTF-8 JSON: the canonical bytes, but open to WebAuthn's own members (`rawId`, …)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _answer(status: int, headers: Message, content: bytes) -> Answer:
    named = {name.lower(): value for name, value in headers.items()}
    media_type = named.get("content-type", "").partition(";")[0]
    if not content or not (media_type == "application/json" or media_type.endswith("+json")):
        return Answer(status, named, content, None)
    try:
        return Answer(status, named, content, json.loads(content))
    except ValueError as error:
        raise Defect(f"the server called something JSON that is none, with status {status}") from error
