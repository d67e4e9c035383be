"""DLV-08: a false help desk calls the joiner and asks for the code."""

from firstkey.demo import steps
from firstkey.demo.people import done
from tests.attacks.siege import Siege, told


def test_the_right_code_elsewhere_ends_the_pass(siege: Siege) -> None:
    """Read out over the telephone and sent from another device it is refused, and pass and case end as misused."""
    live, code = siege.armed()
    caller = siege.joiner(siege.recorded(live.joiner.person))
    assert told(caller.post("/redeem", live.handle, code=code)) == (409, "another-device-claimed")
    assert siege.facts(live)[-3:] == ["RivalRefused", "PassRevoked", "CaseClosed"]
    assert siege.last(live)["reason"] == "misused"
    assert siege.verifiers(live) == 0
    assert told(live.joiner.post("/redeem", live.handle, code=code)) == (409, "not-a-step")


def test_by_every_other_way_it_is_not_even_looked_at(siege: Siege) -> None:
    """Without a device's key, at the sign-in, at founding or from a console the code changes nothing."""
    live, code = siege.armed()
    stranger, desk = siege.stranger(), siege.cast.requester
    with siege.nothing_changes():
        for client in (stranger, desk.client):
            answer = client.request("POST", "/api/claim/redeem", {"handle": live.handle, "code": code})
            assert told(answer) == (401, "use-nonce")
        founding = stranger.request("POST", "/api/founding/options", {"code": code, "name": "help desk"})
        assert told(founding) == (404, "not-found")
    assert siege.shown(live)["tries_failed"] == 0
    steps.redeem(live, code)


def test_the_joiner_can_say_that_it_was_not_them(siege: Siege) -> None:
    """One press on the claiming device holds the case: pass and key come to nothing until two others say so."""
    live, code = siege.armed()
    done(live.joiner.post("/not-me", live.handle), "not me")
    assert siege.shown(live)["held"] is True
    assert live.joiner.post("/redeem", live.handle, code=code).status == 409
    assert siege.verifiers(live) == 0
    caller = siege.joiner(siege.recorded(live.joiner.person))
    assert told(caller.post("/not-me", live.handle)) == (409, "another-device-claimed")


def test_the_case_after_it_is_not_laxer(siege: Siege) -> None:
    """Asked for again within the month, what was misused keeps its requirements."""
    live, code = siege.armed("contractor")
    caller = siege.joiner(siege.recorded(live.joiner.person))
    caller.post("/redeem", live.handle, code=code)
    person = siege.recorded(live.joiner.person)
    person = siege.changed(person, facts={**person.facts, "employment": "employee"})
    siege.record(person)
    assert siege.shown(siege.open(person))["quorum"] == 2
