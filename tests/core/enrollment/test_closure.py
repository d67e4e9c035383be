"""Closure: ending lowers trust, so it takes little; a fraud is a verdict, so it takes two; a review comes after."""

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.facts import CaseClosed, CredentialRecalled, Fact, PassRevoked, ReviewRecorded
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import known
from firstkey.enrollment.case.surroundings import By
from firstkey.enrollment.case.words import Cause, Closure, CredentialState, Stage
from firstkey.enrollment.closure import RecordReview, Sweep, WithdrawCase
from firstkey.enrollment.lifecycle.replay import apply_fact
from firstkey.policy.model import Requirements
from tests.core.enrollment.turns import (
    Turn,
    alter,
    case_at,
    eligible,
    fence,
    hold,
    refusal_of,
    refused,
    report_fraud,
    withdraw,
)
from tests.core.enrollment.world import (
    ADMIN_A,
    ADMIN_B,
    ATTENDED_PATH,
    DEVICE,
    JOINER,
    PASS_PATH,
    REQUESTER,
    REVIEWER,
    RIVAL,
    START,
    World,
    ruling_for,
)

REVIEWED_PATH = replace(PASS_PATH, after_review=True)
ENDS: list[tuple[Turn, Closure]] = [(withdraw, Closure.WITHDRAWN), (fence, Closure.RESTORED)]


@pytest.mark.parametrize(("turn", "reason"), ENDS)
@pytest.mark.parametrize(
    ("stage", "before"),
    [
        (Stage.PROOFING, ()),
        (Stage.ISSUANCE, ()),
        (Stage.DELIVERY, (PassRevoked(at=START, pass_id="pass-1", cause=Cause.CASE_CLOSED),)),
        (Stage.REDEMPTION, (PassRevoked(at=START, pass_id="pass-1", cause=Cause.CASE_CLOSED),)),
        (Stage.REGISTRATION, (PassRevoked(at=START, pass_id="pass-1", cause=Cause.CASE_CLOSED),)),
        (Stage.ACTIVATION, (CredentialRecalled(at=START, credential="credential-1", cause=Cause.CASE_CLOSED),)),
    ],
)
def test_a_case_ends_with_what_it_has(stage: Stage, before: tuple[Fact, ...], turn: Turn, reason: Closure) -> None:
    """Withdrawn or restored, a case takes its live pass and its pending credential along, and frees its place."""
    world = World().up_to(stage)
    turn(world)
    assert world.last.facts == (*before, CaseClosed(at=START, reason=reason))
    assert (world.last.refusal, world.last.not_after, world.last.account) == (None, None, ())
    assert ("open_case", "account-1:first_key") in world.last.frees
    assert (world.state.closed, world.state.window, world.state.live_pass) == (reason, None, None)


@pytest.mark.parametrize("reason", Closure)
def test_the_end_shuts_the_window(reason: Closure) -> None:
    """The fold of a closing says why, and nothing of the case is open; misuse and fraud are remembered from then on."""
    case = replace(case_at(Stage.REGISTRATION, ATTENDED_PATH), adverse_at=START - 5)
    adverse_at = START if reason in {Closure.MISUSED, Closure.FRAUD_REPORTED} else START - 5
    closed = replace(case, closed=reason, window=None, adverse_at=adverse_at)
    assert apply_fact(case, CaseClosed(at=START, reason=reason)) == closed


@pytest.mark.parametrize(
    ("command", "stage", "reason"),
    [
        (WithdrawCase(person=REQUESTER), Stage.PROOFING, None),
        (WithdrawCase(person=JOINER), Stage.PROOFING, None),
        (WithdrawCase(person=ADMIN_A), Stage.PROOFING, R.NotEligible),
        (WithdrawCase(), Stage.PROOFING, R.NotEligible),
        (WithdrawCase(device=DEVICE), Stage.ISSUANCE, None),
        (WithdrawCase(device=RIVAL), Stage.ISSUANCE, R.WrongDevice),
        (WithdrawCase(device=DEVICE), Stage.CLAIM, R.WrongDevice),
        (WithdrawCase(person=REQUESTER, device=RIVAL), Stage.ISSUANCE, R.WrongDevice),
    ],
)
def test_who_may_withdraw(command: WithdrawCase, stage: Stage, reason: R | None) -> None:
    """A requester, the joiner and the claiming device may end the case, and nobody else."""
    assert refused(World().up_to(stage), command) is reason


