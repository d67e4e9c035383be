"""Every statement that is asked again and again finds its rows by an index, however many there are."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from firstkey.ports.queues import CaseIndex
from firstkey.storage.sqlite.connection import STATEMENTS, open_writer

CURSOR = {"due_at": 0, "case": "", "value": "x", "limit": 50}
INDEX_OF = {
    CaseIndex.ALL: "cases_by_due",
    CaseIndex.STAGE: "cases_by_stage",
    CaseIndex.ACCOUNT: "cases_by_account",
    CaseIndex.PERSON: "cases_by_person",
    CaseIndex.PATH: "cases_by_path",
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A queue of ten thousand cases, and as many slots and documents; the planner knows no more than in a site."""
    with closing(open_writer(tmp_path_factory.mktemp("plans"))) as connection:
        connection.execute("BEGIN")
        for number in range(10_000):
            connection.execute(
                "INSERT INTO cases VALUES (?, ?, ?, 'path', 'first_key', ?, 0, ?, 0)",
                (f"case/{number}", f"account-{number}", f"person-{number}", f"stage-{number % 10}", number),
            )
            connection.execute("INSERT INTO slots VALUES ('device_proof', ?, 'x', ?)", (str(number), number))
            connection.execute("INSERT INTO documents VALUES ('statement', ?, x'00', ?)", (str(number), number))
        connection.execute("COMMIT")
        yield connection


def plan(database: sqlite3.Connection, statement: str, values: dict[str, Any]) -> str:
    """How the database would carry a statement out."""
    return "; ".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {statement}", values))


@pytest.mark.parametrize("index", CaseIndex)
def test_a_page_of_the_queue_is_read_off_an_index(database: sqlite3.Connection, index: CaseIndex) -> None:
    """Whatever a queue is listed by, its page comes in order from an index, and nothing is sorted."""
    told = plan(database, STATEMENTS.cases[index], CURSOR)
    assert f"SEARCH cases USING INDEX {INDEX_OF[index]}" in told
    assert "B-TREE" not in told
    assert "SCAN" not in told


@pytest.mark.parametrize(
    ("statement", "values", "index"),
    [
        (STATEMENTS.forget_slots, {"kind": "device_proof", "before": 1, "limit": 1}, "slots_by_age"),
        (STATEMENTS.forget_documents, {"kind": "statement", "before": 1, "limit": 1}, "documents_by_age"),
        (STATEMENTS.facts, {"stream": "s", "after": 0}, "PRIMARY KEY"),
        (STATEMENTS.last_facts, {"stream": "s", "limit": 2}, "PRIMARY KEY"),
        (STATEMENTS.holder, {"kind": "k", "key": "k"}, "PRIMARY KEY"),
        (STATEMENTS.document, {"kind": "k", "key": "k"}, "PRIMARY KEY"),
        (STATEMENTS.documents, {"kind": "k", "start": "", "after": "", "end": "z", "limit": 9}, "PRIMARY KEY"),
        (STATEMENTS.ledger_number, {"stream": "s"}, "sqlite_autoindex_entries_1"),
        (STATEMENTS.ledger_index, {"stream": "s", "number": 1}, "sqlite_autoindex_entries_1"),
        (STATEMENTS.leaves, {"start": 0, "limit": 9}, "PRIMARY KEY"),
        (STATEMENTS.hashes, {"level": 0, "start": 0, "end": 9}, "PRIMARY KEY"),
    ],
)
def test_what_is_asked_often_is_found_by_key(
    database: sqlite3.Connection, statement: str, values: dict[str, Any], index: str
) -> None:
    """No statement of a decision, of the ledger or of forgetting reads a table through, or sorts what it found."""
    told = plan(database, statement, values)
    assert index in told
    assert "SCAN" not in told
    assert "B-TREE" not in told


def test_a_statement_without_an_index_would_be_found(database: sqlite3.Connection, tmp_path: Path) -> None:
    """The plan of one that must read everything and sort it says so."""
    told = plan(database, "SELECT * FROM cases WHERE purpose = 'x' ORDER BY updated_at", {})
    assert "SCAN" in told
    assert "B-TREE" in told
