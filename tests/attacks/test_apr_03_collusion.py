"""APR-03: approvers or desk staff collude, or are bribed."""

from tests.attacks.siege import Siege, told

ACTS_MAX = 120


def test_a_vendors_staff_are_no_quorum_among_themselves(siege: Siege) -> None:
    """Two approvers of one contractor firm, however eligible, need one of our own beside them."""
    first, second = (siege.enlist("approver", vendor="bpo") for _ in range(2))
    live = siege.open("contractor")
    siege.claim(live)
    siege.proof(live)
    for desk in (first, second):
        assert siege.consent(live, desk).status == 200
    siege.anchor(live)
    with siege.nothing_changes():
        assert told(live.joiner.post("/pass", live.handle)) == (409, "approval-missing")
    assert siege.consent(live, siege.cast.approver).status == 200
    assert live.joiner.post("/pass", live.handle).status == 200


def test_outside_their_scope_they_find_nobody(siege: Siege) -> None:
    """An approver for one unit is answered about another unit's case as about none, and signs nothing for it."""
    desk = siege.enlist()
    assert siege.grant(desk, "approver", unit="north").status == 200
    inside, outside = siege.open(siege.hire(unit="north")), siege.open(siege.hire(unit="south"))
    for live in (inside, outside):
        siege.proof(live)
    assert desk.client.request("GET", inside.url).status == 200
    unseen = desk.client.request("GET", outside.url)
    assert unseen.body == desk.client.request("GET", "/api/cases/" + "A" * 22).body
    assert unseen.status == 404
    digests = (siege.shown(outside)["digest"],)
    signed = desk.sign("give_approval", outside.case, 1, digests=digests)
    with siege.nothing_changes():
        assert desk.post(f"{outside.url}/approvals", {"signed": signed}).status in (403, 404)
    assert siege.consent(inside, desk).status == 200


def test_nobody_works_faster_than_a_person(siege: Siege) -> None:
    """After as many proofings as an hour allows one more is refused, until another administrator lifts the limit."""
    desk = siege.enlist("proofer")
    live = siege.open()
    for _ in range(ACTS_MAX):
        siege.proof(live, desk=desk)
    with siege.nothing_changes():
        assert told(siege.evidence(live, desk)) == (429, "velocity-reached")
    other = siege.cast.approver
    signed = other.sign("lift_velocity", names=(desk.person, "record_proofing"))
    lifted = other.post("/api/velocity/lift", {"person": desk.person, "act": "record_proofing", "signed": signed})
    assert lifted.status == 200
    siege.proof(live, desk=desk)


def test_every_part_has_its_name(siege: Siege) -> None:
    """Who asked, proofed, approved and confirmed stands in the ledger, each with the statement that they signed."""
    live = siege.completed("contractor")
    facts = {fact["fact"]: fact for fact in siege.told(f"case/{live.case}")}
    cast = siege.cast
    assert facts["CaseOpened"]["requester"] == cast.requester.person
    assert facts["ProofingRecorded"]["by"]["person"] == cast.proofer.person
    assert facts["ClaimAnchored"]["by"]["person"] == cast.confirmer.person
    given = [fact for fact in siege.told(f"case/{live.case}") if fact["fact"] == "ApprovalGiven"]
    assert [fact["by"]["person"] for fact in given] == [cast.approver.person, cast.second_approver.person]
    statements = {fact["by"]["statement"] for fact in given}
    kept = {key for (key,) in siege.rows("SELECT key FROM documents WHERE kind = 'act_evidence'")}
    assert statements <= kept
    assert siege.entered(live)
