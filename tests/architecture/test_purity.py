"""The core does no IO, reads no clock and draws no randomness: they come in as arguments."""

import pytest

from tests.architecture.purity import ALLOWED, impurities, impurities_of_the_core
from tests.architecture.size import CORE

PURE = """
import hashlib
from datetime import UTC, datetime
from firstkey.values import instants

def act(now: int, entropy: bytes) -> str:
    return instants.rfc3339(now) + hashlib.sha256(entropy).hexdigest()
"""


@pytest.mark.parametrize("package", CORE)
def test_pure_code_is_left_alone(package: str) -> None:
    """Code that is given time and randomness may stand in every package of the core."""
    assert list(impurities(package, PURE)) == []


@pytest.mark.parametrize(
    "statement",
    [
        *(
            f"import {name}"
            for name in ("time", "random", "secrets", "os", "socket", "sqlite3", "asyncio", "threading")
        ),
        "from os import path",
        "from pathlib import Path",
        "import logging",
        "import sqlalchemy",
        "from . import codes",
        "def act():\n    import time",
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "uuid.uuid4()",
        "ec.generate_private_key(curve)",
        "open('firstkey.db')",
        "__import__('os')",
        "def act():\n    global seen",
    ],
)
@pytest.mark.parametrize("package", CORE)
def test_an_impurity_is_refused(package: str, statement: str) -> None:
    """A clock, a source of randomness, the machine or an unlisted library is refused in every package of the core."""
    assert len(list(impurities(package, PURE + statement))) == 1


def test_each_library_has_its_room() -> None:
    """Cryptography stands in the ceremonies and the ledger alone, and WebAuthn parsing in the ceremonies."""
    rooms = {library: {name for name in CORE if library in ALLOWED[name]} for library in ("cryptography", "fido2")}
    assert rooms == {"cryptography": {"ceremonies", "ledger"}, "fido2": {"ceremonies"}}


def test_the_core_is_pure() -> None:
    """Nothing in the core does any of it."""
    assert impurities_of_the_core() == []
