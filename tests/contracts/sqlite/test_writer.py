"""The writer: groups, what they share and what they do not, and what is left when the disk fails."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from firstkey.ports.fact_store import Slot, SlotTaken, StoreReason, Transaction, answer, answer_async
from firstkey.ports.kinds import SlotKind
from firstkey.storage.limits import GROUP_WORKS_MAX, LOG_TRUNCATED_EVERY_MS, WORKS_WAITING_MAX
from firstkey.storage.sqlite.connection import DATABASE_FILE, open_writer
from firstkey.values.errors import Refused, Unavailable
from firstkey.values.instants import SECOND
from tests.contracts.site import BEGINNING, ORIGIN, SIGNER, SqliteSite, appending, do, fact, judged, see, taking

PLACE = Slot(SlotKind.LIVE_PASS, "account-1")


@contextmanager
def held_up(site: SqliteSite) -> Iterator[None]:
    """Keep the writer busy with one work, so that what is asked for meanwhile becomes the next group."""
    started, go_on = threading.Event(), threading.Event()

    def work(_: Transaction) -> None:
        started.set()
        go_on.wait(30)

    holding = site.store.execute(work)
    started.wait(30)
    try:
        yield
    finally:
        go_on.set()
        answer(holding, 30)


def ended(futures: list[Future[Any]]) -> list[BaseException | None]:
    """Return how works ended."""
    return [future.exception(30) for future in futures]


def commits(site: SqliteSite) -> int:
    """Return how many groups were committed."""
    opened = site.store._writer._opened
    assert opened is not None
    return opened.sequencer.commits


class Disk:
    """A disk that fails at a statement, once: before it took hold, or after.

    Attributes:
        fails_at: how the statement begins; None for a sound disk.
        after: whether the statement takes hold all the same.
        spares: how many such statements it lets pass first.
        failed: how often it has failed.
    """

    def __init__(self) -> None:
        self.fails_at: str | None = None
        self.after = False
        self.spares = 0
        self.failed = 0

    def run(self, sql: str, statement: Callable[[], Any]) -> Any:
        """Run a statement, or fail."""
        if self.fails_at is None or not sql.startswith(self.fails_at):
            return statement()
        self.spares -= 1
        if self.spares >= 0:
            return statement()
        self.fails_at = None
        self.failed += 1
        if self.after:
            statement()
        raise sqlite3.OperationalError("disk I/O error")


def connect(disk: Disk) -> Callable[[Path], sqlite3.Connection]:
    """Return what opens databases on a disk."""

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            cursor: sqlite3.Cursor = disk.run(sql, lambda: super(Connection, self).execute(sql, *values))
            return cursor

        def executemany(self, sql: str, *values: Any) -> sqlite3.Cursor:
            cursor: sqlite3.Cursor = disk.run(sql, lambda: super(Connection, self).executemany(sql, *values))
            return cursor

    return partial(open_writer, factory=Connection)


def test_a_failing_work_does_not_hurt_its_neighbours(sqlite_site: SqliteSite) -> None:
    """In one group every tenth work fails after it wrote; all others commit, with dense numbers, in one commit."""

    def failing(tx: Transaction) -> None:
        appending("shared", 1)(tx)
        tx.take(PLACE, "shared")
        raise ValueError("on purpose")

    before = commits(sqlite_site)
    with held_up(sqlite_site):
        works: list[Callable[[Transaction], Any]] = [
            failing if number % 10 == 9 else appending("shared", number) for number in range(50)
        ]
        futures = [sqlite_site.store.execute(work) for work in works]
        assert not any(future.done() for future in futures)
    assert [type(error) for error in ended(futures)] == ([type(None)] * 9 + [ValueError]) * 5
    assert commits(sqlite_site) == before + 1
    assert see(sqlite_site, lambda reader: (reader.head("shared"), reader.holder(PLACE))) == (45, None)
    assert judged(sqlite_site).streams == {"shared": 45}


def test_works_of_a_group_see_each_other(sqlite_site: SqliteSite) -> None:
    """Two works of one group that want one slot do not both get it, and numbers go on from the neighbour's."""

    def following(tx: Transaction) -> None:
        tx.append("case-1", 1, [fact()])

    with held_up(sqlite_site):
        futures = [sqlite_site.store.execute(taking(PLACE, stream)) for stream in ("case-1", "case-2")]
        futures.append(sqlite_site.store.execute(following))
    assert [type(error) for error in ended(futures)] == [type(None), SlotTaken, type(None)]
    assert judged(sqlite_site).streams == {"case-1": 2}


