"""REQ-07: rows are smuggled into an approved batch, or a batch of codes is exported."""

from firstkey.demo.people import Desk
from firstkey.values.canonical import Json
from tests.attacks.siege import Siege, told

ROWS_MAX = 25


def sign(desk: Desk, case: str | None, digests: tuple[str, ...]) -> Json:
    """Sign a consent to several cases."""
    revision = None if case is None else 1
    return desk.sign("give_approval", case, revision, digests=digests)


def test_a_signature_covers_the_rows_it_names_and_no_other(siege: Siege) -> None:
    """A case whose digest was not among those signed is not approved by that act."""
    signed_for, smuggled = siege.open(), siege.open()
    for live in (signed_for, smuggled):
        siege.proof(live)
    desk = siege.cast.approver
    digests = (siege.shown(signed_for)["digest"],)
    with siege.nothing_changes():
        answer = desk.post(f"{smuggled.url}/approvals", {"signed": sign(desk, smuggled.case, digests)})
        assert told(answer) == (409, "digest-differs")
    assert "ApprovalGiven" not in siege.facts(smuggled)


def test_a_row_that_changes_after_it_was_signed_is_out(siege: Siege) -> None:
    """Weaker evidence than was signed on is another row: the consent given to the old one is void."""
    live = siege.open()
    siege.proof(live, method="document_chip_in_person", level=3)
    siege.approve(live)
    signed = siege.shown(live)["digest"]
    siege.proof(live)
    assert siege.facts(live)[-1] == "CaseRevised"
    shown = siege.shown(live)
    assert (shown["approvals"], shown["digest"] == signed) == ([], False)
    desk = siege.cast.approver
    with siege.nothing_changes():
        answer = desk.post(f"{live.url}/approvals", {"signed": sign(desk, live.case, (signed,))})
        assert told(answer) == (409, "act-not-for-this")
    siege.claim(live)
    siege.anchor(live)
    assert told(live.joiner.post("/pass", live.handle)) == (409, "approval-missing")


def test_an_act_names_no_more_rows_than_a_person_can_read(siege: Siege) -> None:
    """A statement over more than 25 digests is not made."""
    desk = siege.cast.approver
    digests = tuple(f"{number:064x}" for number in range(ROWS_MAX + 1))
    asked = {"act": "give_approval", "case": None, "revision": None, "names": (), "digests": digests}
    assert told(desk.post("/api/statements", asked)).status == 400
    assert desk.post("/api/statements", {**asked, "digests": digests[:ROWS_MAX]}).status == 200


def test_no_list_and_no_case_holds_a_code(siege: Siege) -> None:
    """With a pass armed, what operators can read of it anywhere is its id and its state."""
    live, code = siege.armed()
    pages = [siege.cast.requester.client.request("GET", path) for path in ("/api/cases?limit=100", live.url)]
    assert all(page.status == 200 for page in pages)
    assert not any(code.encode() in page.body for page in pages)
    assert siege.shown(live)["pass_state"] == "armed"
    assert not {name for name in siege.shown(live) if "code" in name or "sealed" in name}
