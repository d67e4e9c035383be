"""A software authenticator for these tests: it makes a sound answer and lets each test bend one thing in it.

It shares no code with what it tests, nor with the simulator. Everything an answer is made of is a field; `replace` one
and all that depends on it (hashes, signatures, certificates) follows, so that a refusal has the one cause it names.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from firstkey.values.encoding import b64u

RP_ID = "example.org"
ORIGIN = "https://join.example.org"
CHALLENGE = bytes(range(32))
AAGUID = UUID("7d1351a6-e097-4852-b8bf-c9ac5c9ce4a3")
CREDENTIAL_ID = bytes(range(100, 132))
USER_HANDLE = b"account-0123456789"
NOW = 1_780_000_000_000  # 2026-05-28
SERIAL = b"\x00\x12\xd6\x87"

UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80

AAGUID_OID = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
SERIAL_OID = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.2")


def encode(value: Any) -> bytes:
    """Encode CBOR in the CTAP2 canonical form; a `Raw` goes in as it is."""
    match value:
        case Raw():
            return value.encoded
        case bool() | None:
            return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
        case int():
            return head(0, value) if value >= 0 else head(1, -1 - value)
        case bytes():
            return head(2, len(value)) + value
        case str():
            return head(3, len(value.encode())) + value.encode()
        case list() | tuple():
            return head(4, len(value)) + b"".join(map(encode, value))
        case dict():
            pairs = sorted((encode(key), encode(item)) for key, item in value.items())
            return head(5, len(pairs)) + b"".join(key + item for key, item in pairs)
        case _:
            raise TypeError(type(value))


def head(major: int, argument: int) -> bytes:
    """Encode a head in its shortest form."""
    if argument < 24:
        return bytes([major << 5 | argument])
    width = next(width for width in (1, 2, 4, 8) if argument < 1 << 8 * width)
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[width]]) + argument.to_bytes(width, "big")


@dataclass(frozen=True)
class Raw:
    """CBOR that is already encoded, well or badly."""

    encoded: bytes


@dataclass(frozen=True)
class Key:
    """A private key with its COSE form, and how it signs."""

    alg: int
    private: Any
    cose: dict[int, Any]
    sign: Callable[[bytes], bytes]


@cache
def make_key(alg: int, which: int = 0) -> Key:
    """Make one of several keys of an algorithm; but for RSA the same ones in every run, with the same signatures."""
    if alg in _CURVES:
        crv, curve, digest = _CURVES[alg]
        private = ec.derive_private_key(1_000_003 * (which + 1), curve)
        numbers, size = private.public_key().public_numbers(), (curve.key_size + 7) // 8
        x, y = numbers.x.to_bytes(size, "big"), numbers.y.to_bytes(size, "big")
        scheme = ec.ECDSA(digest, deterministic_signing=True)
        return Key(alg, private, {1: 2, 3: alg, -1: crv, -2: x, -3: y}, lambda data: private.sign(data, scheme))
    if alg in _EDWARDS:
        crv, kind, size = _EDWARDS[alg]
        edwards = kind.from_private_bytes(bytes([which + 1]) * size)
        return Key(alg, edwards, {1: 1, 3: alg, -1: crv, -2: edwards.public_key().public_bytes_raw()}, edwards.sign)
    return rsa_key(alg, 2048)


@cache
def rsa_key(alg: int, bits: int) -> Key:
    """Make an RSA key of a size, good or bad."""
    private = rsa.generate_private_key(65537, bits)
    n = private.public_key().public_numbers().n.to_bytes(bits // 8, "big")
    digest = hashes.SHA384() if alg == -38 else hashes.SHA256()
    pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
    scheme = padding.PKCS1v15() if alg == -257 else pss
    return Key(alg, private, {1: 3, 3: alg, -1: n, -2: b"\1\0\1"}, lambda data: private.sign(data, scheme, digest))


_CURVES: dict[int, tuple[int, ec.EllipticCurve, hashes.HashAlgorithm]] = {
    -7: (1, ec.SECP256R1(), hashes.SHA256()),
    -35: (2, ec.SECP384R1(), hashes.SHA384()),
    -36: (3, ec.SECP521R1(), hashes.SHA512()),
    -47: (8, ec.SECP256K1(), hashes.SHA256()),
}
_EDWARDS: dict[int, tuple[int, Any, int]] = {
    -8: (6, ed25519.Ed25519PrivateKey, 32),
    -53: (7, ed448.Ed448PrivateKey, 57),
}

ROOT_KEY, INTERMEDIATE_KEY, ATTESTATION_KEY, STRANGER = (make_key(-7, which) for which in range(1, 5))

CA = x509.BasicConstraints(ca=True, path_length=None)
END = x509.BasicConstraints(ca=False, path_length=None)

Name = Mapping[x509.ObjectIdentifier, str | tuple[str, ...]]

SUBJECT: dict[x509.ObjectIdentifier, str | tuple[str, ...]] = {
    NameOID.COUNTRY_NAME: "SE",
    NameOID.ORGANIZATION_NAME: "Maker",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "Authenticator Attestation",
    NameOID.COMMON_NAME: "Batch 1",
}


@dataclass(frozen=True)
class Certificate:
    """A certificate to be made."""

    subject: Name = field(default_factory=lambda: {NameOID.COMMON_NAME: "Root"})
    issuer: Name = field(default_factory=lambda: {NameOID.COMMON_NAME: "Root"})
    key: Key = ROOT_KEY
    issuer_key: Key = ROOT_KEY
    constraints: x509.BasicConstraints | None = CA
    usage: x509.KeyUsage | None = None
    extensions: tuple[tuple[x509.ObjectIdentifier, bytes, bool], ...] = ()
    since: int = 2024
    until: int = 2040

    @property
    def der(self) -> bytes:
        """Sign it."""
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(self.subject))
            .issuer_name(name(self.issuer))
            .public_key(self.key.private.public_key())
            .serial_number(1000)
            .not_valid_before(datetime(self.since, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(self.until, 1, 1, tzinfo=UTC))
        )
        if self.constraints is not None:
            builder = builder.add_extension(self.constraints, critical=True)
        if self.usage is not None:
            builder = builder.add_extension(self.usage, critical=True)
        for oid, value, critical in self.extensions:
            builder = builder.add_extension(x509.UnrecognizedExtension(oid, value), critical)
        return builder.sign(self.issuer_key.private, hashes.SHA256(), ecdsa_deterministic=True).public_bytes(
            Encoding.DER
        )


ROOT = Certificate()
LEAF = Certificate(
    subject=SUBJECT,
    key=ATTESTATION_KEY,
    constraints=END,
    extensions=((AAGUID_OID, b"\x04\x10" + AAGUID.bytes, False),),
)


@dataclass(frozen=True)
class Answer:
    """What both ceremonies' answers are made of."""

    key: Key = field(default_factory=lambda: make_key(-7))
    client: Mapping[str, Any] = field(default_factory=dict)  # over the sound members; None leaves one out
    client_json: Callable[[bytes], bytes] = bytes
    rp_id: str = RP_ID
    flags: int = UP | UV
    sign_count: int = 7
    extensions: bytes = b""
    tail: bytes = b""
    outer: Mapping[str, Any] = field(default_factory=dict)  # over the sound members; None leaves one out
    inner: Mapping[str, Any] = field(default_factory=dict)
    flip: str = ""  # what is changed after signing: sig or client

    def client_data(self, kind: str) -> bytes:
        """Return clientDataJSON."""
        sound = {"type": kind, "challenge": b64u(CHALLENGE), "origin": ORIGIN, "crossOrigin": False}
        return self.client_json(json.dumps(merged(sound, self.client)).encode())

    def authenticator_data(self, attested: bytes) -> bytes:
        """Return authenticator data, with attested credential data if there are any."""
        flags = self.flags | (AT if attested else 0) | (ED if self.extensions else 0)
        start = sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.sign_count.to_bytes(4, "big")
        return start + attested + self.extensions + self.tail


