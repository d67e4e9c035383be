"""Every statement, built in Core and compiled once for a dialect; executed on the driver's own connection.

Parameters are named as the columns are; `limit`, `after`, `before` and the like name what is no column.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Table, and_, bindparam, delete, exists, func, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import Insert as PgInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.elements import ClauseElement, ColumnElement

from firstkey.ports.queues import CaseIndex
from firstkey.storage.tables import (
    cases,
    checkpoints,
    documents,
    entries,
    facts,
    hashes,
    outbox,
    site,
    slots,
    verifiers,
)

Insert = SqliteInsert | PgInsert

_limited = text("LIMIT :limit")  # Core's own limit() carries an offset of 0 as a hidden parameter on SQLite


def compiled(clause: ClauseElement, dialect: Dialect) -> str:
    """Return a statement's text for a dialect with named parameters."""
    return str(clause.compile(dialect=dialect))


def _where(*columns: ColumnElement[Any]) -> ColumnElement[bool]:
    """Each column equals the parameter of its name."""
    return and_(*(column == bindparam(column.key) for column in columns))


class Statements:
    """The texts of all statements in one dialect.

    Args:
        dialect: with the paramstyle of its driver, named.
        insert: the dialect's own insert, which can replace a row.
    """

    def __init__(self, dialect: Dialect, insert: Callable[[Table], Insert]) -> None:
        def sql(clause: ClauseElement) -> str:
            return compiled(clause, dialect)

        self.site_number = sql(select(site.c.value).where(_where(site.c.name)))
        self.put_site_number = sql(_put(insert(site)))
        self.add_fact = sql(insert(facts))
        self.facts = sql(
            select(facts).where(_where(facts.c.stream), facts.c.number > bindparam("after")).order_by(facts.c.number)
        )
        self.last_facts = sql(
            select(facts).where(_where(facts.c.stream)).order_by(facts.c.number.desc()).suffix_with(_limited)
        )
        self.holder = sql(select(slots.c.stream).where(_where(slots.c.kind, slots.c.key)))
        self.add_slot = sql(insert(slots))
        self.drop_slot = sql(delete(slots).where(_where(slots.c.kind, slots.c.key)))
        self.forget_slots = sql(_forget(slots, slots.c.taken_at))
        self.add_verifier = sql(insert(verifiers))
        self.drop_verifier = sql(delete(verifiers).where(_where(verifiers.c.pass_id)))
        self.document = sql(select(documents.c.body).where(_where(documents.c.kind, documents.c.key)))
        self.documents = sql(
            select(documents.c.key, documents.c.body)
            .where(
                _where(documents.c.kind),
                documents.c.key >= bindparam("start"),
                documents.c.key > bindparam("after"),
                documents.c.key < bindparam("end"),
            )
            .order_by(documents.c.key)
            .suffix_with(_limited)
        )
        self.put_document = sql(_put(insert(documents)))
        self.drop_document = sql(delete(documents).where(_where(documents.c.kind, documents.c.key)))
        self.forget_documents = sql(_forget(documents, documents.c.put_at))
        self.put_case = sql(_put(insert(cases)))
        self.cases = {index: sql(_cases(index)) for index in CaseIndex}
        self.add_outbox = sql(insert(outbox))
        self.outbox_due = sql(_outbox_due())
        self.outbox_again = sql(
            update(outbox)
            .where(outbox.c.sequence == bindparam("tried"))
            .values(due_at=bindparam("due_at"), attempts=outbox.c.attempts + bindparam("tries"))
        )
        self.drop_outbox = sql(delete(outbox).where(_where(outbox.c.sequence)))
        self.add_entry = sql(insert(entries))
        self.ledger_index = sql(select(entries.c.index).where(_where(entries.c.stream, entries.c.number)))
        self.ledger_number = sql(select(func.max(entries.c.number)).where(_where(entries.c.stream)))
        self.leaves = sql(
            select(entries.c.leaf)
            .where(entries.c.index >= bindparam("start"))
            .order_by(entries.c.index)
            .suffix_with(_limited)
        )
        self.add_hash = sql(insert(hashes))
        self.hashes = sql(
            select(hashes.c.hash)
            .where(_where(hashes.c.level), hashes.c.index >= bindparam("start"), hashes.c.index < bindparam("end"))
            .order_by(hashes.c.index)
        )
        self.add_checkpoint = sql(insert(checkpoints))
        self.checkpoint = sql(
            select(checkpoints.c.size, checkpoints.c.note).order_by(checkpoints.c.size.desc()).suffix_with(_limited)
        )


def _put(row: Insert) -> ClauseElement:
    """Insert a row, or replace the one under its key."""
    changed = {column.key: row.excluded[column.key] for column in row.table.columns if not column.primary_key}
    return row.on_conflict_do_update(index_elements=list(row.table.primary_key), set_=changed)


def _forget(table: Table, put_at: ColumnElement[int]) -> ClauseElement:
    """Delete rows of a kind that are old, as many as asked."""
    old = select(table.c.key).where(_where(table.c.kind), put_at < bindparam("before")).suffix_with(_limited)
    return delete(table).where(_where(table.c.kind), table.c.key.in_(old.scalar_subquery()))


def _cases(index: CaseIndex) -> ClauseElement:
    after = tuple_(cases.c.due_at, cases.c.case) > tuple_(bindparam("due_at"), bindparam("case"))
    page = select(cases).where(after).order_by(cases.c.due_at, cases.c.case).suffix_with(_limited)
    return page if index is CaseIndex.ALL else page.where(cases.c[index.value] == bindparam("value"))


def _outbox_due() -> ClauseElement:
    """Select due effects that are the first of their lanes."""
    other = outbox.alias("other")
    before = or_(
        other.c.outranks > outbox.c.outranks,
        and_(other.c.outranks == outbox.c.outranks, other.c.sequence < outbox.c.sequence),
    )
    first = ~exists().where(other.c.lane == outbox.c.lane, before)
    return (
        select(outbox)
        .where(outbox.c.due_at <= bindparam("now"), first)
        .order_by(outbox.c.sequence)
        .suffix_with(_limited)
    )
