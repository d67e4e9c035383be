"""ISS-04: passes are used again, live long, or are extended by sending them anew."""

from firstkey.demo import steps
from firstkey.values.instants import DAY, MINUTE, SECOND
from tests.attacks.siege import Siege, told


def test_asking_again_extends_nothing(siege: Siege) -> None:
    """The same pass, with the same end and the same sealed code, is what a second request gets; then it is over."""
    live = siege.prepared_case()
    first = live.joiner.post("/pass", live.handle).json
    siege.later(9 * MINUTE)
    second = live.joiner.post("/pass", live.handle).json
    assert second == first
    siege.later(MINUTE)
    code = live.joiner.open_code(live.handle, first).code
    assert told(live.joiner.post("/redeem", live.handle, code=code)) == (409, "not-a-step")
    assert siege.verifiers(live) == 0
    assert "PassRedeemed" not in siege.facts(live)


def test_a_window_is_not_extended_by_beginning_again(siege: Siege) -> None:
    """Ceremonies begun late in the window end with it."""
    live = siege.redeemed()
    ends_at = siege.last(live)["window_ends_at"]
    siege.later(9 * MINUTE)
    response = live.joiner.make_passkey(live.handle)
    assert siege.server.clock.now < ends_at
    siege.later(MINUTE + SECOND)
    assert told(live.joiner.post("/register", live.handle, response=response)) == (409, "ceremony-unknown")
    assert told(live.joiner.post("/ceremony", live.handle)) == (409, "window-over")
    assert "CredentialRegistered" not in siege.facts(live)


def test_a_case_has_three_passes(siege: Siege) -> None:
    """Three lapse one after another, each after a fresh visit; there is no fourth."""
    live = siege.prepared_case()
    for number in (1, 2, 3):
        assert live.joiner.post("/pass", live.handle).status == 200
        siege.later(10 * MINUTE)
        assert live.joiner.post("/status", live.handle).status == 200
        assert siege.facts(live).count("PassIssued") == number
        if number < 3:
            siege.anchor(live)
    assert told(live.joiner.post("/pass", live.handle)).status == 409
    assert siege.facts(live).count("PassIssued") == 3


def test_old_consent_makes_no_new_pass(siege: Siege) -> None:
    """A day after the first pass there is no other: the case ends with it."""
    live, _ = siege.armed()
    siege.later(DAY + SECOND)
    assert told(live.joiner.post("/pass", live.handle)) == (409, "case-over")
    assert siege.facts(live).count("PassIssued") == 1
    assert siege.last(live)["reason"] == "passes_exhausted"


def test_a_spent_pass_is_not_used_again(siege: Siege) -> None:
    """After it led to a key, code, pass and ceremony are refused, and the account has one key."""
    live, code = siege.armed()
    steps.redeem(live, code)
    steps.register(live)
    steps.wait_until_active(live)
    assert told(live.joiner.post("/redeem", live.handle, code=code)) == (409, "not-a-step")
    assert told(live.joiner.post("/pass", live.handle)) == (409, "case-over")
    assert siege.facts(live).count("CredentialRegistered") == 1
