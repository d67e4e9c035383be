"""Codes: read forgivingly, but a slip is told from a code before a try is spent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.values import codes
from firstkey.values.errors import Defect, Malformed
from firstkey.values.secret import Secret

ENTROPY = st.binary(min_size=codes.SEALED_SYMBOLS, max_size=codes.SEALED_SYMBOLS)


def refused(text: str) -> bool:
    """Whether a text is no code."""
    try:
        codes.read(text)
    except Malformed:
        return True
    return False


@given(ENTROPY)
def test_what_is_shown_is_read_back(entropy: bytes) -> None:
    """A typed code read as it is laid out, and a sealed one as it is, give the code that was drawn."""
    typed, sealed = codes.draw(entropy, codes.TYPED_SYMBOLS), codes.draw(entropy, codes.SEALED_SYMBOLS)
    assert codes.read(codes.for_typing(typed)) == typed
    assert codes.read(sealed.reveal().decode()) == sealed


@given(ENTROPY, st.data())
def test_reading_forgives_how_it_is_written(entropy: bytes, data: st.DataObject) -> None:
    """Case, spaces, hyphens and the look-alikes of 0 and 1 make no difference."""
    code = codes.draw(entropy, codes.TYPED_SYMBOLS)
    written = ""
    for symbol in codes.for_typing(code).replace("-", ""):
        alike = {"0": "0oO", "1": "1iIlL"}.get(symbol, symbol + symbol.lower())
        written += data.draw(st.sampled_from(alike)) + data.draw(st.sampled_from(["", " ", "-"]))
    assert codes.read(written) == code


@given(ENTROPY, st.integers(0, codes.TYPED_SYMBOLS), st.sampled_from(codes.CHECK_ALPHABET))
def test_one_wrong_symbol_is_no_code(entropy: bytes, place: int, wrong: str) -> None:
    """Any single symbol exchanged in a typed code, the check symbol included, is caught."""
    whole = codes.for_typing(codes.draw(entropy, codes.TYPED_SYMBOLS)).replace("-", "")
    changed = whole[:place] + wrong + whole[place + 1 :]
    assert refused(changed) is (changed != whole)


@given(ENTROPY, st.integers(0, codes.TYPED_SYMBOLS - 2))
def test_two_neighbours_exchanged_are_no_code(entropy: bytes, place: int) -> None:
    """Two neighbouring symbols of a typed code in the wrong order are caught."""
    whole = codes.for_typing(codes.draw(entropy, codes.TYPED_SYMBOLS)).replace("-", "")
    changed = whole[:place] + whole[place + 1] + whole[place] + whole[place + 2 :]
    assert refused(changed) is (changed != whole)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0" * 12,
        "0" * 13,
        "0" * 15,
        "0" * 25,
        "0" * 27,
        "0" * 65,
        "U" + "0" * 25,
        "U" + "0" * 13,
        "0" * 25 + "*",
        "é" + "0" * 25,
        "\N{ARABIC-INDIC DIGIT ONE}" * 26,
        "0" * 25 + "\n",
        "0" * 26 + " " * 39,
    ],
)
def test_what_is_no_code_is_malformed(text: str) -> None:
    """Another length, a symbol outside the alphabet, other scripts and endless white space are no code."""
    assert refused(text)
    assert not refused("0" * 26)


def test_the_check_symbol_is_crockfords() -> None:
    """The check symbol is the value modulo 37, over the 32 symbols and five more."""
    assert codes.check_symbol("16J") == "D"  # 1234: 1234 mod 37 is 13
    assert [codes.check_symbol(codes.ALPHABET[number]) for number in range(32)] == list(codes.ALPHABET)
    assert [codes.check_symbol("1" + codes.ALPHABET[number]) for number in range(5)] == list("*~$=U")


def test_a_code_is_as_random_as_its_bytes() -> None:
    """Each byte gives one symbol by its low five bits, so that all 32 symbols are equally likely."""
    drawn = codes.draw(bytes(range(256)), 256).reveal().decode()
    assert all(drawn.count(symbol) == 8 for symbol in codes.ALPHABET)
    assert codes.draw(bytes(range(32)), codes.TYPED_SYMBOLS) == Secret(codes.ALPHABET[:13].encode())


def test_a_code_needs_its_entropy() -> None:
    """Too few random bytes are a defect, not a shorter code."""
    assert len(codes.draw(bytes(13), 13).reveal()) == 13
    with pytest.raises(Defect):
        codes.draw(bytes(12), 13)


def test_the_alphabet_has_no_look_alikes() -> None:
    """I, L, O and U are not among the symbols, and no symbol stands twice."""
    assert len(set(codes.ALPHABET)) == 32
    assert not set("ILOU") & set(codes.ALPHABET)


def test_a_refusal_does_not_repeat_the_code() -> None:
    """What was typed is not in the error."""
    with pytest.raises(Malformed) as caught:
        codes.read("7777-7777-7777-70")
    assert "7777" not in f"{caught.value!r} {caught.value}"
