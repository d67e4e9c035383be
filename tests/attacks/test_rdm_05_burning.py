"""RDM-05: somebody burns or replaces the victim's pass on purpose."""

from firstkey.demo import steps
from tests.attacks.siege import Siege, told

REQUESTS = 300


def test_strangers_cost_a_pass_nothing(siege: Siege) -> None:
    """Hundreds of requests that name the joiner, the account, the case and its handle leave no try behind."""
    live, code = siege.armed()
    person = siege.recorded(live.joiner.person)
    stranger = siege.stranger()
    named = (person.person, person.account, person.user_name, live.case, live.handle)
    with siege.nothing_changes():
        for number in range(REQUESTS):
            body = {"handle": named[number % len(named)], "code": "0" * 26}
            answer = stranger.request("POST", "/api/claim/redeem", body)
            assert told(answer) == (401, "use-nonce")
    assert siege.shown(live)["tries_failed"] == 0
    steps.redeem(live, code)


def test_a_device_of_somebody_else_burns_nothing(siege: Siege) -> None:
    """Another device, with a valid proof of its own and wrong codes, is counted and uses up no try."""
    live, code = siege.armed()
    spiteful = siege.joiner(siege.recorded(live.joiner.person))
    for number in range(8):
        answer = spiteful.post("/redeem", live.handle, code=f"{number:026d}")
        assert told(answer) == (409, "another-device-claimed")
    assert "TryFailed" not in siege.facts(live)
    assert siege.facts(live).count("RivalRefused") == 1
    steps.redeem(live, code)


def test_nobody_outside_replaces_a_pass(siege: Siege) -> None:
    """Asking for it anew, for another claim or for its end takes the device or a session."""
    live, code = siege.armed()
    stranger = siege.stranger()
    with siege.nothing_changes():
        for path in ("/pass/revoke", "/withdraw", "/release", "/hold"):
            assert told(stranger.request("POST", live.url + path, {})) == (401, "sign-in-needed")
        for path in ("/api/claim/pass", "/api/claim/not-me", "/api/claim"):
            assert told(stranger.request("POST", path, {"handle": live.handle})) == (401, "use-nonce")
    steps.redeem(live, code)


def test_a_slip_of_the_keyboard_is_no_try(siege: Siege) -> None:
    """What cannot be a code is refused before it counts, also from the right device."""
    live, code = siege.armed()
    with siege.nothing_changes():
        for slip in ("", "0", code[:-1], code + "0", "U" * 26, "é" * 26):
            assert told(live.joiner.post("/redeem", live.handle, code=slip)) == (400, "code-malformed")
    steps.redeem(live, code)
