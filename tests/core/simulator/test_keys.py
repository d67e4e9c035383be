"""Keys and signatures of the simulator, verified by the cryptography package's public half."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from firstkey.simulator import keys
from firstkey.simulator.keys import seeded


def test_equal_entropy_gives_equal_keys_and_signatures() -> None:
    """A run can be repeated byte for byte from its seed, and another seed gives other bytes."""
    first, again, other = (keys.sign(keys.p256_key(seeded(seed)), b"m") for seed in (b"1", b"1", b"2"))
    assert first == again
    assert first != other


@pytest.mark.parametrize("algorithm", [keys.ES256, keys.EDDSA])
def test_a_signature_holds_for_its_message_only(algorithm: int) -> None:
    """The public half verifies the message signed and refuses another."""
    key = keys.new_key(algorithm, seeded(b"seed"))
    public = key.public_key()
    signature = keys.sign(key, b"message")

    def verify(message: bytes) -> None:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        else:
            public.verify(signature, message)

    verify(b"message")
    with pytest.raises(InvalidSignature):
        verify(b"messagf")
    assert isinstance(public, ed25519.Ed25519PublicKey) is (algorithm == keys.EDDSA)


def test_a_jws_signature_is_the_same_one_in_fixed_width() -> None:
    """JWS carries r and s as 32 bytes each; put back into DER they verify."""
    key = keys.p256_key(seeded(b"seed"))
    for number in range(40):
        raw = keys.sign_jws(key, b"%d" % number)
        assert len(raw) == 64
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key.public_key().verify(der, b"%d" % number, ec.ECDSA(hashes.SHA256()))


def test_a_jwk_names_the_point_and_nothing_private() -> None:
    """The public JSON Web Key has the four public members, each coordinate at its full width."""
    for seed in range(40):
        jwk = keys.jwk(keys.p256_key(seeded(b"%d" % seed)).public_key())
        assert set(jwk) == {"kty", "crv", "x", "y"}
        assert len(jwk["x"]) == len(jwk["y"]) == 43
