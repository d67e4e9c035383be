"""One server for each module of fuzzing; whatever was sent to it, its log shows no fault of its own."""

import json
from collections.abc import Iterator

import pytest

from tests.journeys.place import Place, founded

FAULTS = frozenset({"defect", "undocumented", "sweep", "tally"})
LISTENING = "Listening on"
"""What the server prints last; what comes after it is its log."""


def faults(said: str) -> list[str]:
    """Return the lines of a log that tell of a fault, and those that are not what a log's lines are."""
    found, (_, _, logged) = list[str](), said.partition(LISTENING)
    for line in logged.splitlines()[1:]:
        try:
            event = json.loads(line)["event"]
        except (ValueError, KeyError, TypeError):
            event = "defect"
        if event in FAULTS or "Traceback" in line:
            found.append(line)
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A founded site behind a real server."""
    with founded(tmp_path_factory.mktemp("place")) as found:
        yield found
        assert faults(found.server.said()) == []
