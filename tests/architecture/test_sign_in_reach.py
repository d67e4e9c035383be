"""A pass is a bridge, never a credential: what signs people in reaches no code; what reaches a code signs nobody in."""

import ast
from collections.abc import Iterator

import pytest

from firstkey.web.routes import ROUTES
from tests.architecture.size import PACKAGE

COMPARES_CODES = {"actions/redemption.py"}
MAKES_VERIFIERS = {"actions/delivery.py"}
BEGINS_SESSIONS = {"actions/sign_in.py"}
READS_VERIFIERS = {"actions/codes.py", "assembly.py", "ports/verifiers.py", "storage/verifiers.py"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield every module of the package, by its path."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text())


def that_call(method: str) -> set[str]:
    """Return the modules that call a function or method of a name, beside the one that defines it."""
    found = set()
    for name, tree in modules():
        calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
        named = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
        defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        if method in named - defined:
            found.add(name)
    return found


def that_name(word: str) -> set[str]:
    """Return the modules in which a name stands, whatever it is there."""
    found = set()
    for name, tree in modules():
        named = {getattr(node, "id", None) or getattr(node, "attr", None) for node in ast.walk(tree)}
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        classes = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        if word in named | imported | classes:
            found.add(name)
    return found


def test_one_module_compares_codes_and_it_signs_nobody_in() -> None:
    """Codes are compared at redemption alone, verifiers made at delivery alone, sessions begun at sign-in alone."""
    for method, expected in (
        ("compare", COMPARES_CODES),
        ("make_verifier", MAKES_VERIFIERS),
        ("begin_session", BEGINS_SESSIONS),
    ):
        assert {name for name in that_call(method) if name.startswith(("actions/", "web/"))} == expected


def test_what_reads_verifiers_is_known_by_name() -> None:
    """The reader of verifiers is named where it is defined, where it is given to the codes' desk, and nowhere else."""
    named = that_name("VerifierReader") | that_name("SqliteVerifierReader")
    assert named == READS_VERIFIERS


@pytest.mark.parametrize("path", ["/api/sign-in", "/api/sign-in/options", "/api/claim/redeem"])
def test_the_routes_lie_apart(path: str) -> None:
    """The routes of signing in are of another module than the one that spends codes."""
    (module,) = {route.action.__module__ for route in ROUTES if route.path == path}
    file = module.removeprefix("firstkey.").replace(".", "/") + ".py"
    assert (file in COMPARES_CODES) is path.startswith("/api/claim")
    assert (file in BEGINS_SESSIONS) is path.startswith("/api/sign-in")
