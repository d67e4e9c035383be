"""The software authenticator, taken apart by a small check of its own: foreign CBOR, struct, cryptography."""

import hashlib
import json
import struct
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import load_der_public_key
from fido2 import cbor

from firstkey.simulator import alter
from firstkey.simulator.alter import Alter
from firstkey.simulator.attestation_root import SERIAL_EXTENSION, AttestationRoot
from firstkey.simulator.authenticator import NO_AAGUID, Authenticator, Traits
from firstkey.simulator.keys import EDDSA, ES256, seeded
from firstkey.simulator.refusals import SimulatorReason
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Defect, Refused

AAGUID = bytes(range(16))
ROOT = AttestationRoot(seeded(b"root"))
ORIGIN = "https://join.example.org"
CHALLENGE = b64u(b"c" * 32)
CREATION: dict[str, Any] = {
    "rp": {"id": "example.org", "name": "Example"},
    "user": {"id": b64u(b"user-1"), "name": "joiner", "displayName": "Joiner"},
    "challenge": CHALLENGE,
    "pubKeyCredParams": [{"type": "public-key", "alg": ES256}, {"type": "public-key", "alg": EDDSA}],
    "authenticatorSelection": {"userVerification": "required"},
    "attestation": "direct",
}
REQUEST: dict[str, Any] = {"rpId": "example.org", "challenge": CHALLENGE, "userVerification": "required"}


class Parts(NamedTuple):
    """Authenticator data, field by field."""

    rp_id_hash: bytes
    flags: int
    sign_count: int
    rest: bytes


def parts(data: bytes) -> Parts:
    """Split authenticator data by its fixed widths."""
    rp_id_hash, flags, sign_count = struct.unpack(">32sBI", data[:37])
    return Parts(rp_id_hash, flags, sign_count, data[37:])


def verify(public: Any, signature: bytes, response: Any, data: bytes) -> None:
    """Verify a signature over authenticator data and the client data's hash."""
    signed = data + hashlib.sha256(unb64u(response["clientDataJSON"])).digest()
    if isinstance(public, ed25519.Ed25519PublicKey):
        public.verify(signature, signed)
    else:
        public.verify(signature, signed, ec.ECDSA(hashes.SHA256()))


def model(attestation: str = "none", **changes: Any) -> Authenticator:
    """Return an authenticator with an attestation key of its model and one of its own serial."""
    traits = Traits(aaguid=AAGUID, attestation=attestation, **changes)
    return Authenticator(traits, ROOT.attester(AAGUID), ROOT.attester(AAGUID, b"SN-1"), seeded(b"device"))


def statement(response: Any) -> Any:
    """Decode a registration response's attestation object."""
    return cbor.decode(unb64u(response["response"]["attestationObject"]))


def client_data(response: Any) -> Any:
    """Read the client data of either response."""
    return json.loads(unb64u(response["response"]["clientDataJSON"]))


def test_a_registration_has_the_members_of_the_browsers_json() -> None:
    """Every member of RegistrationResponseJSON is there; the convenient copies agree with the attestation object."""
    made = model().register(CREATION, ORIGIN)
    assert set(made) == {"id", "rawId", "type", "response", "authenticatorAttachment", "clientExtensionResults"}
    assert json.loads(json.dumps(made)) == made
    inner = made["response"]
    data = statement(made)["authData"]
    assert unb64u(inner["authenticatorData"]) == data
    rest = parts(data).rest
    assert (rest[:16], rest[16:18], rest[18:50]) == (AAGUID, b"\x00\x20", unb64u(made["id"]))
    key: Any = cbor.decode(rest[50:])
    public = load_der_public_key(unb64u(inner["publicKey"]))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    numbers = public.public_numbers()
    assert (key[1], key[3], key[-1]) == (2, ES256, 1)
    assert (int.from_bytes(key[-2], "big"), int.from_bytes(key[-3], "big")) == (numbers.x, numbers.y)
    assert inner["publicKeyAlgorithm"] == ES256


def test_the_client_data_says_what_the_page_asked() -> None:
    """Type, challenge and origin are the ceremony's own, in the standard's order."""
    client_data = unb64u(model().register(CREATION, ORIGIN)["response"]["clientDataJSON"])
    assert client_data == (
        f'{{"type":"webauthn.create","challenge":"{CHALLENGE}","origin":"{ORIGIN}","crossOrigin":false}}'.encode()
    )


@pytest.mark.parametrize("algorithm", [ES256, EDDSA])
def test_fmt_none_carries_nothing(algorithm: int) -> None:
    """Without attestation the statement is the empty map, for either algorithm."""
    made = model(algorithms=(algorithm,)).register(CREATION, ORIGIN)
    assert (statement(made)["fmt"], statement(made)["attStmt"]) == ("none", {})
    key: Any = cbor.decode(statement(made)["authData"][37 + 16 + 2 + 32 :])
    assert key[3] == made["response"]["publicKeyAlgorithm"] == algorithm


