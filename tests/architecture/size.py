"""Counts the code: lines without blanks and docstrings, comments included; and how long each function is.

`python -m tests.architecture.size` prints the core's size by package and fails when it is over its limit, so that the
limit is seen coming.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "firstkey"
CORE = ("values", "policy", "enrollment", "ceremonies", "ledger")
CORE_LINES_MAX = 5_000
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 400


class Function(NamedTuple):
    """One function as it stands in a file.

    Attributes:
        where: `path:line name`, the path relative to the package.
        lines: from its `def` to its last line, docstring and blanks included.
    """

    where: str
    lines: int


def code_lines(source: str) -> int:
    """Count the lines of a module that are neither blank nor part of a docstring (PEP 257, of attributes too)."""
    documented: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            documented.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return sum(1 for number, line in enumerate(source.splitlines(), 1) if line.strip() and number not in documented)


def core_lines(package: Path = PACKAGE) -> dict[str, int]:
    """Count the core's lines by package."""
    return {name: sum(code_lines(path.read_text()) for path in sorted((package / name).rglob("*.py"))) for name in CORE}


def functions(package: Path = PACKAGE) -> Iterator[Function]:
    """Yield every function of the package, methods and inner functions included."""
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                where = f"{path.relative_to(package)}:{node.lineno} {node.name}"
                yield Function(where, (node.end_lineno or node.lineno) - node.lineno + 1)


def main() -> int:
    """Print the core's size; return 1 when it is over the limit."""
    lines = core_lines()
    total = sum(lines.values())
    table = ", ".join(f"{name} {count}" for name, count in lines.items())
    print(f"core: {total} of at most {CORE_LINES_MAX} lines without blanks and docstrings ({table})")
    return int(total > CORE_LINES_MAX)


if __name__ == "__main__":
    sys.exit(main())
