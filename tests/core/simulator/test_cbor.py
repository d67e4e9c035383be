"""The CBOR that the authenticator writes, against a foreign decoder and RFC 8949's own examples."""

import pytest
from fido2 import cbor as foreign
from hypothesis import given
from hypothesis import strategies as st

from firstkey.simulator import cbor
from firstkey.values.errors import Defect

LEAVES = st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=300) | st.text(max_size=40) | st.booleans()


@given(value=st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4), max_leaves=20))
def test_a_foreign_decoder_reads_back_what_was_encoded(value: object) -> None:
    """Whatever is encoded, another implementation decodes to the same value and nothing is left over."""
    assert foreign.decode_from(cbor.encode(value)) == (value, b"")


@given(value=st.dictionaries(st.integers(-(2**32), 2**32) | st.text(max_size=30), LEAVES, max_size=8))
def test_map_keys_stand_in_the_order_of_ctap2(value: dict[int | str, object]) -> None:
    """A map has one form, the one that another CTAP2 encoder gives too."""
    assert cbor.encode(value) == foreign.encode(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (23, "17"),
        (24, "1818"),
        (1000000, "1a000f4240"),
        (18446744073709551615, "1bffffffffffffffff"),
        (-1, "20"),
        (-1000, "3903e7"),
        (b"\x01\x02\x03\x04", "4401020304"),
        ("ü", "62c3bc"),
        ([1, [2, 3]], "8201820203"),
        ({"a": 1, "b": [2, 3]}, "a26161016162820203"),
        (False, "f4"),
        (True, "f5"),
    ],
)
def test_the_examples_of_rfc_8949(value: object, expected: str) -> None:
    """The encodings in RFC 8949 appendix A come out byte for byte."""
    assert cbor.encode(value).hex() == expected


@pytest.mark.parametrize("value", [1.5, None, 2**64])
def test_what_no_authenticator_writes_is_a_defect(value: object) -> None:
    """A value outside the covered kinds stops, rather than being written in some form."""
    with pytest.raises(Defect):
        cbor.encode(value)
