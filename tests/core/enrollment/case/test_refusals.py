"""Every no of the core is said somewhere, and tested somewhere."""

import ast
from collections.abc import Iterator
from pathlib import Path

import firstkey.enrollment
from firstkey.enrollment.case.refusals import R
from firstkey.values.errors import Says, problem_type

SOURCES = Path(firstkey.enrollment.__file__).parent
TESTS = Path(__file__).parents[1]


def reasons_named(folder: Path) -> Iterator[str]:
    """Yield each reason that the code below a folder names as `R.X`."""
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "R":
                yield node.attr


def test_every_reason_is_raised() -> None:
    """No reason is declared that the core never gives, and none is given that is not declared."""
    assert set(reasons_named(SOURCES)) == set(R.__members__)


def test_every_reason_is_tested() -> None:
    """Each reason is named by some test of the core."""
    assert set(R.__members__) - set(reasons_named(TESTS)) == set()


def test_reasons_are_in_order_and_say_what_to_do() -> None:
    """Reasons are alphabetical, each with a title and a next step as sentences; no two have one problem type."""
    assert list(R.__members__) == sorted(R.__members__)
    assert len(R) == len(R.__members__) == len({problem_type(reason) for reason in R})
    for reason in R:
        assert isinstance(reason.value, Says)
        assert all(part[0].isupper() and part.endswith(".") for part in reason.value)
