"""Reads JSON rows strictly: each is read as a type, and whatever is wrong is told with its row."""

import json
from enum import Enum
from typing import Any, TypeVar

import msgspec

from firstkey.values.errors import Malformed

DOCUMENT_BYTES_MAX = 4 * 1024 * 1024
ROWS_MAX = 5_000

Row = TypeVar("Row")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def read_json(document: bytes, reason: Enum, bytes_max: int = DOCUMENT_BYTES_MAX) -> Any:
    """Return the value of a JSON document; a key that stands twice is refused.

    Args:
        document: UTF-8.
        reason: what to raise.
        bytes_max: how long it may be.

    Raises:
        Malformed: the reason.
    """
    if len(document) > bytes_max:
        raise Malformed(reason, f"more than {bytes_max} bytes")
    try:
        return json.loads(document.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Malformed(reason, f"no JSON: {error}") from error


def rows_of(values: Any, reason: Enum) -> list[Any]:
    """Return what must be a list.

    Raises:
        Malformed: the reason.
    """
    if not isinstance(values, list):
        raise Malformed(reason, "a list of rows belongs here")
    return values


def read_rows(values: Any, kind: type[Row], reason: Enum) -> tuple[Row, ...]:
    """Return the rows of a list, each as a type; unknown fields are refused where the type forbids them.

    Raises:
        Malformed: the reason, with the row, counted from 1.
    """
    if not isinstance(values, list) or len(values) > ROWS_MAX:
        raise Malformed(reason, f"a list of at most {ROWS_MAX} rows belongs here")
    rows = []
    for number, value in enumerate(values, 1):
        try:
            rows.append(msgspec.convert(value, kind))
        except msgspec.ValidationError as error:
            raise Malformed(reason, f"row {number}: {error}") from error
    return tuple(rows)
