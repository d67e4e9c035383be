"""The documents say what is there: commands, libraries, decisions, threats and links are held against the real ones."""

import ast
import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.size import ROOT

REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
THREATS = ROOT.parent / "shared" / "reference" / "threats.json"

_LINK = re.compile(r"\]\(([^)#:]+)\)")
_THREAT = re.compile(r"^\| ([A-Z]{3}-\d\d) \| (\w+) \|", re.MULTILINE)


def direct(name: str) -> list[str]:
    """Return the libraries that a requirements file names itself."""
    lines = (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def third_party(folder: Path) -> set[str]:
    """Return the libraries that the modules of a folder import, by the names under which they are installed."""
    nodes = [node for path in folder.rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    roots = {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"firstkey", "tests", "benchmarks"}
    installed = packages_distributions()
    return {installed.get(root, [root])[0].lower().replace("_", "-") for root in roots}


def test_the_readme_shows_every_command() -> None:
    """The README's table of commands is what `make help` prints."""
    targets = re.findall(r"^([a-z]+):.*?## (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    rows = re.findall(r"^\| `make ([a-z]+)` \| (.*) \|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(targets)


def test_every_library_has_its_reason() -> None:
    """The libraries that the requirements name are those that docs/dependencies.md explains, no more and no fewer."""
    named = [library for name in ("runtime", "test", "check", "setup") for library in direct(name)]
    explained = re.findall(r"^\| ([a-z0-9-]+) \|", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(set(explained) - {"library"})


def test_nothing_is_imported_that_is_not_required() -> None:
    """The package imports what runtime.in names, and the tests what the lists for tests and checks name beside it."""
    assert third_party(ROOT / "src") <= {*direct("runtime")}
    assert third_party(ROOT / "tests") <= {*direct("runtime"), *direct("test"), *direct("check")}


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_requirements_are_pinned(path: str) -> None:
    """Each library is pinned to one version with hashes, and no list names an address."""
    text = (ROOT / path).read_text()
    pins = re.findall(r"^[a-z].*$", text, re.MULTILINE)
    assert all(re.match(r"[a-z0-9-]+==\S+ .*\\$", pin) for pin in pins)
    assert len(re.findall(r"^\S+==.* \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)) == len(pins) > 0
    assert "://" not in text


def test_the_build_backend_is_pinned() -> None:
    """The package is built by something that is installed from a pinned list, not fetched while building."""
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    assert {re.split(r"\W", need)[0] for need in needs} <= set(direct("setup"))


def test_every_decision_is_in_the_index() -> None:
    """The index of decisions names every page, in order, and nothing else."""
    folder = ROOT / "docs" / "decisions"
    pages = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", (folder / "README.md").read_text()) == pages


def test_ninety_threats_are_answered() -> None:
    """The threat model has one row for each of 90 threats."""
    rows = _THREAT.findall((ROOT / "docs/threat-model.md").read_text())
    assert len(rows) == len({identifier for identifier, _ in rows}) == 90


@pytest.mark.skipif(not THREATS.exists(), reason="the study of threats is not beside this checkout")
def test_no_threat_is_played_down() -> None:
    """Ids and severities are those of the study that the threat model answers."""
    study = {threat["id"]: threat["severity"].lower() for threat in json.loads(THREATS.read_text())}
    assert dict(_THREAT.findall((ROOT / "docs/threat-model.md").read_text())) == study


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: str) -> None:
    """Each link of a document to a file of this repository leads to one."""
    document = ROOT / path
    assert [link for link in _LINK.findall(document.read_text()) if not (document.parent / link).exists()] == []
