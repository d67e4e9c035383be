"""One server for all attacks of a run, and one site at rest."""

from collections.abc import Iterator

import pytest

from tests.attacks.rest import Rest, laid_to_rest
from tests.attacks.siege import Siege, besieged


@pytest.fixture(scope="session")
def besieged_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    """A founded site behind a real server, shared by all attacks."""
    with besieged(tmp_path_factory.mktemp("siege")) as found:
        yield found


@pytest.fixture
def siege(besieged_site: Siege) -> Siege:
    """The same, with room for what one test does in an hour."""
    besieged_site.breathe()
    return besieged_site


@pytest.fixture(scope="session")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    """A founded site that nobody serves; tests serve copies of it."""
    with besieged(tmp_path_factory.mktemp("rest")) as found:
        yield laid_to_rest(found)
