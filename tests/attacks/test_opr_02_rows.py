"""OPR-02: whoever operates the database writes the state that they want."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from firstkey.actions import sessions, sign_in
from firstkey.actions.acts import credential_record
from firstkey.actions.people import PersonRecord
from firstkey.actions.sessions import Session, session_key
from firstkey.actions.site import Stranger
from firstkey.demo.steps import Live
from firstkey.ports.kinds import DocumentKind
from firstkey.simulator.client import Answer
from firstkey.storage.memory import MemoryRows
from firstkey.values import canonical
from firstkey.values.errors import Refused
from firstkey.values.secret import Secret
from tests.actions.site_world import ORIGIN, SiteWorld, done
from tests.attacks.rest import Rest
from tests.attacks.siege import Siege, stream
from tests.attacks.tampering import edited, replaced, statement, tried


def refused(answer: Answer | None) -> bool:
    """Whether an edit made nothing possible: the copy is not served, or the attack is answered with a no."""
    return answer is None or answer.status != 200


def get_pass(live: Live) -> Callable[[Siege], Answer]:
    """The device asks for its pass."""
    return lambda _: live.joiner.post("/pass", live.handle)


def claim_of(rest: Rest, live: Live) -> str:
    """Return the claim of a case."""
    return str(next(fact["claim"] for fact in rest.site.told(stream(live)) if fact["fact"] == "DeviceClaimed"))


def evidence_of(rest: Rest, live: Live) -> list[str]:
    """Return the statements that people signed for a case."""
    facts = rest.site.told(stream(live))
    return [fact["by"]["statement"] for fact in facts if fact["fact"] in ("ProofingRecorded", "ApprovalGiven")]


def test_facts_that_were_written_in_are_not_believed(rest: Rest, tmp_path: Path) -> None:
    """An approval and a proofing copied into another case's stream lead to no pass."""
    ready, bare = stream(rest.ready[0]), stream(rest.bare)
    columns = "kind, at, body, mac, activity"
    sql = f"INSERT INTO facts (stream, number, {columns}) SELECT ?, number + 1, {columns} FROM facts WHERE stream = ?"
    edit = statement(f"{sql} AND kind IN ('ProofingRecorded', 'ApprovalGiven', 'ClaimAnchored')", bare, ready)
    assert refused(tried(rest.site, tmp_path / "copy", get_pass(rest.bare), edit))


def test_a_fact_that_was_edited_is_not_believed(rest: Rest, tmp_path: Path) -> None:
    """A case whose requirements were written laxer is not worked on."""
    (body,) = rest.site.rows("SELECT body FROM facts WHERE stream = ? AND number = 1", stream(rest.bare))[0]
    laxer = bytes(body).replace(b'"quorum":1', b'"quorum":0').replace(b'"level":2', b'"level":0')
    assert laxer != bytes(body)
    edit = statement("UPDATE facts SET body = ? WHERE stream = ? AND number = 1", laxer, stream(rest.bare))
    assert refused(tried(rest.site, tmp_path / "copy", get_pass(rest.bare), edit))


def test_a_policy_that_was_edited_decides_nothing(rest: Rest, tmp_path: Path) -> None:
    """A quorum lowered in the stored text opens no case."""
    policy = next(fact["policy"] for fact in rest.site.told("site") if fact["fact"] == "SiteFounded")
    edit = replaced("policy", policy, lambda body: body.replace(b"approval.quorum = 2", b"approval.quorum = 1"))
    person = rest.site.recorded(rest.bare.joiner.person)
    assert refused(tried(rest.site, tmp_path / "copy", lambda there: there.ask(person, "emergency"), edit))


