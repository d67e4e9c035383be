"""COSE keys: sound ones of every algorithm are read, and each way to be unsound is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from fido2.cose import CoseKey
from hypothesis import given
from hypothesis import strategies as st

from firstkey.ceremonies.cose import ALGORITHMS, OFFERED, PublicKey, read_public_key, verify
from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.values.errors import Malformed, Refused
from tests.core.ceremonies.software_key import Raw, encode, flipped, make_key, rsa_key

ES256, RS256, ED25519 = make_key(-7).cose, make_key(-257).cose, make_key(-8).cose
OFF_CURVE = bytes(31) + b"\1"


def read(cose: Any) -> PublicKey:
    """Read a key from its members."""
    return read_public_key(encode(cose))


@pytest.mark.parametrize("alg", sorted(ALGORITHMS))
def test_every_algorithm_verifies_and_only_what_was_signed(alg: int) -> None:
    """A key of each algorithm is read, and its signature verifies over those bytes alone."""
    key = make_key(alg)
    public = read(key.cose)
    signature = key.sign(b"data")
    assert public.alg == alg
    verify(alg, public.key, signature, b"data", Reason.AssertionSignatureWrong)
    for bent, data in (
        (signature, b"Data"),
        (flipped(signature), b"data"),
        (b"", b"data"),
        (signature + b"\0", b"data"),
    ):
        with pytest.raises(Refused) as refused:
            verify(alg, public.key, bent, data, Reason.AssertionSignatureWrong)
        assert refused.value.reason is Reason.AssertionSignatureWrong


@pytest.mark.parametrize("alg", sorted(set(ALGORITHMS) - {-38}))
def test_another_implementation_agrees(alg: int) -> None:
    """The library verifies the same signature by the same key (PS384 it does not know)."""
    key = make_key(alg)
    CoseKey.parse(key.cose).verify(b"data", key.sign(b"data"))


@pytest.mark.parametrize("salt_bytes", [0, 20, 31, 33, 222])
def test_a_pss_salt_is_as_long_as_the_hash(salt_bytes: int) -> None:
    """A signature with a salt of another length than RFC 8230 gives is none."""
    key = make_key(-37)
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), salt_bytes)
    signature = key.private.sign(b"data", pss, hashes.SHA256())
    with pytest.raises(Refused):
        verify(-37, read(key.cose).key, signature, b"data", Reason.AssertionSignatureWrong)


def test_what_is_offered_can_be_judged() -> None:
    """Nothing is offered that no scheme stands for, and nothing twice."""
    assert set(OFFERED) <= set(ALGORITHMS)
    assert len(set(OFFERED)) == len(OFFERED)


UNSOUND: dict[str, Callable[[], Any]] = {
    "not a map": lambda: [ES256],
    "no algorithm": lambda: {label: ES256[label] for label in (1, -1, -2, -3)},
    "unknown algorithm": lambda: ES256 | {3: -65535},
    "algorithm as text": lambda: ES256 | {3: "ES256"},
    "algorithm as boolean": lambda: ES256 | {3: True},
    "algorithm as list": lambda: ES256 | {3: [-7]},
    "algorithm as map": lambda: ES256 | {3: {}},
    "secp256k1": lambda: make_key(-47).cose,
    "another type": lambda: ES256 | {1: 3},
    "type as boolean": lambda: ED25519 | {1: True},
    "curve as boolean": lambda: ES256 | {-1: True},
    "another curve": lambda: ES256 | {-1: 2},
    "another algorithm's key": lambda: ES256 | {3: -35},
    "Ed25519 named ES256": lambda: ED25519 | {3: -7},
    "Ed448 named EdDSA": lambda: make_key(-53).cose | {3: -8},
    "a member too many": lambda: ES256 | {2: b"kid"},
    "a private member": lambda: ES256 | {-4: bytes(32)},
    "a member missing": lambda: {label: ES256[label] for label in (1, 3, -1, -2)},
    "compressed": lambda: ES256 | {-3: True},
    "short coordinate": lambda: ES256 | {-2: ES256[-2][1:]},
    "long coordinate": lambda: ES256 | {-2: b"\0" + ES256[-2]},
    "a byte on the other side": lambda: ES256 | {-2: ES256[-2][:-1], -3: ES256[-2][-1:] + ES256[-3]},
    "off the curve": lambda: ES256 | {-3: OFF_CURVE},
    "beyond the field": lambda: ES256 | {-2: b"\xff" * 32},
    "point at infinity": lambda: ES256 | {-2: bytes(32), -3: bytes(32)},
    "short Ed25519": lambda: ED25519 | {-2: bytes(31)},
    "RSA of 1024 bits": lambda: rsa_key(-257, 1024).cose,
    "RSA of 8193 bits": lambda: RS256 | {-1: b"\1" + b"\xff" * 1024},
    "RSA of 2047 bits": lambda: RS256 | {-1: b"\x7f" + b"\xff" * 255},
    "RSA with leading zero": lambda: RS256 | {-1: b"\0" + RS256[-1]},
    "RSA exponent with leading zero": lambda: RS256 | {-2: b"\0\1\0\1"},
    "even RSA modulus": lambda: RS256 | {-1: RS256[-1][:-1] + b"\2"},
    "empty RSA modulus": lambda: RS256 | {-1: b""},
    "RSA exponent 1": lambda: RS256 | {-2: b"\1"},
    "even RSA exponent": lambda: RS256 | {-2: b"\2"},
    "huge RSA exponent": lambda: RS256 | {-2: b"\1" * 5},
    "RSA exponent above modulus": lambda: RS256 | {-2: b"\xff" * 256},
}


@pytest.mark.parametrize("cose", UNSOUND.values(), ids=list(UNSOUND))
def test_an_unsound_key_is_refused(cose: Callable[[], Any]) -> None:
    """A key that is inconsistent, off its curve, too small or ambiguous is refused when it is read."""
    read(ES256)
    with pytest.raises(Malformed) as refused:
        read(cose())
    assert refused.value.reason is Reason.PublicKeyUnfit


def test_rsa_sizes_have_bounds() -> None:
    """Moduli of 2048 to 8192 bits and exponents of up to 32 bits are sound."""
    for n, e in ((b"\x80" + b"\xff" * 255, b"\3"), (b"\xff" * 1024, b"\xff" * 4)):
        assert read(RS256 | {-1: n, -2: e}).alg == -257


def test_a_key_in_another_byte_form_is_refused() -> None:
    """The same members in another order are no key, so that a key has one form."""
    members = [encode(label) + encode(value) for label, value in ES256.items()]
    with pytest.raises(Malformed) as refused:
        read(Raw(b"\xa5" + b"".join(reversed(members))))
    assert refused.value.reason is Reason.CborNotCanonical


@given(
    st.dictionaries(
        st.sampled_from([1, 3, -1, -2, -3]),
        st.sampled_from(
            [*ALGORITHMS, 0, 1, 2, 3, True, None, b"", b"\1\0\1", ES256[-2], ES256[-3], RS256[-1], ED25519[-2]]
        ),
    )
)
def test_members_in_any_mixture_never_crash(cose: dict[int, Any]) -> None:
    """Members of known labels in any mixture make a known key or a refusal."""
    sound = [make_key(alg).cose for alg in ALGORITHMS]
    if cose in sound:
        return
    try:
        read(cose)
    except Malformed:
        return
    assert cose[3] in ALGORITHMS
