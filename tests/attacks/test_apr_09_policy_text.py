"""APR-09: the policy is weakened before, during or after a case."""

from pathlib import Path

import pytest

from firstkey.actions.casework import Casework, run
from firstkey.actions.site_stream import site_state
from firstkey.demo.people import Desk, done
from firstkey.ports.kinds import DocumentKind
from firstkey.simulator.client import Answer
from firstkey.storage.memory import MemoryRows
from firstkey.values.encoding import sha256_hex
from firstkey.values.errors import Defect, Refused
from firstkey.values.instants import HOUR
from tests.actions.site_world import POLICY, SiteWorld
from tests.actions.site_world import done as carried_out
from tests.attacks.policies import accepted, said_of
from tests.attacks.siege import Siege, besieged, told
from tests.attacks.siege_policy import policy_of

MANAGED = 'name = "managed_device_new"'
QUORUM = "approval.quorum = "


def with_quorum(site: Siege, quorum: int, level: int = 2) -> str:
    """Return the policy in force here with another quorum and level for a managed device."""
    head, name, rest = policy_of(site.maker.root.der).decode().partition(MANAGED)
    rest = rest.replace(f"{QUORUM}1", f"{QUORUM}{quorum}", 1)
    return f"{head}{name}{rest}"


def propose(by: Desk, document: str) -> Answer:
    """An administrator proposes a policy."""
    signed = by.sign("propose_policy", names=(sha256_hex(document.encode()),))
    return by.post("/api/policies/propose", {"document": document, "signed": signed})


def sign(by: Desk, document: str, against: str) -> Answer:
    """Another one agrees."""
    policy = sha256_hex(document.encode())
    signed = by.sign("sign_policy", names=(policy, against))
    return by.post("/api/policies/sign", {"policy": policy, "against": against, "signed": signed})


def in_force(by: Desk) -> str:
    """Return the policy in force."""
    return str(by.client.request("GET", "/api/policies").json["in_force"])


def test_a_case_keeps_the_stricter_of_its_own_and_todays(tmp_path: Path) -> None:
    """Strengthened it asks for more at once; weakened again, by two and a day later, a case asks for what it pinned."""
    with besieged(tmp_path) as site:
        one, other = site.cast.requester, site.cast.proofer
        shipped = in_force(one)
        before = site.open()
        site.claim(before)
        site.proof(before)
        site.consent(before)
        site.anchor(before)
        strict = with_quorum(site, 2)
        done(propose(one, strict), "strengthen")
        assert in_force(one) == sha256_hex(strict.encode())
        with site.nothing_changes():
            assert told(before.joiner.post("/pass", before.handle)) == (409, "approval-missing")
        pinned = site.open()
        assert site.shown(pinned)["quorum"] == 2
        weak = with_quorum(site, 1)
        done(propose(one, weak), "weaken")
        assert in_force(one) == sha256_hex(strict.encode())
        assert told(sign(one, weak, sha256_hex(strict.encode()))) == (409, "own-duty")
        done(sign(other, weak, sha256_hex(strict.encode())), "sign")
        site.later(23 * HOUR)
        assert in_force(one) == sha256_hex(strict.encode())
        site.later(2 * HOUR)
        assert in_force(one) == shipped
        site.claim(pinned)
        site.proof(pinned)
        site.consent(pinned)
        site.anchor(pinned)
        with site.nothing_changes():
            assert told(pinned.joiner.post("/pass", pinned.handle)) == (409, "approval-missing")
        assert site.shown(site.open())["quorum"] == 1


def test_a_file_is_a_draft(siege: Siege) -> None:
    """Nobody without the duty puts a policy in force; one that was changed after it was signed is refused."""
    joined = siege.completed().joiner.sign_in()
    document = with_quorum(siege, 2)
    body = {"document": document, "signed": {"digest": "0" * 64, "assertion": {}}}
    before = in_force(siege.cast.requester)
    desk = siege.cast.requester
    signed = desk.sign("propose_policy", names=("0" * 64,))
    with siege.nothing_changes():
        assert joined.request("POST", "/api/policies/propose", body).status in (400, 403, 404, 409)
        answer = desk.post("/api/policies/propose", {"document": document, "signed": signed})
        assert told(answer) == (409, "act-not-for-this")
    assert in_force(desk) == before


def test_compiled_floors_cannot_be_weakened() -> None:
    """Below a floor, or at odds with itself, a policy does not stand."""
    assert accepted()
    assert "below the compiled floor" in said_of(approval__quorum="0")
    assert "below the compiled floor" in said_of(proofing__level="1")
    models = '["0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0"]'
    assert "list of models" in said_of(path='name = "emergency_loan"\n', credential__aaguids=models)
    assert "empty list" in said_of(approval__approvers="[]")
    assert said_of(pass_lifetime='"1h"')
    assert said_of(tries="50")


def test_another_text_under_the_policys_digest_decides_nothing() -> None:
    """Whoever can write to the database cannot lower a quorum there."""
    world = SiteWorld()
    world.record_joiner()

    def digest(casework: Casework) -> str:
        return site_state(world.site, casework.tx).state.policy

    another = POLICY + b"# another text, whatever it says\n"
    key = carried_out(run(world.site, digest))

    def tamper(rows: MemoryRows) -> None:
        rows.tables["documents"][(DocumentKind.POLICY, key)] = (another, 0)

    world.store.look(tamper).result()
    with pytest.raises((Defect, Refused)):
        world.open()
