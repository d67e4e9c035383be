"""What a person in a session does to a case: one act signed, or two, judged first and counted in the same append."""

from collections.abc import Callable

import msgspec

from firstkey.actions.acts import Evidence, SignedStatement, judge_signed, signed_act
from firstkey.actions.casework import Casework, run, tell
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Operator, Site
from firstkey.actions.streams import CaseState
from firstkey.ceremonies.statements import ActVerdict
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.state import Case, stage_of
from firstkey.enrollment.case.surroundings import SignedAct
from firstkey.enrollment.case.words import Closure, Stage
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.values.errors import Refused


class CaseAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a case stands after an act."""

    case: str
    stage: Stage
    revision: int
    closed: Closure | None = None


def case_answer(case: str, state: CaseState) -> CaseAnswer:
    """Return where a case stands."""
    if isinstance(state, Case):
        return CaseAnswer(case=case, stage=stage_of(state), revision=state.revision, closed=state.closed)
    return CaseAnswer(case=case, stage=stage_of(state), revision=0)


async def do_signed(
    site: Site, caller: Operator, case: str, signed: SignedStatement, command: Callable[[SignedAct], Command]
) -> CaseAnswer:
    """Judge the caller's signed act, decide the command that it makes, and keep its evidence, all or nothing.

    Raises:
        Malformed: the assertion cannot be read.
        Refused: what the ceremony or the core finds. The statement is spent all the same.
    """
    return await do_all_signed(
        site, case, [await judge_signed(site, signed, caller.person)], lambda acts: command(acts[0])
    )


async def do_signed_by_two(
    site: Site,
    caller: Operator,
    case: str,
    signed: tuple[SignedStatement, ...],
    command: Callable[[tuple[SignedAct, ...]], Command],
) -> CaseAnswer:
    """As `do_signed`, for what two people sign; the caller is one of them and brings the other's."""
    judged = [await judge_signed(site, each, None) for each in signed]
    if caller.person not in {verdict.person for verdict, _ in judged}:
        raise Refused(ActionReason.StatementUnknown)
    return await do_all_signed(site, case, judged, command)


async def do_all_signed(
    site: Site,
    case: str,
    judged: list[tuple[ActVerdict, Evidence]],
    command: Callable[[tuple[SignedAct, ...]], Command],
) -> CaseAnswer:
    """Decide what judged acts make."""
    return await decide_signed(site, case, judged, lambda casework, acts: command(acts))


async def decide_signed(
    site: Site,
    case: str,
    judged: list[tuple[ActVerdict, Evidence]],
    command: Callable[[Casework, tuple[SignedAct, ...]], Command],
) -> CaseAnswer:
    """As `do_all_signed`, for a command that also says what the records hold in that transaction."""
    acts = tuple(signed_act(verdict) for verdict, _ in judged)

    def work(casework: Casework) -> Decision:
        for verdict, evidence in judged:
            casework.check_sees(verdict.person, case)
            casework.accept(verdict, evidence)
        return casework.decide(case, command(casework, acts), statements=frozenset(act.statement for act in acts))

    return case_answer(case, tell(await run(site, work)))
