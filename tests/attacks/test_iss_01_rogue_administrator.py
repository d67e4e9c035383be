"""ISS-01: a rogue or compromised administrator makes a pass for a victim."""

from firstkey.demo.people import Desk
from firstkey.demo.steps import Live
from firstkey.web.routes import ROUTES, Guard
from tests.attacks.siege import Siege, told

ENDING = ("sign_out", "withdraw_case", "hold_case", "deny_approval")
"""What would end the case or the session, and prove nothing afterwards."""


def ask_everything(siege: Siege, desk: Desk, live: Live) -> int:
    """Ask all that a session can ask of a case, each with a genuine signature over an act of that name."""
    asked = 0
    for row in ROUTES:
        if row.guard is not Guard.SESSION or row.operation in ENDING:
            continue
        path = row.path.replace("{case}", live.case)
        if row.method == "GET":
            desk.client.request("GET", path)
            continue
        signed = siege.act(live, row.operation, desk, live.case)
        for body in ({}, {"signed": signed}, {"signed": [signed, signed]}, {"case": live.case, "handle": live.handle}):
            desk.post(path, body)
            asked += 1
    return asked


def test_no_duty_makes_a_pass(siege: Siege) -> None:
    """Who holds every duty at once, and sends every request there is, has made no pass and seen no code."""
    live = siege.open()
    siege.claim(live)
    assert ask_everything(siege, siege.cast.requester, live) > 50
    assert not {"PassIssued", "PassArmed", "ApprovalGiven", "ProofingRecorded"} & set(siege.facts(live))
    assert siege.verifiers(live) == 0
    assert siege.shown(live)["stage"] == "proofing"


def test_an_administrator_with_a_device_of_their_own_gets_none(siege: Siege) -> None:
    """At each stage that others have not signed yet, whoever claimed the victim's case is refused."""
    live = siege.open()
    siege.claim(live)
    ask = ("/pass", live.handle)
    assert told(live.joiner.post(*ask)) == (409, "proofing-missing")
    siege.proof(live)
    assert told(live.joiner.post(*ask)) == (409, "approval-missing")
    assert told(siege.consent(live, siege.cast.requester)) == (409, "duties-conflict")
    siege.approve(live)
    assert told(live.joiner.post(*ask)) == (409, "anchor-missing")
    assert "PassIssued" not in siege.facts(live)
    assert siege.refusals(device=live.joiner.device.device_key) == [
        "proofing-missing",
        "approval-missing",
        "anchor-missing",
    ]
