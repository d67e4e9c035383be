"""The authenticator before FirstKey's judges: honest ceremonies pass, each misbehaviour fails by its own rule."""

from typing import Any
from uuid import UUID

import pytest

from firstkey.ceremonies.authentication import (
    ExpectedAuthentication,
    StoredCredential,
    judge_authentication,
    request_options,
)
from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.ceremonies.registration import ExpectedRegistration, creation_options, judge_registration
from firstkey.ceremonies.trust import Trust, TrustAnchors
from firstkey.simulator import alter
from firstkey.simulator.alter import Alter
from firstkey.simulator.authenticator import Authenticator, Traits
from firstkey.simulator.client import encode
from firstkey.simulator.keys import EDDSA, ES256, seeded
from firstkey.values.encoding import b64u
from firstkey.values.errors import Refused
from tests.core.simulator.test_authenticator import AAGUID, ORIGIN, ROOT, model

NOW = 1_772_352_000_000
CHALLENGE = b"c" * 32
HANDLE = b"u" * 32
CEREMONY: dict[str, Any] = {
    "ceremony_id": "ceremony-1",
    "expected_challenge": CHALLENGE,
    "expected_rp_id": "example.org",
    "expected_origin": ORIGIN,
}
ANCHORS = TrustAnchors({str(UUID(bytes=AAGUID)): (ROOT.der,)})

REASONS = {
    "attestation_object_tail": Reason.CborNotCanonical,
    "authenticator_data_tail": Reason.AuthenticatorDataMalformed,
    "backed_up_uneligible": Reason.BackupFlagsImpossible,
    "cross_origin": Reason.CrossOriginRefused,
    "other_id": Reason.CredentialIdWrong,
    "other_raw_id": Reason.CredentialIdWrong,
    "signature": Reason.AttestationSignatureWrong,
    "top_origin": Reason.CrossOriginRefused,
    "type": Reason.CeremonyTypeWrong,
    "user_not_present": Reason.UserNotPresent,
    "user_not_verified": Reason.UserNotVerified,
    "wrong_challenge": Reason.ChallengeWrong,
    "wrong_origin": Reason.OriginWrong,
    "wrong_rp_id": Reason.RelyingPartyWrong,
}
IN_AUTHENTICATION = {"other_id": Reason.CredentialNotExpected, "signature": Reason.AssertionSignatureWrong}


def options(attestation: str = "direct", offered: tuple[int, ...] = (ES256, EDDSA)) -> dict[str, Any]:
    """Return FirstKey's own creation options."""
    return creation_options(
        challenge=CHALLENGE,
        rp_id="example.org",
        rp_name="Example",
        user_handle=HANDLE,
        user_name="joiner",
        user_display_name="Joiner",
        attestation=attestation,
        offered_algorithms=offered,
    )


def registered(authenticator: Authenticator, change: Alter = alter.HONEST, **asked: Any) -> Any:
    """Run a registration over its JSON text, as it travels, and return the verdict."""
    answer = encode(authenticator.register(options(**asked), ORIGIN, change))
    offered = asked.get("offered", (ES256, EDDSA))
    expected = ExpectedRegistration(**CEREMONY, offered_algorithms=offered)
    return judge_registration(answer, expected, NOW, ANCHORS)


def authenticated(change: Alter = alter.HONEST, **traits: Any) -> Any:
    """Register honestly, then run an authentication and return its verdict."""
    authenticator = model(**traits)
    made = registered(authenticator)
    stored = StoredCredential(
        made.credential_id, made.public_key, made.sign_count, made.backup_eligible, b64u(HANDLE), "p-1"
    )
    asked = request_options(challenge=CHALLENGE, rp_id="example.org", allowed_credentials=[made.credential_id])
    answer = encode(authenticator.authenticate(asked, ORIGIN, change))
    expected = ExpectedAuthentication(**CEREMONY, allowed_credentials=(made.credential_id,))
    return judge_authentication(answer, expected, stored)


