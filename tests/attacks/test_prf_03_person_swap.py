"""PRF-03: one person is proofed and another redeems, hours later."""

from firstkey.values.instants import HOUR, MINUTE, SECOND
from tests.attacks.siege import Siege, told


def test_proofing_is_too_old_for_a_pass(siege: Siege) -> None:
    """A remote hire proofed five hours ago gets no pass; proofed afresh, they do."""
    live = siege.open("remote")
    siege.claim(live)
    siege.proof(live, method="document_chip_in_person", level=3)
    siege.approve(live)
    siege.later(5 * HOUR)
    with siege.nothing_changes():
        assert told(live.joiner.post("/pass", live.handle)) == (409, "evidence-too-old")
    siege.proof(live, method="document_chip_in_person", level=3)
    assert live.joiner.post("/pass", live.handle).status == 200


def test_the_visit_is_too_long_ago_for_a_pass(siege: Siege) -> None:
    """Ten minutes after the meeting other hands may hold the device: they meet again."""
    live = siege.prepared_case()
    siege.later(10 * MINUTE)
    with siege.nothing_changes():
        assert told(live.joiner.post("/pass", live.handle)) == (409, "presence-too-old")
    siege.anchor(live)
    assert live.joiner.post("/pass", live.handle).status == 200


def test_the_window_of_an_attended_visit_closes(siege: Siege) -> None:
    """Ten minutes after the confirmer signed, whoever sits there now makes no key."""
    live = siege.attended()
    siege.later(10 * MINUTE + SECOND)
    assert told(live.joiner.post("/ceremony", live.handle)) == (409, "window-over")
    assert "CredentialRegistered" not in siege.facts(live)


def test_another_device_is_not_the_one_that_was_met(siege: Siege) -> None:
    """The device that the visit tied stays the only one: what another brings, with the right code too, makes no key."""
    live, code = siege.armed()
    other = siege.joiner(siege.hire())
    assert told(other.post("/redeem", live.handle, code=code)) == (409, "another-device-claimed")
    assert told(other.post("/ceremony", live.handle)) == (409, "another-device-claimed")
    assert "CredentialRegistered" not in siege.facts(live)
