"""Request: what may be revised, who may hold a case, and who may let it go on."""

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.facts import CaseHeld, CaseRevised, HoldLifted
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Case, Hold
from firstkey.enrollment.case.surroundings import By
from firstkey.enrollment.case.words import Cause, CredentialState, PassState, Stage
from firstkey.enrollment.lifecycle.replay import apply_fact
from firstkey.enrollment.request import HoldCase, ReviseCase
from firstkey.policy.model import Duty, Purpose
from firstkey.values.instants import DAY
from tests.core.enrollment import turns
from tests.core.enrollment.turns import (
    Turn,
    alter,
    eligible,
    hold,
    lift,
    refusal_of,
)
from tests.core.enrollment.world import (
    ADMIN_A,
    ADMIN_B,
    ATTENDED_PATH,
    DEVICE,
    JOINER,
    OWN_KEY_PATH,
    REQUESTER,
    RIVAL,
    START,
    World,
)


def test_a_revision_voids_what_was_signed() -> None:
    """Bringing the end forward is a new revision by its requester: approvals and what they signed are gone."""
    world = World().up_to(Stage.ISSUANCE)
    before = world.state
    decision = world.do(ReviseCase(REQUESTER, START + DAY))
    assert decision.facts == (CaseRevised(at=START, revision=2, expires_at=START + DAY, person=REQUESTER),)
    assert world.state == replace(before, revision=2, expires_at=START + DAY, approvals=(), signed=None)
    assert world.stage is Stage.APPROVAL


def test_a_revision_by_nobody_adds_no_duty() -> None:
    """A revision that follows from something else has no requester."""
    case = World().up_to(Stage.ISSUANCE).state
    revised = apply_fact(case, CaseRevised(at=START, revision=2, expires_at=START + DAY))
    assert revised == replace(case, revision=2, expires_at=START + DAY, approvals=(), signed=None)


def test_a_revision_shuts_a_window_that_rested_on_approvals() -> None:
    """Outside a pass path the window is void with the approvals; by own_key without a quorum nothing was signed."""
    revised = CaseRevised(at=START, revision=2, expires_at=START + DAY)
    attended = apply_fact(World(requirements=ATTENDED_PATH).up_to(Stage.REGISTRATION).state, revised)
    own_key = World(requirements=OWN_KEY_PATH, purpose=Purpose.ADD_KEY).up_to(Stage.REGISTRATION).state
    assert isinstance(attended, Case)
    assert attended.window is None
    assert apply_fact(own_key, revised) == replace(own_key, revision=2, expires_at=START + DAY)


@pytest.mark.parametrize(
    ("expires_at", "reason"),
    [
        (START, R.NotAStep),
        (START + 1, None),
        (START + 30 * DAY - 1, None),
        (START + 30 * DAY, None),
        (START + 30 * DAY + 1, R.NotAStep),
    ],
)
def test_a_case_can_only_be_shortened(expires_at: int, reason: R | None) -> None:
    """The end moves to a time between now and the end that there was."""
    world = World().up_to(Stage.PROOFING)
    assert refusal_of(world, lambda w: w.do(ReviseCase(REQUESTER, expires_at))) is reason


@pytest.mark.parametrize(("revision", "reason"), [(14, None), (15, None), (16, R.RevisionsUsedUp)])
def test_a_case_has_sixteen_revisions(revision: int, reason: R | None) -> None:
    """The sixteenth revision is the last."""
    world = alter(World().up_to(Stage.PROOFING), revision=revision)
    assert refusal_of(world, lambda w: w.do(ReviseCase(REQUESTER, START + DAY))) is reason


@pytest.mark.parametrize(
    ("world", "reason"),
    [
        (World().up_to(Stage.ISSUANCE), None),
        (World().up_to(Stage.DELIVERY), R.NotAStep),
        (World().up_to(Stage.ACTIVATION), R.NotAStep),
        (World(requirements=ATTENDED_PATH).up_to(Stage.REDEMPTION), None),
        (World(requirements=ATTENDED_PATH).up_to(Stage.REGISTRATION), R.NotAStep),
    ],
)
def test_nothing_under_way_is_revised(world: World, reason: R | None) -> None:
    """While a pass is live, a window is open or a credential is there, the case stays as it was signed."""
    assert refusal_of(world, lambda w: w.do(ReviseCase(REQUESTER, START + DAY))) is reason


def test_the_joiner_may_revise_what_they_asked_for() -> None:
    """The joiner can be requester, and no other duty keeps them from bringing the end forward."""
    world = eligible(World().up_to(Stage.PROOFING), (JOINER, "requester"))
    (fact,) = world.do(ReviseCase(JOINER, START + DAY)).facts
    assert fact == CaseRevised(at=START, revision=2, expires_at=START + DAY, person=JOINER)
    assert world.state.duties == {(Duty.REQUESTER, REQUESTER), (Duty.REQUESTER, JOINER)}


@pytest.mark.parametrize("person", ["stranger", ADMIN_A])
def test_only_a_requester_revises(person: str) -> None:
    """Revising takes the requester's duty, not that of anybody else."""
    world = World().up_to(Stage.PROOFING)
    assert refusal_of(world, lambda w: w.do(ReviseCase(person, START + DAY))) is R.NotEligible
    assert refusal_of(eligible(world, (person, "requester")), lambda w: w.do(ReviseCase(person, START + DAY))) is None


