"""Reads TOML documents strictly: known keys only, every value of its kind, every problem told with its line.

Policies and scenario tables are both read by it. It knows nothing of what the keys mean.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple

import msgspec

from firstkey.policy.kinds import Kind, Unfit
from firstkey.policy.lines import Place, lines_of
from firstkey.values.errors import Malformed, Says

DOCUMENT_BYTES_MAX = 256 * 1024
_WHERE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)


class Problem(NamedTuple):
    """One thing wrong with a document.

    Attributes:
        line: from 1. column: from 1, where TOML itself is broken.
        where: the key and value, or the path, at fault.
        reason, instead: sentences; `instead` says what to write.
    """

    line: int
    where: str
    reason: str
    instead: str
    column: int | None = None


class DocumentReason(Enum):
    """Why a document cannot be used."""

    DocumentUnfit = Says("This document cannot be used.", "Mend the lines named and check it again.")


class Problems(Malformed):
    """Everything that is wrong with a document.

    Args:
        problems: at least one, in the order of their lines.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        first = problems[0]
        super().__init__(DocumentReason.DocumentUnfit, f"line {first.line}: {first.where}: {first.reason}")


class Key(NamedTuple):
    """A key that a table may hold; a default of NODEFAULT means that it must."""

    kind: Kind
    default: Any = msgspec.NODEFAULT


class Document:
    """A document that is TOML, and what has been found wrong with it so far.

    Args:
        document: its bytes, UTF-8.

    Raises:
        Problems: it is too long, not UTF-8, or not TOML.
    """

    def __init__(self, document: bytes) -> None:
        self.problems: list[Problem] = []
        try:
            if len(document) > DOCUMENT_BYTES_MAX:
                raise ValueError(f"It is longer than {DOCUMENT_BYTES_MAX} bytes (at line 1, column 1)")
            text = document.decode()
            self.top: dict[str, Any] = tomllib.loads(text)
            self.lines = lines_of(text)
        except (ValueError, RecursionError) as error:
            raise Problems((_broken(document, error),)) from error

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest that opens it."""
        while place not in self.lines:
            place = place[:-1]
        return self.lines[place]

    def add(self, place: Place, where: str, reason: str, instead: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.line(place), where, reason, instead))

    def tables(self, name: str, count_max: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the tables of an array of tables, `[[name]]`, with their places; note what is none."""
        tables = self.top.get(name)
        if isinstance(tables, list) and 0 < len(tables) <= count_max and all(isinstance(each, dict) for each in tables):
            yield from enumerate(tables)
        else:
            reason = f"There must be 1 to {count_max} tables of this name, and nothing else."
            self.add((name,), f'key "{name}"', reason, f"Write [[{name}]] above each.")

    def read(self, table: Mapping[str, Any], keys: Mapping[str, Key], place: Place, where: str) -> dict[str, Any]:
        """Read a table: note unknown keys, missing keys and values of the wrong kind, and return the others.

        Args:
            table: as parsed.
            keys: those it may hold; a dot stands for a table inside, one deep.
            place: where the table stands.
            where: how people call it.
        """
        found: dict[str, Any] = {}
        groups = {key.partition(".")[0] for key in keys if "." in key}
        for parts, raw in _flat(table, groups):
            name = ".".join(parts)
            if name in keys and tuple(name.split(".")) == parts:  # a quoted key may hold a dot
                found[name] = self._value(keys[name].kind, raw, name, (*place, *parts))
            else:
                beside = sorted(key for key in keys if key.rpartition(".")[0] == name.rpartition(".")[0])
                instead = f"Write one of: {', '.join(beside + sorted(groups))}."
                self.add((*place, *parts), f"key {json.dumps(name)}", f"There is no such key in {where}.", instead)
        for name, key in keys.items():
            if name not in found and key.default is msgspec.NODEFAULT:
                self.add(place, where, f"It says nothing of {name}.", f"Write {name} as {key.kind.looks}.")
            found.setdefault(name, key.default)
        return found

    def _value(self, kind: Kind, raw: Any, name: str, place: Place) -> Any:
        value = kind.read(raw)
        if isinstance(value, Unfit):
            item = () if value.item is None else (value.item,)
            culprit = raw if value.item is None else raw[value.item]
            instead = f"Write {value.instead or f'{name} as {kind.looks}'}."
            self.add((*place, *item), f"{name} {json.dumps(culprit, default=str)[:60]}", value.reason, instead)
        return value

    def finish(self) -> None:
        """Raise what was found, in the order of lines.

        Raises:
            Problems: there was something.
        """
        if self.problems:
            raise Problems(tuple(sorted(self.problems, key=lambda problem: problem.line)))


def _flat(table: Mapping[str, Any], groups: set[str]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in table.items():
        if name in groups and isinstance(value, dict):
            yield from (((name, inner), inside) for inner, inside in value.items())
        else:
            yield (name,), value


def _broken(document: bytes, error: Exception) -> Problem:
    """Return why bytes are no TOML, with the line and column, the end of the document where nothing closer is known."""
    match = _WHERE.fullmatch(str(error))
    reason, before = match[1] if match else str(error), document.rstrip(b"\n")
    if isinstance(error, UnicodeDecodeError):
        reason, before = "From here on this is not UTF-8", document[: error.start]
    line, column = before.count(b"\n") + 1, len(before.rpartition(b"\n")[2].decode()) + 1
    if match and match[2]:
        line, column = int(match[2]), int(match[3])
    return Problem(line, "TOML", f"{reason}.", "Write it as TOML 1.0, in UTF-8.", column)
