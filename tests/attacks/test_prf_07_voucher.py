"""PRF-07: a manager or sponsor who vouches is impersonated, or was made one for the purpose."""

import msgspec

from firstkey.values.instants import DAY
from tests.attacks.siege import Siege, told


def test_a_manager_of_yesterday_vouches_for_nobody(siege: Siege) -> None:
    """An accomplice whom the record calls manager since yesterday is refused."""
    accomplice = siege.cast.confirmer
    person = siege.hire()
    siege.record(msgspec.structs.replace(person, manager=accomplice.person))
    siege.later(DAY)
    live = siege.open(person)
    with siege.nothing_changes():
        assert told(siege.evidence(live, accomplice, method="live_vouch")) == (409, "vouch-not-good")


def test_a_proofer_is_no_voucher(siege: Siege) -> None:
    """Somebody with the duty, who is not the joiner's manager, does not vouch; nor does the manager's requester."""
    live = siege.open(siege.hire(manager=siege.cast.confirmer.person))
    for desk in (siege.cast.proofer, siege.cast.requester):
        with siege.nothing_changes():
            assert siege.evidence(live, desk, method="live_vouch").status in (403, 409)
    assert siege.facts(live) == ["CaseOpened"]


def test_an_impersonated_manager_has_no_key(siege: Siege) -> None:
    """A vouch in the manager's name, signed by another's passkey, is refused: the statement names who signs."""
    live = siege.open(siege.hire(manager=siege.cast.confirmer.person))
    manager, impostor = siege.cast.confirmer, siege.cast.proofer
    committed = "0" * 64
    signed = siege.act(live, "record_proofing", impostor, committed)
    with siege.nothing_changes():
        answer = siege.evidence(live, manager, method="live_vouch", commitment=committed, signed=signed)
        assert told(answer) == (409, "statement-unknown")


def test_a_manager_of_a_fortnight_vouches(siege: Siege) -> None:
    """Who is proofed at level 2 and has been manager for fourteen days does vouch; on the first day they do not."""
    manager = siege.enlist()
    person = siege.hire(manager=manager.person)
    early = siege.open(person)
    with siege.nothing_changes():
        assert told(siege.evidence(early, manager, method="live_vouch")) == (409, "vouch-not-good")
    siege.later(15 * DAY, manager)
    siege.proof(early, desk=manager, method="live_vouch")
    assert siege.shown(early)["proofed_level"] == 2
