"""`firstkey init`: a site's folder, what is printed once, and everything that cannot be a site."""

import asyncio
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from firstkey.actions.founding import FounderToBe, founder_options
from firstkey.actions.site import Stranger
from firstkey.assembly import open_site
from firstkey.ledger.note import parse_vkey
from firstkey.settings import Settings, read_settings
from firstkey.values.encoding import unb64u
from firstkey.values.errors import Refused
from tests.journeys.sites import ORIGIN, init, run


def admits(folder: Path, code: str) -> bool:
    """Whether a code admits to founding."""
    site, _ = open_site(folder)
    try:
        asyncio.run(founder_options(site, Stranger(), FounderToBe(code, "Rita")))
    except Refused:
        return False
    finally:
        site.store.close()
    return True


def test_a_site_is_made(tmp_path: Path) -> None:
    """The address decides what is not said, and the code that is printed admits to founding."""
    folder = tmp_path / "site"
    printed = init(folder)
    host = "join.example.org"
    assert read_settings(folder) == Settings(site=host, name=host, origin=ORIGIN, rp_id=host)
    assert (printed["rp_id"], parse_vkey(printed["ledger_key"]).name) == (host, f"{host}/ledger")
    assert admits(folder, printed["founding_code"])


def test_a_trial_listens_where_its_address_says(tmp_path: Path) -> None:
    """An address on localhost names the port; a parent domain may be the rp_id elsewhere."""
    run("init", "--site", tmp_path / "a", "--origin", "http://localhost:8123/", "--policy", "small_team")
    assert read_settings(tmp_path / "a").port == 8123
    init(tmp_path / "b", "--rp-id", "example.org", "--name", "Example")
    assert read_settings(tmp_path / "b").rp_id == "example.org"


def test_secrets_are_the_owners_alone_and_what_is_printed_is_kept_nowhere(tmp_path: Path) -> None:
    """Nobody else can read a key; neither the founding code nor the recovery key's private half stands in any file."""
    folder = tmp_path / "site"
    printed = init(folder)
    files = [path for path in folder.rglob("*") if path.is_file()]
    secret = [path for path in files if path.parent.name == "keys" or path.name in ("pepper", "firstkey.sqlite")]
    assert len(secret) == 5
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in secret)
    private = printed["recovery_key"]["private"]
    for once in (printed["founding_code"].encode(), private.encode(), unb64u(private)):
        assert not any(once in path.read_bytes() for path in files)


def test_a_code_is_printed_for_people(tmp_path: Path) -> None:
    """The text says what can never change, shows code and key once, and what to do next."""
    folder = tmp_path / "site"
    text = run("init", "--site", folder, "--origin", ORIGIN).stdout
    for said in ("can never change", "printed this once", f"firstkey serve --site {folder}", "good for one hour"):
        assert said in " ".join(text.split())
    code = next(line.strip() for line in text.splitlines() if line.count("-") == 6)
    assert admits(folder, code)


def test_calling_it_again_voids_the_code_before(tmp_path: Path) -> None:
    """While founding is not over, a new code is printed, and only the new one admits."""
    folder = tmp_path / "site"
    first, second = init(folder), init(folder)
    assert first["founding_code"] != second["founding_code"]
    assert not admits(folder, first["founding_code"])
    assert admits(folder, second["founding_code"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--origin", "http://join.example.org"), "https"),
        (("--origin", "https://join.example.org/page"), "without a path"),
        (("--origin", "https://JOIN.example.org"), "lower case"),
        (("--origin", "https://"), "host"),
        (("--origin", "https://join.example.org:x"), "port"),
        (("--origin", "https://join.example.org:443"), "left off"),
        (("--origin", "https://somebody@join.example.org"), "host alone"),
        (("--origin", "ftp://localhost"), "host alone"),
        (("--origin", ORIGIN, "--rp-id", "example.com"), "rp_id"),
        (("--origin", ORIGIN, "--rp-id", "oin.example.org"), "rp_id"),
        (("--origin", "https://join.example.org:65536"), "port"),
        (("--origin", "https://192.0.2.7"), "rp_id"),
        (("--origin", "https://intranet"), "rp_id"),
        (("--origin", ORIGIN, "--rp-id", "org"), "rp_id"),
        (("--origin", ORIGIN, "--name", " "), "name"),
        ((), "--origin"),
        (("--origin", ORIGIN, "--policy", "nothing.toml"), "nothing.toml"),
        (("--origin", ORIGIN, "--policy", "unfit.toml"), "Line 1"),
    ],
)
def test_what_cannot_be_a_site_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], said: str
) -> None:
    """It says what is wrong, ends with 2, and makes no folder."""
    monkeypatch.chdir(tmp_path)
    Path("unfit.toml").write_text("format = 2\n")
    result = run("init", "--site", "site", *options)
    assert (result.exit_code, Path("site").exists()) == (2, False)
    assert said in " ".join(result.output.split())


def test_settings_that_are_no_text_are_said_to_be_none(tmp_path: Path) -> None:
    """A file in another encoding is bad input like any other."""
    folder = tmp_path / "site"
    init(folder)
    (folder / "firstkey.toml").write_bytes('site = "caf\u00e9"\n'.encode("latin-1"))
    result = run("serve", "--site", folder)
    assert (result.exit_code, "UTF-8" in result.output) == (2, True)


def test_a_folder_with_other_things_in_it_becomes_no_site(tmp_path: Path) -> None:
    """A site's folder holds keys: it is made empty, and nothing that stood there is mixed with them."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    result = run("init", "--site", folder, "--origin", ORIGIN)
    assert (result.exit_code, [path.name for path in folder.iterdir()]) == (1, ["notes.txt"])


def test_a_site_that_lost_its_settings_is_not_made_anew(tmp_path: Path) -> None:
    """Keys and database without firstkey.toml are a damaged site, and it says what to put back."""
    folder = tmp_path / "site"
    init(folder)
    (folder / "firstkey.toml").unlink()
    keys = (folder / "keys" / "facts").read_bytes()
    result = run("init", "--site", folder, "--origin", ORIGIN)
    assert (result.exit_code, "firstkey.toml" in result.output) == (1, True)
    assert (folder / "keys" / "facts").read_bytes() == keys


def test_a_site_keeps_its_address(tmp_path: Path) -> None:
    """An address for a site that has one is refused rather than overlooked."""
    init(tmp_path / "site")
    before = (tmp_path / "site" / "firstkey.toml").read_bytes()
    result = run("init", "--site", tmp_path / "site", "--origin", "https://other.example.org")
    assert result.exit_code == 2
    assert (tmp_path / "site" / "firstkey.toml").read_bytes() == before


def test_it_says_where(tmp_path: Path) -> None:
    """Without a folder it asks for one; before the command or by environment it may be named, too."""
    assert run("init", "--origin", ORIGIN).exit_code == 2
    assert run("--site", tmp_path / "site", "init", "--origin", ORIGIN).exit_code == 0
    assert (tmp_path / "site" / "firstkey.toml").exists()


def test_it_asks_where_somebody_can_answer(tmp_path: Path) -> None:
    """On a terminal it asks for address, rp_id and name, and offers what follows from the address."""
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "firstkey.cli.main", "init", "--site", str(tmp_path / "site")]
    os.write(controller, b"https://join.example.org\n\nExample Works\n")
    ended = subprocess.run(command, stdin=terminal, capture_output=True, timeout=60, check=False)
    os.close(terminal)
    os.close(controller)
    assert ended.returncode == 0, ended.stderr
    settings = read_settings(tmp_path / "site")
    assert (settings.rp_id, settings.name) == ("join.example.org", "Example Works")
