"""What the shell adds to proofing: the act names the evidence that is recorded, and that alone."""

from typing import Any

import msgspec
import pytest

from firstkey.actions import delivery, proofing, request
from firstkey.actions.devices import Handle
from firstkey.actions.provenance import Node
from firstkey.demo import steps
from firstkey.enrollment.case.words import Stage
from firstkey.policy.model import Purpose
from firstkey.values import canonical
from firstkey.values.assurance import ProofingMethod
from firstkey.values.instants import DAY, MINUTE
from tests.actions.looking import facts, in_casework, refusal
from tests.actions.site_world import POLICY, SiteWorld, done
from tests.actions.test_recall import call_back

EVIDENCE = "e" * 64


@pytest.fixture
def world() -> SiteWorld:
    """A case that waits for proofing."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    return world


def evidence(world: SiteWorld, name: str = "paul", **changed: Any) -> proofing.ProofingToRecord:
    """Evidence under the proofer's act."""
    content = {
        "method": ProofingMethod.DOCUMENT_IN_PERSON,
        "level": 2,
        "commitment": EVIDENCE,
        "proofed_at": world.clock.now() - MINUTE,
        **changed,
    }
    if "signed" not in content:
        content["signed"] = world.sign_on_case(name, "record_proofing", *steps.evidence_names(content))
    return proofing.ProofingToRecord(**content)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"method": ProofingMethod.VIDEO_CALL}, "method-not-on-path"),
        ({"level": 1}, "level-too-low"),
    ],
    ids=str,
)
def test_evidence_that_does_not_do_is_refused(world: SiteWorld, changed: dict[str, Any], reason: str) -> None:
    """Other evidence than was signed for, another method, or a level too low is not recorded; the sound one is."""
    paul = world.operators["paul"]
    asked = evidence(world, **changed)
    assert refusal(proofing.record_proofing(world.site, paul, world.case, asked)) == reason
    assert "ProofingRecorded" not in facts(world)
    done(proofing.record_proofing(world.site, paul, world.case, evidence(world)))
    assert world.shown.proofed_level == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"commitment": "f" * 64},
        {"method": ProofingMethod.DOCUMENT_CHIP_IN_PERSON},
        {"level": 3},
        {"proofed_at": 1_799_999_999_000},
        {"companion": ProofingMethod.STRONG_SESSION},
    ],
    ids=str,
)
def test_all_that_is_said_of_evidence_is_signed(world: SiteWorld, changed: dict[str, Any]) -> None:
    """Nothing of what is recorded differs from what the proofer signed: commitment, method, level, age, companion."""
    signed = evidence(world)
    asked = msgspec.structs.replace(signed, **changed)
    reason = refusal(proofing.record_proofing(world.site, world.operators["paul"], world.case, asked))
    assert reason == "act-not-for-this"
    assert "ProofingRecorded" not in facts(world)


@pytest.mark.parametrize("age", [-MINUTE, 3 * DAY + MINUTE])
def test_evidence_is_neither_old_nor_from_tomorrow(world: SiteWorld, age: int) -> None:
    """Older than the path takes, or ahead of the clock, it is refused."""
    asked = evidence(world, proofed_at=world.clock.now() - age)
    recording = proofing.record_proofing(world.site, world.operators["paul"], world.case, asked)
    assert refusal(recording) == "evidence-too-old"


def test_a_small_team_may_let_the_requester_proof(world: SiteWorld) -> None:
    """Its policy says so; the approver is still somebody else."""
    done(proofing.record_proofing(world.site, world.operators["rita"], world.case, evidence(world, "rita")))
    assert world.shown.proofed_level == 2


def test_proofing_taken_back_carries_nothing(world: SiteWorld) -> None:
    """Whoever holds the duty takes it back; then no pass is issued, until the identity is proofed again."""
    world.proof()
    world.approve()
    world.claim()
    world.visit()
    asked = request.Withdrawal(world.sign_on_case("cora", "withdraw_proofing"))
    done(proofing.withdraw_proofing(world.site, world.operators["cora"], world.case, asked))
    assert refusal(delivery.get_pass(world.site, world.by(), Handle(world.handle))) == "proofing-missing"
    world.proof()
    assert world.get_pass()


