"""Proofing: which evidence counts, how far it reaches, who signs it, and what weaker evidence does to approvals."""

from typing import Any

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.facts import CaseRevised, ProofingRecorded, ProofingWithdrawn
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.separation import FOR_CAUSE
from firstkey.enrollment.case.state import Proofing
from firstkey.enrollment.case.surroundings import By, Evidence
from firstkey.enrollment.case.words import Stage
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.enrollment.lifecycle.replay import apply_fact
from firstkey.enrollment.proofing import RecordProofing, WithdrawProofing
from firstkey.policy.model import Duty, Purpose
from firstkey.values.assurance import ProofingMethod
from firstkey.values.instants import DAY, HOUR
from tests.core.enrollment.turns import alter, refusal_of, withdraw_proofing
from tests.core.enrollment.world import (
    ATTENDED_PATH,
    MANAGER,
    OWN_KEY_PATH,
    PASS_PATH,
    PROOFER,
    START,
    World,
    ruling_for,
)

M = ProofingMethod
ANY = replace(PASS_PATH, methods=frozenset(ProofingMethod), level=1)
VOUCHED = {"voucher_level": 2, "relation_since": START - 14 * DAY}
CEILINGS = {
    M.DOCUMENT_IN_PERSON: 2,
    M.DOCUMENT_CHIP_IN_PERSON: 3,
    M.VENDOR_CHECK: 2,
    M.VENDOR_CHECK_INJECTION_RESISTANT: 3,
    M.VIDEO_CALL: 1,
    M.STRONG_SESSION: 2,
    M.LIVE_VOUCH: 2,
    M.EARLIER_PROOFING: 3,
}
"""How far a method reaches at most (design, section 5)."""


VENDORS = {M.VENDOR_CHECK, M.VENDOR_CHECK_INJECTION_RESISTANT}


def recorded(world: World, **changed: Any) -> Decision:
    """Record evidence, signed by whom its method wants."""
    if changed.get("method") in VENDORS:
        return world.do(RecordProofing(world.evidence(**{"vendor": "vendor-1", **changed})))
    vouch = M.LIVE_VOUCH in {changed.get("method"), changed.get("companion")}
    return world.proof(MANAGER if vouch else PROOFER, **changed)


def test_evidence_is_recorded_as_it_was_signed() -> None:
    """The fact holds method, level, commitment, age and companion, and who signed it."""
    world = World(requirements=ANY).up_to(Stage.PROOFING)
    before = world.state
    decision = recorded(world, level=1, companion=M.STRONG_SESSION, proofed_at=START - HOUR, commitment="evidence-3")
    fact = ProofingRecorded(
        at=START,
        method=M.DOCUMENT_IN_PERSON,
        level=1,
        evidence="evidence-3",
        proofed_at=START - HOUR,
        by=By(PROOFER, "statement-1"),
        companion=M.STRONG_SESSION,
    )
    assert decision.facts == (fact,)
    assert (decision.refusal, decision.not_after, decision.account) == (None, None, ())
    proofing = Proofing(M.DOCUMENT_IN_PERSON, 1, "evidence-3", START - HOUR, By(PROOFER, "statement-1"))
    assert world.state == replace(before, proofing=proofing, duties=before.duties | {(Duty.PROOFER, PROOFER)})


def test_a_vendor_signs_its_own_check() -> None:
    """What a vendor signed has no proofer, and fills no duty."""
    world = World(requirements=ANY).up_to(Stage.PROOFING)
    before = world.state
    evidence = world.evidence(method=M.VENDOR_CHECK, vendor="vendor-1")
    (fact,) = world.do(RecordProofing(evidence)).facts
    assert fact == ProofingRecorded(
        at=START, method=M.VENDOR_CHECK, level=2, evidence="evidence-1", proofed_at=START, by=None, companion=None
    )
    proofing = Proofing(M.VENDOR_CHECK, 2, "evidence-1", START, None)
    assert world.state == replace(before, proofing=proofing)


