"""OPR-02: whoever operates the database writes the state that they want."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

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
from tests.attacks.siege import Siege, besieged, stream
from tests.attacks.tampering import Edit, edited, replaced, statement, tried


class Standing(NamedTuple):
    """A site whose server has stopped, and what stands in it."""

    site: Siege
    ready: Live
    robber: Live
    bare: Live


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """Cases at several stages, in a database at rest."""
    with besieged(tmp_path_factory.mktemp("rows")) as site:
        ready, bare = site.prepared_case(), site.open()
        site.claim(bare)
        robber, _ = site.armed()
        site.server.stop()
        yield Standing(site, ready, robber, bare)


def get_pass(live: Live) -> Callable[[Siege], Answer]:
    """The device asks for its pass."""
    return lambda site: live.joiner.post("/pass", live.handle)


def check(standing: Standing, tmp_path: Path, edit: Edit, attack: Callable[[Siege], Answer]) -> None:
    """Claim that the edit made nothing possible."""
    answer = tried(standing.site, tmp_path / "copy", edit, attack)
    assert answer is None or answer.status != 200, answer


def test_what_is_not_edited_goes_on(standing: Standing, tmp_path: Path) -> None:
    """Copied and served again without an edit, the case gets its pass: each refusal below is the edit's."""
    answer = tried(standing.site, tmp_path / "copy", lambda database: None, get_pass(standing.ready))
    assert answer is not None
    assert answer.status == 200


def test_facts_that_were_written_in_are_not_believed(standing: Standing, tmp_path: Path) -> None:
    """An approval and a proofing copied into another case's stream lead to no pass."""
    ready, bare = stream(standing.ready), stream(standing.bare)
    columns = "kind, at, body, mac, activity"
    sql = f"INSERT INTO facts (stream, number, {columns}) SELECT ?, number + 1, {columns} FROM facts WHERE stream = ?"
    edit = statement(f"{sql} AND kind IN ('ProofingRecorded', 'ApprovalGiven', 'ClaimAnchored')", bare, ready)
    check(standing, tmp_path, edit, get_pass(standing.bare))


def test_a_fact_that_was_edited_is_not_believed(standing: Standing, tmp_path: Path) -> None:
    """A case whose requirements were written laxer is not worked on."""
    (body,) = standing.site.rows("SELECT body FROM facts WHERE stream = ? AND number = 1", stream(standing.bare))[0]
    laxer = bytes(body).replace(b'"quorum":1', b'"quorum":0').replace(b'"level":2', b'"level":0')
    assert laxer != bytes(body)
    edit = statement("UPDATE facts SET body = ? WHERE stream = ? AND number = 1", laxer, stream(standing.bare))
    check(standing, tmp_path, edit, get_pass(standing.bare))


def test_without_its_evidence_an_act_counts_no_more(standing: Standing, tmp_path: Path) -> None:
    """Deleting what people signed stops their case; it does not start another."""
    check(standing, tmp_path, statement("DELETE FROM documents WHERE kind = 'act_evidence'"), get_pass(standing.ready))


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


def test_a_code_is_not_sealed_to_somebody_else(standing: Standing, tmp_path: Path) -> None:
    """Another claim's key in the place of the victim's leads to no code for it."""
    site = standing.site
    keys = {live.case: site.told(stream(live)) for live in (standing.ready, standing.robber)}
    claims = {case: next(f["claim"] for f in facts if f["fact"] == "DeviceClaimed") for case, facts in keys.items()}
    mine, theirs = claims[standing.robber.case], claims[standing.ready.case]
    (body,) = site.rows("SELECT body FROM documents WHERE kind = 'claim_key' AND key = ?", mine)[0]
    check(standing, tmp_path, replaced("claim_key", theirs, lambda _: bytes(body)), get_pass(standing.ready))


def test_a_record_that_was_edited_is_not_believed(standing: Standing, tmp_path: Path) -> None:
    """Whose account it is, whose device and manager, is not what somebody wrote into the row."""
    person = standing.ready.joiner.person
    edit = replaced(
        "person", f"person:{person}", lambda body: body.replace(b'"privileged":false', b'"privileged":true ')
    )
    check(standing, tmp_path, edit, get_pass(standing.ready))


def test_a_key_is_not_given_to_another_holder(standing: Standing, tmp_path: Path) -> None:
    """The record of an approver's key, written to name somebody else, signs nobody in."""
    site = standing.site
    anna, cora = site.cast.approver, site.cast.confirmer
    key = site.told(f"account/local:{anna.person}")[0]["credential"]
    edit = replaced("credential_key", key, lambda body: body.replace(anna.person.encode(), cora.person.encode()))

    def sign_in(there: Siege) -> Answer:
        begun = there.stranger().request("POST", "/api/sign-in/options", {}).json
        assertion = anna.operator.authenticator.authenticate(begun["options"], there.address.origin)
        signed = {"digest": begun["digest"], "assertion": assertion}
        return there.stranger().request("POST", "/api/sign-in", {"signed": signed})

    check(standing, tmp_path, edit, sign_in)


def test_a_queue_row_is_only_shown(standing: Standing, tmp_path: Path) -> None:
    """The list of cases, edited to say that one waits for its pass, makes none."""
    edit = statement("UPDATE cases SET stage = 'issuance' WHERE \"case\" = ?", stream(standing.bare))
    check(standing, tmp_path, edit, get_pass(standing.bare))


def test_a_policy_that_was_edited_decides_nothing(standing: Standing, tmp_path: Path) -> None:
    """A quorum lowered in the stored text opens no case."""
    site = standing.site
    policy = next(fact["policy"] for fact in site.told("site") if fact["fact"] == "SiteFounded")
    edit = replaced("policy", policy, lambda body: body.replace(b"approval.quorum = 2", b"approval.quorum = 1"))
    person = site.recorded(standing.bare.joiner.person)
    check(standing, tmp_path, edit, lambda there: there.ask(person, "emergency"))


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
