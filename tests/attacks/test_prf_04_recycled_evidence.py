"""PRF-04: proofing that is stale, or was made for another case, is used again."""

import hashlib
import os

from firstkey.values.instants import DAY, HOUR, MINUTE
from tests.attacks.siege import Siege, told


def test_evidence_signed_for_one_case_is_none_of_another(siege: Siege) -> None:
    """The proofer's signature names its case: attached to a second case of the same person it is refused."""
    person = siege.hire()
    first = siege.open(person)
    committed = hashlib.sha256(os.urandom(32)).hexdigest()
    signed = siege.cast.proofer.sign_on(first.case, "record_proofing", names=(committed,))
    siege.cast.requester.post(f"{first.url}/withdraw", {})
    second = siege.open(person)
    with siege.nothing_changes():
        assert told(siege.evidence(second, commitment=committed, signed=signed)) == (409, "act-not-for-this")
    assert siege.facts(second) == ["CaseOpened"]


def test_evidence_is_what_was_signed(siege: Siege) -> None:
    """A commitment put in the place of the one that the proofer signed is refused."""
    live = siege.open()
    with siege.nothing_changes():
        assert told(siege.evidence(live, as_usual=True, commitment="0" * 64)) == (409, "act-not-for-this")


def test_old_evidence_and_evidence_of_tomorrow_are_refused(siege: Siege) -> None:
    """Looked at more than three days ago, or in an hour from now, a document proofs nobody."""
    live = siege.open()
    now = siege.server.clock.now
    with siege.nothing_changes():
        assert told(siege.evidence(live, proofed_at=now - 3 * DAY - MINUTE)) == (409, "evidence-too-old")
        assert told(siege.evidence(live, proofed_at=now + HOUR)) == (409, "evidence-too-old")
    siege.proof(live, proofed_at=now - 3 * DAY + HOUR)


def test_earlier_proofing_does_not_count_alone(siege: Siege) -> None:
    """That somebody was proofed once is no evidence by itself."""
    live = siege.open()
    with siege.nothing_changes():
        assert siege.evidence(live, method="earlier_proofing", level=3).status == 409


def test_a_rehire_is_proofed_again(siege: Siege) -> None:
    """A case of the same account after the first was withdrawn begins without any evidence."""
    person = siege.hire()
    first = siege.open(person)
    siege.proof(first)
    siege.cast.requester.post(f"{first.url}/withdraw", {})
    second = siege.open(person)
    siege.claim(second)
    assert told(second.joiner.post("/pass", second.handle)) == (409, "proofing-missing")
