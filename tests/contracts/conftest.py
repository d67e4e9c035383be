"""Every contract is tried on every implementation."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.site import MemorySite, Site, SqliteSite


@pytest.fixture(params=["sqlite", "memory"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A new site with an open store."""
    made: Site = SqliteSite(tmp_path) if request.param == "sqlite" else MemorySite()
    yield made
    made.close()


@pytest.fixture
def sqlite_site(tmp_path: Path) -> Iterator[SqliteSite]:
    """A new site on SQLite, for what only a database in a file can promise."""
    made = SqliteSite(tmp_path)
    yield made
    made.close()
