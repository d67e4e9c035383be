"""Draws docs/lifecycle.md from the transition table: `python -m tests.architecture.lifecycle_page` writes it."""

from collections.abc import Callable, Iterable, Iterator
from inspect import getdoc

from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.transitions import HOLDINGS_TRANSITIONS, LETTERS, TRANSITIONS
from firstkey.enrollment.case.words import CredentialState, Stage
from tests.architecture.size import ROOT

PAGE = ROOT / "docs" / "lifecycle.md"

_HEAD = """\
# Lifecycle

<!-- Drawn by `make docs` from the transition table in enrollment/case/transitions.py; a test compares them. -->

A case is the fold of its facts. The table says at which stage each fact may stand, and at which the case is afterwards;
where a fact may not stand, replay stops and the server refuses to go on. The usual way is from left to right.
"""

_ACCOUNT = """\
## After the case

A credential lives on in its account's stream. `pending` is before it is held there; recalled and ended are for good.
"""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _sentence(fact: type[Fact]) -> str:
    return (getdoc(fact) or "").split("\n\n", maxsplit=1)[0].replace("\n", " ").replace("|", "\\|")


def _table(heads: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield _row(heads)
    yield _row("---" for _ in heads)
    yield from map(_row, rows)


def _in_order(stages: frozenset[Stage], name: Callable[[Stage], str]) -> list[str]:
    return [name(stage) for stage in Stage if stage in stages]


def page() -> str:
    """Return docs/lifecycle.md as it should be."""
    letters = ", ".join(f"{letter} {stage.value}" for stage, letter in LETTERS.items())
    stages = list(LETTERS)
    grid = (
        [f"`{fact.__name__}`", *("".join(_in_order(cells[stage], LETTERS.__getitem__)) for stage in stages)]
        for fact, cells in TRANSITIONS.items()
        if any(cells.values())
    )
    meanings = ([f"`{fact.__name__}`", _sentence(fact)] for fact in TRANSITIONS)
    states = list(CredentialState)
    account = (
        [f"`{fact.__name__}`", *((after.value if (after := cells[state]) else "") for state in states)]
        for fact, cells in HOLDINGS_TRANSITIONS.items()
    )
    parts = [
        _HEAD,
        "## The facts\n",
        *_table(["fact", "what happened"], meanings),
        "\n## The table\n",
        f"Columns are the stage before, cells the stages that may follow, by their letters: {letters}.\n",
        *_table(["fact", *LETTERS.values()], grid),
        "",
        _ACCOUNT,
        *_table(["fact", *(state.value for state in states)], account),
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
