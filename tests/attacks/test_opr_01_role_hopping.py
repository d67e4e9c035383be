"""OPR-01: duties are combined by taking them, acting, and dropping them again."""

from firstkey.demo.people import done
from tests.attacks.siege import Siege, told


def test_a_part_once_played_is_remembered(siege: Siege) -> None:
    """Who opened a case as requester, and has since become an approver instead, does not approve it."""
    desk = siege.enlist("requester")
    person = siege.hire()
    live = siege.live(done(siege.ask(person, desk=desk), "open"), person)
    siege.proof(live)
    done(siege.withdraw_duty(desk, "requester"), "withdraw")
    done(siege.grant(desk, "approver"), "grant")
    with siege.nothing_changes():
        assert told(siege.consent(live, desk)) == (409, "duties-conflict")
    other = siege.open()
    siege.proof(other)
    assert siege.consent(other, desk).status == 200


def test_a_part_that_was_taken_back_is_remembered_too(siege: Siege) -> None:
    """A proofer who withdrew their proofing does not approve, and an approver who withdrew does not confirm."""
    desk = siege.enlist("proofer", "approver", "confirmer")
    live = siege.open()
    siege.claim(live)
    siege.proof(live, desk=desk)
    signed = siege.act(live, "withdraw_proofing", desk)
    done(desk.post(f"{live.url}/proofing/withdraw", {"signed": signed}), "withdraw proofing")
    siege.proof(live)
    with siege.nothing_changes():
        assert told(siege.consent(live, desk)) == (409, "duties-conflict")
    other = siege.open()
    siege.claim(other)
    siege.proof(other)
    done(siege.consent(other, desk), "approval")
    signed = siege.act(other, "withdraw_approval", desk)
    done(desk.post(f"{other.url}/approvals/withdraw", {"signed": signed}), "withdraw approval")
    signed = siege.act(other, "anchor_claim", desk, siege.shown(other)["claim"])
    code = done(desk.post(f"{other.url}/start-codes", {}), "start code")
    number = done(other.joiner.post("/start-code", other.handle, start_code=code["start_code"]), "scan")["number"]
    with siege.nothing_changes():
        body = {"start_code": code["id"], "number": number, "signed": signed}
        assert told(desk.post(f"{other.url}/anchor", body)) == (409, "duties-conflict")


def test_nobody_grants_themselves_anything(siege: Siege) -> None:
    """An administrator gives themselves no duty, and without that duty nobody gives anybody one."""
    administrator, clerk = siege.enlist("administrator"), siege.enlist("requester")
    with siege.nothing_changes():
        assert told(siege.grant(administrator, "approver", administrator)) == (409, "own-duty")
        assert siege.grant(administrator, "approver", clerk).status == 403


def test_changing_a_duty_is_an_act(siege: Siege) -> None:
    """Without a fresh signature, or with one for another duty or person, nothing is granted; what is, is told."""
    desk, by = siege.enlist(), siege.cast.proofer
    body = {"person": desk.person, "duty": "approver", "scope": {}}
    with siege.nothing_changes():
        for names in ((desk.person, "requester", "everything", "for ever"), (by.person, "approver"), ()):
            signed = by.sign("grant_duty", names=names)
            assert told(by.post("/api/duties/grant", {**body, "signed": signed})) == (409, "act-not-for-this")
        assert by.post("/api/duties/grant", body).status == 400
    done(siege.grant(desk, "approver"), "grant")
    granted = siege.told("site")[-1]
    assert (granted["fact"], granted["person"], granted["by"]["person"]) == ("DutyGranted", desk.person, by.person)
