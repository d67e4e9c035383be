"""A source of record at the command line: its P-256 key in a file, and requests to the server that the key signs.

Each request bears a proof (RFC 9449's manner): a compact JWS over method, address, server's nonce and body, as a
joiner's device makes them. The server is asked on this machine's port, or by https where it is elsewhere.
"""

import json
import os
import stat
import time
from enum import Enum
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from firstkey.settings import read_settings
from firstkey.values.canonical import Json
from firstkey.values.encoding import b64u
from firstkey.values.errors import Malformed, Refused, Says, Unavailable

PROOF_TYPE = "firstkey-proof+jwt"
PROOF_HEADER, NONCE_HEADER = "FirstKey-Proof", "FirstKey-Nonce"
ANSWER_SECONDS_MAX = 120
ANSWER_BYTES_MAX = 16 * 1024 * 1024
USE_NONCE = "urn:firstkey:problem:use-nonce"
HALF_BYTES = 32


class SourceKeyReason(Enum):
    """What is wrong with a source's key, or with its server."""

    AddressWrong = Says("This is no address of a server.", "Write it like https://join.example.org.")
    KeyExists = Says("There is a file of this name already.", "Name another file; a key is never overwritten.")
    KeyOpen = Says("The key can be read by others.", "Take the rights of group and others away (chmod 600).")
    KeyUnfit = Says("This is no P-256 key in PEM.", "Make one with `firstkey people key FILE`.")
    ServerSaidNo = Says("The server says no.", "Do what it says.")


class Server(NamedTuple):
    """Where the server is asked. `origin` is the page's; what is connected to may be a port of this machine."""

    origin: str
    host: str
    port: int
    secure: bool


class SaidNo(Refused):
    """A problem (RFC 9457), told in the server's words.

    Args:
        problem: the body.
    """

    def __init__(self, problem: Json) -> None:
        super().__init__(SourceKeyReason.ServerSaidNo, str(problem.get("detail") or ""))
        self.says = Says(str(problem["title"]), str(problem["next_step"]))
        self.problem = str(problem["type"]).rpartition(":")[2]


def server_of(folder: Path) -> Server:
    """Return the server of a site on this machine."""
    settings = read_settings(folder)
    return Server(settings.origin, settings.host, settings.port, secure=False)


def server_at(address: str) -> Server:
    """Return a server elsewhere.

    Raises:
        Malformed: AddressWrong.
    """
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError as error:
        raise Malformed(SourceKeyReason.AddressWrong, address) from error
    local = parts.hostname in ("localhost", "127.0.0.1") and parts.scheme == "http"
    if parts.hostname is None or parts.path.strip("/") or not (parts.scheme == "https" or local):
        raise Malformed(SourceKeyReason.AddressWrong, address)
    secure = parts.scheme == "https"
    return Server(address.rstrip("/"), parts.hostname, port or (443 if secure else 80), secure)


def make_key(path: Path) -> str:
    """Make a key in a file that its owner alone can read; return its thumbprint.

    Raises:
        Refused: KeyExists.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    except FileExistsError as error:
        raise Refused(SourceKeyReason.KeyExists, str(path)) from error
    with os.fdopen(file, "wb") as out:
        out.write(pem)
    return SourceKey(key).thumbprint


class SourceKey:
    """The key that a source signs its requests with.

    Args:
        key: on P-256.
    """

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        numbers = key.public_key().public_numbers()
        x, y = (number.to_bytes(HALF_BYTES, "big") for number in (numbers.x, numbers.y))
        self._jwk = {"kty": "EC", "crv": "P-256", "x": b64u(x), "y": b64u(y)}

    @classmethod
    def read(cls, path: Path) -> "SourceKey":
        """Read a key from its file.

        Raises:
            Malformed: KeyUnfit.
            Refused: KeyOpen.
        """
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise Refused(SourceKeyReason.KeyOpen, str(path))
        try:
            key = load_pem_private_key(path.read_bytes(), None)
        except (ValueError, TypeError) as error:
            raise Malformed(SourceKeyReason.KeyUnfit, str(path)) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise Malformed(SourceKeyReason.KeyUnfit, str(path))
        return cls(key)

    @property
    def thumbprint(self) -> str:
        """Its name (RFC 7638), base64url."""
        return b64u(sha256(_tight(dict(sorted(self._jwk.items())))).digest())

    def prove(self, method: str, url: str, body: bytes, nonce: str) -> str:
        """Return the proof of one request."""
        header = {"alg": "ES256", "jwk": self._jwk, "typ": PROOF_TYPE}
        payload = {
            "body": b64u(sha256(body).digest()),
            "htm": method,
            "htu": url,
            "iat": int(time.time()),
            "jti": b64u(os.urandom(24)),
            "nonce": nonce,
        }
        signed = f"{b64u(_tight(header))}.{b64u(_tight(payload))}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{b64u(r.to_bytes(HALF_BYTES, 'big') + s.to_bytes(HALF_BYTES, 'big'))}"


class SourceClient:
    """Requests of one source to one server.

    Args:
        server: where it is.
        key: the source's.
    """

    def __init__(self, server: Server, key: SourceKey) -> None:
        self._server = server
        self._key = key
        self._nonce = ""
        kind = HTTPSConnection if server.secure else HTTPConnection
        self._connection = kind(server.host, server.port, timeout=ANSWER_SECONDS_MAX)

    def post(self, path: str, body: Json) -> Json:
        """Send a request and return its answer.

        Raises:
            Refused: what the server says.
            Unavailable: no server answers.
        """
        data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        status, answer = self._once(path, data)
        if status == 401 and isinstance(answer, dict) and answer.get("type") == USE_NONCE:
            status, answer = self._once(path, data)
        if status == 200:
            return answer
        if not isinstance(answer, dict) or "title" not in answer:
            raise Unavailable(f"the server answered with status {status}")
        raise SaidNo(answer)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _once(self, path: str, data: bytes) -> tuple[int, Json]:
        origin = self._server.origin
        headers = {
            "Host": origin.partition("://")[2],
            "Content-Type": "application/json",
            PROOF_HEADER: self._key.prove("POST", origin + path, data, self._nonce),
        }
        try:
            self._connection.request("POST", path, data, headers)
            response: HTTPResponse = self._connection.getresponse()
            content = response.read(ANSWER_BYTES_MAX)
        except (HTTPException, OSError) as error:
            self._connection.close()
            raise Unavailable(f"no server answers at {origin} ({type(error).__name__})") from error
        self._nonce = response.headers.get(NONCE_HEADER, self._nonce)
        try:
            return response.status, json.loads(content or b"null")
        except ValueError:
            return response.status, None


def _tight(value: Json) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
