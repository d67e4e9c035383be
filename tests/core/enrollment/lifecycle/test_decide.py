"""Decide: one door for every command; what the append takes along; what a refusal leaves."""

from itertools import pairwise

import pytest
from msgspec import Struct
from msgspec.structs import replace

from firstkey.enrollment.activation import HoldCredential, HoldingsCommand, RecallCredential, SuspendCredential
from firstkey.enrollment.approval import WithdrawApproval
from firstkey.enrollment.case.facts import PassRevoked
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command, Scene, Step
from firstkey.enrollment.case.separation import FOR_CAUSE
from firstkey.enrollment.case.slots import FOREVER, held_slots, spent_slots
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.words import Cause, Closure, Stage
from firstkey.enrollment.closure import RecordReview, Sweep
from firstkey.enrollment.lifecycle.decide import AFTER_CLOSURE, RULES, Decision, decide
from firstkey.enrollment.lifecycle.replay import STAGES, replay
from firstkey.enrollment.proofing import WithdrawProofing
from firstkey.enrollment.registration import NoteNativePassUsed, ReadBackCredential, ReapNativePass
from firstkey.enrollment.request import OpenCase
from firstkey.policy.model import Purpose, Requirements
from firstkey.values.instants import DAY, MINUTE
from tests.core.enrollment import turns
from tests.core.enrollment.turns import Turn, account, alter, refusal_of, refused, sweep, withdraw
from tests.core.enrollment.world import (
    APPROVER,
    ATTENDED_PATH,
    OWN_KEY_PATH,
    PASS_PATH,
    PRESENCE_PATH,
    PROHIBITED,
    PROOFER,
    REPLACEMENT_PATH,
    START,
    World,
    ruling_for,
)

PATHS = [
    (PASS_PATH, Purpose.FIRST_KEY),
    (PRESENCE_PATH, Purpose.FIRST_KEY),
    (ATTENDED_PATH, Purpose.FIRST_KEY),
    (OWN_KEY_PATH, Purpose.ADD_KEY),
    (REPLACEMENT_PATH, Purpose.REPLACEMENT),
]


def commands() -> set[type[Command]]:
    """Return every command that there is."""
    return set(Command.__subclasses__())


def test_every_command_has_a_rule() -> None:
    """Each command is decided by its own stage; opening is the one before there is a case."""
    ruled = [command for stage in STAGES for command in stage.RULES]
    assert len(ruled) == len(set(ruled))
    assert set(RULES) == set(ruled) == commands() - {OpenCase}
    assert all(command.__module__ == stage.__name__ for stage in STAGES for command in stage.RULES)
    assert all(rule.__module__ == stage.__name__ for stage in STAGES for rule in stage.RULES.values())


def test_what_is_asked_is_a_value() -> None:
    """Commands on a case and on an account's credentials, steps and decisions are frozen."""
    kinds: set[type[Struct]] = {
        *commands(),
        *HoldingsCommand.__subclasses__(),
        Command,
        HoldingsCommand,
        Step,
        Scene,
        Decision,
    }
    assert {kind for kind in kinds if not kind.__struct_config__.frozen} == set()


def test_few_commands_reach_a_closed_case() -> None:
    """After its end a case takes what is said of natives, reviews, sweeps and withdrawals for cause."""
    assert {
        NoteNativePassUsed,
        ReadBackCredential,
        ReapNativePass,
        RecordReview,
        Sweep,
        WithdrawApproval,
        WithdrawProofing,
    } == AFTER_CLOSURE


@pytest.mark.parametrize("command", sorted(set(RULES) - AFTER_CLOSURE, key=str))
def test_every_other_command_finds_a_closed_case_over(command: type[Command]) -> None:
    """A closed case refuses each other command before it is even looked at."""
    blank = command(*[None] * len(command.__struct_fields__))
    assert refused(World().up_to(Stage.CLOSED), blank) is R.CaseOver


def test_before_its_opening_a_case_takes_nothing() -> None:
    """Commands on a case that nobody opened, or that the policy refused, are over."""
    assert refusal_of(World(), sweep) is R.CaseOver
    world = World(ruling=PROHIBITED)
    world.open()
    assert refusal_of(world, sweep) is R.CaseOver


