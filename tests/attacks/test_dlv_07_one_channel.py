"""DLV-07: two channels that are really one, or one that is handed to nobody in particular."""

import pytest

from tests.attacks.policies import accepted, said_of
from tests.attacks.siege import Siege, told


@pytest.mark.parametrize("channel", ["split", "sealed_letter"])
def test_there_is_no_split_delivery(channel: str) -> None:
    """Half a code here and half there does not exist, so no two halves can meet on one telephone."""
    assert "not built yet" in said_of(channel=f'"{channel}"')


def test_two_channels_are_not_written_as_one() -> None:
    """A list of channels is no channel."""
    assert "channel" in said_of(channel='["device_sealed", "in_person"]')


def test_a_code_that_a_person_sees_needs_a_reason_and_an_anchor() -> None:
    """Handed over by staff it takes a claim that is anchored and a sentence why; sealed it takes neither."""
    assert accepted()
    assert accepted(channel='"in_person"', channel_reason='"No page of ours."')
    assert "why" in said_of(channel='"in_person"')
    assert "anchored" in said_of(channel='"in_person"', channel_reason='"No page of ours."', anchors="[]")


def test_what_is_sealed_is_not_also_told(siege: Siege) -> None:
    """A pass that is sealed to its device is revealed to nobody, whoever signs for it."""
    live, _ = siege.armed()
    for desk in (siege.cast.confirmer, siege.cast.proofer):
        signed = siege.act(live, "arm_pass", desk, siege.shown(live)["pass_id"])
        with siege.nothing_changes():
            assert told(desk.post(f"{live.url}/pass/reveal", {"signed": signed})).status == 409
