"""APR-06: the case changes, a consent is taken back, or its giver leaves, between approval and use."""

from firstkey.demo import steps
from firstkey.demo.people import done
from firstkey.values.instants import DAY, HOUR
from tests.attacks.siege import Siege, stream, told


def test_changed_and_changed_back_it_is_not_approved(siege: Siege) -> None:
    """A device let go and claimed again leaves no signature standing: the digest named the claim."""
    live = siege.open()
    siege.claim(live)
    siege.proof(live)
    siege.approve(live)
    consent = siege.shown(live)["digest"]
    live = steps.release(siege.cast, live)
    assert siege.facts(live)[-2:] == ["ClaimReleased", "CaseRevised"]
    siege.claim(live)
    siege.anchor(live)
    shown = siege.shown(live)
    assert (shown["revision"], shown["approvals"]) == (2, [])
    with siege.nothing_changes():
        assert told(live.joiner.post("/pass", live.handle)) == (409, "approval-missing")
        desk = siege.second
        old = desk.sign("give_approval", live.case, 1, digests=(consent,))
        assert told(desk.post(f"{live.url}/approvals", {"signed": old})) == (409, "act-not-for-this")


def test_an_end_brought_forward_is_a_new_case_to_approve(siege: Siege) -> None:
    """Whatever the requester changes after the signatures voids them."""
    live = siege.open()
    siege.proof(live)
    siege.approve(live)
    expires_at = siege.server.clock.now + DAY
    done(siege.cast.requester.post(f"{live.url}/revise", {"expires_at": expires_at}), "revise")
    assert siege.shown(live)["approvals"] == []
    siege.claim(live)
    siege.anchor(live)
    assert told(live.joiner.post("/pass", live.handle)) == (409, "approval-missing")


def test_a_consent_taken_back_kills_the_pass(siege: Siege) -> None:
    """The code in the joiner's hands is worth nothing from that moment on."""
    live, code = siege.armed()
    desk = siege.cast.approver
    signed = siege.act(live, "withdraw_approval", desk)
    done(desk.post(f"{live.url}/approvals/withdraw", {"signed": signed}), "withdraw")
    assert siege.facts(live)[-2:] == ["ApprovalWithdrawn", "PassRevoked"]
    assert siege.verifiers(live) == 0
    assert told(live.joiner.post("/redeem", live.handle, code=code)) == (409, "not-a-step")
    assert told(live.joiner.post("/pass", live.handle)) == (409, "approval-missing")


def test_proofing_taken_back_kills_the_window(siege: Siege) -> None:
    """A proofer who has doubts ends what is under way: the ceremony is refused."""
    live = siege.redeemed()
    response = live.joiner.make_passkey(live.handle)
    desk = siege.cast.proofer
    done(desk.post(f"{live.url}/proofing/withdraw", {"signed": siege.act(live, "withdraw_proofing", desk)}), "withdraw")
    assert live.joiner.post("/register", live.handle, response=response).status == 409
    assert "CredentialRegistered" not in siege.facts(live)


def test_an_approver_who_has_left_is_not_counted(siege: Siege) -> None:
    """They signed, then left: the pass that rested on it is dead for good, whether or not they come back."""
    desk = siege.enlist("approver")
    live = siege.open()
    siege.claim(live)
    siege.proof(live)
    done(siege.consent(live, desk), "approval")
    siege.anchor(live)
    code = steps.get_pass(live).code
    person = siege.recorded(desk.person)
    siege.record_by_two(siege.changed(person, active=False))
    assert live.joiner.post("/redeem", live.handle, code=code).status == 409
    assert told(live.joiner.post("/pass", live.handle)) == (409, "approval-missing")
    siege.record_by_two(person)
    assert live.joiner.post("/redeem", live.handle, code=code).status == 409
    assert "PassRevoked" in siege.facts(live)
    assert "PassRedeemed" not in siege.facts(live)


def test_a_duty_taken_away_takes_its_consents(siege: Siege) -> None:
    """An approver who is one no longer does not count at activation either: the pending key is out of use."""
    desk = siege.enlist("security", unit="audit")
    live = siege.open("remote")
    siege.claim(live)
    siege.proof(live, method="document_chip_in_person", level=3)
    for each in (desk, siege.cast.approver):
        done(siege.consent(live, each), "approval")
    steps.redeem(live, steps.get_pass(live).code)
    steps.register(live)
    done(siege.withdraw_duty(desk, "security"), "withdraw duty")
    siege.later(25 * HOUR)
    assert "CredentialActivated" not in siege.facts(live)
    assert live.joiner.try_sign_in().problem == "not-found"
    assert siege.told(stream(live))[-1]["fact"] in ("CredentialSuspended", "CredentialRegistered")