@pytest.mark.parametrize(
    ("stage", "turn"),
    [
        (Stage.PROOFING, lambda w: w.activate()),
        (Stage.CLAIM, turns.revise),
        (Stage.ISSUANCE, lambda w: w.redeem()),
        (Stage.ACTIVATION, turns.release),
    ],
)
def test_a_refusal_changes_nothing(stage: Stage, turn: Turn) -> None:
    """What is refused leaves the case as it was; the same case decides the same again."""
    world = World().up_to(stage)
    before = world.state
    first = refusal_of(world, turn)
    assert (first is None) is (stage is Stage.CLAIM)
    assert first is None or world.state is before


@pytest.mark.parametrize(("requirements", "purpose"), PATHS)
def test_a_decision_is_the_fold_of_its_facts(requirements: Requirements, purpose: Purpose) -> None:
    """At every step of an honest case the state that a decision gives is the fold of its facts on the state before."""
    world = World(requirements=requirements, purpose=purpose)
    while world.stage is not Stage.CLOSED:
        before, told = world.case, len(world.facts)
        world.step()
        assert replay(world.facts[told:], before) == world.case


@pytest.mark.parametrize(("requirements", "purpose"), PATHS)
def test_the_append_takes_and_frees_what_the_state_gains_and_loses(
    requirements: Requirements, purpose: Purpose
) -> None:
    """Over an honest case slots are taken as they are gained or spent, and freed as they are lost."""
    world = World(requirements=requirements, purpose=purpose)
    standing: set[tuple[str, str]] = set()
    while world.stage is not Stage.CLOSED:
        told, decided = len(world.facts), len(world.decisions)
        world.step()
        decisions = world.decisions[decided:]
        spent = {slot for fact in world.facts[told:] for slot in spent_slots("case-1", fact)}
        taken = set().union(*(decision.takes for decision in decisions))
        freed = set().union(*(decision.frees for decision in decisions))
        assert spent <= taken
        assert not {kind for kind, _ in freed} & FOREVER
        standing = (standing | (taken - spent)) - freed
        assert {slot for slot in standing if slot[0] not in FOREVER} == {
            slot for slot in held_slots(world.case) if slot[0] not in FOREVER
        }
        assert standing >= held_slots(world.case)


def test_a_released_device_key_is_not_given_free() -> None:
    """A claim that is let go keeps its device key taken for good: the same key never claims again."""
    world = World().up_to(Stage.ISSUANCE)
    decision = turns.release(world)
    assert decision.frees == {("handle", "handle-1")}
    assert ("handle", "handle-2") in decision.takes
    assert ("device_key", "device-1") not in decision.frees
    assert ("device_key", "device-1") in world.claim().takes


def test_a_refused_request_takes_nothing() -> None:
    """A request that the policy refuses is a fact, and holds no slot and no credential."""
    decision = World(ruling=PROHIBITED).open()
    assert (decision.takes, decision.frees, decision.account) == (frozenset(), frozenset(), ())
    assert decision.not_after is None


def test_what_is_due_comes_before_the_step() -> None:
    """A command finds the state that time has made: the dead pass is written before the new one is issued."""
    world = World().up_to(Stage.REDEMPTION)
    world.let_pass(10 * MINUTE)
    decision = world.issue("pass-2")
    assert [fact.kind for fact in decision.facts] == ["PassExpired", "PassIssued"]
    assert decision.takes == frozenset()
    assert decision.frees == frozenset()


def test_what_a_step_makes_due_comes_behind_it() -> None:
    """A withdrawal that breaks the ground takes the pass along in the same append."""
    world = World().up_to(Stage.REDEMPTION)
    decision = turns.withdraw_approval(world)
    assert [fact.kind for fact in decision.facts] == ["ApprovalWithdrawn", "PassRevoked"]
    assert decision.frees == {("live_pass", "account-1")}


def test_what_is_due_may_leave_no_step_to_take() -> None:
    """Where time has ended the case, the command is refused and nothing is written; a sweep writes it."""
    world = World().up_to(Stage.REDEMPTION)
    world.let_pass(30 * DAY)
    assert refusal_of(world, World.redeem) is R.CaseOver
    assert world.state.closed is None
    assert [fact.kind for fact in sweep(world).facts] == ["PassRevoked", "CaseClosed"]


