"""Holding the database's rows against the ledger's leaves: what the server folds must be what the ledger tells.

The tree vouches for the leaves alone. Facts stand in a table of their own, and an entry's row says beside its leaf
which fact it is of; whoever edits those changes no leaf, and would be found by nobody who reads leaves only.
"""

import sqlite3
from collections.abc import Iterable, Iterator

from sqlalchemy import bindparam, func, select

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
