"""`firstkey doctor`: what is wrong with a site is named, with what to do, and nothing is changed by looking."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from firstkey.cli.main import main
from firstkey.storage.sqlite.connection import DATABASE_FILE
from firstkey.storage.sqlite.site_files import CHECKPOINT_FILE
from tests.durability.crowd import hire
from tests.durability.errand import Errand
from tests.journeys.place import Place, founded
from tests.journeys.sites import init, run


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A site with a case that came to its end, and one that did not."""
    with founded(tmp_path_factory.mktemp("doctor")) as found:
        ended = Errand(found, found.cast, hire(found, 1)[0])
        ended.go_on()
        found.open_case()
        yield found


@pytest.fixture
def copy(place: Place, tmp_path: Path) -> Path:
    """A copy of its folder, of which no server knows."""
    shutil.copytree(place.prepared.site, tmp_path / "site", ignore=shutil.ignore_patterns("*.sock", "lock"))
    sql(tmp_path / "site", "PRAGMA wal_checkpoint(TRUNCATE)")
    return tmp_path / "site"


def findings(site: Path) -> dict[str, dict[str, Any]]:
    """What the doctor finds, by check."""
    told = json.loads(CliRunner().invoke(main, ["doctor", "--site", str(site), "--json"]).stdout)
    assert told["fit"] is all(finding["state"] != "wrong" for finding in told["findings"])
    return {finding["check"]: finding for finding in told["findings"]}


def sql(site: Path, statement: str) -> None:
    """Edit the database as somebody with the file may."""
    with closing(sqlite3.connect(site / DATABASE_FILE)) as connection:
        connection.execute(statement)
        connection.commit()


def test_a_site_that_is_served_is_fit(place: Place) -> None:
    """Beside a running server every check goes well; what is to be watched is said, and the exit code is 0."""
    result = run("doctor", "--site", place.prepared.site)
    assert result.exit_code == 0, result.output
    assert "unanchored" in result.stdout
    assert "a process holds the site" in result.stdout
    states = {name: finding["state"] for name, finding in findings(place.prepared.site).items()}
    assert {name for name, state in states.items() if state != "fine"} <= {"ledger", "disk"}, states


def test_a_site_that_waits_for_its_founders_is_fit(tmp_path: Path) -> None:
    """Right after init there is nothing to mend."""
    init(tmp_path / "site")
    assert {finding["state"] for finding in findings(tmp_path / "site").values()} <= {"fine", "watch"}


def looser(path: str) -> Callable[[Path], None]:
    """Let others read a file."""
    return lambda site: (site / path).chmod(0o644)


def other_key(path: str) -> Callable[[Path], None]:
    """Put another site's key in the place of one."""

    def put(site: Path) -> None:
        (site / path).write_bytes(b"k" * 32)

    return put


def edit(statement: str) -> Callable[[Path], None]:
    """Edit the database."""
    return lambda site: sql(site, statement)


def renamed(site: Path) -> None:
    """Change the site's name."""
    settings = site / "firstkey.toml"
    settings.write_text(settings.read_text().replace('site = "localhost"', 'site = "otherhost"'))


def unreadable(site: Path) -> None:
    """Spoil the settings."""
    (site / "firstkey.toml").write_text("site = ")


def garbled(site: Path) -> None:
    """Overwrite the middle of the database."""
    with (site / DATABASE_FILE).open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 4096)


def older(site: Path) -> None:
    """Publish a head that the database has not reached: here, of a database cut by its last entry."""
    sql(
        site,
        'DELETE FROM facts WHERE (stream, number) = (SELECT stream, number FROM entries ORDER BY "index" DESC LIMIT 1)',
    )
    for table, column in (("entries", '"index"'), ("checkpoints", "size")):
        sql(site, f"DELETE FROM {table} WHERE {column} = (SELECT max({column}) FROM {table})")
    sql(site, 'DELETE FROM hashes WHERE level = 0 AND "index" = (SELECT max("index") FROM hashes WHERE level = 0)')


@pytest.mark.parametrize(
    ("harm", "check", "said"),
    [
        pytest.param(unreadable, "settings", "Correct the line named.", id="settings"),
        pytest.param(looser("keys/facts"), "keys", "chmod 600", id="key open"),
        pytest.param(lambda site: (site / "pepper").unlink(), "keys", "Put it back", id="key missing"),
        pytest.param(looser(DATABASE_FILE), "rights", "chmod go-rwx", id="database open"),
        pytest.param(other_key("keys/facts"), "fact key", "keys/facts", id="fact key"),
        pytest.param(other_key("keys/ledger"), "ledger key", "keys/ledger", id="ledger key"),
        pytest.param(renamed, "ledger key", "firstkey.toml", id="name"),
        pytest.param(edit("UPDATE site SET value = 99 WHERE name = 'schema'"), "database", "newer", id="newer schema"),
        pytest.param(edit("UPDATE site SET value = 0 WHERE name = 'schema'"), "database", "migrate", id="older schema"),
        pytest.param(garbled, "database", "newest copy", id="garbled"),
        pytest.param(edit("UPDATE facts SET body = x'7b7d' WHERE kind = 'PassIssued'"), "ledger", "", id="fact edited"),
        pytest.param(edit("DELETE FROM facts WHERE kind = 'CaseClosed'"), "ledger", "", id="fact cut"),
        pytest.param(edit("UPDATE cases SET stage = 'issuance'"), "queue", "compare a copy", id="row edited"),
        pytest.param(edit("DELETE FROM cases"), "queue", "compare a copy", id="rows cut"),
        pytest.param(older, "checkpoint", "firstkey fence", id="older than its head"),
        pytest.param(
            lambda site: (site / CHECKPOINT_FILE).write_bytes(b"x"), "checkpoint", "Put back", id="checkpoint foreign"
        ),
        pytest.param(lambda site: (site / DATABASE_FILE).unlink(), "database", "firstkey init", id="no database"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(
    copy: Path, harm: Callable[[Path], object], check: str, said: str
) -> None:
    """One harm is found by the check whose it is; what rests on it is not looked at, and nothing else is wrong."""
    assert findings(copy)[check]["state"] in ("fine", "watch")
    harm(copy)
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file() and "-shm" not in path.name}
    found = findings(copy)
    assert found[check]["state"] == "wrong"
    assert said in found[check]["says"] + found[check]["next_step"]
    assert [name for name, finding in found.items() if finding["state"] == "wrong"] == [check]
    assert {path: path.read_bytes() for path in before if path.exists() and "-wal" not in path.name} == {
        path: data for path, data in before.items() if "-wal" not in path.name and path.exists()
    }
    result = run("doctor", "--site", copy)
    assert result.exit_code == 1
    assert found[check]["next_step"].split()[0] in result.stdout
