"""REQ-01: the service desk is talked into enrolling a stranger who says they have lost their phone."""

from firstkey.demo import steps
from tests.attacks.siege import Siege, told


def test_an_agent_alone_gets_no_pass(siege: Siege) -> None:
    """An agent who believes the caller can open the case; pass, proofing by telephone and approval are not theirs."""
    victim = siege.hire()
    lost = siege.shown(siege.completed(victim))["credential"]
    live = siege.open(victim, "recovery", lost_credential=lost)
    agent = siege.cast.requester
    siege.claim(live)  # the caller's own device
    with siege.nothing_changes():
        assert told(live.joiner.post("/pass", live.handle)) == (409, "proofing-missing")
        assert told(siege.evidence(live, agent, method="verified_by_phone")) == (400, "body-malformed")
        assert told(siege.evidence(live, agent, method="video_call", level=3)) == (409, "method-not-on-path")
        assert told(siege.evidence(live, agent)) == (409, "duties-conflict")
        assert told(siege.consent(live, agent)) == (409, "proofing-missing")
    assert siege.facts(live) == ["CaseOpened", "DeviceClaimed"]
    assert siege.told(f"case/{live.case}")[0]["requester"] == agent.person
    assert siege.credentials(victim) == ["CredentialHeld"]


def test_recovery_asks_for_as_much_as_the_first_key_did(siege: Siege) -> None:
    """Recovery alone takes one approver; of somebody whose first key took two, it takes two, and no pass on one."""
    victim = siege.hire("contractor")
    lost = siege.shown(siege.completed(victim))["credential"]
    live = siege.open(victim, "recovery", lost_credential=lost)
    siege.claim(live)
    siege.proof(live)
    steps.approve_by(siege.cast.approver, live)
    siege.anchor(live)
    assert siege.shown(live)["quorum"] == 2
    assert told(live.joiner.post("/pass", live.handle)) == (409, "approval-missing")


def test_a_report_of_theft_takes_the_key_out_of_use_at_once(siege: Siege) -> None:
    """From a signed report on, whoever has the key signs in no more; a session's word alone takes nobody's key away."""
    victim = siege.hire()
    first = siege.completed(victim)
    first.joiner.sign_in()
    lost = siege.shown(first)["credential"]
    desk = siege.cast.requester
    with siege.nothing_changes():
        assert told(siege.ask(victim, "recovery", lost_credential=lost, stolen=True)) == (409, "report-unsigned")
    signed = desk.sign("report_stolen", names=(victim.account, lost))
    siege.open(victim, "recovery", lost_credential=lost, stolen=True, signed=signed)
    assert siege.credentials(victim) == ["CredentialHeld", "CredentialSuspended"]
    assert first.joiner.try_sign_in().problem == "not-found"