@pytest.mark.parametrize("algorithm", [ES256, EDDSA])
def test_packed_self_is_signed_by_the_credential(algorithm: int) -> None:
    """Self attestation verifies with the new key itself and states its algorithm; a tampered one does not."""
    for change, holds in ((alter.HONEST, True), (alter.SIGNATURE, False)):
        made = model("self", algorithms=(algorithm,)).register(CREATION, ORIGIN, change)
        whole, public = statement(made), load_der_public_key(unb64u(made["response"]["publicKey"]))
        assert (whole["fmt"], set(whole["attStmt"]), whole["attStmt"]["alg"]) == ("packed", {"alg", "sig"}, algorithm)
        if holds:
            verify(public, whole["attStmt"]["sig"], made["response"], whole["authData"])
        else:
            with pytest.raises(InvalidSignature):
                verify(public, whole["attStmt"]["sig"], made["response"], whole["authData"])


def test_packed_x5c_is_signed_by_the_models_certificate() -> None:
    """Basic attestation verifies with the leaf of its chain, even for an EdDSA credential."""
    made = model("x5c", algorithms=(EDDSA,)).register(CREATION, ORIGIN)
    attested = statement(made)["attStmt"]
    assert attested["alg"] == ES256
    public = x509.load_der_x509_certificate(attested["x5c"][0]).public_key()
    verify(public, attested["sig"], made["response"], statement(made)["authData"])


@pytest.mark.parametrize(
    ("conveyance", "fmt", "serial"),
    [
        ("none", "none", None),
        ("indirect", "packed", False),
        ("direct", "packed", False),
        ("enterprise", "packed", True),
    ],
)
def test_attestation_is_conveyed_as_far_as_asked(conveyance: str, fmt: str, serial: bool | None) -> None:
    """The options decide whether a statement passes, and only `enterprise` lets the serial number through."""
    whole = statement(model("x5c").register(CREATION | {"attestation": conveyance}, ORIGIN))
    assert whole["fmt"] == fmt
    if serial is not None:
        extensions = x509.load_der_x509_certificate(whole["attStmt"]["x5c"][0]).extensions
        assert (SERIAL_EXTENSION in {extension.oid for extension in extensions}) is serial


def test_self_attestation_without_a_model_passes_even_when_none_was_asked() -> None:
    """With a zero AAGUID and no chain nothing is revealed, so the browser leaves the statement alone."""
    authenticator = Authenticator(Traits(aaguid=NO_AAGUID, attestation="self"), entropy=seeded(b"device"))
    assert statement(authenticator.register(CREATION | {"attestation": "none"}, ORIGIN))["fmt"] == "packed"


@pytest.mark.parametrize(
    ("traits", "flags"),
    [
        ({}, 0x45),
        ({"user_verified": False}, 0x41),
        ({"backup_eligible": True}, 0x4D),
        ({"backup_eligible": True, "backed_up": True}, 0x5D),
    ],
)
def test_flags_follow_the_traits(traits: dict[str, Any], flags: int) -> None:
    """UP, UV, BE, BS and AT are set as the authenticator and its user are."""
    preferred = CREATION | {"authenticatorSelection": {"userVerification": "preferred"}}
    data = unb64u(model(**traits).register(preferred, ORIGIN)["response"]["authenticatorData"])
    assert parts(data).flags == flags


def test_a_user_is_not_verified_when_that_is_discouraged() -> None:
    """The request's wish decides whether an authenticator that could verify its user does."""
    authenticator = model()
    authenticator.register(CREATION, ORIGIN)
    for wish, flags in (("discouraged", 0x01), ("preferred", 0x05)):
        signed = authenticator.authenticate(REQUEST | {"userVerification": wish}, ORIGIN)
        assert parts(unb64u(signed["response"]["authenticatorData"])).flags == flags


@pytest.mark.parametrize("algorithm", [ES256, EDDSA])
def test_an_assertion_verifies_and_counts(algorithm: int) -> None:
    """Each assertion is signed by the registered key, names its user and raises the count by the step."""
    authenticator = model(algorithms=(algorithm,), sign_count=7, sign_count_step=2)
    made = authenticator.register(CREATION, ORIGIN)
    public = load_der_public_key(unb64u(made["response"]["publicKey"]))
    for count in (9, 11):
        signed = authenticator.authenticate(REQUEST, ORIGIN)
        data = unb64u(signed["response"]["authenticatorData"])
        verify(public, unb64u(signed["response"]["signature"]), signed["response"], data)
        assert parts(data) == Parts(hashlib.sha256(b"example.org").digest(), 0x05, count, b"")
        assert unb64u(signed["response"]["userHandle"]) == b"user-1"
        assert signed["id"] == signed["rawId"] == made["id"]