def test_a_group_has_a_maximum(sqlite_site: SqliteSite) -> None:
    """What waits is carried out in groups of at most 64."""
    before = commits(sqlite_site)
    with held_up(sqlite_site):
        futures = [sqlite_site.store.execute(appending("a", 1)) for _ in range(3 * GROUP_WORKS_MAX)]
    assert ended(futures) == [None] * len(futures)
    assert commits(sqlite_site) == before + 3


def test_answers_come_after_the_commit(sqlite_site: SqliteSite) -> None:
    """At the moment a future is done, a reader on another connection sees what its work stored."""
    heads = []

    def look(_: Future[Any]) -> None:
        with sqlite3.connect(sqlite_site.folder / DATABASE_FILE) as connection:
            heads.append(connection.execute("SELECT max(number) FROM facts").fetchone()[0])
        connection.close()

    for number in range(1, 6):
        future = sqlite_site.store.execute(appending("a", number))
        future.add_done_callback(look)
        answer(future, 30)
    do(sqlite_site, lambda _: None)  # the last callback has run
    assert heads == [1, 2, 3, 4, 5]


def test_too_many_works_are_unavailable(sqlite_site: SqliteSite) -> None:
    """A full queue refuses the next work at once and carries out all that it accepted."""
    with held_up(sqlite_site):
        futures = [sqlite_site.store.execute(appending("a", 1)) for _ in range(WORKS_WAITING_MAX)]
        with pytest.raises(Unavailable):
            sqlite_site.store.execute(appending("a", 1))
    assert ended(futures) == [None] * WORKS_WAITING_MAX
    assert see(sqlite_site, lambda reader: reader.head("a")) == WORKS_WAITING_MAX


def test_a_work_given_up_before_its_turn_is_never_carried_out(sqlite_site: SqliteSite) -> None:
    """A caller who stops waiting is told unavailable, and nothing of the work is stored; its neighbours are."""
    with held_up(sqlite_site):
        given_up = sqlite_site.store.execute(appending("a", 1))
        with pytest.raises(Unavailable):
            answer(given_up, 0.01)
        kept = sqlite_site.store.execute(appending("b", 1))
    assert ended([kept]) == [None]
    assert see(sqlite_site, lambda reader: (reader.head("a"), reader.head("b"))) == (0, 1)


def test_a_work_given_up_in_an_event_loop_is_never_carried_out(sqlite_site: SqliteSite) -> None:
    """The same holds for a caller who waits in an event loop."""

    async def give_up() -> None:
        with pytest.raises(Unavailable):
            await answer_async(sqlite_site.store.execute(appending("a", 1)), 0.01)

    with held_up(sqlite_site):
        asyncio.run(give_up())
    assert see(sqlite_site, lambda reader: reader.head("a")) == 0


def test_close_carries_out_what_was_accepted(sqlite_site: SqliteSite) -> None:
    """Works that wait when the store is closed are answered first."""
    with held_up(sqlite_site):
        futures = [sqlite_site.store.execute(appending("a", 1)) for _ in range(100)]
        closing = threading.Thread(target=sqlite_site.store.close)
        closing.start()
    closing.join(30)
    assert ended(futures) == [None] * 100


