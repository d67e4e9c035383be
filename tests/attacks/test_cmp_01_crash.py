"""CMP-01: a crash between spending the pass and storing the credential, or a commit that was only half."""

import threading

import pytest

from firstkey.demo import steps
from firstkey.demo.steps import Live
from firstkey.values.errors import Unavailable
from tests.attacks.siege import Siege, stream

DELAYS = (0.002, 0.01)


def killed_meanwhile(siege: Siege, live: Live, delay: float, step: str, **more: object) -> int | None:
    """Send a step, and kill the server a moment later; return the status, None if no answer came."""
    answered: list[int] = []

    def send() -> None:
        try:
            answered.append(live.joiner.post(step, live.handle, **more).status)
        except Unavailable:
            return

    thread = threading.Thread(target=send)
    thread.start()
    thread.join(delay)
    siege.server.kill()
    thread.join()
    siege.server.start()
    siege.later(0)
    return answered[0] if answered else None


@pytest.mark.parametrize("delay", DELAYS)
def test_spent_and_stored_are_one(siege: Siege, delay: float) -> None:
    """Killed while it registers: either the pass is spent and there is one credential, or neither."""
    live = siege.redeemed()
    response = live.joiner.make_passkey(live.handle)
    status = killed_meanwhile(siege, live, delay, "/register", response=response)
    facts = siege.facts(live)
    made = facts.count("CredentialRegistered")
    assert made in (0, 1)
    assert status != 200 or made == 1
    slots = {kind for (kind,) in siege.rows("SELECT kind FROM slots WHERE stream = ?", stream(live))}
    assert ("credential" in slots) == (made == 1)
    assert not (made and "live_pass" in slots)
    assert siege.entered(live)
    again = live.joiner.post("/register", live.handle, response=response)
    assert again.status == 409
    assert siege.facts(live).count("CredentialRegistered") == made


@pytest.mark.parametrize("delay", DELAYS)
def test_a_code_is_spent_or_it_is_not(siege: Siege, delay: float) -> None:
    """Killed while it redeems: where the pass is redeemed its verifier is gone, and the code works no second time."""
    live, code = siege.armed()
    status = killed_meanwhile(siege, live, delay, "/redeem", code=code)
    redeemed = siege.facts(live).count("PassRedeemed")
    assert redeemed in (0, 1)
    assert status != 200 or redeemed == 1
    if redeemed:
        assert siege.verifiers(live) == 0
        assert live.joiner.post("/redeem", live.handle, code=code).status == 409
    assert siege.facts(live).count("PassRedeemed") == redeemed
    assert siege.entered(live)


def test_a_lost_answer_is_no_second_key(siege: Siege) -> None:
    """Whose answer was lost asks where the case stands, and finds the key that was made."""
    live = siege.redeemed()
    response = steps.register(live)
    siege.server.kill()
    siege.server.start()
    siege.later(0)
    steps.wait_until_active(live)
    assert live.joiner.post("/register", live.handle, response=response).status == 409
    assert siege.facts(live).count("CredentialActivated") == 1
    live.joiner.sign_in()
