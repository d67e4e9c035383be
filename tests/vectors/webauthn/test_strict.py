"""The strict vectors: judged from the file, with every knob at its default."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from firstkey.ceremonies.authentication import ExpectedAuthentication, StoredCredential, judge_authentication
from firstkey.ceremonies.device_proof import judge_claim_keys, judge_device_proof
from firstkey.ceremonies.registration import ExpectedRegistration, RegistrationVerdict, judge_registration
from firstkey.ceremonies.statements import ExpectedAct, judge_act
from firstkey.ceremonies.trust import Trust, TrustAnchors
from firstkey.values.encoding import unb64u
from firstkey.values.secret import Secret
from tests.core.ceremonies.test_sealing import unseal
from tests.vectors.webauthn.strict import FILE, make

VECTORS = json.loads(FILE.read_text())
CEREMONY = {
    "ceremony_id": "ceremony-1",
    "expected_challenge": unb64u(VECTORS["challenge"]),
    "expected_rp_id": VECTORS["rp_id"],
    "expected_origin": VECTORS["origin"],
}
MODEL = "7d1351a6-e097-4852-b8bf-c9ac5c9ce4a3"


@pytest.fixture(scope="module")
def registered() -> RegistrationVerdict:
    """The credential that the file registers."""
    anchors = TrustAnchors({MODEL: (unb64u(VECTORS["root"]),)})
    return judge_registration(VECTORS["registration"], ExpectedRegistration(**CEREMONY), VECTORS["at"], anchors)


@pytest.fixture(scope="module")
def stored(registered: RegistrationVerdict) -> StoredCredential:
    """The record made of it."""
    return StoredCredential(
        credential_id=registered.credential_id,
        public_key=registered.public_key,
        sign_count=registered.sign_count,
        backup_eligible=registered.backup_eligible,
        user_handle=VECTORS["user_handle"],
        holder="person-1",
    )


def test_the_registration_passes_the_strictest_policy(registered: RegistrationVerdict) -> None:
    """It is verified, device-bound, anchored for its model, and names its device."""
    assert registered.user_verified
    assert not registered.backup_eligible
    assert (registered.trust, registered.aaguid, registered.serial) == (Trust.ANCHORED, MODEL, "0012d687")


def test_the_credential_signs_in_and_acts(stored: StoredCredential) -> None:
    """The registered credential's assertion and signed act verify."""
    assert judge_authentication(VECTORS["authentication"], ExpectedAuthentication(**CEREMONY), stored).sign_count == 8
    expected = ExpectedAct("site-1", VECTORS["rp_id"], VECTORS["origin"])
    act = judge_act(VECTORS["statement"].encode(), VECTORS["act"], stored, expected, VECTORS["at"])
    assert act.statement_digest == VECTORS["statement_digest"]


def test_the_device_proves_binds_and_opens() -> None:
    """The proof, the binding and the sealed code belong to one device."""
    request = VECTORS["request"]
    proof = judge_device_proof(
        VECTORS["proof"],
        expected_method=request["method"],
        expected_url=request["url"],
        expected_body=request["body"].encode(),
        nonce_key=Secret(unb64u(VECTORS["nonce_key"])),
        now=VECTORS["at"],
    )
    keys = judge_claim_keys(VECTORS["binding"], expected_device_key=proof.device_key, expected_case="handle-1")
    assert keys.device_key == proof.device_key
    private = ec.derive_private_key(VECTORS["sealing_private_scalar"], ec.SECP256R1())
    assert unseal(VECTORS["sealed"], private, **VECTORS["context"]).decode() == VECTORS["code"]


def test_the_file_is_what_is_made() -> None:
    """Every byte form is as it was when the file was written."""
    assert make() == VECTORS
