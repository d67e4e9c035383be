"""Runs the import contracts of pyproject.toml over a tree, and plants violations in a copy of the real one."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

from tests.architecture.size import PACKAGE, ROOT

SECONDS_MAX = 60

_COMMAND = "from importlinter.cli import lint_imports_command; lint_imports_command()"
_VERDICT = re.compile(r"^(?P<name>\S.*) (?P<verdict>KEPT|BROKEN)$", re.MULTILINE)


def contract_names() -> dict[str, str]:
    """Return each contract's name by its id, as pyproject.toml has them."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["id"]: contract["name"] for contract in options["contracts"]}


def groups(text: str) -> list[list[str]]:
    """Read groups of parts, highest first: `cli / demo assembly / values`."""
    return [group.split() for group in text.split("/")]


def upwards(parts: list[list[str]]) -> list[tuple[str, str]]:
    """Pair each part with one of the group just above it, as (importer, imported)."""
    return [(low, above[0]) for above, below in pairwise(parts) for low in below]


def sideways(parts: list[list[str]]) -> list[tuple[str, str]]:
    """Pair each part with its neighbour in its own group, the last with the first."""
    return [pair for group in parts if len(group) > 1 for pair in pairwise([*group, group[0]])]


def copy_of_the_tree(folder: Path) -> Path:
    """Copy the package and its contracts into an empty folder and return that folder."""
    shutil.copytree(PACKAGE, folder / "firstkey", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def plant(tree: Path, importer: str, statement: str = "") -> None:
    """Write one statement into a copy of the tree, making the packages around it where they are missing.

    Args:
        tree: what `copy_of_the_tree` returned.
        importer: dotted name of the package or module that the statement stands in.
        statement: an import statement, at any depth; without one the package is only made.
    """
    folder = tree.joinpath(*importer.split("."))
    if folder.with_suffix(".py").exists():
        with folder.with_suffix(".py").open("a") as module:
            module.write(f"\n{statement}\n")
        return
    folder.mkdir(parents=True, exist_ok=True)
    for package in (folder, *folder.parents):
        if package == tree:
            break
        (package / "__init__.py").touch()
    if statement:
        (folder / "planted.py").write_text(f"{statement}\n")


def broken(tree: Path) -> tuple[list[str], str]:
    """Run import-linter in a tree.

    Returns:
        The names of the contracts that do not hold, and the whole report.

    Raises:
        AssertionError: it did not come to a verdict on every contract.
    """
    run = subprocess.run(
        [sys.executable, "-c", _COMMAND, "--no-cache", "--no-logo"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "500", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    verdicts = {match["name"]: match["verdict"] for match in _VERDICT.finditer(run.stdout)}
    assert set(verdicts) == set(contract_names().values()), run.stdout + run.stderr
    assert run.returncode == int("BROKEN" in verdicts.values()), run.stdout + run.stderr
    return [name for name, verdict in verdicts.items() if verdict == "BROKEN"], run.stdout
