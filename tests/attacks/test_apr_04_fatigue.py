"""APR-04: approvers sign whatever is put before them."""

from firstkey.demo.people import done
from tests.attacks.siege import Siege, told


def test_what_is_not_complete_cannot_be_signed(siege: Siege) -> None:
    """A case whose joiner nobody has proofed takes no consent."""
    live = siege.open()
    with siege.nothing_changes():
        assert told(siege.consent(live)) == (409, "proofing-missing")
    siege.proof(live)
    assert siege.consent(live).status == 200


def test_one_no_is_enough(siege: Siege) -> None:
    """One of two approvers denies: the case is over, and the other's consent comes too late."""
    live = siege.open("contractor")
    siege.proof(live)
    desk = siege.cast.approver
    done(desk.post(f"{live.url}/approvals/deny", {"signed": siege.act(live, "deny_approval", desk)}), "denial")
    assert (siege.facts(live)[-2:], siege.last(live)["reason"]) == (["ApprovalDenied", "CaseClosed"], "denied")
    with siege.nothing_changes():
        assert told(siege.consent(live, siege.second)) == (409, "case-over")


def test_each_row_of_a_list_is_ruled_alone(siege: Siege) -> None:
    """One signature over two cases, of which one was asked for by the signer's own hand, counts for the other alone."""
    desk = siege.second
    mine, other = siege.hire(), siege.open()
    own = siege.live(done(siege.ask(mine, desk=desk), "open"), mine)
    for live in (own, other):
        siege.proof(live)
    digests = (siege.shown(own)["digest"], siege.shown(other)["digest"])
    refused = desk.post(f"{own.url}/approvals", {"signed": desk.sign("give_approval", own.case, 1, digests=digests)})
    assert told(refused) == (409, "duties-conflict")
    accepted = desk.post(
        f"{other.url}/approvals", {"signed": desk.sign("give_approval", other.case, 1, digests=digests)}
    )
    assert accepted.status == 200
    assert siege.shown(own)["approvals"] == []


def test_nothing_is_approved_without_reading(siege: Siege) -> None:
    """An assertion over one case's statement, sent for another, or without its digest, is no consent."""
    read, unread = siege.open(), siege.open()
    for live in (read, unread):
        siege.proof(live)
    desk = siege.cast.approver
    with siege.nothing_changes():
        signed = siege.act(unread, "give_approval", desk)
        assert told(desk.post(f"{unread.url}/approvals", {"signed": signed})) == (409, "digest-differs")
        digests = (siege.shown(read)["digest"],)
        signed = desk.sign("give_approval", read.case, 1, digests=digests)
        assert told(desk.post(f"{unread.url}/approvals", {"signed": signed})) == (409, "act-not-for-this")
