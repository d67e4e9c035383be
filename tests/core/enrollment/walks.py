"""Walks over the whole table: cases of every kind, at every stage, and what can happen to each of them there."""

from collections.abc import Iterable, Iterator
from dataclasses import replace as copy

from msgspec.structs import replace

from firstkey.enrollment.approval import WithdrawApproval
from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.separation import FOR_CAUSE
from firstkey.enrollment.case.state import stage_of
from firstkey.enrollment.case.words import Stage
from firstkey.enrollment.closure import RecordReview
from firstkey.enrollment.lifecycle.replay import Folded, apply_fact
from firstkey.enrollment.proofing import WithdrawProofing
from firstkey.policy.model import Anchor, Purpose, Requirements
from firstkey.values.assurance import ProofingMethod
from firstkey.values.instants import DAY, MINUTE
from tests.core.enrollment import turns
from tests.core.enrollment.turns import HANDOVER, HANDOVER_PATH, Turn, refusal_of
from tests.core.enrollment.world import (
    APPROVER,
    ATTENDED_PATH,
    GOOD,
    OWN_KEY_PATH,
    PASS_PATH,
    PRESENCE_PATH,
    PROHIBITED,
    PROOFER,
    RELAYABLE_PATH,
    REPLACEMENT_PATH,
    REVIEWER,
    SECOND_APPROVER,
    STEPS_MAX,
    World,
)

Passed = tuple[type[Fact], Stage, Stage]
"""A fact, the stage before it and the stage after it."""

LAXER = {"level": 1, "after_review": True, "methods": frozenset({*PASS_PATH.methods, ProofingMethod.VIDEO_CALL})}
BOTH = frozenset({Anchor.CLIENT_CERTIFICATE, Anchor.PRESENCE})

PATHS = [
    (replace(PASS_PATH, **LAXER), Purpose.FIRST_KEY),
    (replace(PASS_PATH, quorum=2), Purpose.FIRST_KEY),
    (PRESENCE_PATH, Purpose.FIRST_KEY),
    (replace(PRESENCE_PATH, anchors=BOTH), Purpose.FIRST_KEY),
    (RELAYABLE_PATH, Purpose.FIRST_KEY),
    (ATTENDED_PATH, Purpose.FIRST_KEY),
    (replace(ATTENDED_PATH, quorum=2, **LAXER), Purpose.FIRST_KEY),
    (OWN_KEY_PATH, Purpose.ADD_KEY),
    (REPLACEMENT_PATH, Purpose.REPLACEMENT),
    (HANDOVER_PATH, Purpose.FIRST_KEY),
    (replace(ATTENDED_PATH, destinations=(HANDOVER,)), Purpose.FIRST_KEY),
]


def review(world: World) -> object:
    """Review the case."""
    return world.do(RecordReview(world.act("record_review", REVIEWER, "in order"), "in order"))


def later(world: World) -> None:
    """Let a window's time pass."""
    world.let_pass(10 * MINUTE)


def withdraw_for_cause(world: World) -> object:
    """Say that the proofing never should have been recorded, nor the approval given."""
    world.do(WithdrawProofing(world.act("withdraw_proofing", PROOFER, FOR_CAUSE), for_cause=True))
    return world.do(WithdrawApproval(world.act("withdraw_approval", APPROVER, FOR_CAUSE), for_cause=True))


def stray(world: World) -> object:
    """A credential is found at the destination that cannot be this case's."""
    return turns.read_back(world, credential="credential-9", backup_eligible=True)


TURNS: list[Turn] = [
    World.proof,
    lambda w: w.proof(level=1, commitment="evidence-2"),
    World.approve,
    lambda w: w.approve(SECOND_APPROVER),
    World.claim,
    World.anchor,
    World.visit,
    World.issue,
    World.arm,
    World.redeem,
    lambda w: w.redeem(matched=False),
    World.attend,
    World.own_key,
    World.start,
    World.register,
    lambda w: w.register(replace(GOOD, user_verified=False)),
    World.activate,
    turns.hold,
    turns.lift,
    turns.report_fraud,
    turns.revise,
    turns.withdraw_proofing,
    withdraw_for_cause,
    turns.withdraw_approval,
    lambda w: turns.withdraw_approval(w, SECOND_APPROVER),
    turns.deny,
    turns.release,
    turns.replace_claim,
    turns.rival,
    turns.revoke,
    turns.fence,
    turns.withdraw,
    turns.mint,
    turns.used,
    turns.read_back,
    stray,
    turns.reap,
    review,
    later,
    lambda w: w.let_pass(DAY + 1),
    lambda w: w.surround(epoch=2),
    lambda w: setattr(w, "ruling", PROHIBITED),
    turns.sweep,
]

FIRST: list[tuple[Turn, ...]] = [
    (),
    (World.claim,),
    (turns.hold,),
    (turns.mint,),
    (turns.mint, turns.read_back),
    (turns.mint, turns.hold),
    (turns.mint, turns.withdraw),
    (lambda w: w.approve(SECOND_APPROVER),),
    (World.start,),
    (turns.mint, turns.withdraw_approval),
    (turns.mint, turns.withdraw_proofing),
    (turns.mint, turns.withdraw_approval, World.approve),
    (turns.mint, later, turns.sweep),
]
"""What may have happened before the turn."""


def _passed(case: Folded, facts: Iterable[Fact]) -> Iterator[Passed]:
    for fact in facts:
        before = stage_of(case)
        case = apply_fact(case, fact)
        yield type(fact), before, stage_of(case)


def _taken(world: World, *then: Turn) -> tuple[World, set[Passed]]:
    """Take turns from where a world is, as far as they are not refused; leave that world as it was."""
    there = copy(world, facts=[], decisions=[])
    for turn in then:
        refusal_of(there, turn)
    return there, set(_passed(world.case, there.facts))


def _of_path(requirements: Requirements, purpose: Purpose) -> Iterator[set[Passed]]:
    world = World(requirements=requirements, purpose=purpose)
    world.surround(handover=frozenset({HANDOVER}))
    for _ in range(STEPS_MAX):
        if refusal_of(world, World.step) is not None or world.stage is Stage.CLOSED:
            break
        yield from _from_here(world)
    yield from _from_here(world)
    yield set(_passed(None, world.facts))


def _from_here(world: World) -> Iterator[set[Passed]]:
    for before in FIRST:
        here, passed = _taken(world, *before)
        yield passed
        for turn in TURNS:
            yield _taken(here, turn, turns.sweep)[1]


def refused_request() -> set[Passed]:
    """Return what a request passes that the policy refuses."""
    return _taken(World(ruling=PROHIBITED), World.open)[1]


def all_passed() -> set[Passed]:
    """Return all that cases of every path pass, at every stage, after each first turn and each turn taken there."""
    return set().union(refused_request(), *(passed for path in PATHS for passed in _of_path(*path)))
