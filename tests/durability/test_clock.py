"""A real server whose clock is set, or starts behind its ledger: in doubt it arms and redeems nothing, and says so."""

from collections.abc import Iterator

import pytest

from firstkey.demo import steps
from firstkey.demo.people import Desk, done
from firstkey.demo.steps import Live
from firstkey.simulator.client import Answer
from firstkey.values.instants import HOUR, SECOND, rfc3339
from tests.durability.crowd import hire, open_for, sign_in_again
from tests.journeys.place import Place, founded


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A founded site behind a real server."""
    with founded(tmp_path_factory.mktemp("clock")) as found:
        yield found


@pytest.fixture
def live(place: Place) -> Live:
    """A case that only wants its pass."""
    live = open_for(place, hire(place, 1)[0])
    steps.prepare(place.cast, live)
    return live


def problem(answer: Answer) -> tuple[int, str]:
    """Status and last part of the problem's type."""
    return answer.status, str(answer.problem).rpartition(":")[2]


def reasons(place: Place) -> list[str]:
    """What /readyz says to this machine; it is ready all the same."""
    answer = place.stranger().request("GET", "/readyz")
    assert answer.status == 200
    told: list[str] = answer.json["reasons"]
    return told


@pytest.mark.parametrize("drift", [-3 * SECOND, 61 * SECOND], ids=["back by 3 s", "forward by 61 s"])
def test_a_clock_that_is_set_stops_passes_until_it_agrees(place: Place, live: Live, drift: int) -> None:
    """No pass is armed and no code redeemed; sign-ins and withdrawals are taken; set right, the pass comes."""
    other = open_for(place, hire(place, 1)[0])
    place.server.clock.set_by(drift)
    assert problem(live.joiner.post("/pass", live.handle)) == (409, "clock-doubtful")
    assert "clock-doubtful" in reasons(place)
    place.cast.approver.sign_in()
    assert place.cast.requester.post(f"{other.url}/withdraw", {}).status == 200
    place.server.clock.agree()
    assert "clock-doubtful" not in reasons(place)
    code = steps.get_pass(live).code
    place.server.clock.set_by(drift)
    assert problem(live.joiner.post("/redeem", live.handle, code=code)) == (409, "clock-doubtful")
    place.server.clock.agree()


def test_a_start_behind_the_ledger_waits_for_a_signed_time(place: Place, live: Live) -> None:
    """With the clock an hour behind its last entry a server starts in doubt, and goes on from what two people sign."""
    right = place.server.clock.now
    place.server.stop()
    place.server.clock.let_pass(-HOUR)
    place.server.start()
    assert "clock-doubtful" in reasons(place)
    assert '"event": "clock_doubtful"' in place.server.said()
    sign_in_again(place)
    assert problem(live.joiner.post("/pass", live.handle)) == (409, "clock-doubtful")
    signers: tuple[Desk, ...] = (place.cast.approver, place.cast.confirmer)
    instant = right + SECOND
    signed = [desk.sign("sign_time", names=(rfc3339(instant),)) for desk in signers]
    told = done(signers[0].post("/api/clock", {"instant": instant, "signed": signed}), "sign the time")
    assert told["instant"] == instant
    assert "clock-doubtful" not in reasons(place)
    steps.finish(live, steps.get_pass(live).code)
