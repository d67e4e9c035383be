"""Registration, step by step: one sound answer, and for each step of WebAuthn L3 7.1 the same answer with one bend."""

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from fido2 import cbor
from hypothesis import given
from hypothesis import strategies as st

from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.ceremonies.registration import (
    ExpectedRegistration,
    RegistrationVerdict,
    creation_options,
    judge_registration,
)
from firstkey.ceremonies.trust import Trust, TrustAnchors
from firstkey.values.encoding import b64u, sha256_hex, unb64u
from firstkey.values.errors import Defect, Malformed, Refused
from tests.core.ceremonies.software_key import (
    AAGUID,
    BE,
    BS,
    CHALLENGE,
    CREDENTIAL_ID,
    LEAF,
    NOW,
    ORIGIN,
    ROOT,
    RP_ID,
    SERIAL,
    SERIAL_OID,
    UP,
    UV,
    Raw,
    Registration,
    encode,
    head,
    make_key,
)

EXPECTED = ExpectedRegistration(
    ceremony_id="ceremony-1", expected_challenge=CHALLENGE, expected_rp_id=RP_ID, expected_origin=ORIGIN
)
ANCHORS = TrustAnchors({str(AAGUID): (ROOT.der,)})
ENTERPRISE = replace(LEAF, extensions=(*LEAF.extensions, (SERIAL_OID, b"\x04\x04" + SERIAL, False)))


def judge(
    made: Registration, expected: ExpectedRegistration = EXPECTED, anchors: TrustAnchors = ANCHORS
) -> RegistrationVerdict:
    """Judge an answer as it travels: JSON text."""
    return judge_registration(json.dumps(made.json()).encode(), expected, NOW, anchors)


def refusal(made: Registration, expected: ExpectedRegistration = EXPECTED) -> Reason:
    """Return why an answer is refused."""
    with pytest.raises(Refused) as refused:
        judge(made, expected)
    assert isinstance(refused.value.reason, Reason)
    return refused.value.reason


def test_a_sound_registration_is_a_verdict_with_every_fact() -> None:
    """A certified key, made as asked, comes back with all that is known of it."""
    made = Registration(chain=(ENTERPRISE.der,))
    cose = encode(made.key.cose)
    assert judge(made) == RegistrationVerdict(
        ceremony_id="ceremony-1",
        credential_id=b64u(CREDENTIAL_ID),
        public_key=b64u(cose),
        public_key_digest=judge(Registration(attestation="none", fmt="none")).public_key_digest,
        alg=-7,
        aaguid=str(AAGUID),
        fmt="packed",
        trust=Trust.ANCHORED,
        trust_path=(sha256_hex(ENTERPRISE.der),),
        user_verified=True,
        backup_eligible=False,
        backed_up=False,
        sign_count=7,
        serial=SERIAL.hex(),
        transports=("nfc", "usb"),
        attachment="cross-platform",
        attestation_digest=judge(made).attestation_digest,
    )


def test_the_parsed_object_is_judged_like_its_text() -> None:
    """A response that was already read from JSON gives the same verdict."""
    made = Registration(attestation="none", fmt="none").json()
    assert judge_registration(made, EXPECTED, NOW, ANCHORS) == judge_registration(
        json.dumps(made).encode(), EXPECTED, NOW, ANCHORS
    )


@pytest.mark.parametrize("alg", [-7, -8, -35, -36, -257, -37])
@pytest.mark.parametrize("attestation", ["none", "self", "certified"])
def test_every_offered_algorithm_registers_in_every_format(alg: int, attestation: str) -> None:
    """Each algorithm of the options is accepted, whoever attests."""
    fmt = "none" if attestation == "none" else "packed"
    verdict = judge(Registration(key=make_key(alg), attestation=attestation, fmt=fmt))
    trust = {"none": Trust.NONE, "self": Trust.SELF, "certified": Trust.ANCHORED}[attestation]
    assert (verdict.alg, verdict.trust) == (alg, trust)


LONG = bytes(1023)

