"""The launcher: a real server whose clock a test moves, and nothing else does."""

from pathlib import Path

from firstkey.demo.process import Address, local_address
from firstkey.values.instants import HOUR
from tests.journeys.sites import init
from tests.launcher.clock import ClockFile, MovedClock
from tests.launcher.server import Launched


def test_the_two_clocks_of_a_file_are_read_as_a_pair(tmp_path: Path) -> None:
    """What a test writes holds for the next reading, and no reading mixes what was with what is."""
    hand = ClockFile(tmp_path / "clock")
    clock = MovedClock(hand.path)
    told, counted = clock.now(), clock.monotonic()
    hand.let_pass(HOUR)
    assert clock.monotonic() - counted < HOUR, "the pair that `now` found holds until `now` is asked again"
    assert clock.now() - told >= HOUR
    assert clock.monotonic() - counted >= HOUR
    hand.set_by(-HOUR)
    assert clock.now() - told < HOUR <= clock.monotonic() - counted
    hand.agree()
    assert clock.now() - told >= HOUR


def test_a_server_lives_by_the_clock_that_its_test_moves(tmp_path: Path) -> None:
    """A founding code of an hour is good, is over when an hour has gone by, and stays so when the server is killed."""
    printed, address = begun(tmp_path / "site")
    with Launched(tmp_path / "site", address) as server:
        assert problem(address, printed) is None
        server.clock.let_pass(HOUR)
        assert problem(address, printed) == "not-found"
        server.kill()
        server.start()
        assert problem(address, printed) == "not-found"


def begun(folder: Path) -> tuple[str, Address]:
    """Make a site on localhost; return its founding code and where its server will be."""
    address = local_address()
    return init(folder, origin=address.origin)["founding_code"], address


def problem(address: Address, code: str) -> str | None:
    """Begin to enroll as a founder; return the problem, if that is refused."""
    answer = address.client().request("POST", "/api/founding/options", {"code": code, "name": "Anna"})
    return None if answer.problem is None else answer.problem.rpartition(":")[2]
