"""RDM-09: revocation, expiry or a new case races with redemption."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from firstkey.demo.steps import Live
from firstkey.simulator.client import Answer
from tests.attacks.siege import Siege

ROUNDS = 5


def both(one: Callable[[], Answer], other: Callable[[], Answer]) -> tuple[Answer, Answer]:
    """Do two things in the same moment."""
    gate = Barrier(2)

    def wait_for(act: Callable[[], Answer]) -> Answer:
        gate.wait(10)
        return act()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(wait_for, (one, other))
    return first, second


def revoke(siege: Siege, live: Live) -> Answer:
    """An operator kills the pass."""
    return siege.second.post(f"{live.url}/pass/revoke", {})


def withdraw(siege: Siege, live: Live) -> Answer:
    """The requester ends the case."""
    return siege.second.post(f"{live.url}/withdraw", {})


@pytest.mark.parametrize("end", [revoke, withdraw])
def test_after_a_revocation_nothing_is_redeemed(siege: Siege, end: Callable[[Siege, Live], Answer]) -> None:
    """Whichever comes first, the facts have one order, and a pass that is dead leads to no key."""
    for _ in range(ROUNDS):
        live, code = siege.armed()
        redeem = partial(live.joiner.post, "/redeem", live.handle, code=code)
        ended, redeemed = both(partial(end, siege, live), redeem)
        assert ended.status == 200
        facts = siege.facts(live)
        assert facts.count("PassRevoked") == 1
        if redeemed.status == 200:
            assert facts.index("PassRedeemed") < facts.index("PassRevoked")
        else:
            assert "PassRedeemed" not in facts
        assert live.joiner.post("/ceremony", live.handle).status == 409
        assert siege.verifiers(live) == 0


@pytest.mark.parametrize("end", [revoke, withdraw])
def test_a_window_is_over_with_its_pass(siege: Siege, end: Callable[[Siege, Live], Answer]) -> None:
    """Revoked after it was redeemed, it registers nothing: what the authenticator answers is refused."""
    live = siege.redeemed()
    response = live.joiner.make_passkey(live.handle)
    assert end(siege, live).status == 200
    with siege.nothing_changes():
        assert live.joiner.post("/register", live.handle, response=response).status == 409
    assert "CredentialRegistered" not in siege.facts(live)


def test_a_key_that_was_faster_is_recalled(siege: Siege) -> None:
    """A case that is withdrawn while its key is pending takes the key with it, in one append."""
    live = siege.pending()
    assert siege.shown(live)["credential_state"] == "pending"
    assert withdraw(siege, live).status == 200
    assert siege.facts(live)[-2:] == ["CredentialRecalled", "CaseClosed"]
    assert live.joiner.try_sign_in().problem == "not-found"
