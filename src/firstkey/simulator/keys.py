"""Keys drawn from an entropy argument, and signatures without randomness, so that equal entropy gives equal bytes.

COSE algorithm numbers are those of the IANA registry; COSE keys follow RFC 9053 section 7.
"""

import hashlib
import itertools
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from firstkey.simulator import cbor
from firstkey.values.encoding import b64u

Entropy = Callable[[int], bytes]
PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

ES256 = -7
EDDSA = -8

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ECDSA = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


def seeded(seed: bytes) -> Entropy:
    """Return a source whose every draw follows from the seed and the number of draws before: for runs made twice."""
    draws = itertools.count()
    return lambda count: hashlib.shake_256(next(draws).to_bytes(8, "big") + seed).digest(count)


def p256_key(entropy: Entropy) -> ec.EllipticCurvePrivateKey:
    """Draw a P-256 key from 40 bytes, by the extra-bits method of FIPS 186-5 A.2.1."""
    return ec.derive_private_key(int.from_bytes(entropy(40), "big") % (_P256_ORDER - 1) + 1, ec.SECP256R1())


def new_key(algorithm: int, entropy: Entropy) -> PrivateKey:
    """Draw a key for ES256 or EdDSA (Ed25519)."""
    return p256_key(entropy) if algorithm == ES256 else ed25519.Ed25519PrivateKey.from_private_bytes(entropy(32))


def sign(key: PrivateKey, message: bytes) -> bytes:
    """Sign as WebAuthn carries it: ES256 as DER, with the nonce of RFC 6979; Ed25519 as 64 bytes."""
    return key.sign(message, _ECDSA) if isinstance(key, ec.EllipticCurvePrivateKey) else key.sign(message)


def sign_jws(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Sign as JWS carries ES256: r and s, 32 bytes each (RFC 7518 section 3.4)."""
    r, s = decode_dss_signature(sign(key, message))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def coordinates(key: ec.EllipticCurvePublicKey) -> tuple[bytes, bytes]:
    """Return x and y of a P-256 point, 32 bytes each."""
    numbers = key.public_numbers()
    return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")


def cose_key(key: PublicKey) -> bytes:
    """Return the canonical CBOR of a COSE_Key: EC2 with ES256, or OKP with EdDSA."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        x, y = coordinates(key)
        return cbor.encode({1: 2, 3: ES256, -1: 1, -2: x, -3: y})
    return cbor.encode({1: 1, 3: EDDSA, -1: 6, -2: key.public_bytes_raw()})


def jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """Return the public JSON Web Key of a P-256 key: kty, crv, x, y and nothing else (RFC 7518 section 6.2)."""
    x, y = coordinates(key)
    return {"kty": "EC", "crv": "P-256", "x": b64u(x), "y": b64u(y)}
