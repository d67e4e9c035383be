"""Schema 1: the first."""

from alembic.operations import Operations
from sqlalchemy import Column, Integer, LargeBinary, Text, UniqueConstraint


def _key(name: str, *, primary_key: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=primary_key, nullable=False)


def _number(name: str, *, primary_key: bool = False) -> Column[int]:
    return Column(name, Integer, primary_key=primary_key, nullable=False, autoincrement=False)


def _body(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


KEYED = {"sqlite_with_rowid": False, "sqlite_strict": True}
NUMBERED = {"sqlite_with_rowid": True, "sqlite_strict": True}


def upgrade(op: Operations) -> None:
    """Create every table and index."""
    _what_happened(op)
    _the_ledger(op)
    _what_is_listed(op)


def _what_happened(op: Operations) -> None:
    op.create_table("site", _key("name", primary_key=True), _number("value"), **KEYED)
    op.create_table(
        "facts",
        _key("stream", primary_key=True),
        _number("number", primary_key=True),
        _key("kind"),
        _number("at"),
        _body("body"),
        _key("mac"),
        _key("activity"),
        **KEYED,
    )
    op.create_table(
        "slots",
        _key("kind", primary_key=True),
        _key("key", primary_key=True),
        _key("stream"),
        _number("taken_at"),
        **KEYED,
    )
    op.create_index("slots_by_age", "slots", ["kind", "taken_at"])
    op.create_table("verifiers", _key("pass_id", primary_key=True), _body("body"), **KEYED)
    op.create_table(
        "documents",
        _key("kind", primary_key=True),
        _key("key", primary_key=True),
        _body("body"),
        _number("put_at"),
        **KEYED,
    )


def _the_ledger(op: Operations) -> None:
    op.create_index("documents_by_age", "documents", ["kind", "put_at"])
    op.create_table(
        "entries",
        _number("index", primary_key=True),
        _key("stream"),
        _number("number"),
        _body("leaf"),
        UniqueConstraint("stream", "number"),
        **NUMBERED,
    )
    op.create_table(
        "hashes", _number("level", primary_key=True), _number("index", primary_key=True), _body("hash"), **KEYED
    )
    op.create_table("checkpoints", _number("size", primary_key=True), _body("note"), **NUMBERED)


def _what_is_listed(op: Operations) -> None:
    op.create_table(
        "outbox",
        _number("sequence", primary_key=True),
        _key("lane"),
        _key("kind"),
        _body("body"),
        _number("outranks"),
        _number("due_at"),
        _number("attempts"),
        **NUMBERED,
    )
    op.create_index("outbox_lanes", "outbox", ["lane", "outranks", "sequence"])
    op.create_table(
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
        **KEYED,
    )
    for name, columns in (
        ("cases_by_account", ["account", "due_at", "case"]),
        ("cases_by_due", ["due_at", "case"]),
        ("cases_by_path", ["path", "due_at", "case"]),
        ("cases_by_person", ["person", "due_at", "case"]),
        ("cases_by_stage", ["stage", "due_at", "case"]),
    ):
        op.create_index(name, "cases", columns)