STEPS: list[tuple[str, dict[str, Any], Reason]] = [
    ("3 not a public key", {"outer": {"type": "password"}}, Reason.ResponseMalformed),
    ("3 an assertion's parts", {"inner": {"attestationObject": None, "signature": "AA"}}, Reason.ResponseMalformed),
    ("3 id and rawId differ", {"outer": {"id": b64u(b"other")}}, Reason.CredentialIdWrong),
    ("3 not base64url", {"inner": {"clientDataJSON": "AAA="}}, Reason.ResponseMalformed),
    ("5 not UTF-8", {"client_json": lambda text: text + b"\xff"}, Reason.ClientDataMalformed),
    ("6 not JSON", {"client_json": lambda text: text[:-1]}, Reason.ClientDataMalformed),
    ("6 not an object", {"client_json": lambda text: b"[" + text + b"]"}, Reason.ClientDataMalformed),
    (
        "6 a key twice",
        {"client_json": lambda text: text[:-1] + b',"type":"webauthn.create"}'},
        Reason.ClientDataMalformed,
    ),
    ("7 type", {"client": {"type": "webauthn.get"}}, Reason.CeremonyTypeWrong),
    ("7 no type", {"client": {"type": None}}, Reason.ClientDataMalformed),
    ("8 challenge", {"client": {"challenge": b64u(bytes(32))}}, Reason.ChallengeWrong),
    ("8 padded", {"client": {"challenge": b64u(CHALLENGE) + "="}}, Reason.ChallengeWrong),
    ("8 a number", {"client": {"challenge": 7}}, Reason.ClientDataMalformed),
    ("9 origin", {"client": {"origin": "https://evil.test"}}, Reason.OriginWrong),
    ("10 cross origin", {"client": {"crossOrigin": True}}, Reason.CrossOriginRefused),
    ("10 cross origin, oddly", {"client": {"crossOrigin": "false"}}, Reason.CrossOriginRefused),
    ("11 top origin", {"client": {"topOrigin": ORIGIN}}, Reason.CrossOriginRefused),
    ("12 another client data", {"flip": "client"}, Reason.AttestationSignatureWrong),
    ("13 truncated", {"encoding": lambda made: made[:-1]}, Reason.CborNotCanonical),
    ("13 followed by more", {"encoding": lambda made: made + b"\0"}, Reason.CborNotCanonical),
    ("13 not a map", {"wrapper": lambda made: [made]}, Reason.AttestationMalformed),
    ("13 another member", {"wrapper": lambda made: made | {"x": 1}}, Reason.AttestationMalformed),
    ("13 a member missing", {"wrapper": lambda made: {"fmt": made["fmt"]}}, Reason.AttestationMalformed),
    ("13 fmt no text", {"fmt": b"packed"}, Reason.AttestationMalformed),
    ("13 no credential", {"attested": lambda made: b""}, Reason.AuthenticatorDataMalformed),
    ("13 unannounced bytes", {"tail": b"\0"}, Reason.AuthenticatorDataMalformed),
    ("13 extensions no map", {"extensions": b"\x01"}, Reason.AuthenticatorDataMalformed),
    ("14 rp_id", {"rp_id": "evil.test"}, Reason.RelyingPartyWrong),
    ("15 UP", {"flags": UV}, Reason.UserNotPresent),
    ("16 UV", {"flags": UP}, Reason.UserNotVerified),
    ("17 BS without BE", {"flags": UP | UV | BS}, Reason.BackupFlagsImpossible),
    ("20 not offered", {"key": make_key(-53), "attestation": "self"}, Reason.AlgorithmNotOffered),
    ("20 unknown", {"key": make_key(-47), "attestation": "none", "fmt": "none"}, Reason.PublicKeyUnfit),
    ("21 unknown", {"fmt": "tpm2"}, Reason.AttestationFormatUnknown),
    ("21 case-sensitive", {"fmt": "Packed"}, Reason.AttestationFormatUnknown),
    ("21 retired", {"fmt": "android-safetynet"}, Reason.AttestationFormatRetired),
    ("22 signature", {"flip": "sig"}, Reason.AttestationSignatureWrong),
    ("25 too long", {"credential_id": bytes(1024)}, Reason.CredentialIdTooLong),
    ("25 empty", {"credential_id": b""}, Reason.AuthenticatorDataMalformed),
    ("26 another credential", {"outer": {"id": b64u(LONG), "rawId": b64u(LONG)}}, Reason.CredentialIdWrong),
]


