"""The kinds of value that a document can hold: what each looks like, how it is read, and how it is written.

Reading answers a value or an `Unfit`, and raises nothing, so that every problem of a document can be told at once.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from firstkey.values.instants import DAY, HOUR, MINUTE, SECOND

LIST_ITEMS_MAX = 64
UNITS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND}
_SPAN = re.compile(r"(0|[1-9][0-9]{0,5})([dhms])")


class Unfit(NamedTuple):
    """Why a value cannot stand; what to write instead, empty for what the kind looks like; its place in a list."""

    reason: str = "This does not fit here."
    instead: str = ""
    item: int | None = None


class Kind(NamedTuple):
    """One kind of value: what it looks like, how TOML's value becomes ours or an Unfit, and how ours is written."""

    looks: str
    read: Callable[[Any], Any]
    show: Callable[[Any], str]


def _quote(value: Any) -> str:
    return json.dumps(str(value), ensure_ascii=False)


def text(characters_max: int, form: str = "", pattern: str = r"(?s).*\S.*") -> Kind:
    """Return the kind of texts that a pattern matches as a whole; `form` says that for people."""

    def read(raw: Any) -> Any:
        fits = isinstance(raw, str) and len(raw) <= characters_max and re.fullmatch(pattern, raw)
        return raw if fits else Unfit()

    return Kind(f"a text of 1 to {characters_max} characters{form and ', '}{form}", read, _quote)


def number(low: int, high: int) -> Kind:
    """Return the kind of whole numbers between two, both included."""
    looks = f"a whole number from {low} to {high}"
    return Kind(looks, lambda raw: raw if type(raw) is int and low <= raw <= high else Unfit(), str)


FLAG = Kind("true or false", lambda raw: raw if isinstance(raw, bool) else Unfit(), lambda value: str(value).lower())


def show_span(span: int) -> str:
    """Write milliseconds in the largest unit that divides them."""
    unit = next((unit for unit, size in UNITS.items() if span and span % size == 0), "s")
    return f'"{span // UNITS[unit]}{unit}"'


def span(low: int, high: int) -> Kind:
    """Return the kind of durations, written as a whole number and one unit, read as milliseconds."""

    def read(raw: Any) -> Any:
        match = _SPAN.fullmatch(raw) if isinstance(raw, str) else None
        value = int(match[1]) * UNITS[match[2]] if match else -1
        return value if low <= value <= high else Unfit()

    return Kind(f"a number and d, h, m or s, from {show_span(low)} to {show_span(high)}", read, show_span)


def one(choices: Mapping[str, Any], refused: Mapping[str, Unfit] | None = None) -> Kind:
    """Return the kind of a closed list of names. `refused` holds what people will try, and why it is none."""
    names = {value: _quote(name) for name, value in choices.items()}

    def read(raw: Any) -> Any:
        return (
            choices[raw] if isinstance(raw, str) and raw in choices else (refused or {}).get(str(raw).lower(), Unfit())
        )

    return Kind(" or ".join(names.values()), read, names.__getitem__)


def many(item: Kind, into: Callable[[list[Any]], Any] = frozenset, least: int = 0) -> Kind:
    """Return the kind of lists without repetition of at least so many items; empty means nobody or nothing."""

    def read(raw: Any) -> Any:
        if not isinstance(raw, list) or not least <= len(raw) <= LIST_ITEMS_MAX:
            return Unfit("An empty list means nobody or nothing.") if raw == [] else Unfit()
        values = [item.read(each) for each in raw]
        for place, value in enumerate(values):
            if isinstance(value, Unfit):
                return value._replace(item=place)
            if value in values[:place]:
                return Unfit("It stands in the list twice.", item=place)
        return into(values)

    def show(values: Any) -> str:
        shown = [item.show(value) for value in values]
        return f"[{', '.join(sorted(shown) if isinstance(values, frozenset) else shown)}]"

    return Kind(f"a list of: {item.looks}", read, show)


def pair(item: Kind) -> Kind:
    """Return the kind of two different values, in one order however they are written."""
    both = many(item, lambda values: tuple(sorted(values)) if len(values) == 2 else Unfit())
    return Kind(f"two different of: {item.looks}", both.read, both.show)