def test_a_held_case_is_not_withdrawn() -> None:
    """What somebody repudiated is not ended by who asked for it, nor by the device that claims it."""
    world = World().up_to(Stage.ISSUANCE)
    hold(world)
    assert refused(world, WithdrawCase(person=REQUESTER)) is R.CaseHeld
    assert refused(world, WithdrawCase(device=DEVICE)) is R.CaseHeld


def test_a_held_case_ends_as_a_fraud_by_two() -> None:
    """Two people without a duty call it a fraud: the fact names them, and what was suspended is recalled."""
    world = World().up_to(Stage.ACTIVATION)
    hold(world)
    decision = report_fraud(world)
    by = tuple(By(who, f"statement-{world.statements + place}") for place, who in ((-1, ADMIN_A), (0, ADMIN_B)))
    assert decision.facts == (
        CredentialRecalled(at=START, credential="credential-1", cause=Cause.CASE_CLOSED),
        CaseClosed(at=START, reason=Closure.FRAUD_REPORTED, by=by),
    )
    assert known(world.state.credential).state is CredentialState.RECALLED


def test_only_a_held_case_is_a_fraud() -> None:
    """Somebody must have said "not me" first."""
    assert refusal_of(World().up_to(Stage.ACTIVATION), report_fraud) is R.CaseNotHeld


def test_a_restored_site_ends_held_cases_too() -> None:
    """The fence closes every open case, held or not."""
    world = World().up_to(Stage.ISSUANCE)
    hold(world)
    assert fence(world).facts == (CaseClosed(at=START, reason=Closure.RESTORED),)


@pytest.mark.parametrize("turn", [withdraw, fence, hold, report_fraud, World.proof, World.issue, World.activate])
def test_what_is_over_is_over(turn: Turn) -> None:
    """A closed case takes none of the commands that an open one takes."""
    assert refusal_of(World().up_to(Stage.CLOSED), turn) is R.CaseOver


@pytest.mark.parametrize("stage", [Stage.PROOFING, Stage.DELIVERY, Stage.ACTIVATION, Stage.CLOSED])
def test_a_sweep_that_finds_nothing_writes_nothing(stage: Stage) -> None:
    """Of an open case on whole ground, or of a closed one, there is nothing to write."""
    world = World().up_to(stage)
    before = world.state
    decision = world.do(Sweep())
    assert (decision.facts, decision.refusal, decision.takes, decision.frees) == ((), None, frozenset(), frozenset())
    assert world.state == before


# Reviewing


def review(world: World) -> object:
    """Somebody looks at the case after it is over."""
    return world.do(RecordReview(world.act("record_review", REVIEWER, "in order"), "in order"))


def test_an_exceptional_case_is_reviewed_once() -> None:
    """The fact names outcome and reviewer; there is no second review."""
    world = World(requirements=REVIEWED_PATH).up_to(Stage.CLOSED)
    before = world.state
    review(world)
    by = By(REVIEWER, f"statement-{world.statements}")
    assert world.last.facts == (ReviewRecorded(at=START, outcome="in order", by=by),)
    assert world.state == replace(before, reviewed=True)
    assert refusal_of(world, review) is R.AlreadyReviewed


@pytest.mark.parametrize(
    ("pinned", "current", "due"),
    [
        (REVIEWED_PATH, REVIEWED_PATH, True),
        (REVIEWED_PATH, PASS_PATH, True),
        (PASS_PATH, REVIEWED_PATH, True),
        (PASS_PATH, PASS_PATH, False),
    ],
)
def test_a_review_is_due_where_either_policy_asks(pinned: Requirements, current: Requirements, due: bool) -> None:
    """The stricter of pinned and current policy says whether a case is reviewed; before its end it is not."""
    world = World(requirements=pinned).up_to(Stage.CLOSED)
    world.ruling = ruling_for(current)
    assert refusal_of(world, review) is (None if due else R.ReviewNotDue)
    assert refusal_of(World(requirements=pinned).up_to(Stage.ACTIVATION), review) is R.ReviewNotDue


@pytest.mark.parametrize("closed", Closure)
def test_however_it_ended_a_case_is_reviewed(closed: Closure) -> None:
    """The review does not ask how the case ended."""
    world = alter(World(requirements=REVIEWED_PATH).up_to(Stage.CLOSED), closed=closed)
    assert refusal_of(world, review) is None


def test_a_requester_who_is_eligible_now_may_withdraw() -> None:
    """Any holder of the requester's duty may end the case, not only the one who opened it."""
    world = World().up_to(Stage.PROOFING)
    assert refused(world, WithdrawCase(person="sam")) is R.NotEligible
    assert refused(eligible(world, ("sam", "requester")), WithdrawCase(person="sam")) is None
