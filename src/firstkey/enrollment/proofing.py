"""Proofing: identity evidence by a method that the path takes, at its level, young, signed by the right person.

What a method claims never lifts it over its ceiling.
"""

from msgspec.structs import replace

from firstkey.enrollment.case import limits
from firstkey.enrollment.case.facts import CaseRevised, Fact, ProofingRecorded, ProofingWithdrawn, shared
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command, Folds, Rules, Scene, Step, present, require
from firstkey.enrollment.case.separation import (
    check_act,
    check_duty,
    check_eligible,
    check_separation,
    check_withdrawal,
    with_duty,
)
from firstkey.enrollment.case.state import Case, Proofing, without_lapsed_window
from firstkey.enrollment.case.surroundings import Evidence, SignedAct
from firstkey.policy.model import ApproverRule, Duty
from firstkey.values.assurance import LEVEL_MAX, NEEDS_COMPANION, ProofingMethod

VENDOR_METHODS = frozenset({ProofingMethod.VENDOR_CHECK, ProofingMethod.VENDOR_CHECK_INJECTION_RESISTANT})
COMPANIONS = frozenset({ProofingMethod.LIVE_VOUCH, ProofingMethod.STRONG_SESSION})


class RecordProofing(Command, frozen=True):
    """Record identity evidence; signed by the proofer, or by the vendor (`act` is then None)."""

    evidence: Evidence
    act: SignedAct | None = None


class WithdrawProofing(Command, frozen=True):
    """Say that the proofing does not stand. `for_cause`: it never should have."""

    act: SignedAct
    for_cause: bool = False


def _age_ms_max(scene: Scene, evidence: Evidence) -> int:
    if evidence.method is ProofingMethod.EARLIER_PROOFING:
        return limits.EARLIER_PROOFING_AGE_MS_MAX
    return scene.required.proofing_age_ms_max


def _level_of(scene: Scene, evidence: Evidence) -> int:
    """Return the level that the evidence reaches; refuse evidence that the path does not take."""
    require(evidence.method in scene.required.methods, R.MethodNotOnPath)
    require(0 <= scene.now - evidence.proofed_at <= _age_ms_max(scene, evidence), R.EvidenceTooOld)
    alone = evidence.method not in NEEDS_COMPANION
    require(alone or evidence.companion in COMPANIONS, R.VouchNotGood, "earlier proofing needs a companion")
    if ProofingMethod.LIVE_VOUCH in (evidence.method, evidence.companion):
        since = evidence.relation_since
        long_enough = since is not None and scene.now - since >= limits.RELATION_AGE_MS_MIN
        require(evidence.voucher_level >= limits.VOUCHER_LEVEL_MIN and long_enough, R.VouchNotGood)
    level = min(evidence.level, LEVEL_MAX[evidence.method])
    require(level >= scene.required.level, R.LevelTooLow)
    return level


def _check_signer(scene: Scene, evidence: Evidence, act: SignedAct | None) -> None:
    """Refuse evidence not signed by who may: the vendor its own check, the manager a vouch, a proofer the rest."""
    if evidence.method in VENDOR_METHODS:
        require(evidence.vendor is not None and act is None, R.ActNotForThis)
        return
    act = present(act, R.ActNotForThis)
    if ProofingMethod.LIVE_VOUCH in (evidence.method, evidence.companion):
        check_act(scene, act, "record_proofing", *evidence.named)
        check_eligible(scene.around, act, ApproverRule.MANAGER.value)
        check_separation(scene, Duty.PROOFER, act.persons)
    else:
        check_duty(scene, act, Duty.PROOFER, "record_proofing", *evidence.named)


def record_proofing(scene: Scene, command: RecordProofing) -> Step:
    """Record evidence. Weaker evidence than what approvers signed on is a revision: their consent was to more."""
    case, evidence, act = scene.case, command.evidence, command.act
    require(case.proofing_needed, R.BootstrapDiffers)
    level = _level_of(scene, evidence)
    _check_signer(scene, evidence, act)
    recorded = ProofingRecorded(
        at=scene.now,
        method=evidence.method,
        level=level,
        evidence=evidence.commitment,
        proofed_at=evidence.proofed_at,
        by=None if act is None else act.by,
        companion=evidence.companion,
    )
    facts: tuple[Fact, ...] = (recorded,)
    if case.signed is not None and level < case.signed.level:
        require(case.revision < limits.REVISIONS_MAX, R.RevisionsUsedUp)
        facts += (CaseRevised(at=scene.now, revision=case.revision + 1, expires_at=case.expires_at),)
    return Step(facts)


def withdraw_proofing(scene: Scene, command: WithdrawProofing) -> Step:
    """Take the proofing back: whoever holds the duty may, for lowering trust needs no second pair of eyes."""
    require(scene.case.proofing is not None, R.ProofingMissing)
    check_withdrawal(scene, command.act, "withdraw_proofing", for_cause=command.for_cause)
    check_eligible(scene.around, command.act, Duty.PROOFER.value)
    return Step((ProofingWithdrawn(at=scene.now, by=command.act.by, for_cause=command.for_cause),))


def _recorded(case: Case, fact: ProofingRecorded) -> Case:
    """The latest proofing is the one that stands."""
    counts_from = fact.at if fact.method in NEEDS_COMPANION else fact.proofed_at
    proofing = Proofing(counts_from=counts_from, **shared(fact, Proofing))
    return replace(case, proofing=proofing, duties=with_duty(case.duties, Duty.PROOFER, fact.by))


def _withdrawn(case: Case, _: ProofingWithdrawn) -> Case:
    return without_lapsed_window(replace(case, proofing=None))


RULES: Rules = {RecordProofing: record_proofing, WithdrawProofing: withdraw_proofing}

REPLAY: Folds = {ProofingRecorded: _recorded, ProofingWithdrawn: _withdrawn}
