"""The joiner's device for these tests: two P-256 keys that sign and receive as a browser's WebCrypto does."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from firstkey.values.encoding import b64u

SIGNING = ec.derive_private_key(11, ec.SECP256R1())
SEALING = ec.derive_private_key(13, ec.SECP256R1())


def jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """Return the public half as a JWK."""
    numbers = key.public_key().public_numbers()
    x, y = (b64u(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def raw_signature(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    """Sign as WebCrypto does: r and s, 32 bytes each."""
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@dataclass(frozen=True)
class Jws:
    """A compact signature; `replace` a field to bend it, and what is signed follows."""

    typ: str
    payload: Mapping[str, Any]
    key: ec.EllipticCurvePrivateKey = SIGNING
    header: Mapping[str, Any] = field(default_factory=dict)  # over the sound members; None leaves one out
    bent: Mapping[str, Any] = field(default_factory=dict)  # over the payload's members; None leaves one out
    text: Callable[[bytes], bytes] = bytes  # bends the payload's JSON
    sign: Callable[[ec.EllipticCurvePrivateKey, bytes], bytes] = raw_signature
    finish: Callable[[str], str] = str  # bends what comes out

    def compact(self) -> str:
        """Return the three parts."""
        header = {"typ": self.typ, "alg": "ES256", "jwk": jwk(self.key)} | dict(self.header)
        payload = dict(self.payload) | dict(self.bent)
        encoded = [
            json.dumps({name: value for name, value in members.items() if value is not None}).encode()
            for members in (header, payload)
        ]
        signed = f"{b64u(encoded[0])}.{b64u(self.text(encoded[1]))}"
        return self.finish(f"{signed}.{b64u(self.sign(self.key, signed.encode()))}")
