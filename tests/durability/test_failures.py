"""A disk that takes no more, under a real server: what it cannot keep it does not promise, and it goes on by itself.

The process's own limit on the size of files stands for the disk: set from outside while the server runs, every write
beyond it fails, into database, log and checkpoint alike.
"""

import os
import random
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from firstkey.demo import steps
from firstkey.demo.process import run_firstkey
from firstkey.values.errors import Refused
from tests.durability.accounting import check_history, check_standing, facts_of, missing, verify
from tests.durability.crowd import hire, open_for
from tests.durability.errand import Errand, cast_of
from tests.journeys.place import Place, founded

ROOT = Path(__file__).parents[2]
NOBODY = 65534
CLIENTS = 3
OUTAGES = 10
ENDS_WITHIN_SECONDS = 60

AS_NOBODY = f"""
import os
import ctypes
import firstkey.cli.serve
from firstkey.cli.main import main
if os.geteuid() == 0:  # whoever may do everything finds no disk read-only
    os.setgid({NOBODY})
    os.setuid({NOBODY})
main()
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A founded site behind a real server; afterwards its ledger is verified."""
    with founded(tmp_path_factory.mktemp("failures")) as found:
        yield found
        check_history(found.prepared.site)
        check_standing(found.prepared.site)
        verify(found.prepared.site)


@contextmanager
def full_disk(place: Place) -> Iterator[None]:
    """Let no byte be written by the server, from here to the end of the block."""
    pid = place.server.pid
    assert pid is not None
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_nothing_is_promised_and_afterwards_it_goes_on(place: Place) -> None:
    """What must be kept is unavailable, with 503 and nothing stored; what only looks works; with room all goes on."""
    live = open_for(place, hire(place, 1)[0])
    steps.prepare(place.cast, live)
    before = facts_of(place.prepared.site)
    with full_disk(place):
        for _ in range(3):
            answer = live.joiner.post("/pass", live.handle)
            assert (answer.status, str(answer.problem).rpartition(":")[2]) == (503, "unavailable")
        assert place.cast.approver.client.request("GET", "/healthz").status == 200
        assert facts_of(place.prepared.site) == before
    code = steps.get_pass(live).code
    with full_disk(place):
        assert live.joiner.post("/redeem", live.handle, code=code).status == 503
    steps.finish(live, code)
    assert "Traceback" not in place.server.said()


def work(errand: Errand, stop: threading.Event) -> None:
    """Go on with an errand however often it is refused, until it is over or time is."""
    while not errand.over and not stop.is_set():
        try:
            errand.go_on()
        except Refused:
            stop.wait(0.02)


@pytest.mark.soak
def test_a_disk_that_fails_again_and_again_loses_nothing(place: Place) -> None:
    """Through ten outages at random moments several enrollments come to their end; all that was told is there."""
    chance = random.Random(11)
    errands = [Errand(place, cast_of(place), person) for person in hire(place, CLIENTS)]
    for errand in errands:
        for desk in errand.cast:
            desk.sign_in()
    stop = threading.Event()
    threads = [threading.Thread(target=work, args=(errand, stop)) for errand in errands]
    for thread in threads:
        thread.start()
    for _ in range(OUTAGES):
        stop.wait(chance.uniform(0.02, 0.2))
        with full_disk(place):
            stop.wait(chance.uniform(0.01, 0.1))
    for thread in threads:
        thread.join(ENDS_WITHIN_SECONDS)
    stop.set()
    assert [errand.over for errand in errands] == [True] * CLIENTS
    told = [each for errand in errands for each in errand.told]
    assert missing(place.prepared.site, told) == []
    assert sum(each.kind == "CaseClosed" for each in told) == CLIENTS
    assert "Traceback" not in place.server.said()


def test_a_folder_that_cannot_be_written_is_not_served(place: Place, tmp_path: Path) -> None:
    """On a disk that is read-only for it a server does not start, and says what it cannot open and where to look."""
    site = tmp_path / "site"
    place.server.stop()
    shutil.copytree(place.prepared.site, site, ignore=shutil.ignore_patterns("*.sock"))
    place.server.start()
    for path in [site, *site.rglob("*")]:
        path.chmod(0o500 if path.is_dir() else 0o400)
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    ended = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, "serve", "--site", str(site)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_SECONDS,
        check=False,
    )
    assert ended.returncode in (1, 2), ended.stderr
    assert "rights" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert run_firstkey("ledger", "verify", "--site", str(place.prepared.site)).exit_code == 0
