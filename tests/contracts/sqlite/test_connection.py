"""How the writer's connection is set: what a commit promises rests on it."""

import pytest

from tests.contracts.site import SqliteSite


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1), ("trusted_schema", 0)],
)
def test_the_writer_is_set_to_keep_and_to_delete_for_good(sqlite_site: SqliteSite, pragma: str, value: object) -> None:
    """Commits are on the disk when they return (synchronous FULL is 2), and deleted bytes are overwritten."""
    opened = sqlite_site.store._writer._opened
    assert opened is not None
    assert opened.rows._run(f"PRAGMA {pragma}") == [(value,)]