def test_several_credentials_are_told_apart() -> None:
    """An allow list picks its credential; without one the latest of that rp_id answers; none fits elsewhere."""
    authenticator = model()
    first, second = (authenticator.register(CREATION, ORIGIN)["id"] for _ in range(2))
    only_first = REQUEST | {"allowCredentials": [{"type": "public-key", "id": first}]}
    assert authenticator.authenticate(only_first, ORIGIN)["id"] == first
    assert authenticator.authenticate(REQUEST, ORIGIN)["id"] == second
    with pytest.raises(Refused) as refused:
        authenticator.authenticate(REQUEST | {"rpId": "join.example.org"}, ORIGIN)
    assert refused.value.reason is SimulatorReason.NoCredentialHere


@pytest.mark.parametrize(
    ("change", "origin", "traits", "reason"),
    [
        ({}, "https://example.org.evil.test", {}, SimulatorReason.OriginOutsideRpId),
        ({}, "https://evilexample.org", {}, SimulatorReason.OriginOutsideRpId),
        ({}, "http://join.example.org", {}, SimulatorReason.OriginOutsideRpId),
        ({}, ORIGIN, {"user_verified": False}, SimulatorReason.UserNotVerified),
        ({}, ORIGIN, {"attachment": "platform"}, SimulatorReason.AttachmentNotAsked),
        (
            {"pubKeyCredParams": [{"type": "public-key", "alg": -257}]},
            ORIGIN,
            {},
            SimulatorReason.AlgorithmNotSupported,
        ),
    ],
)
def test_it_refuses_what_a_real_one_refuses(
    change: dict[str, Any], origin: str, traits: dict[str, Any], reason: SimulatorReason
) -> None:
    """A foreign or insecure origin, missing verification or an unknown algorithm never reaches the server."""
    selection = CREATION["authenticatorSelection"] | {"authenticatorAttachment": "cross-platform"}
    options = CREATION | {"authenticatorSelection": selection}
    model().register(options, ORIGIN)
    authenticator = model(**traits)
    with pytest.raises(Refused) as refused:
        authenticator.register(options | change, origin)
    assert refused.value.reason is reason
    assert not authenticator.held


def test_an_excluded_credential_is_not_made_again() -> None:
    """An authenticator that holds an excluded credential says so; another one does not care."""
    authenticator, other = model(), model()
    excluding = CREATION | {"excludeCredentials": [{"type": "public-key", "id": b64u(b"elsewhere")}]}
    made = authenticator.register(excluding, ORIGIN)["id"]
    excluding = CREATION | {"excludeCredentials": [{"type": "public-key", "id": made}]}
    other.register(excluding, ORIGIN)
    with pytest.raises(Refused) as refused:
        authenticator.register(excluding, ORIGIN)
    assert refused.value.reason is SimulatorReason.CredentialAlreadyHere


def test_localhost_needs_no_tls() -> None:
    """A page on localhost is a secure context, as in browsers, which demo and tests rest on."""
    options = CREATION | {"rp": {"id": "localhost", "name": "Demo"}}
    assert model().register(options, "http://localhost:8443")["type"] == "public-key"


def test_a_vacuous_tampering_is_a_defect() -> None:
    """Nothing is signed in fmt none, so tampering with its signature would attack nothing."""
    with pytest.raises(Defect):
        model().register(CREATION, ORIGIN, alter.SIGNATURE)


def test_credential_properties_are_reported_when_asked() -> None:
    """The credProps extension says that the credential is discoverable, and nothing is said unasked."""
    assert model().register(CREATION, ORIGIN)["clientExtensionResults"] == {}
    asking = CREATION | {"extensions": {"credProps": True}}
    assert model().register(asking, ORIGIN)["clientExtensionResults"] == {"credProps": {"rk": True}}


def test_equal_entropy_makes_equal_responses() -> None:
    """A seeded run can be repeated byte for byte."""
    attester = ROOT.attester(AAGUID)
    first, again = (
        Authenticator(Traits(aaguid=AAGUID, attestation="x5c"), attester, entropy=seeded(b"d")).register(
            CREATION, ORIGIN
        )
        for _ in range(2)
    )
    assert first == again


def test_unsolicited_extensions_are_flagged() -> None:
    """An extension map follows the key, and the ED flag says so."""
    made = model().register(CREATION, ORIGIN, Alter(extensions={"credProtect": 2}))
    found = parts(statement(made)["authData"])
    key: Any
    key, rest = cbor.decode_from(found.rest[50:])
    assert (found.flags, key[3], cbor.decode(rest)) == (0xC5, ES256, {"credProtect": 2})
