"""RDM-12: the joiner leaves or moves while a pass is live."""

from collections.abc import Callable

import pytest

from firstkey.demo.people import done
from firstkey.demo.steps import Live
from tests.attacks.siege import Siege, told


def opened(siege: Siege) -> Live:
    """Opened and claimed."""
    live = siege.open()
    siege.claim(live)
    return live


def approved(siege: Siege) -> Live:
    """Proofed and approved."""
    live = opened(siege)
    siege.proof(live)
    siege.approve(live)
    return live


def armed(siege: Siege) -> Live:
    """A pass is armed."""
    return siege.armed()[0]


def redeemed(siege: Siege) -> Live:
    """The window is open."""
    return siege.redeemed()


def begun(siege: Siege) -> Live:
    """A challenge was given."""
    live = siege.redeemed()
    done(live.joiner.post("/ceremony", live.handle), "ceremony")
    return live


def pending(siege: Siege) -> Live:
    """A key is pending."""
    return siege.pending()


def completed(siege: Siege) -> Live:
    """A key works."""
    return siege.completed()


@pytest.mark.parametrize("point", [opened, approved, armed, redeemed, begun, pending, completed])
def test_whoever_leaves_holds_nothing(siege: Siege, point: Callable[[Siege], Live]) -> None:
    """At each point of the way: no live pass, no verifier, no window and no key is left of somebody who has left."""
    live = point(siege)
    person = siege.recorded(live.joiner.person)
    siege.leave(person)
    shown = siege.shown(live)
    assert shown["closed"] in ("left", "completed")
    assert shown["pass_state"] not in ("issued", "armed", "redeemed")
    assert siege.verifiers(live) == 0
    assert live.joiner.post("/ceremony", live.handle).status == 409
    assert siege.credentials(person) in ([], ["CredentialHeld", "CredentialEnded"])
    assert not live.joiner.authenticator.held or live.joiner.try_sign_in().problem == "not-found"


def test_an_end_date_moved_forward_counts_when_it_comes(siege: Siege) -> None:
    """A contract that now ends in a minute ends the case then, whoever sweeps."""
    live, code = siege.armed()
    person = siege.recorded(live.joiner.person)
    siege.record(siege.changed(person, ends_at=siege.server.clock.now + 60_000))
    siege.later(60_000)
    assert live.joiner.post("/redeem", live.handle, code=code).status == 409
    assert "PassRedeemed" not in siege.facts(live)


def test_a_rise_in_privilege_ends_the_case(siege: Siege) -> None:
    """Somebody made an administrator while a standard pass is live gets a case of another kind."""
    live, code = siege.armed()
    person = siege.recorded(live.joiner.person)
    siege.record(siege.changed(person, privileged=True))
    assert siege.last(live)["reason"] == "superseded"
    assert told(live.joiner.post("/redeem", live.handle, code=code)) == (409, "not-a-step")


def test_what_is_closed_stays_closed(siege: Siege) -> None:
    """Coming back the next minute opens nothing that was closed."""
    live, code = siege.armed()
    person = siege.recorded(live.joiner.person)
    siege.leave(person)
    siege.record(person)
    with siege.nothing_changes():
        assert live.joiner.post("/redeem", live.handle, code=code).status == 409
        assert told(live.joiner.post("/pass", live.handle)) == (409, "case-over")
