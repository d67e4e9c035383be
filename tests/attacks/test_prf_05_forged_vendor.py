"""PRF-05: a proofing vendor's result is forged, replayed, or comes too late."""

import hashlib
import os

from firstkey.demo.steps import evidence_names
from tests.attacks.siege import Siege, told

CALLBACKS = ("/api/proofing/callback", "/api/vendors/acme", "/api/webhooks/proofing", "/callback")


def test_a_guessed_callback_reaches_nothing(siege: Siege) -> None:
    """A well-formed "pass" from nowhere finds no address, and is no proofing of a case whose id it guessed."""
    live = siege.open()
    stranger = siege.stranger()
    result = {"session": "1", "case": live.case, "status": "pass", "level": 3}
    with siege.nothing_changes():
        for path in CALLBACKS:
            assert told(stranger.request("POST", path, result)) == (404, "not-found")
        assert told(stranger.request("POST", f"{live.url}/proofing", result)) == (401, "sign-in-needed")
    assert siege.facts(live) == ["CaseOpened"]


def test_a_result_counts_once(siege: Siege) -> None:
    """The very same signed evidence, sent again, is spent: also after the proofing was withdrawn."""
    live = siege.open()
    committed = hashlib.sha256(os.urandom(32)).hexdigest()
    desk = siege.cast.proofer
    said = {"method": "document_in_person", "level": 2, "proofed_at": siege.server.clock.now, "commitment": committed}
    signed = siege.act(live, "record_proofing", desk, *evidence_names(said))
    siege.proof(live, **said, signed=signed)
    withdrawn = desk.post(f"{live.url}/proofing/withdraw", {"signed": siege.act(live, "withdraw_proofing", desk)})
    assert withdrawn.status == 200
    with siege.nothing_changes():
        assert told(siege.evidence(live, commitment=committed, signed=signed)) == (409, "statement-spent")
    assert siege.shown(live)["proofed_level"] is None


def test_a_late_result_is_dropped(siege: Siege) -> None:
    """Evidence for a case that is over changes nothing."""
    live = siege.open()
    committed = hashlib.sha256(os.urandom(32)).hexdigest()
    signed = siege.act(live, "record_proofing", siege.cast.proofer, committed)
    siege.cast.requester.post(f"{live.url}/withdraw", {})
    with siege.nothing_changes():
        assert told(siege.evidence(live, commitment=committed, signed=signed)) == (409, "case-over")


def test_a_vendors_result_is_not_a_proofers(siege: Siege) -> None:
    """A proofer who types in what a vendor is said to have found is refused: the vendor signs its own."""
    live = siege.open()
    with siege.nothing_changes():
        assert told(siege.evidence(live, method="vendor_check", level=2)) == (409, "act-not-for-this")
