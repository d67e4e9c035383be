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
    steps.approve(siege.cast, live)
    siege.anchor(live)
    assert siege.shown(live)["quorum"] == 2
    assert told(live.joiner.post("/pass", live.handle)) == (409, "approval-missing")


def test_a_report_of_theft_takes_the_key_out_of_use_at_once(siege: Siege) -> None:
    """While a recovery for a stolen key is open, whoever has the key signs in no more."""
    victim = siege.hire()
    first = siege.completed(victim)
    first.joiner.sign_in()
    lost = siege.shown(first)["credential"]
    siege.open(victim, "recovery", lost_credential=lost, stolen=True)
    assert siege.credentials(victim) == ["CredentialHeld", "CredentialSuspended"]
    assert siege.sign_in(first.joiner).problem == "not-found"
