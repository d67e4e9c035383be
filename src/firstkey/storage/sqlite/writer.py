"""The one writer: a thread that carries out waiting works in groups, one commit for each group.

An answer is given only after its group's commit. An error that ends the transaction fails the whole group as
unavailable; the database is then opened again and the head read from it, for memory may be wrong. If it was the commit
itself that failed, the number that each commit leaves behind tells whether it took hold after all: the log is folded
into the database first, so what is read there is on the disk.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

import structlog

from firstkey.ports.clock import Clock
from firstkey.storage.limits import (
    CHECKPOINT_QUIET_MS,
    CHECKPOINT_UNPUBLISHED_MS_MAX,
    GROUP_WORKS_MAX,
    LOG_TRUNCATED_AGAIN_MS,
    LOG_TRUNCATED_EVERY_MS,
    WORKS_WAITING_MAX,
)
from firstkey.storage.rows import TransactionLost
from firstkey.storage.sequencer import Outcome, Sequencer, Work, failed
from firstkey.storage.sqlite.rows import SqliteRows
from firstkey.values.errors import Defect, Unavailable

_log = structlog.get_logger(__name__)


class Opened(NamedTuple):
    """An open database: how to undo, commit and close it, and the sequencer on it."""

    rows: SqliteRows
    sequencer: Sequencer
    close: Callable[[], None]


class Waiting(NamedTuple):
    """A work and who waits for it."""

    work: Work
    future: Future[Any]


class Publish(Protocol):
    """Shows a committed checkpoint to the world outside the database; raises OSError when it cannot now."""

    def __call__(self, note: bytes) -> None:
        """Show a signed note."""


class Writer:
    """Carries out works, one group after another.

    Args:
        reopen: opens the database and reads its head; called in the writer's thread.
        publish: shows a committed head, once its works are answered: in the first quiet moment, or once a second.
        clock: tells when to publish and to truncate the log.

    Raises:
        Exception: whatever `reopen` raised the first time.
    """

    def __init__(self, reopen: Callable[[], Opened], publish: Publish, clock: Clock) -> None:
        self._reopen_database = reopen
        self._publish = publish
        self._clock = clock
        self._queue: queue.Queue[Waiting | None] = queue.Queue(WORKS_WAITING_MAX)
        self._door = threading.Lock()
        self._closed = False
        self._opened: Opened | None = None
        self._unpublished: bytes | None = None
        self._publish_at = self._truncate_at = clock.monotonic()
        started: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(started,), name="firstkey-writer", daemon=True)
        self._thread.start()
        started.result()

    def submit(self, work: Work) -> Future[Any]:
        """Queue a work.

        Raises:
            Unavailable: too many wait, or the writer is closed.
            Defect: called by a work, which would wait for itself.
        """
        if threading.current_thread() is self._thread:
            raise Defect("a work calls the store")
        waiting = Waiting(work, Future())
        with self._door:
            if self._closed:
                raise Unavailable("the store is closed")
            try:
                self._queue.put_nowait(waiting)
            except queue.Full as error:
                raise Unavailable("too many works wait") from error
        return waiting.future

    @property
    def waiting(self) -> int:
        """How many works wait, about."""
        return self._queue.qsize()

    def close(self) -> None:
        """Carry out what was accepted, then stop."""
        with self._door:
            first, self._closed = not self._closed, True
        if first:
            self._queue.put(None)  # waits for a place; nobody else comes in any more
        self._thread.join()

    def _run(self, started: Future[None]) -> None:
        try:
            self._reopen()
        except BaseException as error:  # noqa: BLE001 - raised in the thread that opens the store, which waits for it
            started.set_exception(error)
            return
        self._show()  # the last head before a crash may not have been published
        started.set_result(None)
        try:
            for group in self._groups():
                self._serve(group)
            self._show()
        finally:
            self._refuse_the_rest()
            self._close_database()

    def _refuse_the_rest(self) -> None:
        """Leave nobody waiting for a thread that has ended; after `close` there is nobody."""
        with self._door:
            self._closed = True
        while not self._queue.empty():
            waiting = self._queue.get_nowait()
            if waiting is not None and waiting.future.set_running_or_notify_cancel():
                waiting.future.set_exception(Unavailable("the writer has stopped"))

    def _groups(self) -> Iterator[list[Waiting]]:
        """Yield what waits, in groups; the last one ends with the sign that `close` leaves."""
        ended = False
        while not ended:
            items = [self._next()]
            while len(items) < GROUP_WORKS_MAX and items[-1] is not None and not self._queue.empty():
                items.append(self._queue.get_nowait())
            ended = items[-1] is None
            yield [item for item in items if item is not None and item.future.set_running_or_notify_cancel()]

    def _next(self) -> Waiting | None:
        """Wait for a work; meanwhile publish, and truncate the log: an idle site must not keep what was deleted."""
        wait = LOG_TRUNCATED_EVERY_MS if self._unpublished is None else CHECKPOINT_QUIET_MS
        while True:
            try:
                return self._queue.get(timeout=wait / 1000)
            except queue.Empty:
                self._show()
                if wait == LOG_TRUNCATED_EVERY_MS or self._clock.monotonic() >= self._truncate_at:
                    self._truncate_log()
                wait = LOG_TRUNCATED_EVERY_MS if self._unpublished is None else CHECKPOINT_UNPUBLISHED_MS_MAX

    def _serve(self, group: list[Waiting]) -> None:
        failure: Exception | None = None
        try:
            outcomes = self._carry_out([waiting.work for waiting in group]) if group else []
        except Exception as error:  # noqa: BLE001 - one group's failure is its futures'; the thread serves the next
            failure, outcomes = error, [failed(error) for _ in group]
        for waiting, outcome in zip(group, outcomes, strict=True):
            outcome.tell(waiting.future)
        if failure is not None:
            _log.warning("group_failed", works=len(group), error=repr(failure))
        if self._clock.monotonic() >= self._publish_at:
            self._show()
        if self._clock.monotonic() >= self._truncate_at:
            self._truncate_log()

    def _carry_out(self, works: list[Work]) -> list[Outcome]:
        rows, sequencer, _ = self._opened or self._reopen()
        try:
            prepared = sequencer.prepare(works)
        except BaseException:
            with suppress(Exception):  # the next group tries again, and tells what is wrong
                self._reopen()
            raise
        if prepared.commits is not None:
            try:
                rows.commit()
            except TransactionLost:
                if self._reopen().sequencer.commits != prepared.commits:
                    raise
            else:
                sequencer.committed(prepared)
        self._unpublished = prepared.note or self._unpublished
        return prepared.outcomes

    def _show(self) -> None:
        """Publish the newest committed head; if that fails, after the next group."""
        self._publish_at = self._clock.monotonic() + CHECKPOINT_UNPUBLISHED_MS_MAX
        if self._unpublished is not None:
            try:
                self._publish(self._unpublished)
                self._unpublished = None
            except OSError as error:
                _log.warning("checkpoint_not_published", error=repr(error))

    def _reopen(self) -> Opened:
        self._close_database()
        opened = self._reopen_database()
        self._truncate_at = self._clock.monotonic() + LOG_TRUNCATED_EVERY_MS
        self._opened = opened
        newest = opened.rows.checkpoint()
        self._unpublished = None if newest is None else newest[1]
        return opened

    def _close_database(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def _truncate_log(self) -> None:
        """Empty the log; if a reader is in the way, again in a moment."""
        try:
            done = self._opened is None or self._opened.rows.truncate_log()
            wait = LOG_TRUNCATED_EVERY_MS if done else LOG_TRUNCATED_AGAIN_MS
            self._truncate_at = self._clock.monotonic() + wait
        except TransactionLost as error:
            _log.warning("log_not_truncated", error=repr(error))
            self._close_database()
