"""PLT-05: the wrong build or configuration: a switch for tests, an open key, a contradiction, another schema."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from firstkey.assembly import SiteReason, open_site
from firstkey.demo.process import Ended, run_firstkey
from firstkey.settings import FILE, Settings, SettingsReason
from firstkey.storage.refusals import StorageReason
from firstkey.storage.sqlite.connection import DATABASE_FILE
from firstkey.values.errors import Malformed, Refused
from tests.architecture.size import PACKAGE
from tests.attacks.policies import said_of
from tests.attacks.rest import Rest
from tests.attacks.siege import Siege

SWITCHES = ("CLOCK", "DEBUG", "TESTING", "INSECURE", "FAKE", "MOCK", "DISABLE", "SKIP", "UNSAFE")


def setting(line: str, instead: str) -> Callable[[Path], None]:
    """Return a damage: one setting otherwise."""

    def damage(site: Path) -> None:
        text = (site / FILE).read_text()
        lines = [instead if each.startswith(f"{line} = ") else each for each in text.splitlines()]
        assert instead in lines
        (site / FILE).write_text("\n".join(lines) + "\n")

    return damage


def open_pepper(site: Path) -> None:
    """Others may read the pepper."""
    (site / "pepper").chmod(0o640)


def no_pepper(site: Path) -> None:
    """There is none."""
    (site / "pepper").unlink()


def short_key(site: Path) -> None:
    """A key that is none."""
    (site / "keys" / "facts").write_bytes(b"short")


def foreign_ledger(site: Path) -> None:
    """The ledger's key is another one."""
    (site / "keys" / "ledger").write_bytes(bytes(range(32)))


def older_schema(site: Path) -> None:
    """The database was written by another version."""
    with closing(sqlite3.connect(site / DATABASE_FILE)) as database, database:
        database.execute("UPDATE site SET value = 999 WHERE name = 'schema'")


def serve(site: Path) -> Ended:
    """Try to serve."""
    return run_firstkey("serve", "--site", str(site))


@pytest.mark.parametrize(
    "damage",
    [
        setting("origin", 'origin = "http://join.example.org"'),
        setting("rp_id", 'rp_id = "example.org"'),
        setting("rp_id", 'rp_id = "com"'),
        setting("name", 'nmae = "Example"'),
        open_pepper,
        no_pepper,
        short_key,
        foreign_ledger,
        older_schema,
    ],
    ids=lambda damage: getattr(damage, "__name__", "setting"),
)
def test_what_contradicts_itself_is_not_opened(rest: Rest, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """Whatever opens the site, a server or a command, is told what is wrong and what to do, and nothing starts."""
    site = tmp_path / "site"
    shutil.copytree(rest.folder, site)
    damage(site)
    with pytest.raises((Malformed, Refused)) as refused:
        open_site(site)[0].store.close()
    assert refused.value.says.next_step
    assert isinstance(refused.value.reason, SettingsReason | SiteReason | StorageReason)


def test_the_server_says_so_in_two_lines(rest: Rest, tmp_path: Path) -> None:
    """The rule and the way out, no traceback, and no port is listened on."""
    site = tmp_path / "site"
    shutil.copytree(rest.folder, site)
    open_pepper(site)
    ended = serve(site)
    assert (ended.exit_code, len(ended.err.strip().splitlines())) == (1, 2)
    assert "Traceback" not in ended.err
    assert "Listening" not in ended.out


def test_a_simulators_root_is_good_on_localhost_alone(rest: Rest, tmp_path: Path) -> None:
    """The root that signs simulated authenticators, on a site with a domain of its own, keeps it from starting."""
    site = tmp_path / "site"
    shutil.copytree(rest.folder, site)
    setting("origin", 'origin = "https://join.example.org"')(site)
    setting("rp_id", 'rp_id = "join.example.org"')(site)
    text = (site / FILE).read_text().partition("\n[destinations")[0]
    (site / FILE).write_text(text + "\n")
    ended = serve(site)
    assert ended.exit_code != 0
    assert "localhost" in ended.err


def test_no_switch_reaches_a_clock_or_a_check() -> None:
    """No setting and no variable of the environment is read that could turn something off."""
    assert not [name for name in Settings.__struct_fields__ if any(word.lower() in name for word in SWITCHES)]
    reading = set()
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text()
        if "os.environ" in text or "getenv" in text:
            reading.add(path.relative_to(PACKAGE).as_posix())
    assert reading <= {"demo/process.py", "cli/site_folder.py", "cli/main.py"}  # the last whether to use colours


def test_a_variable_changes_nothing(siege: Siege, monkeypatch: pytest.MonkeyPatch, rest: Rest, tmp_path: Path) -> None:
    """With every switch that somebody might try set, a damaged site is refused as without."""
    site = tmp_path / "site"
    shutil.copytree(rest.folder, site)
    open_pepper(site)
    for word in SWITCHES:
        monkeypatch.setenv(f"FIRSTKEY_{word}", "1")
        monkeypatch.setenv(word, "1")
    assert serve(site).exit_code != 0
    assert siege.stranger().request("GET", "/healthz").status == 200


def test_a_policy_that_contradicts_itself_is_none() -> None:
    """A privileged account without attestation, or a list of models that nobody attests, is refused before it holds."""
    path = 'name = "privileged_attended"\n'
    assert said_of(path=path, credential__attestation='"none"')
    assert said_of(path=path, approval__quorum="1")
    assert said_of(path=path, proofing__level="1")
