"""Compact signatures: one form, one algorithm, one curve, under the key that they carry."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as foreign_jws
from joserfc.jwk import ECKey
from msgspec import Struct

from firstkey.ceremonies.jws import DeviceKey, read_signed
from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Malformed, Refused
from tests.core.ceremonies.device_key import SEALING, SIGNING, Jws, jwk, raw_signature


class Payload(Struct, forbid_unknown_fields=True):
    """What is signed here."""

    a: int


FOREIGN = ECKey.import_key({**jwk(SIGNING)})
SOUND = Jws("test+jwt", {"a": 1})


def read(made: Jws) -> tuple[DeviceKey, Payload]:
    """Read a signature as the type it is made for."""
    return read_signed(made.compact(), "test+jwt", Payload)


def test_a_sound_signature_tells_who_signed_what() -> None:
    """The key and the payload come out, and another implementation verifies the same text."""
    key, payload = read(SOUND)
    assert (key.x, key.y, payload.a) == (jwk(SIGNING)["x"], jwk(SIGNING)["y"], 1)
    foreign_jws.deserialize_compact(SOUND.compact(), FOREIGN, algorithms=["ES256"])


def test_the_thumbprint_is_that_of_rfc_7638() -> None:
    """Another implementation gives the key the same name."""
    assert read(SOUND)[0].thumbprint == FOREIGN.thumbprint()


def test_the_point_is_uncompressed() -> None:
    """The point is the byte 4 and both coordinates."""
    numbers = SIGNING.public_key().public_numbers()
    assert read(SOUND)[0].point == b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


MALFORMED: dict[str, Jws] = {
    "another type": replace(SOUND, typ="other+jwt"),
    "no type": replace(SOUND, header={"typ": None}),
    "none": replace(SOUND, header={"alg": "none"}),
    "HMAC": replace(SOUND, header={"alg": "HS256"}),
    "no key": replace(SOUND, header={"jwk": None}),
    "another header member": replace(SOUND, header={"kid": "k"}),
    "critical": replace(SOUND, header={"crit": ["b64"], "b64": False}),
    "a private key": replace(SOUND, header={"jwk": jwk(SIGNING) | {"d": "AA"}}),
    "another curve": replace(SOUND, header={"jwk": jwk(SIGNING) | {"crv": "P-384"}}),
    "another key type": replace(SOUND, header={"jwk": jwk(SIGNING) | {"kty": "OKP"}}),
    "off the curve": replace(SOUND, header={"jwk": jwk(SIGNING) | {"y": b64u(bytes(31) + b"\1")}}),
    "a short coordinate": replace(SOUND, header={"jwk": jwk(SIGNING) | {"x": b64u(bytes(31))}}),
    "a coordinate in another text": replace(SOUND, header={"jwk": jwk(SIGNING) | {"x": "A" * 42 + "B"}}),
    "key as text": replace(SOUND, header={"jwk": "key"}),
    "another payload member": replace(SOUND, bent={"b": 1}),
    "a payload member missing": replace(SOUND, bent={"a": None}),
    "a payload member of another type": replace(SOUND, bent={"a": True}),
    "a payload member twice": replace(SOUND, text=lambda text: b'{"a":1,"a":1}'),
    "payload no object": replace(SOUND, text=lambda text: b"[1]"),
    "payload not UTF-8": replace(SOUND, text=lambda text: b'{"a":"\xff"}'),
    "signature in DER": replace(SOUND, sign=lambda key, data: b"0" * 70),
    "no signature": replace(SOUND, sign=lambda key, data: b""),
    "two parts": replace(SOUND, finish=lambda text: text.rpartition(".")[0]),
    "four parts": replace(SOUND, finish=lambda text: text + ".AA"),
    "padding": replace(SOUND, finish=lambda text: text + "=="),
    "white space": replace(SOUND, finish=lambda text: text + "\n"),
    "too long": replace(SOUND, finish=lambda text: text + "A" * 4096),
    "empty": replace(SOUND, finish=lambda text: ""),
}


@pytest.mark.parametrize("bent", MALFORMED.values(), ids=list(MALFORMED))
def test_another_form_is_malformed(bent: Jws) -> None:
    """The sound signature in any other form is refused before its signature is looked at."""
    read(SOUND)
    with pytest.raises(Malformed) as refused:
        read(bent)
    assert refused.value.reason is Reason.ProofMalformed


WRONG: dict[str, Callable[[Any, bytes], bytes]] = {
    "another key": lambda key, data: raw_signature(SEALING, data),
    "another text": lambda key, data: raw_signature(key, data + b"."),
    "zeros": lambda key, data: bytes(64),
    "ones": lambda key, data: b"\xff" * 64,
}


@pytest.mark.parametrize("sign", WRONG.values(), ids=list(WRONG))
def test_a_signature_that_does_not_verify_is_refused(sign: Callable[[Any, bytes], bytes]) -> None:
    """In the right form, a signature by another key, over other bytes or out of range is refused as that."""
    with pytest.raises(Refused) as refused:
        read(replace(SOUND, sign=sign))
    assert refused.value.reason is Reason.ProofSignatureWrong


@given(st.integers(0, 2), st.integers(0, 300), st.binary(max_size=8), st.integers(0, 8))
def test_nothing_but_a_refusal_comes_out(part: int, start: int, put: bytes, skipped: int) -> None:
    """However the parts' bytes are bent, only what verifies is read."""
    parts = SOUND.compact().split(".")
    whole = unb64u(parts[part])
    parts[part] = b64u(whole[:start] + put + whole[start + skipped :])
    if ".".join(parts) != SOUND.compact():
        with pytest.raises(Refused):
            read_signed(".".join(parts), "test+jwt", Payload)


@given(st.text())
def test_any_text_is_malformed(text: str) -> None:
    """Text that nobody signed is refused, whatever characters it has."""
    with pytest.raises(Malformed):
        read_signed(text, "test+jwt", Payload)