@pytest.mark.parametrize(("bend", "reason"), [step[1:] for step in STEPS], ids=[step[0] for step in STEPS])
def test_each_step_refuses_what_it_is_for(bend: dict[str, Any], reason: Reason) -> None:
    """The sound answer, bent in one place, is refused by the step that looks there."""
    judge(Registration())
    assert refusal(replace(Registration(), **bend)) is reason


SOUND: list[tuple[str, dict[str, Any]]] = [
    ("5 a byte order mark", {"client_json": lambda text: b"\xef\xbb\xbf" + text}),
    ("6 a member of the future", {"client": {"extraData": {"more": [1.5, None]}}}),
    ("10 no crossOrigin", {"client": {"crossOrigin": None}}),
    ("17 BE", {"flags": UP | UV | BE}),
    ("17 BE and BS", {"flags": UP | UV | BE | BS}),
    ("13 reserved flags", {"flags": UP | UV | 0x22}),
    ("25 the longest id", {"credential_id": LONG}),
    ("29 extensions", {"extensions": encode({"credProtect": 2})}),
    ("29 another top member", {"outer": {"future": 1}}),
]


@pytest.mark.parametrize("bend", [case[1] for case in SOUND], ids=[case[0] for case in SOUND])
def test_what_the_standard_allows_passes(bend: dict[str, Any]) -> None:
    """What may differ between sound answers is refused by no step."""
    assert judge(replace(Registration(), **bend)).trust is Trust.ANCHORED


def test_the_attestation_object_may_have_its_keys_in_any_order_but_once() -> None:
    """The map that browsers make is read in their order; a key twice is refused."""

    def backwards(encoded: bytes, again: bytes = b"") -> bytes:
        pairs = [encode(key) + encode(value) for key, value in _read(encoded).items()]
        return head(5, len(pairs) + bool(again)) + b"".join(reversed(pairs)) + again

    bent = replace(Registration(), encoding=backwards)
    assert judge(bent).trust is Trust.ANCHORED
    twice = replace(Registration(), encoding=lambda encoded: backwards(encoded, encode("fmt") + encode("none")))
    assert refusal(twice) is Reason.CborNotCanonical


def _read(encoded: bytes) -> dict[str, Any]:
    read = cbor.decode(encoded)
    assert isinstance(read, dict)
    return read


def test_user_verification_is_required_unless_said_otherwise() -> None:
    """Without user verification an answer passes only where it is not required, and says so."""
    relaxed = msgspec.structs.replace(EXPECTED, require_user_verification=False)
    assert refusal(Registration(flags=UP)) is Reason.UserNotVerified
    assert not judge(Registration(flags=UP), relaxed).user_verified


@pytest.mark.parametrize(
    "origin",
    [
        "http://join.example.org",
        "https://join.example.org:8443",
        "https://join.example.org.",
        "https://JOIN.example.org",
        "https://j\u043ein.example.org",
        "https://evil-join.example.org",
        "https://a.join.example.org",
        "https://example.org",
        "https://join.example.org/",
        "null",
        "",
        "android:apk-key-hash:AAAA",
        "ios:bundle-id:org.example",
    ],
)
def test_only_the_one_origin_passes(origin: str) -> None:
    """No look-alike, prefix, suffix, sub-domain, other port or app stands in for the page."""
    assert refusal(Registration(client={"origin": origin})) is Reason.OriginWrong


def test_without_an_anchor_the_path_is_untrusted_and_its_serial_unknown() -> None:
    """A certificate path that leads nowhere is reported as that, and its serial is worth nothing."""
    made = Registration(chain=(ENTERPRISE.der,))
    verdict = judge(made, anchors=TrustAnchors({}))
    assert (verdict.trust, verdict.serial) == (Trust.UNTRUSTED, None)
    assert judge(made).serial == SERIAL.hex()


def test_a_model_is_anchored_by_its_own_anchors_alone() -> None:
    """The root of one model vouches for no other."""
    other = TrustAnchors({"00000000-0000-0000-0000-000000000001": (ROOT.der,)})
    assert judge(Registration(), anchors=other).trust is Trust.UNTRUSTED


def test_one_key_has_one_digest_under_any_algorithm() -> None:
    """The same RSA key named RS256 and PS256 is the same key, so that it cannot be registered twice."""
    rs256, key = make_key(-257), make_key(-257)
    as_ps256 = Registration(key=key, cose=rs256.cose | {3: -37}, attestation="none", fmt="none")
    as_rs256 = Registration(key=key, attestation="none", fmt="none")
    assert judge(as_ps256).alg != judge(as_rs256).alg
    assert judge(as_ps256).public_key_digest == judge(as_rs256).public_key_digest


