"""The core stays small enough to be read whole, and every file and function small enough to be seen at once."""

from pathlib import Path

from tests.architecture.size import (
    CORE_LINES_MAX,
    FILE_LINES_MAX,
    FUNCTION_LINES_MAX,
    PACKAGE,
    code_lines,
    core_lines,
    functions,
)

MODULE = '''"""A module
of two lines."""

# a comment counts
LIMIT = 3
"""A docstring of an attribute."""

class Thing:
    """One line."""

    def act(self) -> str:
        """Two
        lines."""
        return """not
a docstring"""
'''


def test_blanks_and_docstrings_do_not_count() -> None:
    """Of a module, code and comments are counted, and nothing else is."""
    assert code_lines(MODULE) == 6


def test_each_function_is_measured(tmp_path: Path) -> None:
    """A method and a function inside another are measured too, from their first line to their last."""
    (tmp_path / "module.py").write_text(
        "class A:\n    def one(self):\n        def two():\n            pass\n\n        two()\n"
    )
    assert [(found.where, found.lines) for found in functions(tmp_path)] == [
        ("module.py:2 one", 5),
        ("module.py:3 two", 2),
    ]


def test_the_core_is_small() -> None:
    """The whole core is at most 5,000 lines without blanks and docstrings."""
    assert sum(core_lines().values()) <= CORE_LINES_MAX


def test_no_function_is_long() -> None:
    """No function of the package is over 70 lines."""
    assert [function for function in functions() if function.lines > FUNCTION_LINES_MAX] == []


def test_no_file_is_long() -> None:
    """No file of the package is over 400 lines."""
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text().splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > FILE_LINES_MAX} == {}
