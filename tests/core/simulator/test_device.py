"""The joiner's device against joserfc, which reads what it signs, and against a seal made here by hand."""

import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwk as foreign_jwk
from joserfc import jws as foreign_jws

from firstkey.simulator.device import TRUE, Instead, JoinerDevice, thumbprint
from firstkey.simulator.keys import p256_key, seeded
from firstkey.simulator.refusals import SimulatorReason
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Refused
from firstkey.values.secret import Secret

NOW = 1_772_352_000_999
URL = "https://join.example.org/join/claim"
CODE = Secret(b"0123456789ABCDEFGHJKMNPQRS")
CONTEXT = {"case": "case-1", "claim": "claim-1", "pass_id": "pass-1"}


def device(seed: bytes = b"joiner") -> JoinerDevice:
    """Return a device whose keys follow from the seed and whose clock stands."""
    return JoinerDevice(lambda: NOW, seeded(seed))


def proof(instead: Instead = TRUE, url: str = URL) -> str:
    """Return the proof of a POST, honest or not."""
    return device().prove("POST", url, b"{}", "n1", instead)


def header(jws: str) -> Any:
    """Return the header of a compact JWS."""
    return json.loads(unb64u(jws.split(".", maxsplit=1)[0]))


def read(jws: str) -> Any:
    """Verify a compact JWS under the key in its header, by another library, and return its payload."""
    key = foreign_jwk.ECKey.import_key(header(jws)["jwk"])
    registry = foreign_jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    return json.loads(foreign_jws.deserialize_compact(jws, key, registry=registry).payload)


def sealed() -> dict[str, Any]:
    """Seal the code to the device's second key, as the sealing's description says it."""
    ephemeral, theirs = p256_key(seeded(b"ephemeral")), device().sealing_jwk
    own = b"\x04" + unb64u(theirs["x"]) + unb64u(theirs["y"])
    point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    context = b'{"case":"case-1","claim":"claim-1","pass":"pass-1","purpose":"firstkey-sealed-code","version":1}'
    shared = ephemeral.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), own))
    material = HKDF(hashes.SHA256(), 44, salt=point + own, info=context).derive(shared)
    ciphertext = AESGCM(material[:32]).encrypt(material[32:], CODE.reveal(), context)
    return {"version": 1, "ephemeral_key": b64u(point), "ciphertext": b64u(ciphertext)}


def test_a_proof_names_the_request() -> None:
    """Another JWS implementation verifies the signature under the key in the header, and finds the six members."""
    assert header(proof()) == {"typ": "firstkey-proof+jwt", "alg": "ES256", "jwk": device().signing_jwk}
    members = read(proof())
    assert len(unb64u(members.pop("jti"))) == 16
    body = b64u(hashlib.sha256(b"{}").digest())
    assert members == {"htm": "POST", "htu": URL, "nonce": "n1", "body": body, "iat": NOW // 1000}


def test_query_and_fragment_are_no_part_of_what_is_proved() -> None:
    """An address with query and fragment is proved without them (RFC 9449 section 4.2)."""
    assert read(proof(url=URL + "?a=1#handle"))["htu"] == URL


def test_each_proof_has_an_id_of_its_own() -> None:
    """Two proofs of one request differ in their id, so that each can be spent once."""
    joiner = device()
    first, second = (read(joiner.prove("POST", URL, b"{}", "n1"))["jti"] for _ in range(2))
    assert first != second


def test_the_key_is_named_as_another_library_names_it() -> None:
    """The thumbprint is that of RFC 7638, and follows only from the required members."""
    joiner = device()
    assert joiner.device_key == foreign_jwk.ECKey.import_key({**joiner.signing_jwk}).thumbprint()
    assert thumbprint(joiner.signing_jwk | {"kid": "x"}) == joiner.device_key


def test_the_first_key_signs_the_second() -> None:
    """The binding carries the first key, and signs the case and the second, which is another one."""
    binding = device().bind_keys("case-1")
    assert header(binding) == {"typ": "firstkey-claim-keys+jwt", "alg": "ES256", "jwk": device().signing_jwk}
    assert read(binding) == {"case": "case-1", "sealing_key": device().sealing_jwk}
    assert device().sealing_jwk != device().signing_jwk


def test_a_lie_is_signed_like_the_truth() -> None:
    """What is written instead verifies, and the rest stays; only a flipped signature does not verify."""
    lying = proof(Instead(header={"typ": "dpop+jwt"}, payload={"htm": "GET"}))
    assert read(lying) == read(proof()) | {"htm": "GET"}
    assert header(lying) == header(proof()) | {"typ": "dpop+jwt"}
    with pytest.raises(Exception, match="bad_signature"):
        read(proof(Instead(signature_flipped=True)))


def test_two_devices_share_nothing() -> None:
    """Keys come from the machine's randomness unless a seed is given, and differ from device to device."""
    keys = [
        json.dumps(key) for each in (JoinerDevice(), JoinerDevice()) for key in (each.signing_jwk, each.sealing_jwk)
    ]
    assert len(set(keys)) == 4


def test_a_sealed_code_opens_on_its_device() -> None:
    """A code sealed by the description's own steps opens, and on no other device."""
    assert device().open_code(sealed(), **CONTEXT) == CODE
    with pytest.raises(Refused) as refused:
        device(b"rival").open_code(sealed(), **CONTEXT)
    assert refused.value.reason is SimulatorReason.CodeNotForThisDevice


@pytest.mark.parametrize("name", sorted(CONTEXT))
def test_a_sealed_code_moved_elsewhere_does_not_open(name: str) -> None:
    """Under another case, claim or pass the same bytes stay closed."""
    with pytest.raises(Refused) as refused:
        device().open_code(sealed(), **CONTEXT | {name: "other"})
    assert refused.value.reason is SimulatorReason.CodeNotForThisDevice


@pytest.mark.parametrize(
    "change", [{"version": 2}, {"ciphertext": "AAAA"}, {"ciphertext": "="}, {"ephemeral_key": "AAAA"}]
)
def test_a_changed_seal_does_not_open(change: dict[str, Any]) -> None:
    """Another version, ciphertext or point is refused, whatever breaks inside."""
    with pytest.raises(Refused) as refused:
        device().open_code(sealed() | change, **CONTEXT)
    assert refused.value.reason is SimulatorReason.CodeNotForThisDevice
