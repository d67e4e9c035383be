"""Compact ES256 signatures under a key that the signature carries: the form of the joiner's device keys.

A JWS in compact serialisation (RFC 7515) with exactly the header {typ, alg: ES256, jwk}, the signature as r and s (RFC
7518 3.4, what WebCrypto makes), and the public key as {kty, crv, x, y} of P-256. The algorithm is never chosen by what
comes in: anything but ES256 is malformed.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Literal, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from msgspec import Struct, ValidationError, convert, to_builtins

from firstkey.ceremonies.json_text import Octets32, read_object
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values import canonical
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Malformed, Refused

P = TypeVar("P")

JWS_CHARACTERS_MAX = 4096
KEYS_REMEMBERED_MAX = 1024

_UNREADABLE = CeremonyReason.ProofMalformed


class DeviceKey(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A P-256 public key of the joiner's browser: a JWK (RFC 7518 6.2.1) with exactly these members.

    Attributes:
        x: the coordinate, 32 bytes as base64url.
        y: likewise; the point is on the curve.
        crv: the curve.
        kty: the key type.
    """

    x: Octets32
    y: Octets32
    crv: Literal["P-256"]
    kty: Literal["EC"]

    def __post_init__(self) -> None:
        self.load()

    @property
    def thumbprint(self) -> str:
        """SHA-256 of the key as RFC 7638 writes it, base64url: the key's name everywhere else."""
        return b64u(sha256(canonical.encode(to_builtins(self))).digest())

    @property
    def point(self) -> bytes:
        """The uncompressed point, 65 bytes (SEC 1 2.3.3)."""
        return b"\x04" + unb64u(self.x) + unb64u(self.y)

    def load(self) -> ec.EllipticCurvePublicKey:
        """Return the key for use; a ValueError when the point is not on the curve."""
        return _loaded(self.point)


@lru_cache(maxsize=KEYS_REMEMBERED_MAX)
def _loaded(point: bytes) -> ec.EllipticCurvePublicKey:
    """Build a key. The same point is the same key: a device proves with one all the way."""
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def read_signed(jws: str, expected_type: str, payload_type: type[P]) -> tuple[DeviceKey, P]:
    """Read a compact JWS of one type and verify it under the key that it carries.

    Args:
        jws: three base64url parts.
        expected_type: the header's `typ`; what one type signs never passes for another.
        payload_type: the shape of what is signed.

    Returns:
        Who signed, and what.

    Raises:
        Malformed: ProofMalformed, for another form, header, algorithm, key or payload.
        Refused: ProofSignatureWrong.
    """
    parts = jws.split(".") if len(jws) <= JWS_CHARACTERS_MAX else []
    if len(parts) != 3:
        raise Malformed(_UNREADABLE, "not three parts")
    try:
        header_bytes, payload_bytes, signature = map(unb64u, parts)
        header = read_object(header_bytes, _UNREADABLE)
        key = convert(header.pop("jwk", None), DeviceKey)
        payload = convert(read_object(payload_bytes, _UNREADABLE), payload_type)
    except (Malformed, ValidationError) as error:
        raise Malformed(_UNREADABLE, str(error)[:200]) from error
    if header != {"typ": expected_type, "alg": "ES256"} or len(signature) != 64:
        raise Malformed(_UNREADABLE, "another header, or a signature of another length")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.load().verify(encode_dss_signature(r, s), jws.rpartition(".")[0].encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise Refused(CeremonyReason.ProofSignatureWrong) from error
    return key, payload
