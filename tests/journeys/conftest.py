"""One server for each module of journeys."""

from collections.abc import Iterator

import pytest

from tests.journeys.place import Place, founded


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A founded site behind a real server."""
    with founded(tmp_path_factory.mktemp("place")) as found:
        yield found
