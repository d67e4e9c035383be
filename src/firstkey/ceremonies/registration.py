"""Making a credential: the options, and the judgement of what comes back (WebAuthn L3 5.4 and 7.1).

The order of the checks is the standard's. Refused here is what no path could accept; the rest (attested or not, which
model, device-bound or synced) is a fact of the verdict for the policy. Step 26, that no account has this credential id
or key, is the appending transaction's: the verdict names both.
"""

from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from msgspec import Struct

from firstkey.ceremonies import cbor
from firstkey.ceremonies.attestation import verify_attestation
from firstkey.ceremonies.authenticator_data import Flag, judge_authenticator_data, read_authenticator_data
from firstkey.ceremonies.client_data import (
    CEREMONY_TIMEOUT,
    CREATE,
    ExpectedCeremony,
    challenge_text,
    judge_client_data,
)
from firstkey.ceremonies.cose import OFFERED, read_public_key
from firstkey.ceremonies.json_text import member
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.ceremonies.responses import REGISTRATION_PARTS, ResponseJson, read_response
from firstkey.ceremonies.trust import Trust, TrustAnchors, judge_trust
from firstkey.values.encoding import b64u, sha256_hex
from firstkey.values.errors import Malformed, Refused

CREDENTIAL_ID_BYTES_MAX = 1023

_UNREADABLE = CeremonyReason.AttestationMalformed


class ExpectedRegistration(ExpectedCeremony, frozen=True, kw_only=True):
    """What a registration must answer to.

    Attributes:
        offered_algorithms: COSE identifiers, as in the options.
    """

    offered_algorithms: tuple[int, ...] = OFFERED


class RegistrationVerdict(Struct, frozen=True):
    """A credential that is genuine in itself, and what is known of it.

    Attributes:
        ceremony_id: the ceremony that made it.
        credential_id: base64url.
        public_key: the COSE_Key, base64url.
        public_key_digest: SHA-256 of the key as SubjectPublicKeyInfo, hex: the same key always has the same.
        alg: COSE algorithm identifier.
        aaguid: lower-case UUID text; a mere label unless `trust` is ANCHORED.
        fmt: attestation statement format.
        trust: who vouches for the model.
        trust_path: SHA-256 of each certificate that vouches, the signing one first, hex; finds what a revoked one made.
        user_verified: UV.
        backup_eligible: BE: the key can leave its device.
        backed_up: BS: it has.
        sign_count: the signature counter.
        serial: the device's serial, hex of its octets; only out of an anchored enterprise attestation.
        transports: what the client says, sorted.
        attachment: `platform`, `cross-platform` or None; what the client says.
        attestation_digest: SHA-256 of the attestation object, hex.
    """

    ceremony_id: str
    credential_id: str
    public_key: str
    public_key_digest: str
    alg: int
    aaguid: str
    fmt: str
    trust: Trust
    trust_path: tuple[str, ...]
    user_verified: bool
    backup_eligible: bool
    backed_up: bool
    sign_count: int
    serial: str | None
    transports: tuple[str, ...]
    attachment: str | None
    attestation_digest: str


def creation_options(
    *,
    challenge: bytes,
    rp_id: str,
    rp_name: str,
    user_handle: bytes,
    user_name: str,
    user_display_name: str,
    exclude_credentials: Sequence[str] = (),
    attestation: str = "direct",
    attachment: str | None = None,
    offered_algorithms: Sequence[int] = OFFERED,
) -> dict[str, Any]:
    """Make PublicKeyCredentialCreationOptionsJSON: a discoverable credential, with user verification.

    Args:
        challenge: 32 random bytes, stored with the ceremony.
        rp_id: the relying party, a domain.
        rp_name: the organisation, for people.
        user_handle: 1 to 64 random bytes that are the account's for ever, and say nothing about it.
        user_name: tells accounts apart, for people.
        user_display_name: the person's name, for people.
        exclude_credentials: credential ids (base64url) that the account has; a courtesy, not a control.
        attestation: none, indirect, direct or enterprise.
        attachment: platform, cross-platform, or None for either.
        offered_algorithms: COSE identifiers, most wanted first.
    """
    selection = {"residentKey": "required", "userVerification": "required"}
    return {
        "rp": {"id": rp_id, "name": rp_name},
        "user": {"id": b64u(user_handle), "name": user_name, "displayName": user_display_name},
        "challenge": challenge_text(challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in offered_algorithms],
        "timeout": CEREMONY_TIMEOUT,
        "excludeCredentials": [{"type": "public-key", "id": each} for each in exclude_credentials],
        "authenticatorSelection": selection | ({"authenticatorAttachment": attachment} if attachment else {}),
        "attestation": attestation,
    }


def judge_registration(
    response: ResponseJson, expected: ExpectedRegistration, at: int, anchors: TrustAnchors
) -> RegistrationVerdict:
    """Judge a RegistrationResponseJSON; the steps are those of WebAuthn L3 7.1.

    Args:
        response: JSON text, or the object read from it.
        expected: what it must answer to.
        at: the instant to judge certificates at, milliseconds.
        anchors: the certificates that may vouch for each model.

    Raises:
        Malformed: some part of it cannot be read.
        Refused: the first check that fails, in the standard's order.
    """
    answer = read_response(response, REGISTRATION_PARTS)  # steps 3, 4
    client_data_hash = judge_client_data(answer.parts["clientDataJSON"], CREATE, expected)  # steps 5 to 12
    made = cbor.decode(answer.parts["attestationObject"], any_key_order=True)  # step 13
    if not isinstance(made, dict) or made.keys() != {"fmt", "attStmt", "authData"}:
        raise Malformed(_UNREADABLE, "members other than fmt, attStmt and authData")
    fmt, statement = member(made, "fmt", str, _UNREADABLE), member(made, "attStmt", dict, _UNREADABLE)
    data = read_authenticator_data(member(made, "authData", bytes, _UNREADABLE))
    judge_authenticator_data(data, expected)  # steps 14 to 17; 18 and 19, on backups, are the policy's
    credential = data.credential
    key = read_public_key(credential.public_key)
    if key.alg not in expected.offered_algorithms:  # step 20
        raise Refused(CeremonyReason.AlgorithmNotOffered, str(key.alg))
    attested = verify_attestation(fmt, statement, data, client_data_hash)  # steps 21, 22
    trust = judge_trust(attested, str(credential.aaguid), anchors, at)  # steps 23, 24
    if len(credential.credential_id) > CREDENTIAL_ID_BYTES_MAX:  # step 25
        raise Refused(CeremonyReason.CredentialIdTooLong)
    if b64u(credential.credential_id) != answer.credential_id:  # what is signed and what is said are one credential
        raise Refused(CeremonyReason.CredentialIdWrong)
    return RegistrationVerdict(
        ceremony_id=expected.ceremony_id,
        credential_id=answer.credential_id,
        public_key=b64u(credential.public_key),
        public_key_digest=key.digest,
        alg=key.alg,
        aaguid=str(credential.aaguid),
        fmt=fmt,
        trust=trust,
        trust_path=tuple(certificate.fingerprint(SHA256()).hex() for certificate in attested.path),
        user_verified=Flag.UV in data.flags,
        backup_eligible=Flag.BE in data.flags,
        backed_up=Flag.BS in data.flags,
        sign_count=data.sign_count,
        serial=attested.serial.hex() if attested.serial is not None and trust is Trust.ANCHORED else None,
        transports=answer.transports,
        attachment=answer.attachment,
        attestation_digest=sha256_hex(answer.parts["attestationObject"]),
    )