def test_every_bit_of_a_certified_registration_counts() -> None:
    """Turning any one bit of the attestation object or client data refuses it, or leaves the same credential."""
    sound = Registration()
    honest = judge(sound)
    for part in ("attestationObject", "clientDataJSON"):
        encoded = unb64u(sound.json()["response"][part])
        for bit in range(0, len(encoded) * 8, 7):
            bent = bytearray(encoded)
            bent[bit // 8] ^= 1 << bit % 8
            made = replace(sound, inner={part: b64u(bytes(bent))})
            try:
                verdict = judge(made)
            except Refused:
                continue
            assert (verdict.credential_id, verdict.public_key) == (honest.credential_id, honest.public_key)


FUZZED = Registration().json()


@given(
    part=st.sampled_from(["attestationObject", "clientDataJSON"]),
    start=st.integers(0, 900),
    skipped=st.integers(0, 40),
    put=st.binary(max_size=40),
)
def test_nothing_but_a_refusal_comes_out(part: str, start: int, skipped: int, put: bytes) -> None:
    """Whatever bytes stand in the place of some, the judge answers or refuses; nothing else escapes."""
    encoded = unb64u(FUZZED["response"][part])
    bent = FUZZED["response"] | {part: b64u(encoded[:start] + put + encoded[start + skipped :])}
    with suppress(Refused):
        judge_registration(FUZZED | {"response": bent}, EXPECTED, NOW, ANCHORS)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_members_of_any_type_are_refused(value: Any) -> None:
    """A response whose members are of any type whatever is refused, never a crash."""
    for name in ("id", "rawId", "type", "response"):
        bent = Registration().json() | {name: value}
        with pytest.raises(Refused):
            judge_registration(bent, EXPECTED, NOW, ANCHORS)
    for name in ("clientDataJSON", "attestationObject"):
        with pytest.raises(Malformed):
            judge(Registration(inner={name: [value]}))


@pytest.mark.parametrize("text", [b"", b"[]", b"[" * 60_000, b'{"a":' * 10_000, b"{" + b" " * 70_000 + b"}", b"\xff"])
def test_text_that_is_no_object_is_malformed(text: bytes) -> None:
    """Empty, deep, long or foreign text is refused before anything in it is looked at."""
    with pytest.raises(Malformed) as refused:
        judge_registration(text, EXPECTED, NOW, ANCHORS)
    assert refused.value.reason is Reason.ResponseMalformed


def test_options_ask_for_a_discoverable_verified_key() -> None:
    """The options carry the challenge, the offered algorithms and every requirement."""
    options = creation_options(
        challenge=CHALLENGE,
        rp_id=RP_ID,
        rp_name="Example",
        user_handle=b"handle",
        user_name="ada@example.org",
        user_display_name="Ada",
        exclude_credentials=["AAAA"],
        attestation="enterprise",
        attachment="cross-platform",
    )
    assert options == {
        "rp": {"id": RP_ID, "name": "Example"},
        "user": {"id": b64u(b"handle"), "name": "ada@example.org", "displayName": "Ada"},
        "challenge": b64u(CHALLENGE),
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in (-7, -8, -35, -36, -257, -37)],
        "timeout": 300_000,
        "excludeCredentials": [{"type": "public-key", "id": "AAAA"}],
        "authenticatorSelection": {
            "residentKey": "required",
            "userVerification": "required",
            "authenticatorAttachment": "cross-platform",
        },
        "attestation": "enterprise",
    }


def test_a_short_challenge_is_a_defect() -> None:
    """Options are never made with a challenge that could be guessed."""
    with pytest.raises(Defect):
        creation_options(
            challenge=bytes(16), rp_id=RP_ID, rp_name="", user_handle=b"", user_name="", user_display_name=""
        )


def test_a_credential_stays_the_same_bytes() -> None:
    """The key in the verdict is the key in the authenticator's data, byte for byte."""
    made = Registration(cose=Raw(encode(make_key(-7).cose)))
    assert unb64u(judge(made).public_key) == encode(make_key(-7).cose)
