"""Approval: distinct people, each signing today's digest; one denial closes; consent is one's own to take back."""

from functools import partial

import pytest
from msgspec.structs import replace

from firstkey.enrollment.approval import DenyApproval, WithdrawApproval
from firstkey.enrollment.case.digest import digest_of
from firstkey.enrollment.case.facts import ApprovalDenied, ApprovalGiven, ApprovalWithdrawn, CaseClosed, PassRevoked
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.separation import FOR_CAUSE
from firstkey.enrollment.case.state import Approval, Signed
from firstkey.enrollment.case.surroundings import By
from firstkey.enrollment.case.words import Cause, Closure, Stage
from firstkey.enrollment.lifecycle.replay import apply_fact
from firstkey.policy.model import ApproverRule, Duty, Purpose
from tests.core.enrollment.turns import (
    alter,
    case_at,
    deny,
    eligible,
    not_eligible,
    refusal_of,
    withdraw_approval,
    withdraw_proofing,
)
from tests.core.enrollment.world import (
    APPROVER,
    ATTENDED_PATH,
    MANAGER,
    OWN_KEY_PATH,
    PASS_PATH,
    REPLACEMENT_PATH,
    SECOND_APPROVER,
    START,
    World,
    ruling_for,
)

TWO = replace(PASS_PATH, quorum=2)


def test_an_approval_signs_todays_digest() -> None:
    """The fact holds the digest and who signed it; the first approval fixes digest, device and level."""
    world = World().up_to(Stage.APPROVAL)
    before = world.state
    digest = digest_of(before)
    decision = world.approve()
    by = By(APPROVER, f"statement-{world.statements}")
    assert decision.facts == (ApprovalGiven(at=START, digest=digest, by=by),)
    assert (decision.refusal, decision.not_after, decision.account) == (None, None, ())
    assert world.state == replace(
        before,
        approvals=(Approval(by, START),),
        signed=Signed(digest=digest, device="any", level=2),
        duties=before.duties | {(Duty.APPROVER, APPROVER)},
    )


def test_an_approval_after_the_claim_names_the_device() -> None:
    """Where a device has claimed before the first approval, that device is signed for."""
    world = World().up_to(Stage.APPROVAL)
    world.claim()
    digest = digest_of(world.state)
    world.approve()
    assert world.state.signed == Signed(digest=digest, device="device-1", level=2)


def test_an_approval_without_proofing_signs_level_zero() -> None:
    """Where no proofing is needed, none is signed for."""
    world = World(requirements=REPLACEMENT_PATH, purpose=Purpose.REPLACEMENT).up_to(Stage.CLAIM)
    assert world.state.signed is not None
    assert (world.state.signed.device, world.state.signed.level) == ("any", 0)


def test_a_second_approval_signs_what_the_first_has_fixed() -> None:
    """Claim and fresh proofing in between leave the digest alone; the second person is counted beside the first."""
    world = World(requirements=TWO).up_to(Stage.APPROVAL)
    world.approve()
    first = world.state
    world.claim()
    world.proof(commitment="evidence-2")
    world.let_pass(1)
    world.approve(SECOND_APPROVER)
    assert world.state.signed == first.signed
    by = By(SECOND_APPROVER, f"statement-{world.statements}")
    assert world.state.approvals == (*first.approvals, Approval(by, START + 1))


def test_an_approval_needs_standing_proofing() -> None:
    """Nobody consents to a case before its proofing is recorded or after it is withdrawn; by own_key none is needed."""
    assert refusal_of(World().up_to(Stage.PROOFING), World.approve) is R.ProofingMissing
    world = World().up_to(Stage.CLAIM)
    withdraw_proofing(world)
    assert refusal_of(world, World.approve) is R.ProofingMissing
    replacement = World(requirements=REPLACEMENT_PATH, purpose=Purpose.REPLACEMENT).up_to(Stage.APPROVAL)
    assert refusal_of(replacement, World.approve) is None


def test_a_case_without_a_quorum_takes_no_approval() -> None:
    """By own_key, where nobody is asked, nobody approves, unless the policy has come to ask."""
    world = World(requirements=OWN_KEY_PATH, purpose=Purpose.ADD_KEY).up_to(Stage.CLAIM)
    assert refusal_of(world, World.approve) is R.BootstrapDiffers
    world.ruling = ruling_for(REPLACEMENT_PATH)
    assert refusal_of(world, World.approve) is None


@pytest.mark.parametrize("others", [(), ("digest-2",), tuple(f"digest-{number}" for number in range(24))])
def test_one_act_may_sign_many_cases(others: tuple[str, ...]) -> None:
    """The act must hold this case's digest, wherever among the others; an act without it signs something else."""
    world = World().up_to(Stage.APPROVAL)
    digest = digest_of(world.state)
    assert refusal_of(world, lambda w: w.approve(digests=others)) is R.DigestDiffers
    assert refusal_of(world, lambda w: w.approve(digests=(*others, digest))) is None


