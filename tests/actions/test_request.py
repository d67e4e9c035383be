"""What the shell adds to a request: whom it is for, what is committed to, and a handle that admits nobody."""

import msgspec
import pytest

from firstkey.actions import claim, request
from firstkey.actions.request import CaseToOpen
from firstkey.enrollment.case.words import Stage
from firstkey.policy.model import Purpose
from firstkey.ports.kinds import DocumentKind
from firstkey.values.encoding import commitment, sha256_hex
from tests.actions.looking import documents, entries, facts, refusal
from tests.actions.site_world import SiteWorld, done


@pytest.fixture
def world() -> SiteWorld:
    """A joiner on record."""
    world = SiteWorld()
    world.record_joiner()
    return world


def opening(world: SiteWorld, asked: CaseToOpen) -> str:
    """Open a case that is refused; return why."""
    return refusal(request.open_case(world.site, world.operators["rita"], asked))


def test_a_case_is_for_an_account_on_record(world: SiteWorld) -> None:
    """Of an unknown account nothing is written; of a known one a case is opened on the path that its facts pick."""
    before = entries(world)
    assert opening(world, CaseToOpen("dir:1", Purpose.FIRST_KEY)) == "account-unknown"
    assert entries(world) == before
    begun = world.open()
    assert (begun.path, begun.stage, begun.relayable, begun.seen_by_staff) == (
        "managed_device_new",
        Stage.PROOFING,
        False,
        False,
    )


def test_the_ledger_names_a_commitment_and_no_handle(world: SiteWorld) -> None:
    """The handle's digest stands in it, the account behind a salt that can be erased."""
    begun = world.open()
    body = world.store.read(lambda reader: reader.load(f"case/{begun.case}")).result()[0].body
    opened = msgspec.json.decode(body)
    assert begun.handle.encode() not in body
    assert opened["handle_digest"] == sha256_hex(begun.handle.encode())
    salt = documents(world, DocumentKind.SALT)[opened["account_commitment"]]
    assert commitment(salt, b"dir:100") == opened["account_commitment"]


def test_two_cases_of_one_account_cannot_be_told_to_be_of_one(world: SiteWorld) -> None:
    """Each has a salt of its own."""
    world.open()
    world.close()
    world.open()
    assert len(documents(world, DocumentKind.SALT)) == 2


def test_a_prohibited_request_is_refused_and_remembered(world: SiteWorld) -> None:
    """The no is a fact of its own, and the case that never was takes nothing."""
    world.record_joiner(privileged=True, facts={"account": "privileged"})
    before = entries(world)
    assert opening(world, CaseToOpen("dir:100", Purpose.EMERGENCY)) == "path-prohibited"
    assert entries(world) == before + 1
    leaf = world.store.look(lambda rows: rows.tables["entries"][before]).result()
    assert msgspec.json.decode(leaf)["kind"] == "CaseRefused"


@pytest.mark.parametrize("stolen", [True, False])
def test_a_stolen_key_is_out_of_use_at_once(stolen: bool) -> None:
    """Recovery of a stolen key suspends it in the append that opens the case; a lost one waits for its successor."""
    world = SiteWorld()
    world.completed()
    lost = str(world.shown.credential)
    world.open(Purpose.RECOVERY, lost_credential=lost, stolen=stolen)
    assert ("CredentialSuspended" in facts(world, "account/dir:100")) == stolen


def test_a_lost_key_is_named_and_held() -> None:
    """Recovery names the credential that is gone; one that the account does not hold is refused."""
    world = SiteWorld()
    world.completed()
    for lost in (None, "another"):
        asked = CaseToOpen("dir:100", Purpose.RECOVERY, lost_credential=lost)
        assert opening(world, asked) in ("lost-credential-missing", "account-holds-credential")
    assert world.open(Purpose.RECOVERY, lost_credential=str(world.shown.credential)).path == "recovery_device"


def test_a_hold_stops_a_case(world: SiteWorld) -> None:
    """An operator's signature is enough to stop it; a claim meanwhile is refused."""
    world.open()
    asked = request.ActOnCase(world.sign_on_case("paul", "hold_case"))
    assert done(request.hold_case(world.site, world.operators["paul"], world.case, asked)).stage is Stage.HELD
    keys = claim.ClaimToMake(world.handle, world.device.bind_keys(world.handle))
    assert refusal(claim.claim_case(world.site, world.by(), keys)) == "not-a-step"
