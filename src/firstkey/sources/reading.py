"""What a file of rows holds: the rows that can be read, each with its line or place, and what is wrong with the others.

A person's file is CSV or SCIM JSON, an inventory's CSV or a JSON list. CSV is UTF-8 with a header line; an empty cell
says nothing. Cells are read as text and never evaluated; what spreadsheets would take for a formula is refused, for
such a file is opened by people, too.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from firstkey.actions.assets import AssetToFeed
from firstkey.actions.recording import PersonToRecord
from firstkey.sources.reasons import SourceReason
from firstkey.sources.rows import read_json, rows_of
from firstkey.sources.scim import User, person_of_user, resources, shown_ids
from firstkey.values.errors import Malformed
from firstkey.values.instants import DAY, parse_rfc3339

Row = TypeVar("Row")

CELL_CHARACTERS_MAX = 1024
FILE_BYTES_MAX = 64 * 1024 * 1024
ROWS_MAX = 200_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")

FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
OF_PEOPLE = frozenset({"employment", "workplace"})
"""Selection facts that a list of people may bring, each a column of its own."""


class Wrong(NamedTuple):
    """A row that cannot be read: its line (CSV) or place in the list (JSON), from 1, and why, in a sentence."""

    line: int
    why: str


class Read(NamedTuple, Generic[Row]):
    """A file: its rows, each with its line or place, and what is wrong with the others."""

    rows: tuple[tuple[int, Row], ...]
    wrong: tuple[Wrong, ...]
    unit: str


class Column(NamedTuple):
    """How a column's cell becomes a value."""

    read: Callable[[str], Any]
    needed: bool = False


def _flag(cell: str) -> bool:
    if cell.lower() not in FLAGS:
        raise ValueError(f"{cell!r} is neither yes nor no")
    return FLAGS[cell.lower()]


def _end(cell: str) -> int:
    """Return the end of the day that a date names, or the instant that a time names."""
    try:
        return parse_rfc3339(cell if "T" in cell else f"{cell}T00:00:00Z") + (0 if "T" in cell else DAY)
    except Malformed as error:
        raise ValueError(f"{cell!r} is no date like 2026-03-01 and no RFC 3339 time") from error


