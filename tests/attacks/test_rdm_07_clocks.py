"""RDM-07: a clock that is skewed or set back makes something valid that is over."""

import pytest

from firstkey.values.instants import HOUR, MINUTE, SECOND
from tests.attacks.siege import Siege, told


def test_a_clock_set_back_gives_no_pass_its_time_back(siege: Siege) -> None:
    """A pass that was over when the clock said so stays over, and nothing else is redeemed until the clocks agree."""
    over, code = siege.armed()
    other, live_code = siege.armed()
    siege.later(10 * MINUTE)
    fresh, fresh_code = siege.armed()
    clock = siege.server.clock
    clock.set_by(-HOUR)
    try:
        for live, told_code in ((over, code), (other, live_code), (fresh, fresh_code)):
            answer = live.joiner.post("/redeem", live.handle, code=told_code)
            assert answer.status == 409
            assert "PassRedeemed" not in siege.facts(live)
        assert told(fresh.joiner.post("/redeem", fresh.handle, code=fresh_code)) == (409, "clock-doubtful")
    finally:
        clock.agree()
    assert "PassRedeemed" not in siege.facts(over)


@pytest.mark.parametrize("drift", [-3 * SECOND, 61 * SECOND])
def test_in_doubt_nothing_is_armed_or_made_active(siege: Siege, drift: int) -> None:
    """Set back a little or forward by a minute: no pass, no redemption, no key; ending things still works."""
    live = siege.prepared_case()
    pending = siege.redeemed()
    response = pending.joiner.make_passkey(pending.handle)
    doomed, _ = siege.armed()
    clock = siege.server.clock
    clock.set_by(drift)
    try:
        assert told(live.joiner.post("/pass", live.handle)) == (409, "clock-doubtful")
        answer = pending.joiner.post("/register", pending.handle, response=response)
        assert told(answer) == (409, "clock-doubtful")
        assert siege.cast.requester.post(f"{doomed.url}/withdraw", {}).status == 200
        assert siege.last(doomed)["fact"] == "CaseClosed"
    finally:
        clock.agree()
    assert "PassIssued" not in siege.facts(live)
    assert "CredentialRegistered" not in siege.facts(pending)


def test_there_is_no_leeway(siege: Siege) -> None:
    """At the very millisecond at which a pass ends it is over."""
    live, code = siege.armed()
    ends_at = siege.last(live)["ends_at"]
    siege.later(max(0, ends_at - siege.server.clock.now))
    assert told(live.joiner.post("/redeem", live.handle, code=code)).status == 409
    assert "PassRedeemed" not in siege.facts(live)
