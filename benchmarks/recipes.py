"""What each step of an enrollment leaves in the database, found by looking: the rows before and after one request."""

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from firstkey.storage.sqlite.connection import open_reader
from firstkey.storage.tables import metadata

RECIPE_FILE = "recipe.msgpack"

PER_GROUP = frozenset({"checkpoints", "site"})
"""Tables that a group of works writes once; the floor does so by itself."""


class Change(msgspec.Struct, frozen=True):
    """A row that a step adds, changes or deletes (`kind`: added, changed, deleted), with its values."""

    table: str
    kind: str
    values: dict[str, Any]


class Step(msgspec.Struct, frozen=True):
    """What a step cannot leave out.

    Attributes:
        name: the step's.
        verifications: P-256 signatures that it rests on and that came with the request.
        answer_bytes: how much it answers.
        changes: of rows, in no order.
    """

    name: str
    verifications: int
    answer_bytes: int
    changes: tuple[Change, ...]


Recipe = dict[str, Step]


def write_recipe(folder: Path, recipe: Recipe) -> None:
    """Store a recipe for the floor's server."""
    (folder / RECIPE_FILE).write_bytes(msgspec.msgpack.encode(recipe))


def read_recipe(folder: Path) -> Recipe:
    """Return the recipe in a folder; an empty one where there is none."""
    path = folder / RECIPE_FILE
    return msgspec.msgpack.decode(path.read_bytes(), type=Recipe) if path.exists() else {}


_Rows = dict[tuple[str, tuple[Any, ...]], dict[str, Any]]


class Looking:
    """Looks at a site's database from outside.

    Args:
        folder: the site's.
    """

    def __init__(self, folder: Path) -> None:
        self._connection: sqlite3.Connection = open_reader(folder)
        self._seen: _Rows = {}

    def look(self) -> None:
        """See the rows as they are, to tell changes from."""
        self._seen = self._rows()

    def changes(self) -> tuple[Change, ...]:
        """Return what has changed since it was last looked."""
        before, after = self._seen, self._rows()
        self._seen = after
        found: list[Change] = []
        for at in before.keys() | after.keys():
            old, new = before.get(at), after.get(at)
            if old != new:
                kind = "added" if old is None else "deleted" if new is None else "changed"
                found.append(Change(at[0], kind, new or old or {}))
        return tuple(sorted(found, key=lambda change: (change.table, change.kind)))

    def closed(self, cases: Sequence[str]) -> int:
        """Count those of some cases (streams) that are closed."""
        sql = 'SELECT count(*) FROM cases WHERE stage = ? AND "case" IN (SELECT value FROM json_each(?))'
        return int(self._connection.execute(sql, ("closed", json.dumps(list(cases)))).fetchone()[0])

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _rows(self) -> _Rows:
        found: _Rows = {}
        for table in metadata.sorted_tables:
            if table.name in PER_GROUP:
                continue
            names = [str(column.name) for column in table.columns]
            keys = [str(column.name) for column in table.primary_key]
            columns = ", ".join(f'"{name}"' for name in names)
            for values in self._connection.execute(f"SELECT {columns} FROM {table.name}"):  # noqa: S608  # our own names
                row = dict(zip(names, values, strict=True))
                found[str(table.name), tuple(row[key] for key in keys)] = row
        return found
