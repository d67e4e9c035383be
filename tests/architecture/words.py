"""One word for one thing: finds words that the glossary rules out, names that say nothing, and exceptions unexplained.

Identifiers are read as their words: `resetToken` and `reset_token` hold the same ones. A use that cannot be avoided
(the name of somebody else's interface) stands in ALLOWED with its reason.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.size import PACKAGE, ROOT

RULED_OUT = {
    "token": "handle, code or pass",
    "tokens": "handles, codes or passes",
    "ticket": "case",
    "tickets": "cases",
    "invite": "case or pass",
    "invites": "cases or passes",
    "magic link": "handle",
    "enrolment": "enrollment",
    "enrol": "enroll",
    "tamper-proof": "tamper-evident",
    "tamperproof": "tamper-evident",
}
EMPTY_NAMES = ("utils", "util", "helpers", "helper", "manager", "managers", "common", "misc")

ALLOWED: dict[tuple[str, str], str] = {
    ("secrets.token_bytes", "token"): "the standard library's name for random bytes",
    ("docs/glossary.md", "token"): "the glossary says which words are never used",
    ("docs/glossary.md", "ticket"): "as above",
    ("docs/glossary.md", "invite"): "as above",
    ("docs/glossary.md", "magic link"): "as above",
    ("docs/glossary.md", "enrolment"): "as above",
    ("docs/glossary.md", "tamper-proof"): "as above",
}
"""What may stand: in a text (where it stands whole) or in a file (by its path), which word, and why."""

READ = (".py", ".md", ".toml", ".html", ".js", ".css", ".txt", ".in", ".sql")

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_EXCEPTION = re.compile(r"#\s*(?:type:\s*ignore|noqa)\b")
_EXPLAINED = re.compile(r"#\s*(?:type:\s*ignore\[[a-z, -]+\]|noqa:\s*[A-Z0-9, ]+?)\s+(?:#|--?|:)\s*\w+\W+\w+")


def files(root: Path = ROOT) -> Iterator[Path]:
    """Yield what is read: the package, the documents, and the texts at the root."""
    for folder in (root / "src", root / "docs"):
        yield from sorted(path for path in folder.rglob("*") if path.suffix in READ and ".egg-info" not in str(path))
    yield from sorted(root.glob("*.md"))


def words_ruled_out(name: str, text: str) -> Iterator[str]:
    """Yield `name:line: word (say: other)` for each use of a word that the glossary rules out.

    Args:
        name: the file's path relative to the root, with `/`.
        text: what stands in it.
    """
    for number, line in enumerate(text.splitlines(), 1):
        spelled = line
        for place, word in ALLOWED:
            spelled = spelled.replace(place, place.replace(word, ""))
        spelled = _CAMEL.sub(" ", spelled).replace("_", " ").lower()
        for word, other in RULED_OUT.items():
            if (name, word) not in ALLOWED and re.search(rf"\b{re.escape(word)}\b", spelled):
                yield f"{name}:{number}: {word} (say: {other})"


def names_that_say_nothing(root: Path = PACKAGE) -> list[str]:
    """Return every module and package named after nothing in particular."""
    return [
        str(path.relative_to(root)) for path in sorted(root.rglob("*")) if set(path.stem.split("_")) & {*EMPTY_NAMES}
    ]


def unexplained(name: str, text: str) -> Iterator[str]:
    """Yield `name:line` for each exception from a linter or the type checker without a rule and a reason beside it."""
    for number, line in enumerate(text.splitlines(), 1):
        if _EXCEPTION.search(line) and not _EXPLAINED.search(line):
            yield f"{name}:{number}"