def test_a_work_whose_time_runs_out_in_the_group_is_late(sqlite_site: SqliteSite) -> None:
    """A work that was in time itself but not at its group's commit is late; the others of the group commit."""

    def hasty(tx: Transaction) -> None:
        tx.not_after(BEGINNING)
        appending("a", 1)(tx)

    calls = []

    def slow(tx: Transaction) -> None:
        appending("a", 2)(tx)
        calls.append(tx.head("a"))
        sqlite_site.clock.pass_ms(SECOND)

    with held_up(sqlite_site):
        futures = [sqlite_site.store.execute(work) for work in (hasty, slow)]
    late, none = ended(futures)
    assert isinstance(late, Refused)
    assert (late.reason, none, calls) == (StoreReason.TooLate, None, [2, 1])
    assert judged(sqlite_site).streams == {"a": 1}


def test_time_does_not_go_back_within_a_group(sqlite_site: SqliteSite) -> None:
    """A work that follows another in its group is stamped no earlier, though the clock was set back between them."""
    sqlite_site.clock.set_by_ms(30 * SECOND)

    def setting(tx: Transaction) -> None:
        appending("a", 1)(tx)
        sqlite_site.clock.set_by_ms(-30 * SECOND)

    with held_up(sqlite_site):
        futures: list[Future[Any]] = [sqlite_site.store.execute(work) for work in (setting, appending("a", 2))]
    assert ended(futures) == [None, None]
    assert see(sqlite_site, lambda reader: {row.at for row in reader.load("a")}) == {BEGINNING + 30 * SECOND}


STATEMENTS = ["BEGIN", "SAVEPOINT", "INSERT INTO facts", "INSERT INTO entries", "INSERT INTO slots", "RELEASE"]
STATEMENTS += ["INSERT INTO hashes", "INSERT INTO checkpoints", "INSERT INTO site", "COMMIT"]


@pytest.mark.parametrize("after", [False, True], ids=["before it took hold", "after it took hold"])
@pytest.mark.parametrize("statement", STATEMENTS)
def test_an_error_of_the_disk_fails_the_whole_group(tmp_path: Path, statement: str, after: bool) -> None:
    """Wherever the disk fails, its group is unavailable and leaves nothing, or answered and whole; the next commits."""
    disk = Disk()
    site = SqliteSite(tmp_path, connect(disk))
    do(site, appending("a", 1))
    with held_up(site):
        futures: list[Future[Any]] = [site.store.execute(appending("a", number)) for number in (2, 3)]
        futures.append(site.store.execute(taking(PLACE, "b")))
        disk.fails_at, disk.after = statement, after
        disk.spares = 1 if statement == "RELEASE" else 0  # that of the work which holds the writer up
    errors = ended(futures)
    assert disk.failed == 1
    if statement == "COMMIT" and after:
        assert errors == [None] * 3
    else:
        assert [type(error) for error in errors] == [Unavailable] * 3
    stored = 3 if errors[0] is None else 1
    assert see(site, lambda r: (r.head("a"), r.holder(PLACE))) == (stored, "b" if stored == 3 else None)
    assert do(site, appending("a", 9))[0].number == stored + 1
    assert judged(site).streams["a"] == stored + 1
    site.reopen()
    assert do(site, lambda tx: len(tx.load("a"))) == stored + 1
    site.close()


def test_a_full_disk_fails_its_group_and_later_works_go_on(tmp_path: Path) -> None:
    """When the database cannot grow, the group is unavailable; small works before and after keep dense numbers."""
    pages = [2**30]

    def cramped(folder: Path) -> sqlite3.Connection:
        connection = open_writer(folder)
        connection.execute(f"PRAGMA max_page_count = {pages[0]}")
        return connection

    site = SqliteSite(tmp_path, cramped)
    do(site, appending("a", 1))
    site.close()
    pages[0] = site.sql("PRAGMA page_count")[0][0] + 20
    site.store = site.open()
    with held_up(site):
        futures: list[Future[Any]] = [site.store.execute(appending("a", 2)) for _ in range(3)]
        futures.append(site.store.execute(lambda tx: tx.append("b", 0, [fact()] * 2_000) and None))
        futures.append(site.store.execute(appending("c", 1)))
    assert [type(error) for error in ended(futures)] == [Unavailable] * 5
    assert do(site, appending("a", 3))[0].number == 2
    pages[0] = 2**30
    site.reopen()
    assert do(site, lambda tx: len(tx.append("b", 0, [fact()] * 2_000))) == 2_000
    assert judged(site).streams == {"a": 2, "b": 2_000}
    site.close()


