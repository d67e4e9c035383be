"""The joiner's device before FirstKey's judges: they believe the truth, and refuse each lie by its own rule."""

from typing import Any

import pytest

from firstkey.ceremonies.device_proof import judge_claim_keys, judge_device_proof, make_nonce
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.ceremonies.sealing import seal
from firstkey.simulator.device import TRUE, Instead, JoinerDevice, thumbprint
from firstkey.simulator.keys import seeded
from firstkey.simulator.refusals import SimulatorReason
from firstkey.values.encoding import b64u
from firstkey.values.errors import Refused
from firstkey.values.secret import Secret
from tests.core.simulator.test_device import CODE, CONTEXT, NOW, URL, device

NONCE_KEY = Secret(bytes(32))
NONCE = make_nonce(NONCE_KEY, NOW)


def proof(instead: Instead = TRUE) -> str:
    """Return the proof of a POST, honest or not."""
    return device().prove("POST", URL + "?a=1#handle", b"{}", NONCE, instead)


def judged(made: str) -> Any:
    """Return the verdict on the proof of that POST."""
    return judge_device_proof(
        made, expected_method="POST", expected_url=URL, expected_body=b"{}", nonce_key=NONCE_KEY, now=NOW + 1
    )


def sealed_for(joiner: JoinerDevice) -> dict[str, Any]:
    """Seal the code to a device with FirstKey's own half."""
    binding = joiner.bind_keys("case-1")
    keys = judge_claim_keys(binding, expected_device_key=joiner.device_key, expected_case="case-1")
    made = seal(CODE, keys.sealing_public_key, Secret(seeded(b"seal")(48)), **CONTEXT)
    return {"version": made.version, "ephemeral_key": made.ephemeral_key, "ciphertext": made.ciphertext}


def test_an_honest_proof_is_believed() -> None:
    """The judge takes the proof and names the key by the thumbprint that the device gives."""
    verdict = judged(proof())
    assert (verdict.device_key, verdict.issued_at) == (device().device_key, NOW // 1000)


@pytest.mark.parametrize(
    ("instead", "reason"),
    [
        (Instead(signature_flipped=True), CeremonyReason.ProofSignatureWrong),
        (Instead(header={"jwk": device(b"other").signing_jwk}), CeremonyReason.ProofSignatureWrong),
        (Instead(header={"jwk": device().signing_jwk | {"d": "AAAA"}}), CeremonyReason.ProofMalformed),
        (Instead(header={"alg": "none"}), CeremonyReason.ProofMalformed),
        (Instead(header={"typ": "firstkey-claim-keys+jwt"}), CeremonyReason.ProofMalformed),
        (Instead(payload={"htm": "GET"}), CeremonyReason.ProofForAnotherRequest),
        (Instead(payload={"htu": "https://evil.test/join/claim"}), CeremonyReason.ProofForAnotherRequest),
        (Instead(payload={"body": b64u(bytes(32))}), CeremonyReason.ProofForAnotherRequest),
        (Instead(payload={"nonce": ""}), CeremonyReason.ProofNonceWrong),
        (Instead(payload={"nonce": make_nonce(Secret(b"k" * 32), NOW)}), CeremonyReason.ProofNonceWrong),
        (Instead(payload={"nonce": make_nonce(NONCE_KEY, NOW - 10**7)}), CeremonyReason.ProofNonceExpired),
        (Instead(payload={"jti": "AAAA"}), CeremonyReason.ProofMalformed),
        (Instead(payload={"scope": "all"}), CeremonyReason.ProofMalformed),
    ],
)
def test_each_lie_is_refused_for_its_own_reason(instead: Instead, reason: CeremonyReason) -> None:
    """The same proof with one thing changed is refused for that thing; unchanged it is believed."""
    judged(proof())
    with pytest.raises(Refused) as refused:
        judged(proof(instead))
    assert refused.value.reason is reason


def test_bound_keys_are_believed() -> None:
    """The first key's signature over the second makes a claim whose keys are the device's."""
    joiner = device()
    keys = judge_claim_keys(joiner.bind_keys("case-1"), expected_device_key=joiner.device_key, expected_case="case-1")
    assert (keys.device_key, keys.sealing_key) == (joiner.device_key, thumbprint(joiner.sealing_jwk))


@pytest.mark.parametrize(
    ("case", "instead", "reason"),
    [
        ("case-2", TRUE, CeremonyReason.ClaimKeysWrong),
        ("case-1", Instead(payload={"sealing_key": device().signing_jwk}), CeremonyReason.ClaimKeysWrong),
        ("case-1", Instead(signature_flipped=True), CeremonyReason.ProofSignatureWrong),
        ("case-1", Instead(header={"typ": "firstkey-proof+jwt"}), CeremonyReason.ProofMalformed),
    ],
)
def test_another_binding_is_refused(case: str, instead: Instead, reason: CeremonyReason) -> None:
    """A binding for another case, of one key twice, badly signed or of another type is refused."""
    binding = device().bind_keys(case, instead)
    with pytest.raises(Refused) as refused:
        judge_claim_keys(binding, expected_device_key=device().device_key, expected_case="case-1")
    assert refused.value.reason is reason


def test_what_firstkey_seals_the_device_opens() -> None:
    """A code sealed to the bound key opens on that device in that context, and nowhere else."""
    assert device().open_code(sealed_for(device()), **CONTEXT) == CODE
    with pytest.raises(Refused) as refused:
        device().open_code(sealed_for(device()), **CONTEXT | {"pass_id": "pass-2"})
    assert refused.value.reason is SimulatorReason.CodeNotForThisDevice
