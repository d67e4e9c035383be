"""Sealing: the claim's second key opens it, in its own context, and nothing else does."""

import json
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from firstkey.ceremonies.jws import DeviceKey
from firstkey.ceremonies.sealing import Sealed, seal
from firstkey.values.codes import SEALED_SYMBOLS, draw
from firstkey.values.encoding import unb64u
from firstkey.values.errors import Defect
from firstkey.values.secret import Secret
from tests.core.ceremonies.device_key import SEALING, SIGNING, jwk

KEY = DeviceKey(**jwk(SEALING))  # type: ignore[arg-type] # literal members
ORDER = 115792089210356248762697446949407573529996955224135760342422259061068512044369
CODE = draw(bytes(range(26)), SEALED_SYMBOLS)
CONTEXT = {"case": "case-1", "pass_id": "pass-1", "claim": "claim-1"}


def sealed(code: Secret = CODE, entropy: bytes = b"e" * 48) -> Sealed:
    """Seal a code to the claim's second key."""
    return seal(code, KEY, Secret(entropy), **CONTEXT)


def unseal(box: dict[str, Any], key: ec.EllipticCurvePrivateKey, case: str, pass_id: str, claim: str) -> bytes:
    """Open a sealed code step by step, as the page does with WebCrypto."""
    numbers = key.public_key().public_numbers()
    own = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    point = unb64u(box["ephemeral_key"])
    members = {"case": case, "claim": claim, "pass": pass_id, "purpose": "firstkey-sealed-code", "version": 1}
    context = json.dumps(members, separators=(",", ":")).encode()
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))
    material = HKDF(SHA256(), 44, salt=point + own, info=context).derive(shared)
    return AESGCM(material[:32]).decrypt(material[32:], unb64u(box["ciphertext"]), context)


@given(st.binary(min_size=48, max_size=48))
def test_the_second_key_opens_it(entropy: bytes) -> None:
    """With any entropy the code that comes out is the one that went in, through JSON."""
    box = json.loads(json.dumps(sealed(entropy=entropy).json))
    assert unseal(box, SEALING, **CONTEXT) == CODE.reveal()
    assert box["version"] == 1


def test_another_key_does_not_open_it() -> None:
    """A key that it was not sealed to opens nothing."""
    with pytest.raises(InvalidTag):
        unseal(sealed().json, SIGNING, **CONTEXT)


@pytest.mark.parametrize("name", list(CONTEXT))
def test_another_context_does_not_open_it(name: str) -> None:
    """Moved to another case, pass or claim, it stays closed."""
    with pytest.raises(InvalidTag):
        unseal(sealed().json, SEALING, **CONTEXT | {name: "another"})


def test_no_code_stands_in_it() -> None:
    """The code appears neither in the JSON nor in any representation; other entropy gives another box."""
    code = CODE.reveal().decode()
    assert code not in json.dumps(sealed().json)
    assert code not in repr(sealed())
    assert sealed().ciphertext != sealed(entropy=b"f" * 48).ciphertext
    assert sealed() == sealed()


@pytest.mark.parametrize(("drawn", "scalar"), [(0, 1), (ORDER - 2, ORDER - 1), (ORDER - 1, 1), (2**384 - 1, None)])
def test_any_entropy_makes_a_private_key(drawn: int, scalar: int | None) -> None:
    """The ephemeral key is from 1 to the order less 1, at every end of what can be drawn."""
    point = unb64u(sealed(entropy=drawn.to_bytes(48, "big")).ephemeral_key)
    expected = ec.derive_private_key(scalar or (2**384 - 1) % (ORDER - 1) + 1, ec.SECP256R1()).public_key()
    assert point == expected.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@pytest.mark.parametrize("entropy", [b"", b"e" * 32, b"e" * 49])
def test_other_amounts_of_entropy_are_a_defect(entropy: bytes) -> None:
    """An ephemeral key is made of exactly 48 bytes."""
    with pytest.raises(Defect):
        sealed(entropy=entropy)
