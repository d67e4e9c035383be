"""Using a credential: the options, and the judgement of the assertion (WebAuthn L3 5.5 and 7.2).

A counter that did not rise is a fact of the verdict, a sign of a copied key that the policy weighs; backup eligibility
that changed is a refusal, because it is fixed when a credential is made (6.1.3).
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from firstkey.ceremonies.authenticator_data import Flag, judge_authenticator_data, read_authenticator_data
from firstkey.ceremonies.client_data import CEREMONY_TIMEOUT, GET, ExpectedCeremony, challenge_text, judge_client_data
from firstkey.ceremonies.cose import read_public_key, verify
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.ceremonies.responses import AUTHENTICATION_PARTS, ResponseJson, read_response
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Malformed, Refused


class StoredCredential(Struct, frozen=True):
    """The record of a credential, as far as an assertion is judged by it.

    Attributes:
        credential_id: base64url.
        public_key: the COSE_Key, base64url.
        sign_count: the last counter that was seen.
        backup_eligible: BE when the credential was made.
        user_handle: the account's handle, base64url.
        holder: the person whose account it is.
    """

    credential_id: str
    public_key: str
    sign_count: int
    backup_eligible: bool
    user_handle: str
    holder: str


class ExpectedAuthentication(ExpectedCeremony, frozen=True, kw_only=True):
    """What an assertion must answer to.

    Attributes:
        allowed_credentials: ids (base64url) as in the options; empty when the authenticator was to choose, and then the
            user handle must come back.
    """

    allowed_credentials: tuple[str, ...] = ()


class AuthenticationVerdict(Struct, frozen=True):
    """An assertion that verifies.

    Attributes:
        ceremony_id: the ceremony it answers.
        credential_id: base64url.
        holder: the person whose credential it is.
        user_verified: UV.
        backed_up: BS now; the record is to be updated (step 24).
        sign_count: the counter now; the record is to be updated.
        counter_regressed: the counter is in use and did not rise (step 22): the key may have been copied.
    """

    ceremony_id: str
    credential_id: str
    holder: str
    user_verified: bool
    backed_up: bool
    sign_count: int
    counter_regressed: bool


def request_options(*, challenge: bytes, rp_id: str, allowed_credentials: Sequence[str] = ()) -> dict[str, Any]:
    """Make PublicKeyCredentialRequestOptionsJSON, with user verification.

    Args:
        challenge: 32 bytes, random or the digest of a statement.
        rp_id: the relying party, a domain.
        allowed_credentials: credential ids (base64url); empty lets the authenticator choose a discoverable one.
    """
    return {
        "challenge": challenge_text(challenge),
        "rpId": rp_id,
        "timeout": CEREMONY_TIMEOUT,
        "allowCredentials": [{"type": "public-key", "id": each} for each in allowed_credentials],
        "userVerification": "required",
    }


def judge_authentication(
    response: ResponseJson, expected: ExpectedAuthentication, credential: StoredCredential
) -> AuthenticationVerdict:
    """Judge an AuthenticationResponseJSON; the steps are those of WebAuthn L3 7.2.

    Args:
        response: JSON text, or the object read from it.
        expected: what it must answer to.
        credential: the record found by `named_credential`.

    Raises:
        Malformed: some part of it cannot be read.
        Refused: the first check that fails, in the standard's order.
    """
    answer = read_response(response, AUTHENTICATION_PARTS)  # steps 3, 4, 7
    allowed, handle = expected.allowed_credentials, answer.user_handle and b64u(answer.user_handle)
    if answer.credential_id != credential.credential_id or (allowed and answer.credential_id not in allowed):  # step 5
        raise Refused(CeremonyReason.CredentialNotExpected)
    if handle != credential.user_handle and (handle is not None or not allowed):  # step 6
        raise Refused(CeremonyReason.UserHandleWrong)
    client_data_hash = judge_client_data(answer.parts["clientDataJSON"], GET, expected)  # steps 8 to 14, 20
    data = read_authenticator_data(answer.parts["authenticatorData"])
    if Flag.AT in data.flags:
        raise Malformed(CeremonyReason.AuthenticatorDataMalformed, "an assertion with a new credential")
    judge_authenticator_data(data, expected)  # steps 15 to 18
    if (Flag.BE in data.flags) != credential.backup_eligible:  # step 19
        raise Refused(CeremonyReason.BackupEligibilityChanged)
    key = read_public_key(unb64u(credential.public_key))
    signed = data.raw + client_data_hash
    verify(key.alg, key.key, answer.parts["signature"], signed, CeremonyReason.AssertionSignatureWrong)  # step 21
    return AuthenticationVerdict(
        ceremony_id=expected.ceremony_id,
        credential_id=credential.credential_id,
        holder=credential.holder,
        user_verified=Flag.UV in data.flags,
        backed_up=Flag.BS in data.flags,
        sign_count=data.sign_count,
        counter_regressed=credential.sign_count > 0 and data.sign_count <= credential.sign_count,  # step 22
    )
