"""Where each key of a TOML document stands: the line of every table, key and list item, by its path.

It reads text that `tomllib` has accepted (TOML 1.0.0), so it only has to find the ends of things, not to judge them.
"""

import re
import tomllib
from bisect import bisect_right
from typing import Any

Place = tuple[str | int, ...]
"""Keys and list indices from the top, like ("path", 2, "proofing", "level")."""

_BARE = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_BARE}(?:[ \t]*\.[ \t]*{_BARE})*"
_HEADER = re.compile(rf"(\[\[?)[ \t]*({_DOTTED})[ \t]*\]+")
_KEY = re.compile(rf"({_DOTTED})[ \t]*=[ \t]*")
_NEXT = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*([\]}]?)")
_OPENS = re.compile(
    r'''([\[{]|"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?'{3,5}|"(?:[^"\\]|\\.)*"|'[^']*'|[^,\]}#\n]+)''', re.DOTALL
)


def _parts(dotted: str) -> Place:
    """Return the keys that a dotted key names, quotes and escapes undone."""
    rest: Any = tomllib.loads(f"{dotted} = 0")
    parts = []
    while rest:
        [(part, rest)] = rest.items()
        parts.append(part)
    return tuple(parts)


class _Reader:
    """Walks through a document once. `last` is the latest table of each array of tables."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.found: dict[Place, int] = {(): 1}
        self.last: dict[Place, int] = {}

    def skip(self, pattern: re.Pattern[str]) -> tuple[str, ...]:
        """Pass over what stands here, and return the pattern's groups."""
        match = pattern.match(self.text, self.at)
        assert match is not None, "the document was accepted, so what is looked for stands here"
        self.at = match.end()
        return match.groups()

    def mark(self, place: Place) -> Place:
        """Note that a place, and those that it opens, begin on this line."""
        line = bisect_right(self.starts, self.at)
        for depth in range(1, len(place) + 1):
            self.found.setdefault(place[:depth], line)
        return place

    def header(self) -> Place:
        """Read a table's header and return the place that the keys below it belong to."""
        brackets, dotted = self.skip(_HEADER)
        place: Place = ()
        for part in _parts(dotted):
            place = (*place, self.last[place], part) if place in self.last else (*place, part)
        if brackets == "[[":
            self.last[place] = self.last.get(place, -1) + 1
            place = (*place, self.last[place])
        return self.mark(place)

    def pair(self, table: Place) -> None:
        """Read a key and its value, which may hold more of both."""
        place = self.mark((*table, *_parts(self.skip(_KEY)[0])))
        self.value(place)

    def value(self, place: Place) -> None:
        """Read a value."""
        (opens,) = self.skip(_OPENS)
        item = 0
        while opens in ("[", "{") and self.skip(_NEXT) == ("",):
            if opens == "{":
                self.pair(place)
            else:
                self.value(self.mark((*place, item)))
            item += 1


def lines_of(text: str) -> dict[Place, int]:
    """Return the line, from 1, on which each table, key and list item of an accepted document begins."""
    reader, table = _Reader(text), Place()
    while reader.skip(_NEXT) and reader.at < len(text):
        if text[reader.at] == "[":
            table = reader.header()
        else:
            reader.pair(table)
    return reader.found
