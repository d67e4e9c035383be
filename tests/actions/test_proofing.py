"""What the shell adds to proofing: the act names the evidence that is recorded, and that alone."""

from typing import Any

import pytest

from firstkey.actions import delivery, proofing, request
from firstkey.actions.devices import Handle
from firstkey.values.assurance import ProofingMethod
from firstkey.values.instants import DAY, MINUTE
from tests.actions.looking import facts, refusal
from tests.actions.site_world import SiteWorld, done

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
        "signed": world.sign_on_case(name, "record_proofing", EVIDENCE),
    }
    return proofing.ProofingToRecord(**{**content, **changed})


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"commitment": "f" * 64}, "act-not-for-this"),
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
    asked = request.ActOnCase(world.sign_on_case("cora", "withdraw_proofing"))
    done(proofing.withdraw_proofing(world.site, world.operators["cora"], world.case, asked))
    assert refusal(delivery.get_pass(world.site, world.by(), Handle(world.handle))) == "proofing-missing"
    world.proof()
    assert world.get_pass()
