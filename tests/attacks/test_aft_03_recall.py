"""AFT-03: fraud is found later, and nobody can find and pull the credentials that it produced."""

from firstkey.demo import steps
from firstkey.demo.people import Desk, done
from firstkey.demo.steps import Live
from firstkey.simulator.client import Answer
from firstkey.values.canonical import Json
from tests.attacks.siege import Siege, told


def approved_by(siege: Siege, desk: Desk) -> Live:
    """Somebody whose key rests on one approver's consent."""
    live = siege.open()
    siege.claim(live)
    siege.proof(live)
    done(siege.consent(live, desk), "approval")
    siege.anchor(live)
    steps.redeem(live, steps.get_pass(live).code)
    steps.register(live)
    steps.wait_until_active(live)
    return live


def resting_on(siege: Siege, node: str, value: str) -> Json:
    """Ask what rests on something."""
    desk = siege.cast.requester
    return done(desk.client.request("GET", f"/api/provenance?node={node}&value={value}"), "provenance")


def recall(siege: Siege, by: Desk, node: str, value: str, digest: str) -> Answer:
    """An administrator signs that all of it is to be out of use."""
    signed = by.sign("recall_credentials", names=(node, value, digest))
    return by.post("/api/recalls", {"node": node, "value": value, "digest": digest, "signed": [signed]})


def test_all_that_rests_on_an_approver_is_pulled_and_nothing_else(siege: Siege) -> None:
    """Of several keys exactly those that one approver consented to are found, suspended by one and ended by two."""
    bribed = siege.enlist("approver")
    theirs, others = [approved_by(siege, bribed) for _ in range(2)], siege.completed()
    found = resting_on(siege, "person", bribed.person)
    held = {siege.shown(live)["credential"] for live in theirs}
    mine = {each["credential"] for each in found["credentials"] if each["person"] != bribed.person}
    assert mine == held
    begun = done(recall(siege, siege.cast.requester, "person", bribed.person, found["digest"]), "recall")
    for live in theirs:
        assert live.joiner.try_sign_in().problem == "not-found"
        person = siege.recorded(live.joiner.person)
        assert siege.credentials(person) == ["CredentialHeld", "CredentialSuspended"]
    others.joiner.sign_in()
    other = siege.cast.proofer
    signed = other.sign("confirm_recall", names=(begun["recall"], begun["digest"]))
    done(other.post(f"/api/recalls/{begun['recall']}/confirm", {"signed": signed}), "confirm")
    for live in theirs:
        assert siege.credentials(siege.recorded(live.joiner.person))[-1] == "CredentialRecalled"
    others.joiner.sign_in()


def test_it_is_found_from_device_evidence_policy_and_model(siege: Siege) -> None:
    """Each thing that a key rests on leads to it, and a thing that nobody used leads to none."""
    live = siege.completed()
    credential = siege.shown(live)["credential"]
    facts = {fact["fact"]: fact for fact in siege.told(f"case/{live.case}")}
    nodes = {
        "device": live.joiner.device.device_key,
        "evidence": facts["ProofingRecorded"]["evidence"],
        "policy": facts["CaseOpened"]["policy"],
        "case": live.case,
        "credential": credential,
    }
    for node, value in nodes.items():
        found = resting_on(siege, node, value)
        assert found["count"] >= 1, node
        if node != "policy":
            assert credential in {each["credential"] for each in found["credentials"]}, node
    assert resting_on(siege, "evidence", "0" * 64)["count"] == 0


def test_nobody_recalls_what_they_have_not_seen_or_without_the_duty(siege: Siege) -> None:
    """A digest of something else, a clerk's signature, and no signature at all take nothing out of use."""
    live = siege.completed()
    clerk = siege.enlist("approver")
    node, value = "case", live.case
    digest = resting_on(siege, node, value)["digest"]
    with siege.nothing_changes():
        assert told(recall(siege, siege.cast.requester, node, value, "0" * 64)) == (409, "recall-differs")
        assert recall(siege, clerk, node, value, digest).status in (403, 404)
        body = {"node": node, "value": value, "digest": digest, "signed": []}
        assert siege.cast.requester.post("/api/recalls", body).status == 400
    live.joiner.sign_in()


def test_restoring_takes_two(siege: Siege) -> None:
    """One person suspends a key; giving it back alone is refused."""
    live = siege.completed()
    account, credential = siege.recorded(live.joiner.person).account, siege.shown(live)["credential"]
    desk = siege.cast.approver
    signed = desk.sign("suspend_credential", names=(account, credential))
    suspend = {"account": account, "credential": credential, "signed": signed}
    done(desk.post("/api/credentials/suspend", suspend), "suspend")
    assert live.joiner.try_sign_in().problem == "not-found"
    one = desk.sign("restore_credential", account, 0, names=(credential,))
    with siege.nothing_changes():
        for acts in ([one], [one, one]):
            answer = desk.post("/api/credentials/restore", {**suspend, "signed": acts})
            assert answer.status == 409
    assert live.joiner.try_sign_in().problem == "not-found"
