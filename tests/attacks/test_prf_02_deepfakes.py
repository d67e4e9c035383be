"""PRF-02: a face or a document on a video is synthetic, and somebody is proofed who was never there."""

import pytest

from tests.attacks.siege import Siege, told


def test_a_video_call_reaches_level_1_whatever_is_said(siege: Siege) -> None:
    """A call recorded as level 3 counts as level 1, on the one path that takes calls at all."""
    live = siege.open("certified", "emergency")
    siege.proof(live, method="video_call", level=3)
    assert siege.last(live)["level"] == 1


def test_paths_that_open_more_take_no_video_call(siege: Siege) -> None:
    """Where level 2 or 3 is asked for, a call is no method."""
    for kind in ("managed", "contractor", "own", "privileged", "remote"):
        live = siege.open(kind)
        assert told(siege.evidence(live, method="video_call", level=3)) == (409, "method-not-on-path")
        assert siege.facts(live) == ["CaseOpened"]


@pytest.mark.parametrize("method", ["vendor_check", "vendor_check_injection_resistant"])
def test_a_vendors_check_is_not_the_proofers_to_claim(siege: Siege, method: str) -> None:
    """Injection detection is what the vendor signs; a proofer who says so for them is refused."""
    live = siege.open()
    with siege.nothing_changes():
        assert told(siege.evidence(live, method=method, level=3)) == (409, "act-not-for-this")