def test_an_earlier_revisions_digest_signs_nothing() -> None:
    """A digest of the case before it was changed is not today's."""
    world = World().up_to(Stage.APPROVAL)
    stale = digest_of(world.state)
    alter(world, expires_at=world.state.expires_at - 1)
    assert refusal_of(world, lambda w: w.approve(digests=(stale,))) is R.DigestDiffers


@pytest.mark.parametrize(
    ("person", "delegator", "reason"),
    [
        (SECOND_APPROVER, None, None),
        (APPROVER, None, None),  # again: replaces
        (APPROVER, "other", None),
        (SECOND_APPROVER, APPROVER, R.ApproverAlreadyApproved),
        ("delegator", None, R.ApproverAlreadyApproved),
        (SECOND_APPROVER, "delegator", R.ApproverAlreadyApproved),
    ],
)
def test_nobody_counts_twice(person: str, delegator: str | None, reason: R | None) -> None:
    """Who has approved, or was approved for, is not counted behind another's name."""
    world = World(requirements=TWO).up_to(Stage.APPROVAL)
    eligible(world, ("delegator", "approver"), ("other", "approver"))
    world.approve(delegator="delegator")
    assert refusal_of(world, lambda w: w.approve(person, delegator=delegator)) is reason


def test_signing_again_replaces_ones_own_consent() -> None:
    """A second signature of one person takes the first one's place, with its own time."""
    world = World(requirements=TWO).up_to(Stage.APPROVAL)
    world.approve()
    world.let_pass(1)
    world.approve()
    assert world.state.approvals == (Approval(By(APPROVER, f"statement-{world.statements}"), START + 1),)
    assert world.stage is Stage.APPROVAL


@pytest.mark.parametrize("rule", ApproverRule)
def test_the_path_says_who_approves(rule: ApproverRule) -> None:
    """Any of the path's rules makes an approver, no other does, and without rules nobody is one."""
    for approvers, reason in (({rule, ApproverRule.MANAGER}, None), (set(ApproverRule) - {rule}, R.NotEligible)):
        world = World(requirements=replace(PASS_PATH, approvers=frozenset(approvers))).up_to(Stage.APPROVAL)
        eligible(not_eligible(world, "sam"), ("sam", rule.value))
        assert refusal_of(world, lambda w: w.approve("sam")) is reason
    nobody = eligible(
        World(requirements=replace(PASS_PATH, approvers=frozenset())).up_to(Stage.APPROVAL), ("sam", rule)
    )
    assert refusal_of(nobody, lambda w: w.approve("sam")) is R.NotEligible


@pytest.mark.parametrize(
    ("stage", "closes"),
    [
        (Stage.PROOFING, ()),
        (Stage.APPROVAL, ()),
        (Stage.CLAIM, ()),
        (Stage.ISSUANCE, ()),
        (Stage.DELIVERY, (PassRevoked(at=START, pass_id="pass-1", cause=Cause.CASE_CLOSED),)),
        (Stage.REDEMPTION, (PassRevoked(at=START, pass_id="pass-1", cause=Cause.CASE_CLOSED),)),
        (Stage.REGISTRATION, (PassRevoked(at=START, pass_id="pass-1", cause=Cause.CASE_CLOSED),)),
    ],
)
def test_one_denial_closes_the_case(stage: Stage, closes: tuple[PassRevoked, ...]) -> None:
    """A no by an approver ends the case at every stage, with all that it has, and is remembered."""
    world = World().up_to(stage)
    before = world.state
    decision = deny(world)
    by = By(APPROVER, f"statement-{world.statements}")
    closed = CaseClosed(at=START, reason=Closure.DENIED)
    assert decision.facts == (ApprovalDenied(at=START, by=by), *closes, closed)
    assert (decision.refusal, world.state.closed) == (None, Closure.DENIED)
    denied = apply_fact(before, ApprovalDenied(at=START, by=by))
    assert denied == replace(before, duties=before.duties | {(Duty.APPROVER, APPROVER)}, adverse_at=START)


def test_a_denial_recalls_a_pending_credential() -> None:
    """Between registration and activation a no takes the credential with it."""
    world = World().up_to(Stage.ACTIVATION)
    assert [fact.kind for fact in deny(world).facts] == ["ApprovalDenied", "CredentialRecalled", "CaseClosed"]


def test_a_denial_is_an_approvers() -> None:
    """Who could not approve cannot deny; a manager can where the path asks managers."""
    world = World().up_to(Stage.APPROVAL)
    assert refusal_of(world, lambda w: w.do(DenyApproval(w.act("deny_approval", MANAGER)))) is R.NotEligible
    managed = replace(PASS_PATH, approvers=frozenset({ApproverRule.MANAGER}))
    world = World(requirements=managed).up_to(Stage.APPROVAL)
    assert refusal_of(world, lambda w: w.do(DenyApproval(w.act("deny_approval", MANAGER)))) is None


