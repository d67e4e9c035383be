"""Canonical JSON against a second implementation of RFC 8785, written from the RFC for our restriction of it."""

import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.values import canonical
from firstkey.values.errors import Malformed

SHORT_ESCAPES = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}

KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,63}", fullmatch=True)
INTEGERS = st.integers(-canonical.INTEGER_MAX, canonical.INTEGER_MAX)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


def rfc8785(value: Any) -> str:
    """Serialise as RFC 8785 sections 3.2.2 and 3.2.3 say, character by character."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return f'"{"".join(map(escaped, value))}"'
        case list():
            return f"[{','.join(map(rfc8785, value))}]"
        case _:
            keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
            return "{" + ",".join(f"{rfc8785(key)}:{rfc8785(value[key])}" for key in keys) + "}"


def escaped(character: str) -> str:
    """Escape what RFC 8785 section 3.2.2.2 escapes, and nothing else."""
    number = ord(character)
    return SHORT_ESCAPES.get(number, f"\\u{number:04x}" if number < 32 else character)


@given(VALUES)
def test_equals_a_second_implementation_of_rfc_8785(value: Any) -> None:
    """Within the restriction, the bytes are those of RFC 8785."""
    assert canonical.encode(value) == rfc8785(value).encode()


def test_equals_it_on_every_character() -> None:
    """Every Unicode scalar value is written as RFC 8785 writes it."""
    everything = [chr(number) for number in range(0x110000) if not 0xD800 <= number < 0xE000]
    assert canonical.encode(everything) == rfc8785(everything).encode()


@given(VALUES)
def test_reading_what_was_written_gives_the_value(value: Any) -> None:
    """Decode undoes encode."""
    assert canonical.decode(canonical.encode(value)) == value


@given(VALUES, st.integers(1, 3) | st.none())
def test_one_value_has_one_form(value: Any, indent: int | None) -> None:
    """Bytes that json reads as the same value but that differ from the canonical ones are refused."""
    other = json.dumps(value, indent=indent, sort_keys=False).encode()
    if other == canonical.encode(value):
        assert canonical.decode(other) == value
    else:
        with pytest.raises(Malformed):
            canonical.decode(other)


@given(st.binary(max_size=40))
def test_bytes_are_refused_or_are_their_own_encoding(data: bytes) -> None:
    """Whatever is read writes itself again, and nothing but Malformed comes out."""
    try:
        value = canonical.decode(data)
    except Malformed:
        return
    assert canonical.encode(value) == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" 1",
        b"1\n",
        b"-0",
        b"01",
        b"1.0",
        b"1e2",
        b"NaN",
        b"Infinity",
        b"9007199254740992",
        b"-9007199254740992",
        b"1" * 5000,
        b'"\\u0041"',
        b'"\\u001F"',
        b'"\\/"',
        b'"\\ud800"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"A":1}',
        b'{"1a":1}',
        b'{"":1}',
        b'{"a\\n":1}',
        b"[1,2",
        b"[" * 100_000,
        b"[" * 33 + b"]" * 33 + b"x",
    ],
)
def test_other_forms_are_refused(data: bytes) -> None:
    """White space, other numbers, other escapes, doubled or unsorted keys, other keys and broken text are refused."""
    with pytest.raises(Malformed):
        canonical.decode(data)


@pytest.mark.parametrize("value", [1.0, b"1", {1: 2}, {"A": 1}, {"a" * 65: 1}, "\udfff", {1}, 2**53, object()])
def test_values_outside_the_restriction_are_refused(value: Any) -> None:
    """Fractions, bytes, foreign keys, lone surrogates, large integers and objects have no canonical form."""
    with pytest.raises(Malformed):
        canonical.encode({"a": [value]})


def test_depth_is_limited() -> None:
    """Nesting ends at DEPTH_MAX, in what is written and in what is read."""
    deepest: list[Any] = []
    for _ in range(canonical.DEPTH_MAX):
        deepest = [deepest]
    assert canonical.decode(canonical.encode(deepest)) == deepest
    for refuse in (lambda: canonical.encode([deepest]), lambda: canonical.decode(json.dumps([deepest]).encode())):
        with pytest.raises(Malformed, match="deep"):
            refuse()


def test_keys_have_one_alphabet() -> None:
    """A key begins with a small letter and goes on with small letters, digits and underscores, 64 at most."""
    for first in string.printable:
        good = first in string.ascii_lowercase
        try:
            canonical.encode({first + "a0_" + "z" * 60: 1})
        except Malformed:
            assert not good
        else:
            assert good
