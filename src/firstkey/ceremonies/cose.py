"""COSE public keys and signatures: which algorithms there are, what a sound key is, and whether a signature verifies.

A key has exactly the members its type requires (WebAuthn 6.5.1), one byte form for each, its algorithm, type and curve
agree, its point is on the curve, and an RSA modulus has 2048 to 8192 bits. The same table judges attestation keys out
of certificates. SHA-1, secp256k1 and compressed points are in no row. PSS takes a salt as long as the hash, as RFC 8230
says; `fido2` takes one of any length.
"""

from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct

from firstkey.ceremonies import cbor
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values.encoding import sha256_hex
from firstkey.values.errors import Malformed, Refused

Key = Any  # a public key of `cryptography`: ec, rsa, ed25519 or ed448; each scheme says which it accepts

RSA_MODULUS_BITS_MIN = 2048
RSA_MODULUS_BITS_MAX = 8192
RSA_EXPONENT_BITS_MAX = 32

_KTY, _ALG = 1, 3  # RFC 9052 section 7.1
_OKP, _EC2, _RSA = 1, 2, 3  # RFC 9053 section 7, RFC 8230 section 4


class Scheme(Struct, frozen=True):
    """One signature algorithm.

    Attributes:
        load: builds the key out of a COSE_Key's members; an unsound one is a Malformed or a ValueError.
        accepts: tells whether a key, a certificate's for example, is of this scheme and of a sound size.
        arguments: what the key's `verify` takes after the signature and the data.
    """

    load: Callable[[Mapping[Any, Any]], Key]
    accepts: Callable[[Key], bool]
    arguments: tuple[Any, ...] = ()


def _ecdsa(crv: int, curve: ec.EllipticCurve, digest: hashes.HashAlgorithm) -> Scheme:
    size = (curve.key_size + 7) // 8

    def load(cose: Mapping[Any, Any]) -> Key:
        x, y = _take(cose, {_KTY: _EC2, -1: crv}, (-2, -3))
        if len(x) != size:  # then y's is settled by the point's
            raise _unfit("a coordinate of another length")
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, b"\x04" + x + y)

    def accepts(key: Key) -> bool:
        return isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == curve.name

    return Scheme(load, accepts, (ec.ECDSA(digest),))


def _eddsa(crv: int, kind: type[ed25519.Ed25519PublicKey] | type[ed448.Ed448PublicKey]) -> Scheme:
    def load(cose: Mapping[Any, Any]) -> Key:
        return kind.from_public_bytes(*_take(cose, {_KTY: _OKP, -1: crv}, (-2,)))

    return Scheme(load, lambda key: isinstance(key, kind))


def _rsa(scheme: padding.AsymmetricPadding, digest: hashes.HashAlgorithm) -> Scheme:
    def load(cose: Mapping[Any, Any]) -> Key:
        n, e = _take(cose, {_KTY: _RSA}, (-1, -2))
        if n[:1] == b"\0" or e[:1] == b"\0" or not n or not n[-1] & 1:
            raise _unfit("a number with leading zeros, or an even modulus")
        key = rsa.RSAPublicNumbers(int.from_bytes(e, "big"), int.from_bytes(n, "big")).public_key()
        if not accepts(key):
            raise _unfit("a modulus or an exponent of another size")
        return key

    def accepts(key: Key) -> bool:
        if not isinstance(key, rsa.RSAPublicKey) or key.public_numbers().e.bit_length() > RSA_EXPONENT_BITS_MAX:
            return False
        return RSA_MODULUS_BITS_MIN <= key.key_size <= RSA_MODULUS_BITS_MAX

    return Scheme(load, accepts, (scheme, digest))


def _pss(digest: hashes.HashAlgorithm) -> Scheme:
    return _rsa(padding.PSS(padding.MGF1(digest), digest.digest_size), digest)


ALGORITHMS: Mapping[int, Scheme] = {
    -7: _ecdsa(1, ec.SECP256R1(), hashes.SHA256()),  # ES256
    -35: _ecdsa(2, ec.SECP384R1(), hashes.SHA384()),  # ES384
    -36: _ecdsa(3, ec.SECP521R1(), hashes.SHA512()),  # ES512
    -8: _eddsa(6, ed25519.Ed25519PublicKey),  # EdDSA, which WebAuthn 5.8.5 limits to Ed25519
    -53: _eddsa(7, ed448.Ed448PublicKey),  # Ed448
    -257: _rsa(padding.PKCS1v15(), hashes.SHA256()),  # RS256
    -37: _pss(hashes.SHA256()),  # PS256
    -38: _pss(hashes.SHA384()),  # PS384
}
"""Every COSE algorithm that can be judged, by its identifier."""

OFFERED = (-7, -8, -35, -36, -257, -37)
"""The algorithms that creation options offer, most wanted first: ES256, EdDSA, ES384, ES512, RS256, PS256."""


class PublicKey(Struct, frozen=True):
    """A sound credential public key.

    Attributes:
        alg: its COSE algorithm identifier.
        key: the key, as `cryptography` has it.
    """

    alg: int
    key: Key

    @property
    def digest(self) -> str:
        """SHA-256 of SubjectPublicKeyInfo (DER), hex: one key has one digest, whatever algorithm it is named with."""
        return sha256_hex(self.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def read_public_key(cose: bytes) -> PublicKey:
    """Read a COSE_Key (RFC 9052 section 7).

    Raises:
        Malformed: not canonical CBOR, an unknown algorithm, a member too many or too few, or an unsound key.
    """
    members = cbor.decode(cose)
    if not isinstance(members, dict):
        raise _unfit("not a map")
    alg = members.get(_ALG)
    if not isinstance(alg, int) or alg not in ALGORITHMS:
        raise _unfit(f"algorithm {alg!r:.40}")
    try:
        return PublicKey(alg, ALGORITHMS[alg].load(members))
    except ValueError as error:
        raise Malformed(CeremonyReason.PublicKeyUnfit, str(error)) from error


def verify(alg: int, key: Key, signature: bytes, data: bytes, reason: CeremonyReason) -> None:
    """Verify a signature by a key that is of the algorithm's scheme.

    Raises:
        Refused: with `reason`, when the signature does not verify.
    """
    try:
        key.verify(signature, data, *ALGORITHMS[alg].arguments)
    except (InvalidSignature, ValueError) as error:
        raise Refused(reason) from error


def _take(cose: Mapping[Any, Any], fixed: Mapping[int, int], strings: tuple[int, ...]) -> list[bytes]:
    """Take the byte strings out of a key that has these members, those of the fixed values, and no others."""
    agrees = all(cose.get(label) == value and cose[label] is not True for label, value in fixed.items())  # True == 1
    if not agrees or cose.keys() != {_ALG, *fixed, *strings}:
        raise _unfit("members, type or curve of another algorithm")
    values = [cose[label] for label in strings]
    if not all(isinstance(value, bytes) for value in values):
        raise _unfit("members of another type")
    return values


def _unfit(detail: str) -> Malformed:
    return Malformed(CeremonyReason.PublicKeyUnfit, detail)