@pytest.mark.parametrize("method", M)
@pytest.mark.parametrize("vendor", [None, "vendor-1"])
def test_only_a_vendors_own_method_needs_no_proofer(method: ProofingMethod, vendor: str | None) -> None:
    """Without an act there must be a vendor, and the method must be one that vendors sign."""
    world = World(requirements=ANY).up_to(Stage.PROOFING)
    evidence = world.evidence(method=method, vendor=vendor, companion=M.STRONG_SESSION, **VOUCHED)
    taken = vendor is not None and method in VENDORS
    assert refusal_of(world, lambda w: w.do(RecordProofing(evidence))) is (None if taken else R.ActNotForThis)


@pytest.mark.parametrize("method", sorted(VENDORS))
@pytest.mark.parametrize("vendor", [None, "vendor-1"])
def test_nobodys_word_stands_for_a_vendors(method: ProofingMethod, vendor: str | None) -> None:
    """A proofer's act is not taken for a vendor's check, whether or not a vendor is named beside it."""
    world = World(requirements=ANY).up_to(Stage.PROOFING)
    assert refusal_of(world, lambda w: w.proof(method=method, vendor=vendor)) is R.ActNotForThis
    assert refusal_of(world, lambda w: recorded(w, method=method)) is None


@pytest.mark.parametrize("method", M)
def test_a_path_takes_its_own_methods(method: ProofingMethod) -> None:
    """Evidence by a method that the path does not name is not taken; an empty list takes none."""
    evidence = {"method": method, "companion": M.STRONG_SESSION, **VOUCHED}
    for methods, reason in (({method}, None), (set(M) - {method}, R.MethodNotOnPath), (set(), R.MethodNotOnPath)):
        world = World(requirements=replace(ANY, methods=frozenset(methods))).up_to(Stage.PROOFING)
        assert refusal_of(world, lambda w: recorded(w, **evidence)) is reason


@pytest.mark.parametrize("method", M)
@pytest.mark.parametrize("claimed", [1, 2, 3])
def test_no_claim_lifts_a_method_over_its_ceiling(method: ProofingMethod, claimed: int) -> None:
    """Evidence reaches the level that it claims, and never more than its method can."""
    world = World(requirements=ANY).up_to(Stage.PROOFING)
    recorded(world, method=method, level=claimed, companion=M.STRONG_SESSION, **VOUCHED)
    assert world.state.proofing is not None
    assert world.state.proofing.level == min(claimed, CEILINGS[method])


@pytest.mark.parametrize("required", [1, 2, 3])
@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_evidence_reaches_the_level(required: int, level: int) -> None:
    """Evidence below the level that is required is not taken."""
    world = World(requirements=replace(ANY, level=required)).up_to(Stage.PROOFING)
    reason = refusal_of(world, lambda w: recorded(w, method=M.DOCUMENT_CHIP_IN_PERSON, level=level))
    assert reason is (None if level >= required else R.LevelTooLow)


def test_the_level_is_the_stricter_of_pinned_and_current() -> None:
    """A policy that has come to ask for level 3 is asked of a case that pinned 2."""
    world = World().up_to(Stage.PROOFING)
    world.ruling = ruling_for(replace(PASS_PATH, level=3))
    assert refusal_of(world, recorded) is R.LevelTooLow


@pytest.mark.parametrize(
    ("age", "reason"),
    [(-1, R.EvidenceTooOld), (0, None), (72 * HOUR - 1, None), (72 * HOUR, None), (72 * HOUR + 1, R.EvidenceTooOld)],
)
def test_evidence_is_young_enough(age: int, reason: R | None) -> None:
    """Evidence counts up to the path's age, to the millisecond, and never from the future."""
    world = World().up_to(Stage.PROOFING)
    assert refusal_of(world, lambda w: recorded(w, proofed_at=START - age)) is reason


@pytest.mark.parametrize(("age", "reason"), [(365 * DAY, None), (365 * DAY + 1, R.EvidenceTooOld)])
def test_earlier_proofing_keeps_its_level_a_year(age: int, reason: R | None) -> None:
    """Proofing on record keeps its level 12 months, however young a path wants other evidence."""
    world = World(requirements=ANY).up_to(Stage.PROOFING)
    evidence = {"method": M.EARLIER_PROOFING, "level": 3, "companion": M.STRONG_SESSION, "proofed_at": START - age}
    assert refusal_of(world, lambda w: recorded(w, **evidence)) is reason


