"""Every statement finds its rows by a key or an index, however much is stored."""

import re
import sqlite3

import pytest

from firstkey.storage.sqlite.connection import DIALECT, STATEMENTS
from firstkey.storage.tables import creation

TEXTS = {name: text for name, text in vars(STATEMENTS).items() if isinstance(text, str)}
TEXTS |= {f"cases by {index}": text for index, text in STATEMENTS.cases.items()}

MAY_SCAN = {
    "outbox_due": "the outbox holds what is still to be done, no more",
    "checkpoint": "one row from the end",
}


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_no_statement_reads_a_whole_table_or_sorts(name: str) -> None:
    """The plan searches, and takes the order from an index; exceptions give their reason."""
    database = sqlite3.connect(":memory:")
    for statement in creation(DIALECT):
        database.execute(statement)
    values = dict.fromkeys(re.findall(r":(\w+)", TEXTS[name]), 1)
    plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {TEXTS[name]}", values)]
    database.close()
    assert not any("TEMP B-TREE" in step for step in plan)
    assert any(step.startswith("SCAN") for step in plan) == (name in MAY_SCAN)
