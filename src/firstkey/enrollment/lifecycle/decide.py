"""Decide: one door for every command on a case.

    what is due -> the stage's rule -> the transition table -> what is due after it

A stage's rule says what must hold and which facts follow; when a step may be taken at all is said by the table alone.
"""

import msgspec

from firstkey.enrollment.activation import HoldCredential, HoldingsCommand, RecallCredential, SuspendCredential
from firstkey.enrollment.approval import WithdrawApproval
from firstkey.enrollment.case.facts import (
    ApprovalWithdrawn,
    CaseOpened,
    CredentialActivated,
    CredentialHeld,
    Fact,
    ProofingWithdrawn,
)
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command, Rules, Step, require, scene_of
from firstkey.enrollment.case.slots import FOREVER, held_slots, spent_slots
from firstkey.enrollment.case.state import Case, known
from firstkey.enrollment.case.surroundings import Surroundings
from firstkey.enrollment.case.words import Cause, Closure
from firstkey.enrollment.closure import RecordReview, Sweep
from firstkey.enrollment.lifecycle.due import settle
from firstkey.enrollment.lifecycle.replay import STAGES, Folded, NotInTable, replay
from firstkey.enrollment.proofing import WithdrawProofing
from firstkey.enrollment.registration import NoteNativePassUsed, ReadBackCredential, ReapNativePass
from firstkey.enrollment.request import OpenCase, open_case
from firstkey.policy.model import Ruling
from firstkey.values.errors import Refused

RULES: Rules = {command: rule for stage in STAGES for command, rule in stage.RULES.items()}
"""Every command on an open case, and its rule. `OpenCase` is the one command before there is a case."""

AFTER_CLOSURE = frozenset(
    {NoteNativePassUsed, ReadBackCredential, ReapNativePass, RecordReview, Sweep, WithdrawApproval, WithdrawProofing}
)
"""Commands that a closed case still takes."""

WHY_OVER: dict[Closure | None, R] = {
    Closure.LEFT: R.AccountGone,
    Closure.PASSES_EXHAUSTED: R.PassesUsedUp,
    Closure.SUPERSEDED: R.PolicyMoved,
    Closure.TRIES_EXHAUSTED: R.TriesUsedUp,
}
"""What a command is told that finds its case over only now, by what is due."""

WITHDRAWALS = (ProofingWithdrawn, ApprovalWithdrawn)


class Decision(msgspec.Struct, frozen=True):
    """What has happened, and what the append that says so takes along.

    Attributes:
        facts: for the case's stream, in order; may be empty (a sweep that found nothing).
        case: the state after them.
        refusal: the no that is told once the facts are durable, or None.
        not_after: the append is void once the store's clock has passed this instant.
        takes, frees: slots, by (kind, key), that the append takes and frees.
        account: commands on the account's credentials, decided and appended in the same transaction.
    """

    facts: tuple[Fact, ...]
    case: Folded
    refusal: R | None = None
    not_after: int | None = None
    takes: frozenset[tuple[str, str]] = frozenset()
    frees: frozenset[tuple[str, str]] = frozenset()
    account: tuple[HoldingsCommand, ...] = ()


def _for_account(case: Case, facts: tuple[Fact, ...]) -> tuple[HoldingsCommand, ...]:
    """What the account's credentials learn: a stolen one at once, a lost one when its successor is active.

    A withdrawal for cause after activation is a recall.
    """
    commands: list[HoldingsCommand] = []
    lost = case.lost_credential
    for fact in facts:
        if isinstance(fact, CaseOpened) and fact.lost_cause is Cause.STOLEN:
            commands.append(SuspendCredential(credential=known(lost), cause=Cause.STOLEN))
        if isinstance(fact, CredentialActivated):
            held = CredentialHeld(
                at=fact.at,
                credential=fact.credential,
                case=case.case,
                purpose=case.purpose,
                tier=fact.tier,
                ends_at=fact.ends_at,
                relayable=case.requirements.relayable,
                requirements=case.requirements,
            )
            commands.append(HoldCredential(held=held))
            if lost is not None:
                commands.append(SuspendCredential(credential=lost, cause=case.lost_cause or Cause.LOST))
        if isinstance(fact, WITHDRAWALS) and case.closed is Closure.COMPLETED:
            recalled = known(case.credential).credential
            commands.append(RecallCredential(credential=recalled, cause=Cause.WITHDRAWN_FOR_CAUSE))
    return tuple(commands)


def _decision(before: Folded, after: Folded, facts: tuple[Fact, ...], step: Step) -> Decision:
    had, has = held_slots(before), held_slots(after)
    if not isinstance(after, Case):
        return Decision(facts=facts, case=after, refusal=step.refusal)
    spent = frozenset(slot for fact in facts for slot in spent_slots(after.case, fact))
    return Decision(
        facts=facts,
        case=after,
        refusal=step.refusal,
        not_after=step.not_after,
        takes=(has - had) | spent,
        frees=frozenset(slot for slot in had - has if slot[0] not in FOREVER),
        account=_for_account(after, facts),
    )


def _take_step(case: Folded, step: Step) -> Folded:
    try:
        return replay(step.facts, case)
    except NotInTable as error:
        raise Refused(R.NotAStep, str(error)) from error


def decide(case: Folded, around: Surroundings, command: Command, ruling: Ruling, now: int) -> Decision:
    """Decide one command.

    Args:
        case: the fold of the case's stream so far; None before there is one.
        command: what is asked.
        around: the rest of the world, read in the appending transaction.
        ruling: what the policy in force says of the case now.
        now: the store's clock, milliseconds.

    Returns:
        The facts and what goes with them. A decision with a refusal is appended all the same, then told.

    Raises:
        Refused: a rule says no; nothing has happened.
    """
    if isinstance(command, OpenCase):
        require(case is None, R.NotAStep)
        step = open_case(around, command, ruling, now)
        return _decision(case, _take_step(case, step), step.facts, step)
    if not isinstance(case, Case):
        raise Refused(R.CaseOver)
    ahead, scene = settle(scene_of(case, around, ruling, now))
    closed = scene.case.closed
    require(closed is None or type(command) in AFTER_CLOSURE, WHY_OVER.get(closed, R.CaseOver) if ahead else R.CaseOver)
    step = RULES[type(command)](scene, command)
    taken = _take_step(scene.case, step)
    assert isinstance(taken, Case)  # no fact unmakes a case
    behind, last = settle(scene.with_case(taken))
    return _decision(case, last.case, ahead + step.facts + behind, step)
