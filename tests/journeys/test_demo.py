"""`firstkey demo`: it holds, it counts honestly, and it leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from firstkey.demo.misuses import MISUSES
from firstkey.demo.run import Result
from firstkey.settings import Settings, read_settings
from firstkey.simulator.client import Client
from firstkey.storage.sqlite.connection import open_reader
from firstkey.values.errors import Malformed, Unavailable
from tests.journeys.sites import run

COMPLETED = 12
SECONDS_MAX = 240
DEMO = [sys.executable, "-m", "firstkey.cli.main", "demo"]


class Run:
    """One run of the demonstration: its exit code, what it printed, the site that it kept, and its scratch folder."""

    def __init__(self, folder: Path) -> None:
        self.site, self.scratch = folder / "site", folder / "scratch"
        self.scratch.mkdir()
        environment = {**os.environ, "TMPDIR": str(self.scratch)}
        command = [*DEMO, "--json", "--keep", str(self.site)]
        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
        )
        self.exit_code, self.printed, self.complaints = ended.returncode, ended.stdout, ended.stderr
        self.result: dict[str, Any] = json.loads(self.printed)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run it once for all that is asked of it."""
    return Run(tmp_path_factory.mktemp("demo"))


def test_it_holds_and_prints_one_object(demo: Run) -> None:
    """It ends with 0 and nothing but one JSON object of exactly this shape."""
    assert (demo.exit_code, demo.complaints, demo.printed.count("\n")) == (0, "", 1)
    shape = {"completed": int, "cases": int, "completed_cases": list, "misuses": list, "ledger": dict, "seconds": float}
    assert {name: type(value) for name, value in demo.result.items()} == shape
    assert set(demo.result["ledger"]) == {"entries", "root", "verified"}


def test_joiners_end_with_working_passkeys(demo: Run) -> None:
    """Twelve cases of eight people are completed; the others were ended by what was tried on them, or withdrawn."""
    assert (demo.result["completed"], demo.result["cases"]) == (COMPLETED, 22)
    assert len(set(demo.result["completed_cases"])) == COMPLETED


def test_it_walks_many_paths(demo: Run) -> None:
    """At least eight people come through at least six paths, as the cases on record say."""
    with closing(open_reader(demo.site)) as connection:
        rows = connection.execute('SELECT "case", person, path FROM cases').fetchall()
    done = [row for row in rows if row[0].removeprefix("case/") in demo.result["completed_cases"]]
    assert len({person for _, person, _ in done}) == 8
    assert len({path for _, _, path in done}) == 10


def test_every_misuse_is_refused_by_its_own_rule(demo: Run) -> None:
    """All that the table knows were tried, in its order, and each refusal bears the type that the table says."""
    tried = [(misuse["id"], misuse["refused"], misuse["type"]) for misuse in demo.result["misuses"]]
    assert tried == [(name, True, misuse.type) for name, misuse in MISUSES.items()]
    assert len(tried) >= 25


def test_its_ledger_is_what_an_auditor_finds(demo: Run) -> None:
    """Asked again about the site that was kept, the ledger has the same entries and root."""
    options = ("--site", demo.site, "--checkpoint", demo.site / "checkpoint", "--json")
    answer = json.loads(run("ledger", "verify", *options).stdout)
    assert demo.result["ledger"]["verified"] is True
    assert (answer["says"], answer["entries"], answer["root"]) == (
        "ok",
        demo.result["ledger"]["entries"],
        demo.result["ledger"]["root"],
    )


def test_its_site_is_founded_for_good(demo: Run) -> None:
    """A site that is founded prints no further code."""
    result = run("init", "--site", demo.site)
    assert (result.exit_code, "The site is founded" in result.stderr) == (1, True)


def test_it_leaves_nothing_behind(demo: Run) -> None:
    """No scratch folder is left, and no server listens."""
    assert list(demo.scratch.iterdir()) == []
    assert not _is_there(read_settings(demo.site))


def test_a_folder_in_use_is_refused(demo: Run) -> None:
    """It keeps nothing where something is."""
    result = run("demo", "--keep", demo.site)
    assert (result.exit_code, "not empty" in result.stderr) == (1, True)


GOOD = Result(1, 1, ("c",), ({"id": "a", "refused": True, "type": "t"},), {"verified": True}, 1.0)


@pytest.mark.parametrize(
    "less",
    [
        {"completed": 0},
        {"misuses": ()},
        {"misuses": ({"id": "a", "refused": False, "type": ""},)},
        {"ledger": {"verified": False}},
    ],
    ids=str,
)
def test_it_holds_only_if_all_of_it_held(less: dict[str, Any]) -> None:
    """A run without a passkey, without misuses, with one not refused, or without an audit, has failed."""
    assert GOOD.held
    assert not GOOD._replace(**less).held


def _is_there(settings: Settings) -> bool:
    client = Client(settings.port, settings.origin, host="localhost")
    try:
        return client.request("GET", "/readyz").status == 200
    except Unavailable:
        return False
    finally:
        client.close()


def _settings_of_a_running_site(scratch: Path, process: subprocess.Popen[bytes]) -> Settings:
    """Wait until the demonstration's server answers."""
    until = time.monotonic() + SECONDS_MAX
    while time.monotonic() < until and process.poll() is None:
        for path in scratch.glob("*/site/firstkey.toml"):
            try:
                settings = read_settings(path.parent)
            except Malformed:
                continue  # it is being written
            if _is_there(settings):
                return settings
        time.sleep(0.05)
    raise AssertionError("no server came up")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_interrupted_it_ends_its_server(tmp_path: Path, number: signal.Signals) -> None:
    """Told to stop in the middle, it takes server and folder with it."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(DEMO, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        settings = _settings_of_a_running_site(tmp_path, process)
        process.send_signal(number)
        process.communicate(timeout=SECONDS_MAX)
    assert process.returncode == 1
    assert not _is_there(settings)
    assert list(tmp_path.iterdir()) == []
