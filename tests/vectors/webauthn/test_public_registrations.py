"""Registrations of real authenticators and of other projects' tests, judged as those projects expect."""

from contextlib import suppress
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from firstkey.ceremonies import cbor
from firstkey.ceremonies.attestation import FORMATS, verify_attestation
from firstkey.ceremonies.authenticator_data import read_authenticator_data
from firstkey.ceremonies.cose import ALGORITHMS
from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.ceremonies.registration import ExpectedRegistration, RegistrationVerdict, judge_registration
from firstkey.ceremonies.trust import Trust, TrustAnchors
from firstkey.values.encoding import unb64u
from firstkey.values.errors import Refused
from tests.vectors.webauthn.public import WEBAUTHN, cases, instant, loose, metadata_roots, needs_data

pytestmark = needs_data

PUBLIC = cases("public")
JUDGED = [name for name, case in PUBLIC.items() if case["fmt"] in {"none", "packed", "malformed", "not_real_fmt"}]
OURS_TO_REFUSE = {  # sound by the standard, and by a policy that we do not have
    "w3c-none-es256-crossOrigin": Reason.CrossOriginRefused,
    "w3c-none-es256-topOrigin": Reason.CrossOriginRefused,
    "webauthn-conditional-create": Reason.UserNotPresent,
}
NO_ANCHORS = TrustAnchors({})


def judge(case: dict[str, Any], anchors: TrustAnchors = NO_ANCHORS) -> RegistrationVerdict:
    """Judge a case as its origin does: any algorithm, user verification preferred, certificates at its own time."""
    expected = ExpectedRegistration(
        ceremony_id=case["name"],
        expected_challenge=loose(case["challenge_b64u"]),
        expected_rp_id=case["rp_id"],
        expected_origin=case["origin"],
        offered_algorithms=tuple(ALGORITHMS),
        require_user_verification=False,
    )
    return judge_registration(case["credential"], expected, instant(case.get("freeze_time")), anchors)


@pytest.mark.parametrize("name", JUDGED)
def test_a_public_case_is_judged_as_expected(name: str) -> None:
    """Valid ones give the facts that their origin lists, invalid ones are refused."""
    case = PUBLIC[name]
    if case["expected"] == "invalid" or name in OURS_TO_REFUSE:
        with pytest.raises(Refused) as refused:
            judge(case)
        assert OURS_TO_REFUSE.get(name, refused.value.reason) is refused.value.reason
        return
    verdict, told = judge(case), case["info"]
    assert (verdict.aaguid, verdict.alg, verdict.fmt) == (told["aaguid"], told["cose_alg"], case["fmt"])
    assert [verdict.user_verified, verdict.backup_eligible, verdict.backed_up] == [
        told["flags"][flag] for flag in ("UV", "BE", "BS")
    ]


INVALID = {
    "SimpleWebAuthn-none-challenge-mismatch": Reason.ChallengeWrong,
    "SimpleWebAuthn-none-origin-mismatch": Reason.OriginWrong,
    "SimpleWebAuthn-none-rpid-mismatch": Reason.RelyingPartyWrong,
    "py_webauthn-raises_exception_on_invalid_attestation_type": Reason.AttestationFormatUnknown,
    "w3c-none-es256-crossOrigin-cross-origin-not-allowed": Reason.CrossOriginRefused,
    "webauthn-rs-test-firefox-98-hello-incorrectly-truncates-aaguid": Reason.AuthenticatorDataMalformed,
    "webauthn-rs-test-registration-packed-attestaion-fails-with-invalid-fido-aaguid-extension": (
        Reason.AttestationModelWrong
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_case_is_refused_for_its_own_reason(name: str) -> None:
    """What an invalid case is invalid for is what it is refused for."""
    with pytest.raises(Refused) as refused:
        judge(PUBLIC[name])
    assert refused.value.reason is INVALID[name]


@pytest.mark.parametrize("name", [name for name in JUDGED if (PUBLIC[name].get("derived_mds") or {}).get("in_mds")])
def test_the_path_leads_to_the_models_metadata_root(name: str) -> None:
    """Against the roots of a genuine metadata BLOB, a path is anchored exactly where the data says that it chains."""
    case = PUBLIC[name]
    if case["expected"] == "valid":
        chains = case["derived_mds"]["chains_to_mds_root"]
        assert judge(case, TrustAnchors(metadata_roots())).trust is (Trust.ANCHORED if chains else Trust.UNTRUSTED)


def listed_roots(case: dict[str, Any]) -> tuple[bytes, ...]:
    """Return the roots that a case itself is to be judged by, DER."""
    trust = case.get("trust") or {}
    pems = [*trust.get("roots_pem", []), *((WEBAUTHN / path).read_text() for path in trust.get("roots", []))]
    return tuple(x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER) for pem in pems)


@pytest.mark.parametrize("name", [name for name in JUDGED if listed_roots(PUBLIC[name])])
def test_the_path_leads_to_a_listed_root_where_expected(name: str) -> None:
    """By the roots listed with a case, its path is trusted or not as its origin says."""
    case = PUBLIC[name]
    anchors = TrustAnchors({case["info"]["aaguid"]: listed_roots(case)})
    expected = {"trusted": Trust.ANCHORED, "untrusted": Trust.UNTRUSTED}[case["trust"]["expected"]]
    assert judge(case, anchors).trust is expected


@pytest.mark.parametrize("name", [*PUBLIC, *cases("edge")])
def test_no_case_brings_anything_but_a_refusal(name: str) -> None:
    """Formats not judged yet, odd encodings and new algorithms are judged or refused; nothing else comes out."""
    with suppress(Refused):
        judge((PUBLIC | cases("edge"))[name])


@pytest.mark.parametrize("name", [name for name, case in PUBLIC.items() if case["fmt"] not in FORMATS])
def test_what_is_not_judged_is_refused(name: str) -> None:
    """A format without a judge is never believed."""
    with pytest.raises(Refused):
        judge(PUBLIC[name])


@pytest.mark.parametrize(
    "case",
    [case for case in cases("attestation_only").values() if case["fmt"] in FORMATS],
    ids=lambda case: case["name"],
)
def test_a_statement_alone_is_judged_as_expected(case: dict[str, Any]) -> None:
    """A statement without client data verifies over the digest that comes with it, unless somebody changed it."""
    made = cbor.decode(unb64u(case["attestationObject"]))
    data = read_authenticator_data(made["authData"])
    outcome = "valid"
    try:
        verify_attestation(made["fmt"], made["attStmt"], data, unb64u(case["clientDataHash_b64u"]))
    except Refused:
        outcome = "invalid"
    assert outcome == case["expected"]


def test_the_data_is_whole() -> None:
    """The cases that are judged are as many as were counted when these tests were written."""
    assert (len(PUBLIC), len(JUDGED)) == (103, 68)
