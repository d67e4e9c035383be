"""Canonical CBOR: one byte form for a value, read as another implementation reads it, and nothing besides."""

from typing import Any

import pytest
from fido2 import cbor as foreign
from hypothesis import given
from hypothesis import strategies as st

from firstkey.ceremonies import cbor
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values.errors import Malformed

KEYS = st.integers(-(2**64), 2**64 - 1) | st.text() | st.binary()
VALUES = st.recursive(
    KEYS | st.booleans(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


def depth(value: Any) -> int:
    """Return how many levels a value has."""
    inner = value if isinstance(value, list) else [*value, *value.values()] if isinstance(value, dict) else []
    return 1 + max(map(depth, inner), default=0)


@given(VALUES.filter(lambda value: depth(value) <= cbor.DEPTH_MAX))
def test_what_another_implementation_writes_is_read_alike(value: Any) -> None:
    """Every value that the library encodes canonically is decoded to the same value, to its last byte."""
    assert cbor.decode(foreign.encode(value)) == value


@given(st.binary(max_size=60))
def test_what_is_read_is_what_another_implementation_reads_and_writes(data: bytes) -> None:
    """Whatever is accepted means the same to the library, and is exactly what it would have written."""
    try:
        value = cbor.decode(data)
    except Malformed:
        return
    if b"\xf6" not in data:  # the library cannot write null
        assert foreign.decode(data) == value
        assert foreign.encode(value) == data


REFUSED = {
    "nothing": "",
    "truncated head": "18",
    "truncated long head": "1a0000",
    "truncated bytes": "4201",
    "truncated text": "6261",
    "truncated array": "8201",
    "truncated map": "a101",
    "absurd length": "5bffffffffffffffff",
    "absurd count": "9bffffffffffffffff",
    "absurd map": "bbffffffffffffffff",
    "followed by more": "0000",
    "long 23": "1817",
    "long 255": "1900ff",
    "long 65535": "1a0000ffff",
    "long 2^32-1": "1b00000000ffffffff",
    "long negative": "3817",
    "long length": "580100",
    "reserved head": "1c",
    "indefinite bytes": "5f4100ff",
    "indefinite array": "9f00ff",
    "indefinite map": "bfff",
    "tag": "c000",
    "tag with the number of false": "d4",
    "tag around null": "d6f6",
    "false in two bytes": "f814",
    "single float": "faffffffff",
    "half float": "f90000",
    "double float": "fb0000000000000000",
    "undefined": "f7",
    "simple value": "f0",
    "simple value in two bytes": "f818",
    "break": "ff",
    "text that is not UTF-8": "61ff",
    "surrogate in text": "63eda080",
    "a key twice": "a2010001 00".replace(" ", ""),
    "keys out of order": "a202000100",
    "a negative key first": "a220000100",
    "a longer key first": "a2626161006162 00".replace(" ", ""),
    "an array for a key": "a1800 0".replace(" ", ""),
    "a map for a key": "a1a000",
    "a boolean for a key": "a1f500",
    "null for a key": "a1f600",
    "nine levels of arrays": "81" * 8 + "00",
    "nine levels of maps": "a100" * 8 + "00",
}


@pytest.mark.parametrize("encoded", REFUSED.values(), ids=list(REFUSED))
def test_every_other_form_is_malformed(encoded: str) -> None:
    """What is not the one form of a value is refused, each for its own fault."""
    with pytest.raises(Malformed) as refused:
        cbor.decode(bytes.fromhex(encoded))
    assert refused.value.reason is CeremonyReason.CborNotCanonical


@pytest.mark.parametrize("number", [0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**64 - 1])
def test_every_width_has_its_numbers(number: int) -> None:
    """The least and the greatest number of each width are read, and their negatives."""
    assert cbor.decode(foreign.encode(number)) == number
    assert cbor.decode(foreign.encode(-1 - number)) == -1 - number


def test_eight_levels_are_read() -> None:
    """The deepest value that is read has eight levels, of arrays or of maps, whole or within more."""
    assert cbor.decode(b"\x81" * 7 + b"\x00") == [[[[[[[0]]]]]]]
    maps = bytes.fromhex("a100" * 7 + "00")
    assert cbor.decode(maps) == {0: {0: {0: {0: {0: {0: {0: 0}}}}}}}
    assert cbor.decode_prefix(maps + b"\xff", 0)[1] == len(maps)


def test_the_input_ends_at_64_kib() -> None:
    """A value of 64 KiB is read whole, whatever it is made of; a byte more and nothing is looked at."""
    items = 65536 - 3
    assert len(cbor.decode(b"\x99" + items.to_bytes(2, "big") + bytes(items))) == items
    with pytest.raises(Malformed, match="64 KiB"):
        cbor.decode(bytes(65537))


def test_a_prefix_ends_where_its_item_ends() -> None:
    """An item is read out of the middle, and the position after it is told."""
    assert cbor.decode_prefix(b"\xff\x82\x01\x02\xff", 1) == ([1, 2], 4)
    with pytest.raises(Malformed):
        cbor.decode_prefix(b"\x00", 1)


def test_keys_in_any_order_are_still_unique() -> None:
    """Where the order is left alone, a key twice is refused all the same."""
    assert cbor.decode(bytes.fromhex("a202000100"), any_key_order=True) == {2: 0, 1: 0}
    with pytest.raises(Malformed):
        cbor.decode(bytes.fromhex("a3020001000200"), any_key_order=True)