def test_a_step_that_the_table_refuses_is_no_step() -> None:
    """When a step may be taken at all is said by the table: its no is a refusal, not a defect."""
    assert refusal_of(World().up_to(Stage.REGISTRATION), lambda w: w.issue("pass-2")) is R.NotAStep


def test_a_wrong_step_says_which() -> None:
    """The refusal's detail names fact and stage, for somebody who may know."""
    world = World().up_to(Stage.DELIVERY)
    world.arm()
    with pytest.raises(Exception, match="PassArmed at redemption"):
        world.arm()


def test_every_reason_of_a_recorded_refusal_stands_in_the_decision() -> None:
    """A refusal that is recorded comes with its facts: durable first, then told."""
    decision = World().up_to(Stage.REDEMPTION).redeem(matched=False)
    assert (decision.refusal, len(decision.facts)) == (R.CodeWrong, 1)


@pytest.mark.parametrize("lost", [None, "credential-lost"])
def test_the_account_learns_what_its_case_did(lost: str | None) -> None:
    """An activation hands the credential over, and suspends what was lost."""
    world = turns.recovery() if lost else World()
    kinds = [type(command) for command in world.up_to(Stage.ACTIVATION).activate().account]
    assert kinds == [HoldCredential, *([SuspendCredential] if lost else [])]


@pytest.mark.parametrize("closed", Closure)
def test_a_withdrawal_for_cause_after_activation_is_a_recall(closed: Closure) -> None:
    """Of a completed case a withdrawal for cause recalls the credential; of one that ended otherwise there is none."""
    world = alter(World().up_to(Stage.CLOSED), closed=closed)
    recalled = (RecallCredential("credential-1", Cause.WITHDRAWN_FOR_CAUSE),)
    for command in (
        WithdrawApproval(world.act("withdraw_approval", APPROVER, FOR_CAUSE), for_cause=True),
        WithdrawProofing(world.act("withdraw_proofing", PROOFER, FOR_CAUSE), for_cause=True),
    ):
        if closed is Closure.COMPLETED:
            assert world.do(command).account == recalled
        else:
            assert refused(world, command) is R.CaseOver


def test_a_withdrawal_before_activation_recalls_nothing() -> None:
    """While the case is open its credential is suspended in the case, and the account has none to recall."""
    world = World().up_to(Stage.ACTIVATION)
    command = WithdrawApproval(world.act("withdraw_approval", APPROVER, FOR_CAUSE), for_cause=True)
    decision = world.do(command)
    assert decision.account == ()
    assert [fact.kind for fact in decision.facts] == ["ApprovalWithdrawn", "CredentialSuspended"]


def test_after_activation_leaving_changes_nothing() -> None:
    """An approver who leaves after the case has completed takes nothing along."""
    world = turns.not_eligible(World().up_to(Stage.CLOSED), APPROVER)
    assert (sweep(world).facts, sweep(world).account) == ((), ())


def test_the_joint_requirements_are_asked() -> None:
    """A policy that has come to ask more is asked by every command."""
    world = World().up_to(Stage.DELIVERY)
    world.ruling = ruling_for(replace(PASS_PATH, quorum=2))
    assert sweep(world).facts == (PassRevoked(at=START, pass_id="pass-1", cause=Cause.GROUND_LOST),)


OWN = (OWN_KEY_PATH, Purpose.ADD_KEY)
IN_PERSON = (ATTENDED_PATH, Purpose.FIRST_KEY)
BY_PASS = (PASS_PATH, Purpose.FIRST_KEY)