def test_earlier_proofing_ages_from_the_companion_beside_it() -> None:
    """What was proofed long ago is as young as the vouch or session by which it counts now."""
    world = World(requirements=ANY).up_to(Stage.PROOFING)
    recorded(world, method=M.EARLIER_PROOFING, companion=M.STRONG_SESSION, proofed_at=START - 100 * DAY)
    assert world.state.proofing == Proofing(M.EARLIER_PROOFING, 2, "evidence-1", START, By(PROOFER, "statement-1"))
    world.up_to(Stage.ISSUANCE)
    world.let_pass(72 * HOUR)
    assert refusal_of(world, World.issue) is None
    world.let_pass(1)
    assert refusal_of(world, World.arm) is R.EvidenceTooOld


@pytest.mark.parametrize("companion", [None, *M])
@pytest.mark.parametrize("method", M)
def test_earlier_proofing_counts_only_with_a_companion(
    method: ProofingMethod, companion: ProofingMethod | None
) -> None:
    """Earlier proofing needs a vouch or a strong session beside it; no other method needs anything."""
    world = World(requirements=ANY).up_to(Stage.PROOFING)
    alone = method is not M.EARLIER_PROOFING or companion in {M.LIVE_VOUCH, M.STRONG_SESSION}
    reason = refusal_of(world, lambda w: recorded(w, method=method, companion=companion, **VOUCHED))
    assert reason is (None if alone else R.VouchNotGood)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"voucher_level": 1}, R.VouchNotGood),
        ({"voucher_level": 3}, None),
        ({"relation_since": None}, R.VouchNotGood),
        ({"relation_since": START - 14 * DAY - 1}, None),
        ({"relation_since": START - 14 * DAY + 1}, R.VouchNotGood),
    ],
)
@pytest.mark.parametrize(
    "vouch",
    [
        {"method": M.LIVE_VOUCH},
        {"method": M.EARLIER_PROOFING, "companion": M.LIVE_VOUCH},
        {"method": M.DOCUMENT_IN_PERSON, "companion": M.LIVE_VOUCH},
    ],
)
def test_who_vouches_has_level_and_time(vouch: dict[str, Any], changed: dict[str, Any], reason: R | None) -> None:
    """A vouch counts if the manager has level 2 and has been manager for 14 days, alone or beside other evidence."""
    world = World(requirements=ANY).up_to(Stage.PROOFING)
    evidence = {**vouch, **VOUCHED, **changed}
    assert refusal_of(world, lambda w: recorded(w, **evidence)) is reason


@pytest.mark.parametrize(
    ("evidence", "signer"),
    [
        ({"method": M.DOCUMENT_IN_PERSON}, PROOFER),
        ({"method": M.STRONG_SESSION}, PROOFER),
        ({"method": M.VIDEO_CALL}, PROOFER),
        ({"method": M.LIVE_VOUCH}, MANAGER),
        ({"method": M.EARLIER_PROOFING, "companion": M.LIVE_VOUCH}, MANAGER),
        ({"method": M.EARLIER_PROOFING, "companion": M.STRONG_SESSION}, PROOFER),
    ],
)
def test_who_signs_which_evidence(evidence: dict[str, Any], signer: str) -> None:
    """A vouch is the manager's to sign, all else a proofer's, and neither's duty does for the other."""
    other = MANAGER if signer == PROOFER else PROOFER
    world = World(requirements=ANY).up_to(Stage.PROOFING)
    assert refusal_of(world, lambda w: w.proof(other, **evidence, **VOUCHED)) is R.NotEligible
    assert refusal_of(world, lambda w: w.proof(signer, **evidence, **VOUCHED)) is None


