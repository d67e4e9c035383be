"""A mutant: code that is broken on purpose, as edits of its text. The files themselves are never touched."""

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path("src") / "firstkey"
"""Below the repository's root."""


class Edit(NamedTuple):
    """One text put in the place of another.

    Attributes:
        file: path below the package.
        start: where `before` begins, in characters.
        before: what stands there.
        after: what is put there.
    """

    file: str
    start: int
    before: str
    after: str


class Mutant(NamedTuple):
    """One way to break the code.

    Attributes:
        name: the kind of change, or what a named mutant is called.
        where: function or table that is changed.
        edits: in any order; those of one file do not overlap.
    """

    name: str
    where: str
    edits: tuple[Edit, ...]

    @property
    def module(self) -> str:
        """The module that is changed, or the first of several: its path below the package."""
        return self.edits[0].file


class Place(NamedTuple):
    """Where an edit stands: line and column, from 1, and the whole line without its indentation."""

    line: int
    column: int
    text: str


def place_of(edit: Edit, source: str) -> Place:
    """Return where an edit stands in its file's text."""
    before = source[: edit.start]
    line_start = before.rfind("\n") + 1
    text = source[line_start:].split("\n", 1)[0].strip()
    return Place(before.count("\n") + 1, edit.start - line_start + 1, text)


def edit_of(source: str, file: str, before: str, after: str) -> Edit:
    """Return the edit of a text that stands in a file exactly once.

    Raises:
        LookupError: it is not there, or more than once.
    """
    if source.count(before) != 1:
        raise LookupError(f"{file}: {source.count(before)} times: {before}")
    return Edit(file, source.index(before), before, after)


def read(root: Path, file: str) -> str:
    """Return the text of a file of the package."""
    return (root / PACKAGE / file).read_text(encoding="utf-8")


def changed(mutant: Mutant, root: Path) -> dict[Path, str]:
    """Return the text of each file that a mutant changes, by its path below the root."""
    texts: dict[Path, str] = {}
    for edit in sorted(mutant.edits, key=lambda edit: -edit.start):  # from the end: earlier places stay where they are
        path = PACKAGE / edit.file
        text = texts.get(path) or read(root, edit.file)
        texts[path] = text[: edit.start] + edit.after + text[edit.start + len(edit.before) :]
    return texts
