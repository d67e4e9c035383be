"""Holding the database's rows against the ledger's leaves: what the server folds must be what the ledger tells.

The tree vouches for the leaves alone. Facts stand in a table of their own, and an entry's row says beside its leaf
which fact it is of; whoever edits those changes no leaf, and would be found by nobody who reads leaves only.
"""

import sqlite3
from collections.abc import Iterable, Iterator

from sqlalchemy import Text, bindparam, cast, func, or_, select, text

from firstkey.ledger.entry import read_entry
from firstkey.storage.refusals import StorageReason
from firstkey.storage.sqlite.connection import DIALECT
from firstkey.storage.statements import compiled
from firstkey.storage.tables import entries, facts
from firstkey.values import canonical
from firstkey.values.errors import Refused

_FACT = compiled(
    select(facts.c.kind, facts.c.at, facts.c.body, facts.c.mac, facts.c.activity).where(
        facts.c.stream == bindparam("stream"), facts.c.number == bindparam("number")
    ),
    DIALECT,
)
_PLACE = compiled(select(entries.c.stream, entries.c.number).where(entries.c.index == bindparam("index")), DIALECT)
_COUNT = compiled(select(func.count()).select_from(facts), DIALECT)

_LEAF = cast(entries.c.leaf, Text)
_MISPLACED = compiled(
    select(entries.c.index)
    .where(
        or_(
            func.json_extract(_LEAF, text("'$.stream'")) != entries.c.stream,
            func.json_extract(_LEAF, text("'$.number'")) != entries.c.number,
        )
    )
    .suffix_with(text("LIMIT 1")),
    DIALECT,
)


def check_places(connection: sqlite3.Connection) -> None:
    """Check that each entry's row says of its leaf which fact that is of: by it a cut stream is found when it is read.

    Five microseconds an entry; done once, when a site is opened. The leaves themselves are the tree's to vouch for.

    Raises:
        Refused: FactsDiffer, with the first entry that is another's.
        sqlite3.Error: a leaf is no JSON, or the database cannot be read.
    """
    found = connection.execute(_MISPLACED).fetchone()
    if found is not None:
        raise Refused(StorageReason.FactsDiffer, f"entry {found[0]}")


def crosschecked(connection: sqlite3.Connection, leaves: Iterable[bytes]) -> Iterator[bytes]:
    """Yield all leaves of a database, each after its fact and its own row were found to say the same.

    Raises:
        Malformed: a leaf is no entry.
        Refused: FactsDiffer, with the entry, or when there are facts that no entry tells of.
    """
    told = 0
    for leaf in leaves:
        entry = read_entry(leaf)
        place = connection.execute(_PLACE, {"index": entry.index}).fetchone()
        fact = connection.execute(_FACT, {"stream": entry.stream, "number": entry.number}).fetchone()
        said = (entry.kind, entry.at, canonical.encode(entry.body), entry.mac, entry.activity.value)
        if place != (entry.stream, entry.number) or fact != said:
            raise Refused(StorageReason.FactsDiffer, f"entry {entry.index}, {entry.kind} in {entry.stream}")
        told += 1
        yield leaf
    (count,) = connection.execute(_COUNT).fetchone()
    if count != told:
        raise Refused(StorageReason.FactsDiffer, f"{count} facts, {told} entries")
