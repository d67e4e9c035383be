"""Finds what a pure core must not do: reach the clock, randomness, the machine, or a library that was not agreed on.

Each package of the core names what it may import; anything else is refused, so a new library is a reviewed line here.
A call that would still reach the machine, the clock or randomness is refused by its name.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.size import CORE, PACKAGE

_PURE = frozenset(
    """
    abc base64 binascii bisect collections contextlib dataclasses datetime enum functools hashlib heapq hmac ipaddress
    itertools json math operator re string struct textwrap types typing unicodedata urllib.parse uuid
    """.split()
)

ALLOWED: dict[str, frozenset[str]] = {
    "values": _PURE,
    "policy": _PURE | {"msgspec", "tomllib"},
    "enrollment": _PURE | {"msgspec"},
    "ceremonies": _PURE | {"cryptography", "fido2", "io", "msgspec"},
    "ledger": _PURE | {"cryptography", "msgspec"},
}

IMPURE_CALLS = frozenset(
    """
    __import__ eval exec input open print
    now today utcnow uuid1 uuid4
    generate generate_key generate_private_key
    """.split()
)
"""What the built-ins, the allowed pure modules, and cryptography could still do."""


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield "." * node.level + (node.module or "")


def _called(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
        case _:
            return ""


def impurities(package: str, source: str) -> Iterator[str]:
    """Yield `line: what` for each thing in a module's source that its core package must not do."""
    for node in ast.walk(ast.parse(source)):
        for name in _imported(node):
            allowed = ALLOWED[package]
            if name.split(".")[0] not in allowed | {"firstkey"} and name not in allowed:
                yield f"{getattr(node, 'lineno', 0)}: import {name}"
        if _called(node) in IMPURE_CALLS:
            yield f"{getattr(node, 'lineno', 0)}: {_called(node)}()"
        if isinstance(node, ast.Global | ast.Nonlocal):
            yield f"{node.lineno}: state that outlives a call"


def impurities_of_the_core(root: Path = PACKAGE) -> list[str]:
    """Return `path:line: what` for the whole core."""
    return [
        f"{path.relative_to(root)}:{found}"
        for package in CORE
        for path in sorted((root / package).rglob("*.py"))
        for found in impurities(package, path.read_text())
    ]
