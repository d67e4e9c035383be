"""JSON from strangers: an object without doubts, or malformed by the name its reader gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.ceremonies.json_text import binary, member, read_object
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values.errors import Malformed

REASON = CeremonyReason.ProofMalformed


def test_an_object_is_read_with_all_its_members() -> None:
    """Members of any kind come out, and a byte order mark is skipped."""
    assert read_object(b'\xef\xbb\xbf{"a": [1.5, null], "b": {"a": "\\u00e9"}}', REASON) == {
        "a": [1.5, None],
        "b": {"a": "\u00e9"},
    }


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"{} {}",
        b"{'a':1}",
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"b":2}}',
        b'{"a":"\xff"}',
        b"{\xff}",
        b'{"a":' + b"9" * 5000 + b"}",
        b"[" * 50_000,
        b'{"a":' * 13_000,
        b"{}" + b" " * 65_536,
    ],
    ids=range(14),
)
def test_anything_else_is_malformed(text: bytes) -> None:
    """Another form, a key twice at any depth, other bytes, endless digits or nesting, and too much are refused."""
    with pytest.raises(Malformed) as refused:
        read_object(text, REASON)
    assert refused.value.reason is REASON


@given(st.binary())
def test_nothing_but_malformed_comes_out(text: bytes) -> None:
    """Whatever the bytes are, an object comes out or one refusal."""
    try:
        assert isinstance(read_object(text, REASON), dict)
    except Malformed as refused:
        assert refused.reason is REASON  # noqa: PT017 - either outcome is right, and this one is looked at


@pytest.mark.parametrize("source", [{}, {"a": True}, {"a": 1.0}, {"a": "1"}, {"a": None}])
def test_a_member_of_another_type_is_malformed(source: dict[str, object]) -> None:
    """A member is taken as the exact type asked for; a boolean is no number."""
    assert member({"a": 1}, "a", int, REASON) == 1
    with pytest.raises(Malformed):
        member(source, "a", int, REASON)


@pytest.mark.parametrize("text", [None, 1, "AA==", "A", "AB", "A+/A", "A" * 87_382])
def test_binary_is_strict_base64url(text: object) -> None:
    """Bytes have one text: no padding, no spare bits, no other alphabet, and not too much of it."""
    assert binary({"a": "AAA"}, "a", REASON) == b"\0\0"
    with pytest.raises(Malformed) as refused:
        binary({"a": text}, "a", REASON)
    assert refused.value.reason is REASON
