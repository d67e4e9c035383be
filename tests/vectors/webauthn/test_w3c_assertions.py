"""The authentication half of the W3C test vectors, judged by the key of its registration."""

from typing import Any

import pytest

from firstkey.ceremonies import cbor
from firstkey.ceremonies.authentication import ExpectedAuthentication, StoredCredential, judge_authentication
from firstkey.ceremonies.authenticator_data import Flag, read_authenticator_data
from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Refused
from tests.vectors.webauthn.public import assertions, cases, needs_data

pytestmark = needs_data

PUBLIC = cases("public")
FRAMED = {"w3c-auth-none-es256-crossOrigin", "w3c-auth-none-es256-topOrigin"}
KNOWN = [vector for vector in assertions() if vector["registration_case"] in PUBLIC]


def judge(vector: dict[str, Any], **bend: str) -> Any:
    """Judge a vector, with parts of its response replaced."""
    registration = PUBLIC[vector["registration_case"]]["credential"]
    made = cbor.decode(unb64u(registration["response"]["attestationObject"]), any_key_order=True)
    data = read_authenticator_data(made["authData"])
    stored = StoredCredential(
        credential_id=registration["id"],
        public_key=b64u(data.credential.public_key),
        sign_count=data.sign_count,
        backup_eligible=Flag.BE in data.flags,
        user_handle=b64u(b"user"),
        holder="person-1",
    )
    expected = ExpectedAuthentication(
        ceremony_id=vector["name"],
        expected_challenge=unb64u(vector["challenge_b64u"]),
        expected_rp_id=vector["rp_id"],
        expected_origin=vector["origin"],
        allowed_credentials=(registration["id"],),
        require_user_verification=False,
    )
    inner = {name: vector[name] for name in ("authenticatorData", "clientDataJSON", "signature")} | bend
    answer = {"id": registration["id"], "rawId": registration["id"], "type": "public-key", "response": inner}
    return judge_authentication(answer, expected, stored)


@pytest.mark.parametrize("vector", KNOWN, ids=lambda vector: vector["name"])
def test_a_vector_is_judged_as_expected(vector: dict[str, Any]) -> None:
    """Each vector verifies, and not with a bit of its signature turned; framed ones are refused by our rule."""
    if vector["name"] in FRAMED:
        with pytest.raises(Refused) as refused:
            judge(vector)
        assert refused.value.reason is Reason.CrossOriginRefused
        return
    assert not judge(vector).counter_regressed
    signature = bytearray(unb64u(vector["signature"]))
    signature[-1] ^= 1
    with pytest.raises(Refused) as refused:
        judge(vector, signature=b64u(bytes(signature)))
    assert refused.value.reason is Reason.AssertionSignatureWrong


def test_there_are_vectors() -> None:
    """The registrations of some vectors are among the public cases, so that something is judged above."""
    assert len(KNOWN) >= 5
