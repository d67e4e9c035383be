"""Programs as wholes: how soon they answer, what they hold in memory, and a long queue."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from benchmarks.measuring import Row, beside, seconds
from benchmarks.place import POLICY, ROOT, Place, floor, person, started
from firstkey.actions.queries import PAGE_ROWS_DEFAULT
from firstkey.assembly import open_site
from firstkey.demo.process import Server
from firstkey.enrollment.case.words import Stage
from firstkey.ports.fact_store import Transaction, answer
from firstkey.ports.queues import CaseCursor, CaseIndex, CaseRow
from firstkey.storage.sqlite.connection import STATEMENTS, open_reader
from firstkey.values.instants import DAY

STARTS = 5
QUEUE_CASES = 10_000
PAGES = 60
FIRST_ANSWER_MS_MAX = 1_500
CLI_MS_MAX = 200
PAGE_MS_MAX = 10


def first_answer(place: Place) -> Row:
    """Start a site's server and the floor's in turn; the site's server must be down."""
    port = place.address.port
    host = place.address.origin.partition("://")[2]
    command = ["-m", "firstkey.cli.main", "serve", "--site", str(place.site)]
    ours, least = [], []
    for _ in range(STARTS):
        with started(command, port, host) as server:
            ours.append(server.seconds)
        with tempfile.TemporaryDirectory(prefix="firstkey-floor-") as folder, floor(Path(folder)) as bare:
            least.append(bare.seconds)
    return Row(
        "server_first_answer_ms",
        statistics.median(ours) * 1e3,
        "ms",
        statistics.median(least) * 1e3,
        "from the start of the process to the first 200 of /readyz; floor: a bare Starlette on uvicorn with SQLite",
        FIRST_ANSWER_MS_MAX,
    )


def _run(*arguments: str) -> Callable[[], object]:
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, check=True, capture_output=True, cwd=ROOT)  # noqa: S603  # our own programs


def cli_rows() -> Iterator[Row]:
    """Time commands as processes."""
    bare, note = _run("-c", "import click"), "a process from start to end; floor: Python that imports click alone"
    for name, arguments in (
        ("cli_start_ms", ("--version",)),
        ("cli_policy_check_ms", ("policy", "check", str(POLICY))),
    ):
        command = _run("-m", "firstkey.cli.main", *arguments)
        seconds(command)
        value, least = beside(command, bare, STARTS + 2, 1)
        yield Row(name, value * 1e3, "ms", least * 1e3, f"firstkey {' '.join(arguments[:2])}: {note}", CLI_MS_MAX)


def fill_queue(place: Place, cases: int) -> None:
    """Put so many open cases into the queue of a site whose server is down; their people are on record."""
    site, _ = open_site(place.site)
    now = time.time_ns() // 1_000_000

    def work(tx: Transaction) -> None:
        for number in range(cases):
            joiner = person(number % place.people, "managed")
            tx.project(
                CaseRow(
                    case=f"case/queued-{number:012d}",
                    account=joiner.account,
                    person=joiner.person,
                    path="managed_device_new",
                    purpose="first_key",
                    stage=Stage.PROOFING.value,
                    opened_at=now,
                    due_at=now + DAY + number,
                    updated_at=now,
                )
            )

    try:
        answer(site.store.execute(work), 60)
    finally:
        site.store.close()


def queue_page(place: Place) -> Row:
    """Page through a long queue over HTTP, in somebody's session."""
    desk = place.cast.requester
    with Server(place.site, place.address), closing(open_reader(place.site)) as connection:
        desk.client.session = None
        desk.sign_in()
        after, last, times, least = "", CaseCursor(-1, ""), [], []
        for _ in range(PAGES):
            path = f"/api/cases?limit={PAGE_ROWS_DEFAULT}{after and '&after='}{after}"
            page = place.volley([place.by_operator(desk, "GET", path)], 1)
            times.append(page.seconds)
            values = {**last._asdict(), "limit": PAGE_ROWS_DEFAULT, "value": ""}
            page_of = partial(connection.execute, STATEMENTS.cases[CaseIndex.ALL], values)
            least.append(seconds(lambda: page_of().fetchall()))  # noqa: B023  # called at once
            shown = page.answers[0].json
            after, row = shown["after"], shown["cases"][-1]
            last = CaseCursor(row["due_at"], f"case/{row['case']}")
    return Row(
        "queue_page_ms",
        statistics.median(times) * 1e3,
        "ms",
        statistics.median(least) * 1e3,
        f"a page of {PAGE_ROWS_DEFAULT} of {QUEUE_CASES} open cases over HTTP, by cursor; floor: the bare SQL",
        PAGE_MS_MAX,
    )