@pytest.mark.parametrize("for_cause", [False, True])
def test_consent_is_withdrawn_by_who_gave_it(for_cause: bool) -> None:
    """One's own consent no longer counts; another's stands, and what was signed stays fixed."""
    world = World(requirements=TWO).up_to(Stage.ISSUANCE)
    before = world.state
    act = world.act("withdraw_approval", SECOND_APPROVER, *((FOR_CAUSE,) * for_cause))
    decision = world.do(WithdrawApproval(act, for_cause=for_cause))
    fact = ApprovalWithdrawn(at=START, by=By(SECOND_APPROVER, act.statement), for_cause=for_cause)
    assert decision.facts == (fact,)
    assert decision.account == ()
    assert world.state == replace(before, approvals=before.approvals[:1])
    assert world.stage is Stage.APPROVAL


def test_why_consent_is_withdrawn_is_signed() -> None:
    """That it never should have been given is part of what is signed, in both directions."""
    world = World(requirements=TWO).up_to(Stage.ISSUANCE)
    for for_cause in (False, True):
        act = world.act("withdraw_approval", SECOND_APPROVER, *((FOR_CAUSE,) * (not for_cause)))
        assert (
            refusal_of(world, partial(World.do, command=WithdrawApproval(act, for_cause=for_cause))) is R.ActNotForThis
        )


def test_consent_is_nobody_elses_to_withdraw() -> None:
    """Without consent of one's own there is none to take back; eligibility does not matter."""
    world = World().up_to(Stage.CLAIM)
    assert refusal_of(world, lambda w: withdraw_approval(w, SECOND_APPROVER)) is R.ApprovalMissing
    assert refusal_of(not_eligible(world, APPROVER), withdraw_approval) is None
    assert refusal_of(World().up_to(Stage.APPROVAL), withdraw_approval) is R.ApprovalMissing


@pytest.mark.parametrize("stage", [Stage.DELIVERY, Stage.REDEMPTION, Stage.REGISTRATION])
def test_a_withdrawal_revokes_the_pass(stage: Stage) -> None:
    """The pass dies in the append of the withdrawal that breaks the quorum."""
    world = World().up_to(stage)
    facts = withdraw_approval(world).facts
    assert facts[1:] == (PassRevoked(at=START, pass_id="pass-1", cause=Cause.GROUND_LOST),)


def test_a_withdrawal_that_leaves_the_quorum_whole_leaves_the_pass() -> None:
    """Where more than the quorum stood behind the case, nothing dies."""
    world = World().up_to(Stage.CLAIM)
    world.approve(SECOND_APPROVER)
    world.up_to(Stage.REDEMPTION)
    by = By(APPROVER, f"statement-{world.statements + 1}")
    assert withdraw_approval(world).facts == (ApprovalWithdrawn(at=START, by=by, for_cause=False),)


def test_a_pending_credential_waits_until_the_quorum_is_whole_again() -> None:
    """A withdrawal suspends it; another approver of the same digest restores it."""
    world = World().up_to(Stage.ACTIVATION)
    assert [fact.kind for fact in withdraw_approval(world).facts] == ["ApprovalWithdrawn", "CredentialSuspended"]
    assert refusal_of(world, World.activate) is R.ApprovalMissing
    facts = world.approve(SECOND_APPROVER).facts
    assert [fact.kind for fact in facts] == ["ApprovalGiven", "CredentialRestored"]
    assert refusal_of(world, World.activate) is None


def test_a_withdrawal_shuts_an_attended_window() -> None:
    """What attendance opened is void with the quorum that it rests on."""
    world = World(requirements=ATTENDED_PATH).up_to(Stage.REGISTRATION)
    before = world.state
    withdraw_approval(world)
    assert world.state == replace(before, approvals=(), window=None)
    assert world.stage is Stage.APPROVAL


def test_a_revisions_first_approval_fixes_anew() -> None:
    """After a revision the next approval fixes another digest."""
    case = case_at(Stage.CLAIM)
    fact = ApprovalGiven(at=START + 1, digest="digest-2", by=By(SECOND_APPROVER, "statement-9"))
    revised = replace(case, signed=None, approvals=())
    approval = Approval(By(SECOND_APPROVER, "statement-9"), START + 1)
    assert apply_fact(revised, fact) == replace(
        revised,
        approvals=(approval,),
        signed=Signed("digest-2", "any", 2),
        duties=case.duties | {(Duty.APPROVER, SECOND_APPROVER)},
    )
    assert apply_fact(case, fact) == replace(
        case, approvals=(*case.approvals, approval), duties=case.duties | {(Duty.APPROVER, SECOND_APPROVER)}
    )
