"""PRF-01: a remote hire is somebody else, and the laptop or key that was shipped is driven from a farm."""

import msgspec

from firstkey.demo import steps
from firstkey.demo.people import Joiner
from firstkey.demo.steps import Live
from firstkey.values.instants import HOUR
from tests.attacks.siege import Siege, told

SHIPPED, OWN = "0c01", "0c02"


def remote(siege: Siege, serial: str) -> Live:
    """A remote hire to whom a key was shipped, and the key in their hand."""
    person = siege.hire("remote", asset=SHIPPED, facts={"device": "shipped_key", "workplace": "remote"})
    live = siege.open(person)
    return live._replace(joiner=Joiner(siege.address, person.person, "Joy", siege.shipped(serial)))


def prepare(siege: Siege, live: Live) -> None:
    """Claimed, proofed at level 3, approved by two units."""
    siege.claim(live)
    siege.proof(live, method="document_chip_in_person", level=3)
    siege.approve(live)


def test_another_key_than_the_one_shipped_is_never_usable(siege: Siege) -> None:
    """A genuine key of the same model, bought elsewhere, registers and stays pending: nothing ties it to the hire."""
    live = remote(siege, OWN)
    prepare(siege, live)
    steps.redeem(live, steps.get_pass(live).code)
    steps.register(live)
    siege.later(25 * HOUR)
    shown = siege.shown(live)
    assert (shown["anchor"], shown["credential_state"], shown["closed"]) == (None, "pending", None)
    assert live.joiner.try_sign_in().problem == "not-found"


def test_the_right_key_waits_for_a_day(siege: Siege) -> None:
    """With the shipped key all is whole, and still nobody signs in before the cooling-off is over."""
    live = remote(siege, SHIPPED)
    prepare(siege, live)
    steps.redeem(live, steps.get_pass(live).code)
    steps.register(live)
    shown = siege.shown(live)
    assert (shown["anchor"], shown["credential_state"]) == ("authenticator", "pending")
    assert live.joiner.try_sign_in().problem == "not-found"
    siege.later(25 * HOUR)
    steps.wait_until_active(live)
    live.joiner.sign_in()


def test_a_face_on_a_screen_is_not_enough(siege: Siege) -> None:
    """Evidence below level 3 is refused on this path, and an old one does not lead to a pass."""
    live = remote(siege, SHIPPED)
    siege.claim(live)
    with siege.nothing_changes():
        assert told(siege.evidence(live, method="video_call", level=3)) == (409, "method-not-on-path")
        assert told(siege.evidence(live, method="document_in_person", level=2)) == (409, "method-not-on-path")
        assert told(siege.evidence(live, method="document_chip_in_person", level=2)) == (409, "level-too-low")


def test_what_is_shipped_elsewhere_ties_nobody_for_a_fortnight(siege: Siege) -> None:
    """A parcel redirected after the case was opened: the new serial anchors nothing."""
    live = remote(siege, OWN)
    prepare(siege, live)
    person = siege.told(f"case/{live.case}")[0]["person"]
    facts = {"device": "shipped_key", "workplace": "remote", "employment": "employee"}
    siege.record(msgspec.structs.replace(siege.recorded(person), asset=OWN, facts=facts))
    steps.redeem(live, steps.get_pass(live).code)
    steps.register(live)
    assert siege.facts(live)[-1] == "CredentialRegistered"
    assert siege.shown(live)["anchor"] is None
