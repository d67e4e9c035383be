"""Kinds read what they show, and nothing that merely resembles it."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.policy import kinds
from firstkey.policy.kinds import FLAG, Kind, Unfit, many, number, one, pair, span, text
from firstkey.values.instants import DAY, HOUR, MINUTE

DEVICES = one({"a": 1, "b": 2}, {"email": Unfit("No.", "Nothing")})


@given(
    st.one_of(
        st.tuples(st.just(text(40)), st.text(min_size=1, max_size=40).filter(lambda drawn: drawn.strip() != "")),
        st.tuples(st.just(number(-5, 5)), st.integers(-5, 5)),
        st.tuples(st.just(FLAG), st.booleans()),
        st.tuples(st.just(span(0, 365 * DAY)), st.integers(0, 300).map(lambda count: count * MINUTE)),
        st.tuples(st.just(many(DEVICES)), st.frozensets(st.sampled_from([1, 2]))),
        st.tuples(st.just(many(number(0, 9), tuple)), st.lists(st.integers(0, 9), unique=True).map(tuple)),
    )
)
def test_what_is_shown_is_read_back(drawn: tuple[Kind, Any]) -> None:
    """A value written as TOML, parsed by TOML's own reader and read again is the same value."""
    kind, value = drawn
    assert kind.read(tomllib.loads(f"key = {kind.show(value)}")["key"]) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (FLAG, 1),
        (FLAG, "true"),
        (number(0, 3), True),
        (number(0, 3), 4),
        (number(0, 3), -1),
        (number(0, 3), 1.0),
        (text(3), ""),
        (text(3), " \t"),
        (text(3), "four"),
        (text(9, "lower", r"[a-z]+"), "abc\n"),
        (span(0, DAY), 600),
        (span(0, DAY), "600"),
        (span(0, DAY), "10 m"),
        (span(0, DAY), "-10m"),
        (span(0, DAY), "010m"),
        (span(0, DAY), "1.5h"),
        (span(0, DAY), "10M"),
        (span(0, DAY), "25h"),
        (span(HOUR, DAY), "0s"),
        (DEVICES, "c"),
        (DEVICES, 1),
        (DEVICES, ["a"]),
        (many(DEVICES), "a"),
        (many(DEVICES, least=1), []),
        (many(DEVICES), ["a"] * (kinds.LIST_ITEMS_MAX + 1)),
        (pair(DEVICES), ["a"]),
        (pair(DEVICES), ["a", "a"]),
        (pair(DEVICES), ["a", "b", "a"]),
        (pair(DEVICES), ["a", "c"]),
    ],
)
def test_what_merely_resembles_it_is_unfit(kind: Kind, raw: Any) -> None:
    """Wrong types, values out of range and near misses are answered with Unfit, never with a value."""
    assert isinstance(kind.read(raw), Unfit)


def test_refused_names_keep_their_own_reason_in_any_case() -> None:
    """A name that people will try is told why it is none, however it is written."""
    assert DEVICES.read("E" + "mail") == Unfit("No.", "Nothing")


@pytest.mark.parametrize(("raw", "item"), [(["a", "c"], 1), (["a", "b", "a"], 2)])
def test_an_unfit_item_is_named_by_its_place(raw: list[str], item: int) -> None:
    """The first bad item of a list is pointed at."""
    assert many(DEVICES).read(raw).item == item


def test_a_pair_has_one_order() -> None:
    """Two duties held apart are the same pair whichever is named first."""
    assert pair(DEVICES).read(["b", "a"]) == pair(DEVICES).read(["a", "b"]) == (1, 2)