@pytest.mark.parametrize("algorithm", [ES256, EDDSA])
@pytest.mark.parametrize(
    ("attestation", "asked", "fmt", "trust"),
    [
        ("none", "direct", "none", Trust.NONE),
        ("self", "direct", "packed", Trust.SELF),
        ("x5c", "direct", "packed", Trust.ANCHORED),
        ("x5c", "enterprise", "packed", Trust.ANCHORED),
        ("x5c", "none", "none", Trust.NONE),
    ],
)
def test_an_honest_registration_passes(attestation: str, asked: str, fmt: str, trust: Trust, algorithm: int) -> None:
    """Every fmt with either algorithm is judged as what it is, and a serial number is read under `enterprise` alone."""
    verdict = registered(model(attestation, algorithms=(algorithm,), attachment="platform"), attestation=asked)
    assert (verdict.fmt, verdict.trust, verdict.alg) == (fmt, trust, algorithm)
    assert (verdict.aaguid, verdict.attachment, verdict.transports) == (str(UUID(bytes=AAGUID)), "platform", ("usb",))
    assert (verdict.user_verified, verdict.backup_eligible, verdict.backed_up) == (True, False, False)
    assert verdict.serial == (b"SN-1".hex() if asked == "enterprise" else None)


@pytest.mark.parametrize("name", sorted(alter.IN_REGISTRATION))
def test_a_misbehaving_registration_is_refused_for_its_own_reason(name: str) -> None:
    """The registration that passes when honest is refused by the one rule that the alteration breaks."""
    registered(model("x5c"))
    with pytest.raises(Refused) as refused:
        registered(model("x5c"), alter.IN_REGISTRATION[name])
    assert refused.value.reason is REASONS[name]


def test_an_algorithm_that_was_not_offered_is_refused() -> None:
    """A key of another algorithm than the options admit is refused."""
    with pytest.raises(Refused) as refused:
        registered(model(), alter.ALGORITHM_EDDSA, offered=(ES256,))
    assert refused.value.reason is Reason.AlgorithmNotOffered


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        ({"aaguid": bytes(16)}, Reason.AttestationModelWrong),
        ({"aaguid": AAGUID, "unit": "Sales"}, Reason.AttestationCertificateUnfit),
        ({"aaguid": AAGUID, "ca": True}, Reason.AttestationCertificateUnfit),
    ],
)
def test_an_unfit_certificate_is_refused(certificate: dict[str, Any], reason: Reason) -> None:
    """A certificate of another model, with another subject or that calls itself a CA attests nothing."""
    attester = ROOT.attester(**certificate)
    with pytest.raises(Refused) as refused:
        registered(Authenticator(Traits(aaguid=AAGUID, attestation="x5c"), attester, entropy=seeded(b"d")))
    assert refused.value.reason is reason


@pytest.mark.parametrize("algorithm", [ES256, EDDSA])
def test_an_honest_authentication_passes(algorithm: int) -> None:
    """The assertion verifies under the registered key, and its count is above the registered one."""
    verdict = authenticated(algorithms=(algorithm,))
    assert (verdict.holder, verdict.user_verified, verdict.sign_count, verdict.counter_regressed) == (
        "p-1",
        True,
        1,
        False,
    )


@pytest.mark.parametrize("name", sorted(alter.IN_AUTHENTICATION))
def test_a_misbehaving_authentication_is_refused_for_its_own_reason(name: str) -> None:
    """The authentication that passes when honest is refused by the one rule that the alteration breaks."""
    authenticated()
    with pytest.raises(Refused) as refused:
        authenticated(alter.IN_AUTHENTICATION[name])
    assert refused.value.reason is (REASONS | IN_AUTHENTICATION)[name]


def test_a_credential_that_became_eligible_for_backup_is_refused() -> None:
    """Backup eligibility is fixed when a credential is made."""
    with pytest.raises(Refused) as refused:
        authenticated(alter.BACKUP_ELIGIBLE)
    assert refused.value.reason is Reason.BackupEligibilityChanged


def test_a_clone_is_seen_by_its_count() -> None:
    """An authenticator whose count stands still after counting is reported as a regression."""
    assert authenticated(sign_count=5, sign_count_step=0).counter_regressed
    assert not authenticated(sign_count=0, sign_count_step=0).counter_regressed
