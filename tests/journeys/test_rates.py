"""The shipped rates, on a real server: what honest people need is admitted, and a flood is stopped."""

import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from firstkey.demo import steps
from firstkey.demo.people import Joiner
from firstkey.simulator.client import Answer
from firstkey.values.instants import MINUTE
from firstkey.web.rates import STRANGERS
from tests.journeys.place import Place

AT_ONCE = 200
DESK_JOINERS = 8
FLOOD = STRANGERS.at_once + 500


def fresh(place: Place) -> None:
    """Let everybody's buckets fill."""
    place.server.clock.let_pass(MINUTE)
    place.stranger().request("POST", "/api/claim/status", {})  # a nonce is made: the server looks at the clock
    for desk in place.cast:
        desk.sign_in()


def flood(place: Place, named: str = "X-Nothing") -> list[int]:
    """Ask so often as nobody, on one connection without waiting for answers, each from another address by its own word.

    Returns:
        The statuses.
    """
    host = f"localhost:{place.address.port}"
    asked = "".join(
        f"POST /api/claim/status HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"{named}: 192.0.2.{number % 250}\r\nContent-Length: 2\r\n\r\n{{}}"
        for number in range(FLOOD)
    )
    with socket.create_connection(("127.0.0.1", place.address.port), timeout=60) as connection:
        sender = threading.Thread(target=connection.sendall, args=(asked.encode(),))
        sender.start()
        answered = b""
        while answered.count(b"HTTP/1.1 ") < FLOOD or not answered.endswith(b"}"):
            answered += connection.recv(1 << 16)
        sender.join()
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answered)]


def test_a_device_may_send_its_code_two_hundred_times_at_once(place: Place) -> None:
    """Of 200 at once one redeems, and the others are refused by the rule, none by the rate."""
    live = place.open_case()
    steps.prepare(place.cast, live)
    code = steps.get_pass(live).code

    def send(_: int) -> Answer:
        client = place.stranger()
        client.prover, client.nonce = live.joiner.device.prove, live.joiner.client.nonce
        return client.request("POST", "/api/claim/redeem", {"handle": live.handle, "code": code})

    with ThreadPoolExecutor(32) as racing:
        answers = list(racing.map(send, range(AT_ONCE)))
    assert sum(answer.status == 200 for answer in answers) == 1
    assert {answer.problem for answer in answers if answer.status != 200} == {"not-a-step"}
    place.cast.requester.post(f"{live.url}/withdraw", {})


def test_eight_joiners_at_one_desk(place: Place) -> None:
    """From one address eight devices come at once, ask for their nonces and for their case, and none is sent away."""
    live = place.open_case()

    def come(_: int) -> Answer:
        joiner: Joiner = place.joiner()
        return [joiner.claim(live.handle), joiner.post("/status", live.handle)][-1]

    with ThreadPoolExecutor(DESK_JOINERS) as desk:
        answers = list(desk.map(come, range(DESK_JOINERS)))
    assert all(answer.status in (200, 409) for answer in answers)
    assert "too-many-requests" not in {answer.problem for answer in answers}
    place.cast.requester.post(f"{live.url}/withdraw", {})


def test_a_flood_is_stopped_and_nobody_else(place: Place) -> None:
    """A source that asks too much is refused; people in sessions and devices that were let in, beside it, go on."""
    fresh(place)
    live = place.open_case()
    steps.claim(live)
    statuses = flood(place)
    assert set(statuses) == {401, 429}
    assert statuses.count(401) >= STRANGERS.at_once
    assert live.joiner.post("/status", live.handle).status == 200
    assert place.cast.requester.post(f"{live.url}/withdraw", {}).status == 200
    fresh(place)
    assert place.stranger().request("POST", "/api/sign-in/options", {}).status == 200


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded"])
def test_nobody_comes_from_elsewhere_by_their_own_word(place: Place, name: str) -> None:
    """An address in a header is not believed: whatever it says, the flood is one source."""
    fresh(place)
    assert 429 in flood(place, name)
    fresh(place)
