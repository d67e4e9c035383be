"""`firstkey serve`: one process a site, one address, and an orderly end."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from firstkey.demo.people import MODEL, Maker
from firstkey.demo.process import Address, Server
from firstkey.demo.reasons import DemoReason
from firstkey.simulator.client import Client
from firstkey.values.errors import Refused, Unavailable
from tests.journeys.sites import run, trial

SECONDS_MAX = 60


class Trial(NamedTuple):
    """A site on localhost that waits for its founders, and where its server will be."""

    site: Path
    address: Address


@pytest.fixture
def prepared(tmp_path: Path) -> Trial:
    """Make one."""
    return Trial(tmp_path / "site", trial(tmp_path / "site"))


@pytest.fixture
def browsers() -> Iterator[list[Client]]:
    """Browsers to close."""
    opened: list[Client] = []
    yield opened
    for client in opened:
        client.close()


def is_there(address: Address, browsers: list[Client]) -> bool:
    """Whether somebody answers there."""
    browsers.append(Client(address.port, address.origin, host="localhost"))
    try:
        return browsers[-1].request("GET", "/readyz").status == 200
    except Unavailable:
        return False


def test_a_site_is_held_by_one_process(prepared: Trial, browsers: list[Client]) -> None:
    """While a server runs, serve and init refuse with 1 and say why; afterwards the address is free."""
    with Server(prepared.site, prepared.address) as server:
        assert is_there(prepared.address, browsers)
        for command in ("serve", "init"):
            result = run(command, "--site", prepared.site)
            assert (result.exit_code, "holds this site" in result.stderr) == (1, True)
        assert server.pid is not None
    assert not is_there(prepared.address, browsers)


def test_a_taken_port_is_told(prepared: Trial, tmp_path: Path) -> None:
    """Another site on the same port does not start, says so, and lets go of its own site."""
    other = Trial(tmp_path / "other", trial(tmp_path / "other"))
    settings = other.site / "firstkey.toml"
    settings.write_text(settings.read_text().replace(str(other.address.port), str(prepared.address.port)))
    with Server(prepared.site, prepared.address):
        result = run("serve", "--site", other.site)
        assert (result.exit_code, "Another program listens there" in result.stderr) == (1, True)
    assert run("init", "--site", other.site).exit_code == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_when_told_to(prepared: Trial, number: signal.Signals) -> None:
    """Told to stop it prints where it was, closes the store, and the ledger stands whole."""
    command = [sys.executable, "-m", "firstkey.cli.main", "serve", "--site", str(prepared.site)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline() + process.stdout.readline()
        client = prepared.address.client()
        assert client.request("GET", "/readyz").status == 200
        client.close()
        process.send_signal(number)
        _, complaints = process.communicate(timeout=SECONDS_MAX)
    assert process.returncode == (0 if number is signal.SIGINT else -signal.SIGTERM)
    assert prepared.address.origin in said
    assert [json.loads(line)["event"] for line in complaints.splitlines()] == ["ledger_unanchored"]
    assert not (prepared.site / "firstkey.sqlite-wal").exists()
    assert run("ledger", "verify", "--site", prepared.site).exit_code == 0


def open_secret(site: Path) -> None:
    """Others may read the pepper."""
    (site / "pepper").chmod(0o644)


def missing_secret(site: Path) -> None:
    """A key is gone."""
    (site / "keys" / "facts").unlink()


def foreign_root(site: Path) -> None:
    """Something that is no certificate lies with the roots."""
    (site / "roots" / "readme.txt").write_text("no certificate")


def unknown_setting(site: Path) -> None:
    """The settings say something unheard of."""
    with (site / "firstkey.toml").open("a") as settings:
        settings.write("colour = 1\n")


def simulator_elsewhere(site: Path) -> None:
    """A site that is not on localhost trusts the simulator's root."""
    (site / "roots" / f"{MODEL}.der").write_bytes(Maker().root.der)
    settings = site / "firstkey.toml"
    lines = {"origin": '"https://join.example.org"', "rp_id": '"join.example.org"'}
    kept = [line for line in settings.read_text().splitlines() if line.split(" = ")[0] not in lines]
    settings.write_text("\n".join([*kept, *(f"{name} = {value}" for name, value in lines.items())]) + "\n")


@pytest.mark.parametrize(
    ("damage", "exit_code", "said"),
    [
        (open_secret, 1, "pepper"),
        (missing_secret, 1, "keys/facts"),
        (foreign_root, 2, "readme.txt"),
        (unknown_setting, 2, "firstkey.toml:"),
        (simulator_elsewhere, 1, "beyond localhost"),
    ],
)
def test_a_folder_that_is_not_in_order_is_not_served(
    prepared: Trial, damage: object, exit_code: int, said: str
) -> None:
    """It says what is wrong in a line and what to do in another, and starts nothing."""
    assert callable(damage)
    damage(prepared.site)
    result = run("serve", "--site", prepared.site)
    assert (result.exit_code, said in result.stderr) == (exit_code, True)


def test_no_site_is_not_served(tmp_path: Path) -> None:
    """A folder without settings is no site."""
    result = run("serve", "--site", tmp_path)
    assert (result.exit_code, "firstkey init" in result.stderr) == (2, True)


def test_a_server_that_does_not_come_up_says_what_it_said(tmp_path: Path) -> None:
    """Whoever starts one for a demonstration is told the server's own words."""
    with pytest.raises(Refused) as refused, Server(tmp_path, Address(1)):
        pass
    assert refused.value.reason is DemoReason.ServerSilent
    assert "firstkey.toml" in str(refused.value)
