"""`firstkey ledger verify`: what it answers about a folder, and that it only reads."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from firstkey.assembly import open_site
from tests.journeys.sites import init, run

ENTRIES = 3


class Kept:
    """A site with a ledger of three entries, and the heads after the first and the last that an auditor took away."""

    def __init__(self, folder: Path) -> None:
        self.site, self.early, self.late = folder / "site", folder / "early", folder / "late"
        self.key = str(init(self.site)["ledger_key"])
        shutil.copy(self.site / "checkpoint", self.early)
        for _ in range(ENTRIES - 1):
            init(self.site)
        shutil.copy(self.site / "checkpoint", self.late)

    def verify(self, *options: str | Path) -> Result:
        """Ask about the site."""
        return run("ledger", "verify", "--site", self.site, *options)

    def answer(self, *options: str | Path) -> tuple[int, dict[str, Any]]:
        """Ask for exit code and JSON."""
        result = self.verify(*options, "--json")
        return result.exit_code, json.loads(result.stdout)

    def sql(self, statement: str, *values: object) -> None:
        """Write into the database, as whoever runs it could."""
        connection = sqlite3.connect(self.site / "firstkey.sqlite")
        with connection:
            connection.execute(statement, values)
        connection.close()


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Make one."""
    return Kept(tmp_path)


def test_without_a_head_from_elsewhere_it_is_unanchored(kept: Kept) -> None:
    """A ledger that agrees with itself and its key is no more than that, and no error."""
    code, answer = kept.answer()
    assert (code, answer["says"], answer["entries"], answer["anchored_entries"]) == (0, "unanchored", ENTRIES, 0)
    assert "--checkpoint" in kept.verify().stdout


def test_a_head_from_elsewhere_anchors_what_it_covers(kept: Kept) -> None:
    """An old head anchors the entries before it, the newest all of them; several may be given."""
    assert kept.answer("--checkpoint", kept.late)[1]["anchored_entries"] == ENTRIES
    code, answer = kept.answer("--checkpoint", kept.early)
    assert (code, answer["says"], answer["anchored_entries"]) == (0, "ok", 1)
    both = kept.answer("--checkpoint", kept.early, "--checkpoint", kept.late)[1]
    assert (both["says"], both["anchored_entries"], both["macs_checked"]) == ("ok", ENTRIES, True)
    assert kept.verify("--checkpoint", kept.late).stdout.startswith("ok\n")


def edit_an_entry(kept: Kept) -> None:
    """Another time, of the same length."""
    kept.sql('UPDATE entries SET leaf = CAST(replace(leaf, \'"at":1\', \'"at":2\') AS BLOB) WHERE "index" = 1')


def cut_the_end(kept: Kept) -> None:
    """The last entry is gone, its fact and the head over it."""
    kept.sql('DELETE FROM entries WHERE "index" = 2')
    kept.sql("DELETE FROM facts WHERE number = 3")
    kept.sql("DELETE FROM checkpoints WHERE size = 3")


def roll_back(kept: Kept) -> None:
    """The last fact is gone, and its entry is said to be another stream's."""
    kept.sql("DELETE FROM facts WHERE number = 3")
    kept.sql("UPDATE entries SET stream = 'x' || stream WHERE \"index\" = 2")


def empty_the_facts(kept: Kept) -> None:
    """There is nothing to fold."""
    kept.sql("DELETE FROM facts")


def plant_a_fact(kept: Kept) -> None:
    """A fact that no entry tells of."""
    kept.sql("INSERT INTO facts SELECT stream, number + 1, kind, at, body, mac, activity FROM facts WHERE number = 3")


def edit_a_fact(kept: Kept) -> None:
    """Another time in the table that the server folds, the leaf as it was."""
    kept.sql("UPDATE facts SET at = at + 1 WHERE number = 2")


def cut_the_end_only(kept: Kept) -> None:
    """The last entry is gone."""
    kept.sql('DELETE FROM entries WHERE "index" = 2')


def exchange_two(kept: Kept) -> None:
    """Two entries change places."""
    kept.sql('UPDATE entries SET "index" = 9 WHERE "index" = 0')
    kept.sql('UPDATE entries SET "index" = 0 WHERE "index" = 1')
    kept.sql('UPDATE entries SET "index" = 1 WHERE "index" = 9')


def add_one(kept: Kept) -> None:
    """An entry stands after the head."""
    kept.sql('INSERT INTO entries SELECT "index" + 1, stream, number + 1, leaf FROM entries WHERE "index" = 2')


def rewrite_all(kept: Kept) -> None:
    """The whole ledger is another one, made under the same keys."""
    (kept.site / "firstkey.sqlite").unlink()
    (kept.site / "checkpoint").unlink()
    for _ in range(ENTRIES):
        init(kept.site)


