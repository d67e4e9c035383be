"""The joiner's device key at work: a proof on every request, and the binding of the claim's two keys (DESIGN 6).

In the manner of RFC 9449, and narrower. A proof is a compact JWS, typ `firstkey-proof+jwt`, whose payload has exactly

    htm    the method, `POST`
    htu    the address without query and fragment
    nonce  the server's, from the last answer
    body   SHA-256 of the body, base64url; of no bytes where there is none
    iat    the device's time, seconds; never judged
    jti    16 to 32 random bytes, base64url; once

The binding is one of typ `firstkey-claim-keys+jwt`: the first key signs {case, sealing_key}, where `case` is the handle
that is claimed and `sealing_key` the JWK of the second.

A nonce is an instant of our clock and a MAC over it, so that nothing is stored (RFC 9449 section 8). It does not make a
proof single use: the proof's id does, which is remembered until the nonce is over.
"""

import hmac
from hashlib import sha256
from typing import Annotated

from msgspec import Meta, Struct

from firstkey.ceremonies.json_text import Octets32
from firstkey.ceremonies.jws import DeviceKey, read_signed
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Malformed, Refused
from firstkey.values.instants import MINUTE
from firstkey.values.secret import Secret

PROOF_TYPE = "firstkey-proof+jwt"
CLAIM_KEYS_TYPE = "firstkey-claim-keys+jwt"
NONCE_LIFETIME = 5 * MINUTE


class _Request(Struct, forbid_unknown_fields=True):
    htm: str
    htu: str
    nonce: str
    body: Octets32
    iat: int
    jti: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{22,43}\Z")]


class _Binding(Struct, forbid_unknown_fields=True):
    case: str
    sealing_key: DeviceKey


class DeviceProofVerdict(Struct, frozen=True):
    """A request that the holder of a device key made.

    Attributes:
        device_key: the key's thumbprint (RFC 7638, base64url).
        proof_id: the proof's `jti`, to be spent.
        spent_until: until when the proof's id must be remembered, milliseconds; after that its nonce is over.
        issued_at: the device's own time, seconds; of interest, never of weight.
    """

    device_key: str
    proof_id: str
    spent_until: int
    issued_at: int


class ClaimKeys(Struct, frozen=True):
    """The two keys of a claim, the first having signed the second.

    Attributes:
        device_key: thumbprint of the key that signs requests.
        sealing_key: thumbprint of the key that receives sealed codes.
        sealing_public_key: the key itself.
    """

    device_key: str
    sealing_key: str
    sealing_public_key: DeviceKey


def judge_device_proof(
    proof: str, *, expected_method: str, expected_url: str, expected_body: bytes, nonce_key: Secret, now: int
) -> DeviceProofVerdict:
    """Judge the proof of one request.

    Args:
        proof: the compact JWS.
        expected_method: the request's method, upper case.
        expected_url: the request's address as the joiner's browser knows it, without query and fragment.
        expected_body: the request's body, as it came.
        nonce_key: the key that nonces are made with.
        now: the store's time, milliseconds.

    Raises:
        Malformed: ProofMalformed.
        Refused: ProofSignatureWrong, ProofForAnotherRequest, ProofNonceWrong or ProofNonceExpired.
    """
    key, request = read_signed(proof, PROOF_TYPE, _Request)
    expected = (expected_method, expected_url, b64u(sha256(expected_body).digest()))
    if (request.htm, request.htu, request.body) != expected:
        raise Refused(CeremonyReason.ProofForAnotherRequest)
    spent_until = judge_nonce(nonce_key, request.nonce, now)
    return DeviceProofVerdict(key.thumbprint, request.jti, spent_until, request.iat)


def judge_claim_keys(binding: str, *, expected_device_key: str, expected_case: str) -> ClaimKeys:
    """Judge the binding of the claim's second key to its first.

    Args:
        binding: the compact JWS.
        expected_device_key: thumbprint of the key whose proof came with it.
        expected_case: the handle that is claimed.

    Raises:
        Malformed: ProofMalformed.
        Refused: ProofSignatureWrong, or ClaimKeysWrong for another first key, another case, or one key twice.
    """
    key, bound = read_signed(binding, CLAIM_KEYS_TYPE, _Binding)
    if (key.thumbprint, bound.case) != (expected_device_key, expected_case) or bound.sealing_key == key:
        raise Refused(CeremonyReason.ClaimKeysWrong)
    return ClaimKeys(key.thumbprint, bound.sealing_key.thumbprint, bound.sealing_key)


def make_nonce(key: Secret, now: int) -> str:
    """Make a nonce, base64url.

    Args:
        key: at least 32 bytes that all nodes of the site share, for this alone.
        now: the store's time, milliseconds.
    """
    instant = now.to_bytes(8, "big")
    return b64u(instant + hmac.digest(key.reveal(), b"firstkey-proof-nonce-1\0" + instant, sha256))


def judge_nonce(key: Secret, nonce: str, now: int) -> int:
    """Check that a nonce is ours and not over.

    Returns:
        The instant at which it is over, milliseconds.

    Raises:
        Refused: ProofNonceWrong or ProofNonceExpired.
    """
    try:
        made_at = int.from_bytes(unb64u(nonce)[:8], "big")
    except Malformed as error:
        raise Refused(CeremonyReason.ProofNonceWrong) from error
    if not hmac.compare_digest(make_nonce(key, made_at).encode(), nonce.encode()):
        raise Refused(CeremonyReason.ProofNonceWrong)
    if not made_at <= now < made_at + NONCE_LIFETIME:
        raise Refused(CeremonyReason.ProofNonceExpired)
    return made_at + NONCE_LIFETIME
