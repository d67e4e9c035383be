"""Sites made by the command itself, without a server."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from firstkey.cli.main import main
from firstkey.demo.process import Address, local_address

ORIGIN = "https://join.example.org"


def run(*arguments: str | Path) -> Result:
    """Run the command; nothing but an exit ends it, and no line is wider than 80 columns, addresses and keys apart."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    wide = [line for line in result.output.splitlines() if len(line) > 80 and " " in line.strip()]
    assert [line for line in wide if not any(word in line for word in ("+", "/tmp", "Error:"))] == []
    return result


def trial(folder: Path) -> Address:
    """Make a site on localhost that waits for its founders; return where its server will be."""
    address = local_address()
    init(folder, "--policy", "small_team", origin=address.origin)
    return address


def init(folder: Path, *options: str, origin: str = ORIGIN) -> dict[str, Any]:
    """Make a site, or begin its founding again; return what was printed."""
    fresh = () if (folder / "firstkey.toml").exists() else ("--origin", origin)
    result = run("init", "--site", folder, *fresh, *options, "--json")
    assert result.exit_code == 0, result.output
    printed: dict[str, Any] = json.loads(result.stdout)
    return printed