def test_rows_beside_the_facts_grant_nothing(rest: Rest, tmp_path: Path) -> None:
    """Each in its own case, served at once: only the case that nobody edited gets its pass.

    Deleted evidence stops the case that stood on it. Another claim's key leads to no code for it. A record of a person
    is not what somebody wrote into it, nor is a key somebody else's. A queue that says "waits for its pass" makes none.
    """
    whole, no_evidence, other_key, other_record = rest.ready
    anna, cora = rest.site.cast.approver, rest.site.cast.confirmer
    credential = rest.site.told(f"account/local:{anna.person}")[0]["credential"]
    mine = claim_of(rest, rest.robber)
    (key,) = rest.site.rows("SELECT body FROM documents WHERE kind = 'claim_key' AND key = ?", mine)[0]
    false, true = b'"privileged":false', b'"privileged":true '
    names = anna.person.encode(), cora.person.encode()
    evidence = "DELETE FROM documents WHERE kind = 'act_evidence' AND key = ?"
    edits = (
        *(statement(evidence, each) for each in evidence_of(rest, no_evidence)),
        replaced("claim_key", claim_of(rest, other_key), lambda _: bytes(key)),
        replaced("person", f"person:{other_record.joiner.person}", lambda body: body.replace(false, true)),
        replaced("credential_key", credential, lambda body: body.replace(*names)),
        statement("UPDATE cases SET stage = 'issuance' WHERE \"case\" = ?", stream(rest.bare)),
    )

    def attack(there: Siege) -> dict[str, Answer]:
        begun = there.stranger().request("POST", "/api/sign-in/options", {}).json
        assertion = anna.operator.authenticator.authenticate(begun["options"], there.address.origin)
        signed = {"digest": begun["digest"], "assertion": assertion}
        return {
            "whole": get_pass(whole)(there),
            "no evidence": get_pass(no_evidence)(there),
            "another key": get_pass(other_key)(there),
            "another record": get_pass(other_record)(there),
            "only queued": get_pass(rest.bare)(there),
            "another holder": there.stranger().request("POST", "/api/sign-in", {"signed": signed}),
        }

    answers = tried(rest.site, tmp_path / "copy", attack, *edits)
    assert answers is not None
    assert {name for name, answer in answers.items() if answer.status == 200} == {"whole"}


def test_a_verifier_of_ones_own_is_not_the_victims(siege: Siege) -> None:
    """The verifier of a pass whose code the robber knows, put in the victim's row meanwhile, opens nothing."""
    (victim, code), (robber, robbers_code) = siege.armed(), siege.armed()
    mine, theirs = (siege.shown(live)["pass_id"] for live in (robber, victim))
    sql = "UPDATE verifiers SET body = (SELECT body FROM verifiers WHERE pass_id = ?) WHERE pass_id = ?"
    edited(siege.site, statement(sql, mine, theirs))
    for tried_code in (robbers_code, code):
        answer = victim.joiner.post("/redeem", victim.handle, code=tried_code)
        assert answer.status != 200
    assert "PassRedeemed" not in siege.facts(victim)


def write(world: SiteWorld, kind: DocumentKind, key: str, body: bytes) -> None:
    """Write a row past the server."""

    def tamper(rows: MemoryRows) -> None:
        rows.tables["documents"][(kind, key)] = (body, world.clock.now())

    world.store.look(tamper).result()


def key_of(world: SiteWorld, name: str) -> str:
    """The id of a founder's credential."""
    begun = done(sign_in.sign_in_options(world.site, Stranger(), sign_in.SignInBegun()))
    told: str = world.people[name].authenticator.authenticate(begun.options, ORIGIN)["id"]
    return told


def test_an_inserted_session_is_nobodys() -> None:
    """Whoever can insert a row does not thereby sit in an administrator's session."""
    world = SiteWorld()
    anna, now, session = world.operators["anna"], world.clock.now(), Secret(b"x" * 32)
    row = Session(anna.person, anna.account, key_of(world, "anna"), now, now, 1)
    write(world, DocumentKind.SESSION, session_key(session), canonical.encode(msgspec.to_builtins(row)))
    with pytest.raises(Refused):
        done(sessions.recognise_session(world.site, session))


def test_a_credential_moved_to_another_person_signs_nothing() -> None:
    """The record of a credential, changed to another holder or key, is not believed."""
    world = SiteWorld()
    key, other = key_of(world, "anna"), key_of(world, "cora")
    anna = world.store.read(lambda reader: credential_record(reader, key)).result()
    cora = world.store.read(lambda reader: credential_record(reader, other)).result()
    forged = msgspec.structs.replace(anna, public_key=cora.public_key)
    write(world, DocumentKind.CREDENTIAL_KEY, key, canonical.encode(msgspec.to_builtins(forged)))
    with pytest.raises(Refused):
        world.store.read(lambda reader: credential_record(reader, key)).result()


def test_a_changed_person_is_not_believed() -> None:
    """A manager, an asset or an account written into a person's row does not count."""
    world = SiteWorld()
    world.record_joiner(asset="serial-1")
    row = PersonRecord("p-100", "dir:100", "joy", "Joy Joiner", asset="serial-of-mine")
    write(world, DocumentKind.PERSON, "person:p-100", canonical.encode(msgspec.to_builtins(row)))
    with pytest.raises(Refused):
        world.open()