@dataclass(frozen=True)
class Registration(Answer):
    """An answer to `create()`: packed, with a certificate, unless bent."""

    aaguid: UUID = AAGUID
    credential_id: bytes = CREDENTIAL_ID
    cose: Any = None
    attested: Callable[[bytes], bytes] = bytes
    fmt: Any = "packed"
    attestation: str = "certified"  # certified, self or none
    attestation_key: Key = ATTESTATION_KEY
    chain: tuple[bytes, ...] = field(default_factory=lambda: (LEAF.der,))
    statement: Mapping[str, Any] = field(default_factory=dict)  # over the sound members; None leaves one out
    wrapper: Callable[[dict[str, Any]], Any] = dict
    encoding: Callable[[bytes], bytes] = bytes

    def json(self) -> dict[str, Any]:
        """Return RegistrationResponseJSON."""
        client_data = self.client_data("webauthn.create")
        cose = encode(self.key.cose if self.cose is None else self.cose)
        credential = self.aaguid.bytes + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cose
        data = self.authenticator_data(self.attested(credential))
        signer = {"certified": self.attestation_key, "self": self.key}.get(self.attestation)
        statement: dict[str, Any] = {}
        if signer is not None:
            signature = signer.sign(data + sha256(client_data).digest())
            statement = {"alg": signer.alg, "sig": flipped(signature) if self.flip == "sig" else signature}
        if self.attestation == "certified":
            statement["x5c"] = list(self.chain)
        made = {"fmt": self.fmt, "attStmt": merged(statement, self.statement), "authData": data}
        inner = {
            "clientDataJSON": b64u(client_data + b" " if self.flip == "client" else client_data),
            "attestationObject": b64u(self.encoding(encode(self.wrapper(made)))),
            "transports": ["usb", "nfc"],
        }
        return answer(self, self.credential_id, merged(inner, self.inner))


