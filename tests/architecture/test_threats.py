"""Every threat of docs/threat-model.md has its owner, and those of the server their test."""

import re

from tests.architecture.size import ROOT

ATTACKS = ROOT / "tests" / "attacks"
PAGE = ROOT / "docs" / "threat-model.md"
SERVER = "server"
OWNERS = {SERVER, "authenticators", "pages", "ledger"}

MISSING: frozenset[str] = frozenset()
"""Threats of the server that nobody stages yet; empty."""

_ROW = re.compile(
    r"^\| ([A-Z]{3}-\d\d) \| (\w+) \|.*\| (?:\[(\w+)\]\(\.\./tests/attacks/(\w+\.py)\)|(\w+)) \|$", re.MULTILINE
)
_NAME = re.compile(r"test_([a-z]{3})_(\d\d)_\w+\.py")


def threats() -> list[tuple[str, str, str]]:
    """Return id, severity and owner of every threat."""
    lines = (ATTACKS / "threats.txt").read_text().splitlines()
    return [(name, severity, owner) for name, severity, owner in map(str.split, lines)]


def staged() -> dict[str, list[str]]:
    """Return the files that stage a threat, by its id."""
    found: dict[str, list[str]] = {}
    for path in sorted(ATTACKS.glob("test_*.py")):
        named = _NAME.fullmatch(path.name)
        assert named is not None, path.name
        found.setdefault(f"{named[1].upper()}-{named[2]}", []).append(path.name)
    return found


def test_the_page_lists_exactly_the_threats() -> None:
    """The page has a row for each of 90 threats, in order, with its severity and its owner, and no other."""
    rows = [(name, severity, linked or plain) for name, severity, linked, _, plain in _ROW.findall(PAGE.read_text())]
    assert rows == threats()
    assert len(rows) == len({name for name, *_ in rows}) == 90
    assert {owner for *_, owner in rows} == OWNERS


def test_the_page_leads_to_every_test() -> None:
    """A row links to the test that stages its threat, where there is one, and to nothing else."""
    links = {name: file for name, _, _, file, _ in _ROW.findall(PAGE.read_text()) if file}
    assert links == {name: files[0] for name, files in staged().items()}


def test_every_threat_of_the_server_is_staged() -> None:
    """Each has one test file; a threat that has none stands in MISSING, and nothing else does."""
    owned = {name for name, _, owner in threats() if owner == SERVER}
    assert owned - set(staged()) == MISSING


def test_no_test_stages_an_unknown_threat() -> None:
    """Each file is named by a threat of the list, one a threat, and its docstring begins with that id alone."""
    known = {name for name, *_ in threats()}
    for name, files in staged().items():
        assert name in known
        assert len(files) == 1, files
        assert re.match(rf'"""{name}: \S', (ATTACKS / files[0]).read_text()), files
