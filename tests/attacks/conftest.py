"""One server for all attacks of a run."""

from collections.abc import Iterator

import pytest

from tests.attacks.siege import Siege, besieged


@pytest.fixture(scope="session")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    """A founded site behind a real server, shared by all attacks."""
    with besieged(tmp_path_factory.mktemp("siege")) as found:
        yield found
