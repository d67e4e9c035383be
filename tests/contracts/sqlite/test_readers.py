"""The readers: they cannot write, see one state, and are bounded."""

import sqlite3
import threading
from concurrent.futures import Future
from typing import Any

import pytest

from firstkey.ports.fact_store import Reader, answer
from firstkey.storage.limits import READERS_MAX, READS_WAITING_MAX
from firstkey.values.errors import Unavailable
from tests.contracts.site import SqliteSite, appending, do, see


def test_a_reader_connection_is_query_only(sqlite_site: SqliteSite) -> None:
    """Even a statement run on the connection itself cannot write."""

    def write(connection: sqlite3.Connection) -> str:
        try:
            connection.execute("DELETE FROM site")
        except sqlite3.OperationalError as error:
            return str(error)
        return "written"

    def write_all_the_same(connection: sqlite3.Connection) -> str:
        connection.execute("PRAGMA query_only = OFF")
        return write(connection)

    for attempt in (write, write_all_the_same):
        assert answer(sqlite_site.store.readers.submit(attempt), 30) == "attempt to write a readonly database"


def test_a_reader_connection_is_set_query_only(sqlite_site: SqliteSite) -> None:
    """Besides being opened for reading, each connection refuses to write by its own setting."""
    view = sqlite_site.store.readers.submit(lambda connection: connection.execute("PRAGMA query_only").fetchone()[0])
    assert answer(view, 30) == 1


def test_a_view_sees_one_state(sqlite_site: SqliteSite) -> None:
    """What commits while a view runs, the view does not see; the next one does."""
    do(sqlite_site, appending("a", 1))

    def view(reader: Reader) -> tuple[int, int]:
        before = reader.head("a")
        do(sqlite_site, appending("a", 2))
        do(sqlite_site, appending("b", 1))
        return before, reader.head("b")

    assert see(sqlite_site, view) == (1, 0)
    assert see(sqlite_site, lambda reader: (reader.head("a"), reader.head("b"))) == (2, 1)


def test_a_view_sees_what_was_answered(sqlite_site: SqliteSite) -> None:
    """A view asked for after an answer sees it, in whichever reader it runs."""
    for number in range(1, 50):
        do(sqlite_site, appending("a", number))
        views = [sqlite_site.store.read(lambda reader: reader.head("a")) for _ in range(READERS_MAX)]
        assert [answer(view, 30) for view in views] == [number] * READERS_MAX


def test_too_many_views_are_unavailable(sqlite_site: SqliteSite) -> None:
    """Four views run at a time; when too many wait the next is refused at once, and the accepted ones are answered."""
    go_on = threading.Event()
    running: list[int] = []

    def view(_: Reader) -> None:
        running.append(1)
        go_on.wait(30)

    views: list[Future[Any]] = [sqlite_site.store.read(view) for _ in range(READERS_MAX + READS_WAITING_MAX)]
    try:
        with pytest.raises(Unavailable):
            sqlite_site.store.read(view)
        at_once = len(running)
    finally:
        go_on.set()
    assert [future.exception(30) for future in views] == [None] * len(views)
    assert at_once <= READERS_MAX
    assert see(sqlite_site, lambda reader: reader.head("a")) == 0


def test_a_failing_database_is_unavailable_and_read_again(sqlite_site: SqliteSite) -> None:
    """An error of the database ends one view; the next one opens the database again."""

    def fail(connection: sqlite3.Connection) -> None:
        connection.close()
        raise sqlite3.OperationalError("disk I/O error")

    for _ in range(2 * READERS_MAX):
        with pytest.raises(Unavailable):
            answer(sqlite_site.store.readers.submit(fail), 30)
    assert see(sqlite_site, lambda reader: reader.head("a")) == 0
    assert len(sqlite_site.store.readers._open) <= READERS_MAX


def test_an_error_of_a_view_is_its_answer(sqlite_site: SqliteSite) -> None:
    """What a view raises comes to whoever asked, and the reader goes on."""

    def view(_: Reader) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        see(sqlite_site, view)
    assert see(sqlite_site, lambda reader: reader.head("a")) == 0
