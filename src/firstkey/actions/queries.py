"""What a person in a session may see of cases."""

import re
from typing import Annotated

import msgspec

from firstkey.actions.casework import Casework, run
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import ANSWER_WITHIN_SECONDS, Operator, Site
from firstkey.actions.site_stream import site_state
from firstkey.enrollment.case.digest import digest_to_sign
from firstkey.enrollment.case.state import Case, stage_of
from firstkey.enrollment.case.words import Closure, CredentialState, PassState, Stage
from firstkey.policy.model import Anchor, Purpose
from firstkey.ports.fact_store import Reader, answer_async
from firstkey.ports.queues import PAGE_ROWS_MAX, CaseCursor, CaseIndex
from firstkey.values.errors import Refused

PAGE_ROWS_DEFAULT = 50

_CURSOR = re.compile(r"^([0-9]{1,16}):([!-~]{1,200})$")


class CaseShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case for the people who work on it. `digest` is what the next approver signs; no field holds a code."""

    case: str
    account: str
    person: str
    purpose: Purpose
    path: str
    stage: Stage
    revision: int
    digest: str
    opened_at: int
    expires_at: int
    relayable: bool
    seen_by_staff: bool
    proofed_level: int | None
    approvals: tuple[str, ...]
    quorum: int
    claim: str | None
    anchor: Anchor | None
    pass_id: str | None
    pass_state: PassState | None
    tries_failed: int
    credential: str | None
    credential_state: CredentialState | None
    held: bool
    closed: Closure | None
    facts: tuple[str, ...]


class CaseListed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case in a list."""

    case: str
    person: str
    path: str
    purpose: str
    stage: str
    opened_at: int
    due_at: int


class CasePage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page of cases, first due first; `after` asks for the next one, None on the last."""

    cases: tuple[CaseListed, ...]
    after: str | None


class CasesAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which cases: those that wait for a stage, or all."""

    stage: Stage | None = None
    after: Annotated[str, msgspec.Meta(pattern=_CURSOR.pattern)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=PAGE_ROWS_MAX)] = PAGE_ROWS_DEFAULT


def _let_in(site: Site, reader: Reader, caller: Operator) -> None:
    if not any(person == caller.person for person, _ in site_state(site, reader).state.eligible):
        raise Refused(ActionReason.NotFound)


async def show_case(site: Site, caller: Operator, case: str) -> CaseShown:
    """Show a case.

    Raises:
        Refused: NotFound.
    """

    def view(casework: Casework) -> CaseShown:
        _let_in(site, casework.tx, caller)
        state = casework.read(case)
        if not isinstance(state, Case):
            raise Refused(ActionReason.NotFound)
        facts = tuple(record.kind for record in casework.tx.load(f"case/{case}"))
        return _shown(state, facts)

    return await run(site, view)


def _shown(state: Case, facts: tuple[str, ...]) -> CaseShown:
    claim, pass_, credential = state.claim, state.pass_, state.credential
    return CaseShown(
        case=state.case,
        account=state.account,
        person=state.person,
        purpose=state.purpose,
        path=state.path,
        stage=stage_of(state),
        revision=state.revision,
        digest=digest_to_sign(state),
        opened_at=state.opened_at,
        expires_at=state.expires_at,
        relayable=state.requirements.relayable,
        seen_by_staff=state.requirements.seen_by_staff,
        proofed_level=None if state.proofing is None else state.proofing.level,
        approvals=tuple(approval.by.person for approval in state.approvals),
        quorum=state.requirements.quorum,
        claim=None if claim is None else claim.claim,
        anchor=None if claim is None else claim.anchor,
        pass_id=None if pass_ is None else pass_.pass_id,
        pass_state=None if pass_ is None else pass_.state,
        tries_failed=state.tries_failed,
        credential=None if credential is None else credential.credential,
        credential_state=None if credential is None else credential.state,
        held=state.hold is not None,
        closed=state.closed,
        facts=facts,
    )


async def list_cases(site: Site, caller: Operator, asked: CasesAsked) -> CasePage:
    """List cases, the first due first."""

    def view(reader: Reader) -> CasePage:
        _let_in(site, reader, caller)
        index = CaseIndex.ALL if asked.stage is None else CaseIndex.STAGE
        last_read = _CURSOR.match(asked.after or "")
        cursor = None if last_read is None else CaseCursor(int(last_read[1]), last_read[2])
        value = "" if asked.stage is None else asked.stage.value
        rows = reader.cases(index, value, after=cursor, limit=asked.limit)
        listed = tuple(
            CaseListed(
                case=row.case.removeprefix("case/"),
                person=row.person,
                path=row.path,
                purpose=row.purpose,
                stage=row.stage,
                opened_at=row.opened_at,
                due_at=row.due_at,
            )
            for row in rows
        )
        last = rows[-1].cursor if len(rows) == asked.limit else None
        return CasePage(cases=listed, after=None if last is None else f"{last.due_at}:{last.case}")

    return await answer_async(site.store.read(view), ANSWER_WITHIN_SECONDS)