EARLIER_ALLOWED = POLICY.replace(b'"live_vouch",\n]', b'"live_vouch", "earlier_proofing",\n]')


def managed_by(world: SiteWorld) -> None:
    """Mia has a passkey of her own, proofed at level 2, and a report: the joiner of a new case."""
    world.completed()
    world.people["mia"] = world.joiner
    world.operators["mia"] = world.sign_in_as_joiner()
    world.record_joiner(person="p-200", account="dir:200", manager="p-100")
    world.authenticator = type(world.authenticator)(world.traits, world.attester)
    world.device = type(world.device)(now=world.clock.now)


def vouch(world: SiteWorld, **changed: Any) -> proofing.ProofingToRecord:
    """Mia's vouch for her report."""
    world.sign_in_again()
    content = {"method": ProofingMethod.LIVE_VOUCH, "proofed_at": world.clock.now()}
    return evidence(world, "mia", **{**content, **changed})


@pytest.mark.parametrize(("days", "reason"), [(13, "vouch-not-good"), (14, None)])
def test_a_manager_of_fourteen_days_vouches(days: int, reason: str | None) -> None:
    """How long she has been the manager is what the source of record says, not what she does."""
    world = SiteWorld()
    managed_by(world)
    world.clock.instant += days * DAY
    world.sign_in_again()
    world.open(account="dir:200")
    asked = proofing.record_proofing(world.site, world.operators["mia"], world.case, vouch(world))
    if reason is None:
        assert done(asked).stage is Stage.APPROVAL
    else:
        assert refusal(asked) == reason


def test_somebody_elses_manager_does_not_vouch() -> None:
    """The relation is to this joiner."""
    world = SiteWorld()
    managed_by(world)
    world.record_joiner(person="p-200", account="dir:200")
    world.clock.instant += 20 * DAY
    world.sign_in_again()
    world.open(account="dir:200")
    assert refusal(proofing.record_proofing(world.site, world.operators["mia"], world.case, vouch(world))) in (
        "vouch-not-good",
        "not-found",
    )


def test_an_earlier_proofing_is_one_that_is_on_record() -> None:
    """It is named by its commitment, and its level is what it was recorded with, whatever is said of it now."""
    world = SiteWorld(EARLIER_ALLOWED)
    world.completed()
    loaded = world.store.read(lambda reader: reader.load(f"case/{world.case}")).result()
    named = next(canonical.decode(record.body)["evidence"] for record in loaded if record.kind == "ProofingRecorded")
    held = str(world.shown.credential)
    world.open(Purpose.RECOVERY, lost_credential=held)
    earlier: dict[str, Any] = {
        "method": ProofingMethod.EARLIER_PROOFING,
        "companion": ProofingMethod.STRONG_SESSION,
        "level": 3,
    }
    unknown = evidence(world, **earlier)
    assert refusal(proofing.record_proofing(world.site, world.operators["paul"], world.case, unknown)) == (
        "earlier-proofing-unknown"
    )
    known = evidence(world, **earlier, commitment=named)
    done(proofing.record_proofing(world.site, world.operators["paul"], world.case, known))
    assert world.shown.proofed_level == 2


@pytest.mark.parametrize("node", [Node.CASE, Node.EVIDENCE, Node.PERSON])
def test_a_proofing_that_a_recall_has_called_into_question_counts_no_more(node: Node) -> None:
    """Neither the case, nor the evidence, nor the proofer may be one for which keys were taken out of use."""
    world = SiteWorld(EARLIER_ALLOWED)
    world.completed()
    state = in_casework(world, lambda work: work.read(world.case))
    proofer = world.people["paul"].person
    value = {Node.CASE: world.case, Node.EVIDENCE: state.proofing.evidence, Node.PERSON: proofer}[node]
    assert in_casework(world, lambda work: list(proofing.proofings_of(work, "p-100"))) == [state.proofing]
    call_back(world, Node.PERSON, world.people["anna"].person, "cora")
    assert in_casework(world, lambda work: list(proofing.proofings_of(work, "p-100"))) == [state.proofing]
    call_back(world, node, value, "cora")
    assert in_casework(world, lambda work: list(proofing.proofings_of(work, "p-100"))) == []
