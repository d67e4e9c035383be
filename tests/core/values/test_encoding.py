"""Bytes as text, one text for one value; and commitments."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.values.encoding import b64u, commitment, sha256_hex, unb64u
from firstkey.values.errors import Defect, Malformed


@given(st.binary())
def test_reading_what_was_written_gives_the_bytes(data: bytes) -> None:
    """unb64u undoes b64u, whose text is RFC 4648 section 5 without padding."""
    text = b64u(data)
    assert unb64u(text) == data
    assert base64.urlsafe_b64decode(text + "==") == data
    assert "=" not in text


@given(st.text(alphabet="AQgwZ09-_+/= \n", max_size=12))
def test_a_text_is_refused_or_is_its_own_encoding(text: str) -> None:
    """Whatever is read writes itself again, and nothing but Malformed comes out."""
    try:
        data = unb64u(text)
    except Malformed:
        return
    assert b64u(data) == text


@pytest.mark.parametrize(
    "text", ["A", "AAAAA", "AB", "AAB", "AA==", "AA=", "A+", "A/", "A A", "AA\n", "ÄÄ", "=", "AA\0"]
)
def test_other_forms_are_refused(text: str) -> None:
    """Padding, the other alphabet, stray bits, white space and impossible lengths are refused."""
    assert unb64u("AA") == b"\0"
    with pytest.raises(Malformed):
        unb64u(text)


def test_a_digest_is_lower_case_hex() -> None:
    """sha256_hex gives the 64 characters of FIPS 180-4's first example."""
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_commitment_hides_its_value_behind_the_salt() -> None:
    """It is SHA-256 of salt and value; another salt or value gives another one."""
    salt, other = bytes(32), bytes(31) + b"\1"
    assert commitment(salt, b"Ada") == hashlib.sha256(salt + b"Ada").hexdigest()
    assert len({commitment(salt, b"Ada"), commitment(other, b"Ada"), commitment(salt, b"Adb")}) == 3


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_salt_has_one_length(length: int) -> None:
    """With salts of any length one commitment could open to two values, so that is a defect."""
    assert commitment(bytes(32), b"x") == commitment(bytes(32), b"x")
    with pytest.raises(Defect):
        commitment(bytes(length), b"x")