@pytest.mark.parametrize("source", ["device", "notice", "operator"])
def test_not_me_holds_the_case(source: str) -> None:
    """The claiming device, a notice's link and an operator's act each hold the case; whoever says it is remembered."""
    world = World().up_to(Stage.ISSUANCE)
    before = world.state
    act = world.act("hold_case", ADMIN_A)
    commands = {"device": HoldCase(device=DEVICE), "notice": HoldCase(notice="link"), "operator": HoldCase(act=act)}
    by = By(ADMIN_A, act.statement) if source == "operator" else None
    assert world.do(commands[source]).facts == (CaseHeld(at=START, source=source, by=by),)
    assert world.state == replace(before, hold=Hold(source=source, by=by), adverse_at=START)
    assert world.stage is Stage.HELD


@pytest.mark.parametrize(
    ("command", "stage", "reason"),
    [
        (HoldCase(device=DEVICE), Stage.ISSUANCE, None),
        (HoldCase(device=RIVAL), Stage.ISSUANCE, R.WrongDevice),
        (HoldCase(device=DEVICE), Stage.CLAIM, R.WrongDevice),
        (HoldCase(device=RIVAL, notice="link"), Stage.ISSUANCE, R.WrongDevice),
        (HoldCase(notice="link"), Stage.PROOFING, None),
        (HoldCase(notice="link"), Stage.ACTIVATION, None),
        (HoldCase(), Stage.ISSUANCE, R.ActNotForThis),
    ],
)
def test_who_may_hold(command: HoldCase, stage: Stage, reason: R | None) -> None:
    """A device must be the claiming one; a notice's link needs nothing more; nobody at all is not enough."""
    assert refusal_of(World().up_to(stage), lambda w: w.do(command)) is reason


@pytest.mark.parametrize("role", [*(duty.value for duty in Duty), "administrator", "manager", "security"])
def test_any_operator_may_hold(role: str) -> None:
    """Any duty of a case, or the administrator's, is enough to stop it, and a relation to the joiner is not."""
    world = eligible(World().up_to(Stage.CLAIM), ("sam", role))
    expected = R.NotEligible if role in {"manager", "security"} else None
    assert refusal_of(world, lambda w: w.do(HoldCase(act=w.act("hold_case", "sam")))) is expected


def test_a_case_is_held_once() -> None:
    """A held case is not held again."""
    world = World().up_to(Stage.CLAIM)
    hold(world)
    assert refusal_of(world, hold) is R.CaseHeld


@pytest.mark.parametrize("stage", [Stage.DELIVERY, Stage.REDEMPTION, Stage.REGISTRATION])
def test_a_hold_kills_the_pass_in_the_same_append(stage: Stage) -> None:
    """A live pass dies with the hold, and its place is free."""
    world = World().up_to(stage)
    decision = hold(world)
    assert [fact.kind for fact in decision.facts] == ["CaseHeld", "PassRevoked"]
    assert world.state.pass_ is not None
    assert (world.state.pass_.state, world.state.pass_.cause) == (PassState.REVOKED, Cause.GROUND_LOST)
    assert decision.frees == {("live_pass", "account-1")}


def test_a_hold_suspends_what_came_of_the_case() -> None:
    """A pending credential is suspended with the hold and restored when it is lifted."""
    world = World().up_to(Stage.ACTIVATION)
    assert [fact.kind for fact in hold(world).facts] == ["CaseHeld", "CredentialSuspended"]
    assert world.state.credential is not None
    assert (world.state.credential.state, world.state.credential.cause) == (
        CredentialState.SUSPENDED,
        Cause.GROUND_LOST,
    )
    assert [fact.kind for fact in lift(world).facts] == ["HoldLifted", "CredentialRestored"]
    assert world.stage is Stage.ACTIVATION


def test_two_people_lift_a_hold() -> None:
    """Two people without a duty in the case let it go on; what was said stays remembered."""
    world = World().up_to(Stage.ISSUANCE)
    hold(world)
    before = world.state
    decision = lift(world)
    by = tuple(By(person, f"statement-{world.statements + place}") for place, person in ((-1, ADMIN_A), (0, ADMIN_B)))
    assert decision.facts == (HoldLifted(at=START, by=by),)
    assert world.state == replace(before, hold=None)
    assert (world.stage, world.state.adverse_at) == (Stage.ISSUANCE, START)


def test_a_case_that_is_not_held_is_not_lifted() -> None:
    """There must be a hold to lift."""
    assert refusal_of(World().up_to(Stage.CLAIM), lift) is R.CaseNotHeld


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        (World.proof, R.NotAStep),
        (World.approve, R.NotAStep),
        (lambda w: w.claim(claim="claim-2"), R.ClaimTaken),
        (World.issue, R.CaseHeld),
        (World.activate, R.NotAStep),
        (turns.release, R.NotAStep),
        (turns.revise, R.NotAStep),
        (turns.withdraw, R.CaseHeld),
        # what lowers trust is taken of a held case
        (turns.rival, None),
        (turns.withdraw_proofing, None),
        (turns.withdraw_approval, None),
        (turns.deny, None),
        (turns.fence, None),
        (turns.report_fraud, None),
    ],
)
def test_a_held_case_waits(turn: Turn, reason: R | None) -> None:
    """Nothing that leads on is done to a held case, nor is it its requester's to end; what lowers trust is taken."""
    world = World().up_to(Stage.ISSUANCE)
    hold(world)
    assert refusal_of(world, turn) is reason
