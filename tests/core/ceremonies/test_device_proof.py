"""Device proofs: one request, one nonce of ours, one key; and the claim's second key bound to its first."""

import base64
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.ceremonies.device_proof import (
    NONCE_LIFETIME,
    DeviceProofVerdict,
    judge_claim_keys,
    judge_device_proof,
    judge_nonce,
    make_nonce,
)
from firstkey.ceremonies.jws import DeviceKey
from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Malformed, Refused
from firstkey.values.secret import Secret
from tests.core.ceremonies.device_key import SEALING, SIGNING, Jws, jwk
from tests.core.ceremonies.software_key import NOW

KEY = Secret(b"k" * 32)
URL = "https://join.example.org/join/redeem"
BODY = b'{"code":"..."}'
NONCE = make_nonce(KEY, NOW)
FIRST, SECOND = DeviceKey(**jwk(SIGNING)), DeviceKey(**jwk(SEALING))  # type: ignore[arg-type] # literal members

PROOF = Jws(
    "firstkey-proof+jwt",
    {
        "htm": "POST",
        "htu": URL,
        "nonce": NONCE,
        "body": b64u(sha256(BODY).digest()),
        "iat": NOW // 1000,
        "jti": b64u(b"j" * 16),
    },
)
BINDING = Jws("firstkey-claim-keys+jwt", {"case": "handle-1", "sealing_key": jwk(SEALING)})


def judge(proof: Jws = PROOF, now: int = NOW + 1, **expected: Any) -> DeviceProofVerdict:
    """Judge a proof of the one request, or of another."""
    sound: dict[str, Any] = {"expected_method": "POST", "expected_url": URL, "expected_body": BODY, "nonce_key": KEY}
    return judge_device_proof(proof.compact(), now=now, **sound | expected)


def test_a_sound_proof_names_the_key_and_what_is_to_be_spent() -> None:
    """The verdict has the key's thumbprint, the proof's id and how long to remember it."""
    assert judge() == DeviceProofVerdict(
        device_key=FIRST.thumbprint, proof_id=b64u(b"j" * 16), spent_until=NOW + NONCE_LIFETIME, issued_at=NOW // 1000
    )


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        ({"expected_method": "PUT"}, Reason.ProofForAnotherRequest),
        ({"expected_method": "post"}, Reason.ProofForAnotherRequest),
        ({"expected_url": URL + "/"}, Reason.ProofForAnotherRequest),
        ({"expected_url": URL.replace("join.", "evil.")}, Reason.ProofForAnotherRequest),
        ({"expected_url": URL.replace("https", "http")}, Reason.ProofForAnotherRequest),
        ({"expected_body": b""}, Reason.ProofForAnotherRequest),
        ({"expected_body": BODY + b" "}, Reason.ProofForAnotherRequest),
        ({"nonce_key": Secret(b"K" * 32)}, Reason.ProofNonceWrong),
        ({"now": NOW - 1}, Reason.ProofNonceExpired),
        ({"now": NOW + 300_000}, Reason.ProofNonceExpired),
    ],
)
def test_a_proof_of_another_request_is_refused(expected: dict[str, Any], reason: Reason) -> None:
    """A proof is for its method, address, body and nonce, and for nothing else."""
    judge(now=NOW + 299_999)
    with pytest.raises(Refused) as refused:
        judge(**expected)
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    "bent",
    [
        {"htm": None},
        {"htu": 7},
        {"nonce": None},
        {"body": None},
        {"body": b64u(bytes(31))},
        {"body": b64u(sha256(BODY).digest()) + "="},
        {"iat": "now"},
        {"iat": None},
        {"jti": None},
        {"jti": b64u(b"j" * 15)},
        {"jti": "j" * 44},
        {"jti": "j" * 22 + "\n"},
        {"ath": "x"},
    ],
)
def test_a_payload_of_another_shape_is_malformed(bent: dict[str, Any]) -> None:
    """A proof has exactly its six members, each of its form."""
    judge()
    with pytest.raises(Malformed) as refused:
        judge(replace(PROOF, bent=bent))
    assert refused.value.reason is Reason.ProofMalformed


def test_the_devices_clock_decides_nothing() -> None:
    """A device whose clock is wrong by years proves as well as any; our nonce says when."""
    assert judge(replace(PROOF, bent={"iat": 0})).spent_until == judge().spent_until


def test_neither_statement_passes_for_the_other() -> None:
    """A binding is no proof and a proof no binding, although one key signs both."""
    with pytest.raises(Malformed):
        judge(replace(PROOF, typ="firstkey-claim-keys+jwt"))
    with pytest.raises(Malformed):
        bind(replace(BINDING, typ="firstkey-proof+jwt"))


def bind(binding: Jws = BINDING, device_key: str = FIRST.thumbprint, case: str = "handle-1") -> Any:
    """Judge a binding of the claim's keys."""
    return judge_claim_keys(binding.compact(), expected_device_key=device_key, expected_case=case)


def test_a_binding_names_both_keys() -> None:
    """The first key's signature over the second gives both names, and the key to seal to."""
    keys = bind()
    assert (keys.device_key, keys.sealing_key) == (FIRST.thumbprint, SECOND.thumbprint)
    assert keys.sealing_public_key == SECOND


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"device_key": SECOND.thumbprint}, Reason.ClaimKeysWrong),
        ({"case": "handle-2"}, Reason.ClaimKeysWrong),
        ({"binding": replace(BINDING, bent={"sealing_key": jwk(SIGNING)})}, Reason.ClaimKeysWrong),
        ({"binding": replace(BINDING, key=SEALING)}, Reason.ClaimKeysWrong),
        ({"binding": replace(BINDING, header={"jwk": jwk(SEALING)})}, Reason.ProofSignatureWrong),
        ({"binding": replace(BINDING, bent={"sealing_key": None})}, Reason.ProofMalformed),
        ({"binding": replace(BINDING, bent={"sealing_key": jwk(SEALING) | {"x": FIRST.x}})}, Reason.ProofMalformed),
        ({"binding": replace(BINDING, bent={"more": 1})}, Reason.ProofMalformed),
    ],
)
def test_a_binding_of_other_keys_is_refused(changed: dict[str, Any], reason: Reason) -> None:
    """Another first key, another case, one key twice or an unsound second key is refused."""
    bind()
    with pytest.raises(Refused) as refused:
        bind(**changed)
    assert refused.value.reason is reason


@given(st.integers(0, 2**53), st.integers(0, 2 * NONCE_LIFETIME))
def test_a_nonce_lives_five_minutes(made: int, later: int) -> None:
    """Whenever it is made, a nonce is ours until its five minutes are over."""
    nonce = make_nonce(KEY, made)
    if later < NONCE_LIFETIME:
        assert judge_nonce(KEY, nonce, made + later) == made + NONCE_LIFETIME
    else:
        with pytest.raises(Refused) as refused:
            judge_nonce(KEY, nonce, made + later)
        assert refused.value.reason is Reason.ProofNonceExpired


@given(st.integers(0, 39), st.integers(0, 7))
def test_every_bit_of_a_nonce_counts(byte: int, bit: int) -> None:
    """A nonce with any one bit turned is not ours."""
    bent = bytearray(unb64u(NONCE))
    bent[byte] ^= 1 << bit
    with pytest.raises(Refused) as refused:
        judge_nonce(KEY, b64u(bytes(bent)), NOW)
    assert refused.value.reason is Reason.ProofNonceWrong


@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_any_other_nonce_is_refused(text: str) -> None:
    """What was not made with the key is not ours, whatever characters it has."""
    with pytest.raises(Refused):
        judge_nonce(KEY, text, NOW)