def test_a_database_that_cannot_be_opened_again_is_unavailable_until_it_can(tmp_path: Path) -> None:
    """While reopening fails works are unavailable; the first one after that is carried out."""
    disk = Disk()
    site = SqliteSite(tmp_path, connect(disk))
    disk.fails_at, disk.after = "COMMIT", True
    opening = site.store._writer._reopen_database
    refusing = [True]

    def reopen() -> Any:
        if refusing[0]:
            raise sqlite3.OperationalError("unable to open database file")
        return opening()

    site.store._writer._reopen_database = reopen
    for _ in range(3):
        with pytest.raises(Unavailable):
            do(site, appending("a", 1))
    refusing[0] = False
    assert do(site, appending("b", 1))[0].number == 1
    assert judged(site).streams == {"a": 1, "b": 1}, "the first commit had taken hold, which nobody could know then"
    site.close()


def test_a_key_that_cannot_be_reached_makes_facts_unavailable(sqlite_site: SqliteSite) -> None:
    """Without a signed head nothing commits; once the key is back, works go on."""
    opened = sqlite_site.store._writer._opened
    assert opened is not None

    class Unreachable:
        origin, verifier = ORIGIN, SIGNER.verifier

        def sign(self, *_: Any) -> bytes:
            raise Unavailable("the key")

    opened.sequencer._signer = Unreachable()
    with pytest.raises(Unavailable):
        do(sqlite_site, appending("a", 1))
    assert do(sqlite_site, appending("a", 1))[0].number == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_waits_for_a_writer_that_has_stopped(sqlite_site: SqliteSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the thread end by a bug of ours, what waits is unavailable, and so is what comes."""

    def bug() -> None:
        raise AttributeError("a bug")

    monkeypatch.setattr(sqlite_site.store._writer, "_truncate_log", bug)
    sqlite_site.clock.pass_ms(LOG_TRUNCATED_EVERY_MS)
    with held_up(sqlite_site):
        futures = [sqlite_site.store.execute(appending("a", 1)) for _ in range(2)]
    assert [type(error) for error in ended(futures)] == [Unavailable] * 2
    sqlite_site.store._writer._thread.join(30)
    with pytest.raises(Unavailable):
        sqlite_site.store.execute(appending("a", 1))


def test_the_log_is_truncated_every_minute(sqlite_site: SqliteSite) -> None:
    """After a minute's last group the write-ahead log is empty; before, it grows."""
    log = sqlite_site.folder / f"{DATABASE_FILE}-wal"
    do(sqlite_site, appending("a", 1))
    do(sqlite_site, lambda _: None)
    assert log.stat().st_size > 0
    sqlite_site.clock.pass_ms(LOG_TRUNCATED_EVERY_MS)
    do(sqlite_site, appending("a", 2))
    do(sqlite_site, lambda _: None)  # the truncation comes after the answer
    assert log.stat().st_size == 0


def test_a_destroyed_verifier_is_nowhere_in_the_files(sqlite_site: SqliteSite) -> None:
    """Once the log is truncated, the bytes of what was deleted are in no file of the site."""
    secret = b"verifier-bytes-that-must-go-away"
    do(sqlite_site, lambda tx: tx.put_verifier("pass-1", secret))
    do(sqlite_site, lambda tx: tx.destroy_verifier("pass-1"))
    sqlite_site.clock.pass_ms(LOG_TRUNCATED_EVERY_MS)
    do(sqlite_site, lambda _: None)
    do(sqlite_site, lambda _: None)
    assert [path.name for path in sqlite_site.folder.iterdir() if secret in path.read_bytes()] == []