@dataclass(frozen=True)
class Authentication(Answer):
    """An answer to `get()`."""

    credential_id: bytes = CREDENTIAL_ID
    user_handle: bytes | None = USER_HANDLE
    attested: bytes = b""
    sign_count: int = 8

    def json(self) -> dict[str, Any]:
        """Return AuthenticationResponseJSON."""
        client_data = self.client_data("webauthn.get")
        data = self.authenticator_data(self.attested)
        signature = self.key.sign(data + sha256(client_data).digest())
        inner = {
            "clientDataJSON": b64u(client_data + b" " if self.flip == "client" else client_data),
            "authenticatorData": b64u(data),
            "signature": b64u(flipped(signature) if self.flip == "sig" else signature),
            "userHandle": None if self.user_handle is None else b64u(self.user_handle),
        }
        return answer(self, self.credential_id, merged(inner, self.inner))


def name(parts: Name) -> x509.Name:
    """Return a name; a part may be there several times."""
    pairs = [
        (oid, value) for oid, values in parts.items() for value in ([values] if isinstance(values, str) else values)
    ]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])


def answer(made: Answer, credential_id: bytes, inner: dict[str, Any]) -> dict[str, Any]:
    """Return the credential that carries a response."""
    sound = {
        "id": b64u(credential_id),
        "rawId": b64u(credential_id),
        "type": "public-key",
        "authenticatorAttachment": "cross-platform",
        "response": inner,
        "clientExtensionResults": {},
    }
    return merged(sound, made.outer)


def merged(sound: Mapping[str, Any], bent: Mapping[str, Any]) -> dict[str, Any]:
    """Lay the bent members over the sound ones; None takes one away."""
    return {name: value for name, value in {**sound, **bent}.items() if value is not None}


def flipped(data: bytes) -> bytes:
    """Turn the last bit."""
    return data[:-1] + bytes([data[-1] ^ 1])