def _several(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


TEXT, NEEDED = Column(str), Column(str, needed=True)
PEOPLE_COLUMNS: dict[str, Column] = {
    **dict.fromkeys(("person", "account", "user_name", "display_name"), NEEDED),
    **dict.fromkeys(("active", "privileged", "service"), Column(_flag)),
    "ends_at": Column(_end),
    "addresses": Column(_several),
    **dict.fromkeys(("manager", "deputy", "sponsor", "unit", "vendor", "country", "time_zone", "language"), TEXT),
    **dict.fromkeys(sorted(OF_PEOPLE), TEXT),
}
ASSET_COLUMNS: dict[str, Column] = {
    **dict.fromkeys(("serial", "model"), NEEDED),
    "assigned_to": TEXT,
    "managed": Column(_flag, needed=True),
    **dict.fromkeys(("certificate", "uncovered", "shipped"), Column(_flag)),
}


def _lines(document: bytes, reason: Enum) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of a CSV file with their numbers."""
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(reason, "not UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Malformed(reason, f"line {reader.line_num}: {error}") from error
        if any(cells):
            yield reader.line_num, cells


def _header(cells: list[str], columns: Mapping[str, Column], reason: Enum) -> list[str]:
    names = [cell.strip() for cell in cells]
    unknown = [name for name in names if name not in columns]
    missing = [name for name, column in columns.items() if column.needed and name not in names]
    if unknown or len(set(names)) != len(names):
        said = f"there is no column {unknown[0]!r}" if unknown else "a column stands twice"
        raise Malformed(reason, f"line 1: {said}; there are {', '.join(columns)}")
    if missing:
        raise Malformed(reason, f"line 1: the column {missing[0]} is missing")
    return names


def _values(names: list[str], cells: list[str], columns: Mapping[str, Column]) -> dict[str, Any]:
    """Return what a line says.

    Raises:
        ValueError: it cannot be read; the message says why.
    """
    if len(cells) != len(names):
        raise ValueError(f"{len(cells)} cells, where the header has {len(names)}")
    said: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=True):
        if len(cell) > CELL_CHARACTERS_MAX or cell.startswith(FORMULA):
            raise ValueError(f"{name}: {'too long' if len(cell) > CELL_CHARACTERS_MAX else 'begins like a formula'}")
        if cell.strip():
            said[name] = columns[name].read(cell.strip())
    return said


def _table(
    document: bytes, columns: Mapping[str, Column], make: Callable[[dict[str, Any]], Row], reason: Enum
) -> Read[Row]:
    lines = _lines(document, reason)
    first = next(lines, None)
    if first is None:
        raise Malformed(reason, "the file is empty")
    names = _header(first[1], columns, reason)
    rows: list[tuple[int, Row]] = []
    wrong: list[Wrong] = []
    for line, cells in lines:
        try:
            rows.append((line, make(_values(names, cells, columns))))
        except (ValueError, msgspec.ValidationError) as error:
            wrong.append(Wrong(line, str(error)))
        if len(rows) + len(wrong) > ROWS_MAX:
            raise Malformed(reason, f"more than {ROWS_MAX} rows")
    return Read(tuple(rows), tuple(wrong), "line")


def _person(said: dict[str, Any]) -> PersonToRecord:
    facts = {name: said.pop(name) for name in OF_PEOPLE & said.keys()}
    return msgspec.convert({**said, "facts": facts}, PersonToRecord)


def _asset(said: dict[str, Any]) -> AssetToFeed:
    return msgspec.convert({"assigned_to": None, **said}, AssetToFeed)


def _each(values: list[Any], make: Callable[[int, Any], Row]) -> Read[Row]:
    rows: list[tuple[int, Row]] = []
    wrong: list[Wrong] = []
    for place, value in enumerate(values, 1):
        try:
            rows.append((place, make(place, value)))
        except msgspec.ValidationError as error:
            wrong.append(Wrong(place, str(error)))
        except Malformed as error:
            wrong.append(Wrong(place, error.detail.removeprefix(f"row {place}: ")))
    return Read(tuple(rows), tuple(wrong), "row")


def is_json(document: bytes) -> bool:
    """Whether a file is JSON rather than CSV, by its first character."""
    return document.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def read_people(document: bytes) -> Read[PersonToRecord]:
    """Read a file of people, CSV or SCIM JSON.

    Raises:
        Malformed: FeedUnfit; the file as a whole is neither.
    """
    _check_size(document, SourceReason.FeedUnfit)
    if not is_json(document):
        return _table(document, PEOPLE_COLUMNS, _person, SourceReason.FeedUnfit)
    values = rows_of(resources(read_json(document, SourceReason.FeedUnfit, FILE_BYTES_MAX)), SourceReason.FeedUnfit)
    ids = shown_ids(values)

    def person(place: int, value: Any) -> PersonToRecord:
        said = person_of_user(place, msgspec.convert(value, User), ids)
        return msgspec.convert(msgspec.to_builtins(said), PersonToRecord)

    return _each(values, person)


def read_inventory(document: bytes) -> Read[AssetToFeed]:
    """Read a file of assets, CSV or a JSON list.

    Raises:
        Malformed: AssetsUnfit; the file as a whole is neither.
    """
    _check_size(document, SourceReason.AssetsUnfit)
    if not is_json(document):
        return _table(document, ASSET_COLUMNS, _asset, SourceReason.AssetsUnfit)
    values = rows_of(read_json(document, SourceReason.AssetsUnfit, FILE_BYTES_MAX), SourceReason.AssetsUnfit)
    return _each(values, lambda _, value: msgspec.convert(value, AssetToFeed))


def _check_size(document: bytes, reason: Enum) -> None:
    if len(document) > FILE_BYTES_MAX:
        raise Malformed(reason, f"more than {FILE_BYTES_MAX} bytes")
