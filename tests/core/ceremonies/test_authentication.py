"""Authentication, step by step: one sound assertion, and for each step of WebAuthn L3 7.2 the same with one bend."""

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as but

from firstkey.ceremonies.authentication import (
    AuthenticationVerdict,
    ExpectedAuthentication,
    StoredCredential,
    judge_authentication,
    request_options,
)
from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.ceremonies.responses import named_credential
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Defect, Refused
from tests.core.ceremonies.software_key import (
    AT,
    BE,
    BS,
    CHALLENGE,
    CREDENTIAL_ID,
    ORIGIN,
    RP_ID,
    UP,
    USER_HANDLE,
    UV,
    Authentication,
    encode,
    make_key,
)

EXPECTED = ExpectedAuthentication(
    ceremony_id="ceremony-2",
    expected_challenge=CHALLENGE,
    expected_rp_id=RP_ID,
    expected_origin=ORIGIN,
    allowed_credentials=(b64u(b"another"), b64u(CREDENTIAL_ID)),
)
CHOSEN = but(EXPECTED, allowed_credentials=())


def stored(alg: int = -7) -> StoredCredential:
    """Return the record of the credential that answers."""
    return StoredCredential(
        credential_id=b64u(CREDENTIAL_ID),
        public_key=b64u(encode(make_key(alg).cose)),
        sign_count=7,
        backup_eligible=False,
        user_handle=b64u(USER_HANDLE),
        holder="person-1",
    )


def judge(
    made: Authentication, expected: ExpectedAuthentication = EXPECTED, credential: StoredCredential | None = None
) -> AuthenticationVerdict:
    """Judge an assertion as it travels: JSON text."""
    return judge_authentication(json.dumps(made.json()).encode(), expected, credential or stored())


def refusal(
    made: Authentication, expected: ExpectedAuthentication = EXPECTED, credential: StoredCredential | None = None
) -> Reason:
    """Return why an assertion is refused."""
    with pytest.raises(Refused) as refused:
        judge(made, expected, credential)
    assert isinstance(refused.value.reason, Reason)
    return refused.value.reason


def test_a_sound_assertion_is_a_verdict_with_every_fact() -> None:
    """An assertion by the stored credential comes back with what is to be recorded."""
    assert judge(Authentication()) == AuthenticationVerdict(
        ceremony_id="ceremony-2",
        credential_id=b64u(CREDENTIAL_ID),
        holder="person-1",
        user_verified=True,
        backed_up=False,
        sign_count=8,
        counter_regressed=False,
    )


@pytest.mark.parametrize("alg", [-7, -8, -35, -36, -257, -37, -38, -53])
def test_every_algorithm_signs_in(alg: int) -> None:
    """An assertion verifies under each algorithm that a credential can have."""
    assert judge(Authentication(key=make_key(alg)), credential=stored(alg)).sign_count == 8


STEPS: list[tuple[str, dict[str, Any], Reason]] = [
    ("3 a registration's parts", {"inner": {"signature": None}}, Reason.ResponseMalformed),
    ("3 not a public key", {"outer": {"type": None}}, Reason.ResponseMalformed),
    ("5 not the one asked for", {"credential_id": b"stranger"}, Reason.CredentialNotExpected),
    ("6 another account's", {"user_handle": b"another account"}, Reason.UserHandleWrong),
    ("6 handle no base64url", {"inner": {"userHandle": "="}}, Reason.ResponseMalformed),
    ("8 not UTF-8", {"client_json": lambda text: text + b"\xff"}, Reason.ClientDataMalformed),
    ("9 not JSON", {"client_json": lambda text: text[1:]}, Reason.ClientDataMalformed),
    ("10 type", {"client": {"type": "webauthn.create"}}, Reason.CeremonyTypeWrong),
    ("11 challenge", {"client": {"challenge": b64u(bytes(32))}}, Reason.ChallengeWrong),
    ("12 origin", {"client": {"origin": "https://example.org"}}, Reason.OriginWrong),
    ("13 cross origin", {"client": {"crossOrigin": True}}, Reason.CrossOriginRefused),
    ("14 top origin", {"client": {"topOrigin": ORIGIN}}, Reason.CrossOriginRefused),
    ("15 unannounced bytes", {"tail": b"\0"}, Reason.AuthenticatorDataMalformed),
    ("15 a new credential", {"flags": UP | UV | AT}, Reason.AuthenticatorDataMalformed),
    ("15 rp_id", {"rp_id": "evil.test"}, Reason.RelyingPartyWrong),
    ("16 UP", {"flags": UV}, Reason.UserNotPresent),
    ("17 UV", {"flags": UP}, Reason.UserNotVerified),
    ("18 BS without BE", {"flags": UP | UV | BS}, Reason.BackupFlagsImpossible),
    ("19 BE has come", {"flags": UP | UV | BE}, Reason.BackupEligibilityChanged),
    ("20 another client data", {"flip": "client"}, Reason.AssertionSignatureWrong),
    ("21 signature", {"flip": "sig"}, Reason.AssertionSignatureWrong),
    ("21 another key", {"key": make_key(-7, 1)}, Reason.AssertionSignatureWrong),
    ("21 another algorithm", {"key": make_key(-8)}, Reason.AssertionSignatureWrong),
    ("21 no signature", {"inner": {"signature": ""}}, Reason.AssertionSignatureWrong),
]