@pytest.mark.parametrize(
    ("path", "stage", "turn", "reason"),
    [
        (BY_PASS, Stage.ISSUANCE, World.issue, R.ClockDoubtful),
        (BY_PASS, Stage.DELIVERY, World.arm, R.ClockDoubtful),
        (BY_PASS, Stage.REDEMPTION, World.redeem, R.ClockDoubtful),
        (BY_PASS, Stage.REDEMPTION, lambda w: w.redeem(matched=False), R.ClockDoubtful),
        (IN_PERSON, Stage.REDEMPTION, World.attend, R.ClockDoubtful),
        (OWN, Stage.REDEMPTION, World.own_key, R.ClockDoubtful),
        (BY_PASS, Stage.REGISTRATION, World.start, R.ClockDoubtful),
        (BY_PASS, Stage.REGISTRATION, World.register, R.ClockDoubtful),
        (BY_PASS, Stage.REGISTRATION, turns.mint, R.ClockDoubtful),
        (BY_PASS, Stage.ACTIVATION, World.activate, R.ClockDoubtful),
        # what lowers trust is still taken
        (BY_PASS, Stage.REDEMPTION, turns.revoke, None),
        (BY_PASS, Stage.REDEMPTION, turns.hold, None),
        (BY_PASS, Stage.REDEMPTION, turns.release, None),
        (BY_PASS, Stage.REDEMPTION, turns.rival, None),
        (BY_PASS, Stage.REDEMPTION, turns.withdraw_approval, None),
        (BY_PASS, Stage.REDEMPTION, turns.withdraw_proofing, None),
        (BY_PASS, Stage.REDEMPTION, turns.deny, None),
        (BY_PASS, Stage.REDEMPTION, turns.withdraw, None),
        (BY_PASS, Stage.REDEMPTION, turns.fence, None),
        (BY_PASS, Stage.REDEMPTION, turns.sweep, None),
        (BY_PASS, Stage.ACTIVATION, turns.hold, None),
        (BY_PASS, Stage.ACTIVATION, turns.deny, None),
    ],
)
def test_in_doubt_of_the_clock_nobody_is_let_in(
    path: tuple[Requirements, Purpose], stage: Stage, turn: Turn, reason: R | None
) -> None:
    """In doubt a site arms, redeems, registers and activates nothing; it still revokes, holds and closes."""
    requirements, purpose = path
    world = World(requirements=requirements, purpose=purpose).up_to(stage)
    world.surround(clock_doubtful=True)
    assert refusal_of(world, turn) is reason


def test_deciding_is_a_function() -> None:
    """The same case, surroundings, command, ruling and time give the same decision."""
    world = World().up_to(Stage.REDEMPTION)
    asked = (world.case, world.around, Sweep(), ruling_for(PASS_PATH), world.now + 10 * MINUTE)
    assert decide(*asked) == decide(*asked)
    assert isinstance(decide(*asked).case, Case)


def test_a_case_that_ends_frees_its_places() -> None:
    """A closed case holds neither the account's place for a purpose nor that for a pass."""
    world = World().up_to(Stage.REDEMPTION)
    assert withdraw(world).frees == {("live_pass", "account-1"), ("open_case", "account-1:first_key")}


def test_a_pass_is_dead_in_the_transaction_that_stores_the_credential() -> None:
    """Between redemption and activation no state has both a live pass and a credential."""
    world = World().up_to(Stage.CLOSED)
    states = [replay(world.facts[:number]) for number in range(1, len(world.facts) + 1)]
    cases = [state for state in states if isinstance(state, Case)]
    assert [case for case in cases if case.credential is not None and case.live_pass is not None] == []
    made = [case.credentials_made for case in cases]
    assert all(after - before in {0, 1} for before, after in pairwise(made))
    assert made[-1] == 1


def left(world: World) -> None:
    """The account's person leaves."""
    account(world, active=False)


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        (left, R.AccountGone),
        (lambda w: account(w, incarnation=2), R.AccountGone),
        (lambda w: setattr(w, "ruling", PROHIBITED), R.PolicyMoved),
        (lambda w: alter(w, passes_issued=3, pass_=None), R.PassesUsedUp),
        (lambda w: alter(w, tries_failed=3), R.TriesUsedUp),
        (lambda w: w.let_pass(30 * DAY), R.CaseOver),
    ],
)
def test_who_finds_the_case_over_is_told_why(turn: Turn, reason: R) -> None:
    """A command that finds its case over only now is told what ended it; after it was written, that it is over."""
    world = World().up_to(Stage.REDEMPTION)
    turn(world)
    assert refusal_of(world, World.redeem) is reason
    assert refusal_of(world, turns.deny) is reason
    sweep(world)
    assert world.stage is Stage.CLOSED
    assert refusal_of(world, World.redeem) is R.CaseOver


def test_a_closed_case_says_no_more_than_that() -> None:
    """Of a case that ended for any reason, a later command hears only that it is over."""
    for closed in Closure:
        world = left_world(closed)
        assert refusal_of(world, World.issue) is R.CaseOver


def left_world(closed: Closure) -> World:
    """Return a case that has ended, of an account that is gone."""
    world = alter(World().up_to(Stage.CLOSED), closed=closed)
    left(world)
    return world