def test_another_credential_stands_in_the_place_of_proofing() -> None:
    """By own_key no proofing is recorded."""
    world = World(requirements=OWN_KEY_PATH, purpose=Purpose.ADD_KEY).up_to(Stage.CLAIM)
    assert refusal_of(world, recorded) is R.BootstrapDiffers


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("signed", [False, True])
def test_weaker_evidence_voids_what_was_signed(level: int, signed: bool) -> None:
    """Fresh proofing at the same or a higher level leaves signatures alone; a lower one, once signed on, revises."""
    world = World(requirements=ANY).up_to(Stage.CLAIM if signed else Stage.APPROVAL)
    facts = recorded(world, method=M.DOCUMENT_CHIP_IN_PERSON, level=level, commitment="evidence-2").facts
    revised = CaseRevised(at=START, revision=2, expires_at=START + 30 * DAY)
    weaker = signed and level < 2
    assert facts[1:] == ((revised,) if weaker else ())
    assert world.stage is (Stage.CLAIM if signed and not weaker else Stage.APPROVAL)


@pytest.mark.parametrize(("revision", "reason"), [(15, None), (16, R.RevisionsUsedUp)])
def test_weaker_evidence_needs_a_revision_to_be_left(revision: int, reason: R | None) -> None:
    """Where no further revision is left, weaker evidence is not taken; as good evidence still is."""
    world = alter(World(requirements=ANY).up_to(Stage.CLAIM), revision=revision)
    assert refusal_of(world, lambda w: recorded(w, level=1)) is reason
    world = alter(World(requirements=ANY).up_to(Stage.CLAIM), revision=16)
    assert refusal_of(world, lambda w: recorded(w, level=2)) is None


@pytest.mark.parametrize("for_cause", [False, True])
def test_a_proofing_is_withdrawn_by_whoever_holds_the_duty(for_cause: bool) -> None:
    """The fact says who and whether for cause; no proofing stands afterwards, and the duty was held all the same."""
    world = World().up_to(Stage.ISSUANCE)
    before = world.state
    world.surround(eligible=world.around.eligible | {("pia", "proofer")})
    act = world.act("withdraw_proofing", "pia", *((FOR_CAUSE,) * for_cause))
    decision = world.do(WithdrawProofing(act, for_cause=for_cause))
    assert decision.facts == (ProofingWithdrawn(at=START, by=By("pia", act.statement), for_cause=for_cause),)
    assert decision.account == ()
    assert world.state == replace(before, proofing=None)
    assert world.stage is Stage.PROOFING


def test_what_does_not_stand_is_not_withdrawn() -> None:
    """There must be proofing to withdraw, open case or not."""
    assert refusal_of(World().up_to(Stage.PROOFING), withdraw_proofing) is R.ProofingMissing


def test_a_withdrawal_shuts_an_attended_window() -> None:
    """What attendance opened is void with the proofing that it rests on; the case waits for proofing."""
    world = World(requirements=ATTENDED_PATH).up_to(Stage.REGISTRATION)
    before = world.state
    by = By(PROOFER, f"statement-{world.statements + 1}")
    assert withdraw_proofing(world).facts == (ProofingWithdrawn(at=START, by=by, for_cause=False),)
    assert world.state == replace(before, proofing=None, window=None)
    assert world.stage is Stage.PROOFING


def test_the_latest_proofing_is_the_one_that_stands() -> None:
    """Proofing recorded again replaces what stood; both proofers have held the duty."""
    case = World().up_to(Stage.ISSUANCE).state
    again = ProofingRecorded(
        at=START + 1,
        method=M.STRONG_SESSION,
        level=2,
        evidence="evidence-2",
        proofed_at=START,
        by=By("pia", "statement-9"),
    )
    proofing = Proofing(M.STRONG_SESSION, 2, "evidence-2", START, By("pia", "statement-9"))
    assert apply_fact(case, again) == replace(case, proofing=proofing, duties=case.duties | {(Duty.PROOFER, "pia")})


def test_the_act_names_all_that_the_signer_says() -> None:
    """Commitment, method, level, age and companion; of an earlier proofing level and age are on record."""
    method = ProofingMethod.DOCUMENT_IN_PERSON
    said = Evidence(method=method, level=2, commitment="e", proofed_at=5)
    assert said.named == ("e", "document_in_person", "level: 2", "proofed at: 5")
    earlier = replace(said, method=ProofingMethod.EARLIER_PROOFING, companion=ProofingMethod.LIVE_VOUCH)
    assert earlier.named == ("e", "earlier_proofing", "beside: live_vouch")
