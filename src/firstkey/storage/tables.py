"""The one schema, for every database.

Every row is written inside the transaction that makes it true. Keys compare by byte, so that prefixes and cursors mean
the same everywhere. `create` makes a new site; migrations compare `metadata` with what they lead to.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import TEXT as PG_TEXT
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable

SCHEMA_VERSION = 1

metadata = MetaData()

_Key = Text().with_variant(PG_TEXT(collation="C"), "postgresql")
_Number = BigInteger().with_variant(Integer, "sqlite")


def _key(name: str, *, primary_key: bool = False) -> Column[str]:
    return Column(name, _Key, primary_key=primary_key, nullable=False)


def _number(name: str, *, primary_key: bool = False) -> Column[int]:
    return Column(name, _Number, primary_key=primary_key, nullable=False, autoincrement=False)


def _body(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def _table(name: str, *columns: Column[str] | Column[int] | Column[bytes] | UniqueConstraint, rowid: bool) -> Table:
    return Table(name, metadata, *columns, sqlite_with_rowid=rowid, sqlite_strict=True)


site = _table("site", _key("name", primary_key=True), _number("value"), rowid=False)
"""Numbers about the store itself: `schema`, and `commits`, by which a commit whose end was unclear is found again."""

facts = _table(
    "facts",
    _key("stream", primary_key=True),
    _number("number", primary_key=True),
    _key("kind"),
    _number("at"),
    _body("body"),
    _key("mac"),
    _key("activity"),
    rowid=False,
)

slots = _table(
    "slots",
    _key("kind", primary_key=True),
    _key("key", primary_key=True),
    _key("stream"),
    _number("taken_at"),
    rowid=False,
)

Index("slots_by_age", slots.c.kind, slots.c.taken_at)

verifiers = _table("verifiers", _key("pass_id", primary_key=True), _body("body"), rowid=False)
"""Read in `storage.verifiers` and nowhere else."""

documents = _table(
    "documents",
    _key("kind", primary_key=True),
    _key("key", primary_key=True),
    _body("body"),
    _number("put_at"),
    rowid=False,
)

Index("documents_by_age", documents.c.kind, documents.c.put_at)

entries = _table(
    "entries",
    _number("index", primary_key=True),
    _key("stream"),
    _number("number"),
    _body("leaf"),
    UniqueConstraint("stream", "number"),
    rowid=True,
)

hashes = _table(
    "hashes", _number("level", primary_key=True), _number("index", primary_key=True), _body("hash"), rowid=False
)
"""The tree by tile level: level 0 holds leaf hashes, level l the roots of 256**l leaves (C2SP tlog-tiles)."""

checkpoints = _table("checkpoints", _number("size", primary_key=True), _body("note"), rowid=True)

outbox = _table(
    "outbox",
    _number("sequence", primary_key=True),
    _key("lane"),
    _key("kind"),
    _body("body"),
    _number("outranks"),
    _number("due_at"),
    _number("attempts"),
    rowid=True,
)
Index("outbox_lanes", outbox.c.lane, outbox.c.outranks, outbox.c.sequence)

cases = _table(
    "cases",
    _key("case", primary_key=True),
    _key("account"),
    _key("person"),
    _key("path"),
    _key("purpose"),
    _key("stage"),
    _number("opened_at"),
    _number("due_at"),
    _number("updated_at"),
    rowid=False,
)
Index("cases_by_due", cases.c.due_at, cases.c.case)
Index("cases_by_stage", cases.c.stage, cases.c.due_at, cases.c.case)
Index("cases_by_account", cases.c.account, cases.c.due_at, cases.c.case)
Index("cases_by_person", cases.c.person, cases.c.due_at, cases.c.case)
Index("cases_by_path", cases.c.path, cases.c.due_at, cases.c.case)


def creation(dialect: Dialect) -> tuple[str, ...]:
    """Return the statements that create everything, in order, for a new site."""
    tables = metadata.sorted_tables
    indexes = [index for table in tables for index in sorted(table.indexes, key=lambda index: str(index.name))]
    ddl = [CreateTable(table) for table in tables] + [CreateIndex(index) for index in indexes]
    return tuple(str(item.compile(dialect=dialect)) for item in ddl)
