"""CMP-06: an abandoned ceremony leaves a claim that somebody else picks up, or burns honest joiners."""

from firstkey.demo import steps
from firstkey.demo.people import done
from firstkey.simulator.alter import USER_NOT_VERIFIED
from firstkey.values.instants import MINUTE
from tests.attacks.siege import Siege, told


def fail(siege: Siege, live: steps.Live) -> None:
    """An answer that is refused."""
    response = live.joiner.make_passkey(live.handle, USER_NOT_VERIFIED)
    assert live.joiner.post("/register", live.handle, response=response).status == 409


def test_two_slips_and_then_a_key(siege: Siege) -> None:
    """Refused twice, the third ceremony of the window leads to one credential."""
    live = siege.redeemed()
    fail(siege, live)
    fail(siege, live)
    steps.register(live)
    steps.wait_until_active(live)
    facts = siege.facts(live)
    assert (facts.count("CeremonyRefused"), facts.count("CredentialRegistered")) == (2, 1)


def test_three_end_the_pass_and_not_the_case(siege: Siege) -> None:
    """After the third the pass is burned; the case goes on with a fresh visit and a fresh pass."""
    live = siege.redeemed()
    for _ in range(3):
        fail(siege, live)
    assert siege.facts(live)[-1] == "PassRevoked"
    assert siege.last(live)["cause"] == "ceremonies_exhausted"
    assert siege.shown(live)["pass_state"] == "burned"
    assert told(live.joiner.post("/ceremony", live.handle)).status == 409
    siege.later(10 * MINUTE)
    siege.anchor(live)
    steps.redeem(live, steps.get_pass(live).code)
    steps.register(live)


def test_a_closed_browser_goes_on_where_it_was(siege: Siege) -> None:
    """The same device on a new connection resumes inside its window; another device does not, with anything."""
    live = siege.redeemed()
    done(live.joiner.post("/ceremony", live.handle), "ceremony")
    other = siege.joiner(siege.recorded(live.joiner.person))
    for step in ("/ceremony", "/status", "/pass"):
        assert told(other.post(step, live.handle)) == (409, "another-device-claimed")
    live.joiner.client = siege.browser_of(live.joiner)
    steps.register(live)
    steps.wait_until_active(live)


def test_an_abandoned_window_is_nobodys(siege: Siege) -> None:
    """Ten minutes later neither the device nor anybody else goes on in it."""
    live = siege.redeemed()
    begun = done(live.joiner.post("/ceremony", live.handle), "ceremony")
    siege.later(10 * MINUTE)
    response = live.joiner.authenticator.register(begun["options"], siege.address.origin)
    assert live.joiner.post("/register", live.handle, response=response).status == 409
    assert "CredentialRegistered" not in siege.facts(live)
    assert siege.rows("SELECT 1 FROM slots WHERE kind = 'live_pass' AND stream = ?", f"case/{live.case}") == []