DAMAGE: list[tuple[Callable[[Kept], None], bool]] = [
    (edit_an_entry, True),
    (cut_the_end, False),
    (cut_the_end_only, True),
    (exchange_two, True),
    (add_one, True),
    (roll_back, True),
    (empty_the_facts, True),
    (plant_a_fact, True),
    (edit_a_fact, True),
    (rewrite_all, False),
]
"""Each with whether the ledger is then at odds with itself; what is not, only a head from elsewhere shows."""


@pytest.mark.parametrize(("damage", "shows_by_itself"), DAMAGE, ids=lambda each: getattr(each, "__name__", ""))
def test_damage_is_found(kept: Kept, damage: Callable[[Kept], None], shows_by_itself: bool) -> None:
    """Every edit, cut, exchange, addition and rewriting ends with 1, says what it is, and what to do."""
    assert kept.answer("--checkpoint", kept.late)[0] == 0
    damage(kept)
    code, answer = kept.answer("--checkpoint", kept.late)
    assert (code, answer["says"]) == (1, "broken")
    assert {"type", "title", "detail", "next_step"} <= set(answer)
    assert kept.verify("--checkpoint", kept.late).exit_code == 1
    assert kept.answer()[0] == int(shows_by_itself)


def test_another_sites_head_is_no_witness(kept: Kept, tmp_path: Path) -> None:
    """A head that this ledger's key has not signed is not taken for one of it."""
    other = Kept(tmp_path / "other")
    code, answer = kept.answer("--checkpoint", other.late)
    assert (code, answer["says"]) == (1, "broken")
    assert kept.answer("--key", other.key)[0] == 1


def test_an_auditor_needs_no_key_of_the_site(kept: Kept) -> None:
    """On a copy of the database alone, with the public key on record, it answers the same; MACs are not checked."""
    copy = kept.site.parent / "copy"
    copy.mkdir()
    shutil.copy(kept.site / "firstkey.sqlite", copy)
    options = ("--checkpoint", kept.late, "--json")
    result = run("ledger", "verify", "--site", copy, *options, "--key", kept.key)
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["says"], answer["macs_checked"]) == (0, "ok", False)
    assert run("ledger", "verify", "--site", copy, *options).exit_code == 2


def test_it_reads_beside_the_process_that_holds_the_site_and_writes_nothing(kept: Kept) -> None:
    """No lock is needed, and the folder's files are byte for byte what they were."""
    assert kept.answer()[0] == 0
    site, _ = open_site(kept.site)
    try:
        before = {path: path.read_bytes() for path in kept.site.rglob("*") if path.is_file()}
        assert kept.answer("--checkpoint", kept.late)[1]["says"] == "ok"
        after = {path: path.read_bytes() for path in kept.site.rglob("*") if path.is_file()}
    finally:
        site.store.close()
    changed = {path.name for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert changed <= {"firstkey.sqlite-shm"}  # where SQLite notes who reads


def no_database(kept: Kept) -> tuple[str, ...]:
    """The database is gone."""
    (kept.site / "firstkey.sqlite").unlink()
    return ()


def another_file(kept: Kept) -> tuple[str, ...]:
    """Something else bears the database's name."""
    (kept.site / "firstkey.sqlite").write_bytes(b"no database" * 100)
    return ()


def no_head(kept: Kept) -> tuple[str, ...]:
    """What the auditor names is no head."""
    kept.late.write_text("no note\n")
    return ("--checkpoint", str(kept.late))


def no_key(kept: Kept) -> tuple[str, ...]:
    """What the auditor names is no key."""
    return ("--key", "nonsense")


def no_settings(kept: Kept) -> tuple[str, ...]:
    """The site's settings are gone."""
    (kept.site / "firstkey.toml").unlink()
    return ()


@pytest.mark.parametrize("cause", [no_database, another_file, no_head, no_key, no_settings])
def test_what_cannot_be_read_is_not_called_broken(kept: Kept, cause: Callable[[Kept], tuple[str, ...]]) -> None:
    """It ends with 2 and a line that says what to do."""
    options = cause(kept)
    result = kept.verify(*options)
    assert result.exit_code == 2, result.output
    assert len(result.stderr.strip().splitlines()) >= 2


def test_it_asks_which_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder that is no site it asks; in one that is, or named by the environment, it need not be told."""
    monkeypatch.chdir(tmp_path)
    assert run("ledger", "verify").exit_code == 2
    init(tmp_path / "site")
    monkeypatch.setenv("FIRSTKEY_SITE", str(tmp_path / "site"))
    assert run("ledger", "verify").exit_code == 0
    monkeypatch.delenv("FIRSTKEY_SITE")
    monkeypatch.chdir(tmp_path / "site")
    assert run("ledger", "verify").exit_code == 0