@pytest.mark.parametrize(("bend", "reason"), [step[1:] for step in STEPS], ids=[step[0] for step in STEPS])
def test_each_step_refuses_what_it_is_for(bend: dict[str, Any], reason: Reason) -> None:
    """The sound assertion, bent in one place, is refused by the step that looks there."""
    judge(Authentication())
    assert refusal(replace(Authentication(), **bend)) is reason


def test_a_new_credential_in_an_assertion_is_malformed() -> None:
    """Attested credential data belong to a registration alone, however well formed."""
    attested = bytes(16) + b"\0\1A" + encode(make_key(-7).cose)
    assert refusal(Authentication(attested=attested)) is Reason.AuthenticatorDataMalformed


def test_backup_eligibility_cannot_go() -> None:
    """A credential that was eligible and says no longer to be is refused, and with it every backup state is a fact."""
    synced = but(stored(), backup_eligible=True)
    assert refusal(Authentication(), credential=synced) is Reason.BackupEligibilityChanged
    assert judge(Authentication(flags=UP | UV | BE | BS), credential=synced).backed_up
    assert not judge(Authentication(flags=UP | UV | BE), credential=synced).backed_up


@pytest.mark.parametrize(
    ("before", "now", "regressed"),
    [(0, 0, False), (0, 1, False), (7, 8, False), (7, 7, True), (7, 0, True), (7, 6, True)],
)
def test_a_counter_that_does_not_rise_is_reported(before: int, now: int, regressed: bool) -> None:
    """A counter in use that did not rise is a fact, and nothing is refused for it."""
    verdict = judge(Authentication(sign_count=now), credential=but(stored(), sign_count=before))
    assert (verdict.sign_count, verdict.counter_regressed) == (now, regressed)


def test_a_user_handle_must_come_when_the_authenticator_chose() -> None:
    """Without a list of credentials the account is known by the user handle alone, so it must be there."""
    assert judge(Authentication(user_handle=None)).holder == "person-1"
    assert judge(Authentication(), CHOSEN).holder == "person-1"
    assert refusal(Authentication(user_handle=None), CHOSEN) is Reason.UserHandleWrong


def test_the_record_must_be_of_the_credential_that_answers() -> None:
    """An assertion is never judged by another credential's record, even if that one was allowed too."""
    other = but(stored(), credential_id=b64u(b"another"))
    assert refusal(Authentication(), credential=other) is Reason.CredentialNotExpected


def test_a_credential_that_was_not_asked_for_is_refused() -> None:
    """A known credential that the options did not name does not do, although its assertion verifies."""
    others = but(EXPECTED, allowed_credentials=(b64u(b"another"),))
    assert refusal(Authentication(), others) is Reason.CredentialNotExpected


def test_user_verification_is_required_unless_said_otherwise() -> None:
    """Without user verification an assertion passes only where it is not required, and says so."""
    assert not judge(Authentication(flags=UP), but(EXPECTED, require_user_verification=False)).user_verified


def test_the_credential_is_found_by_the_answer() -> None:
    """The id that an answer names is told before anything is believed."""
    assert named_credential(Authentication().json()) == b64u(CREDENTIAL_ID)


def test_options_name_the_credentials() -> None:
    """The options carry challenge and credentials, and require user verification."""
    assert request_options(challenge=CHALLENGE, rp_id=RP_ID, allowed_credentials=["AAAA"]) == {
        "challenge": b64u(CHALLENGE),
        "rpId": RP_ID,
        "timeout": 300_000,
        "allowCredentials": [{"type": "public-key", "id": "AAAA"}],
        "userVerification": "required",
    }
    with pytest.raises(Defect):
        request_options(challenge=b"short", rp_id=RP_ID)


FUZZED = Authentication().json()


@given(
    part=st.sampled_from(["authenticatorData", "clientDataJSON", "signature", "userHandle"]),
    start=st.integers(0, 200),
    skipped=st.integers(0, 40),
    put=st.binary(max_size=40),
)
def test_nothing_but_a_refusal_comes_out(part: str, start: int, skipped: int, put: bytes) -> None:
    """Whatever bytes stand in the place of some, only the sound assertion is believed; nothing else escapes."""
    encoded = unb64u(FUZZED["response"][part])
    bent = encoded[:start] + put + encoded[start + skipped :]
    with suppress(Refused):
        judge_authentication(FUZZED | {"response": FUZZED["response"] | {part: b64u(bent)}}, EXPECTED, stored())
        assert bent == encoded
