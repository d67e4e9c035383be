"""What a person in a session may see of cases."""

from itertools import islice
from typing import Annotated

import msgspec

from firstkey.actions.casework import Casework, run
from firstkey.actions.crew import may_see, may_serve
from firstkey.actions.cursors import CURSOR_CHARACTERS_MAX, open_cursor, seal_cursor
from firstkey.actions.people import find_person, reports_of
from firstkey.actions.reasons import ActionReason
from firstkey.actions.rulings import policy_in_force
from firstkey.actions.scopes import EVERYTHING, subject_of
from firstkey.actions.site import ANSWER_WITHIN_SECONDS, Operator, Site
from firstkey.actions.site_stream import site_state
from firstkey.enrollment.case.digest import digest_to_sign
from firstkey.enrollment.case.state import Case, stage_of
from firstkey.enrollment.case.words import Closure, CredentialState, NativeState, PassState, Stage
from firstkey.policy.model import Anchor, Path, Purpose, Tier
from firstkey.ports.fact_store import Reader, answer_async
from firstkey.ports.queues import PAGE_ROWS_MAX, CaseCursor, CaseIndex, CaseRow
from firstkey.values.errors import Refused

PAGE_ROWS_DEFAULT = 50
ROWS_LOOKED_AT_MAX = 1_000
"""For one page, of somebody who may not see every case."""

Named = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]

INDEXES = (CaseIndex.ACCOUNT, CaseIndex.PERSON, CaseIndex.STAGE, CaseIndex.PATH)
"""What a list may be narrowed by; the first that is asked for finds the rows, the others leave some out."""


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
    destination: str | None = None
    native: str | None = None
    native_state: NativeState | None = None


class CaseListed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case in a list."""

    case: str
    account: str
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
    """Which cases: all, or those that wait for a stage, or are of an account, a person or a path; or several of these.

    `after` is what the page before said.
    """

    stage: Stage | None = None
    account: Named | None = None
    person: Named | None = None
    path: Named | None = None
    after: Annotated[str, msgspec.Meta(min_length=1, max_length=CURSOR_CHARACTERS_MAX)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=PAGE_ROWS_MAX)] = PAGE_ROWS_DEFAULT

    @property
    def narrowed(self) -> dict[CaseIndex, str]:
        """What the list is narrowed by."""
        said = {index: getattr(self, index.value) for index in INDEXES}
        return {index: str(value) for index, value in said.items() if value is not None}


async def show_case(site: Site, caller: Operator, case: str) -> CaseShown:
    """Show a case.

    Raises:
        Refused: NotFound.
    """

    def view(casework: Casework) -> CaseShown:
        state = casework.check_sees(caller.person, case)
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
        destination=None if state.native is None else state.native.destination,
        native=None if state.native is None else state.native.native,
        native_state=None if state.native is None else state.native.state,
    )


class _Sight:
    """Whom somebody may see, asked of row after row.

    Args:
        site: the site.
        reader: the store.
        who: the person who looks.
        now: an instant; of dated duties.

    Raises:
        Refused: NotFound; they may see nobody.
    """

    def __init__(self, site: Site, reader: Reader, who: str, now: int) -> None:
        self._reader, self._who, self._now = reader, who, now
        self._standing = site_state(site, reader).state
        self._tiers = {path.name: tier_of(path) for path in policy_in_force(reader, self._standing, now).paths}
        granted = self._standing.grants_of(who, now)
        lent = any(each.delegate == who for each in self._standing.delegations_at(now))
        self.all = any(grant.scope == EVERYTHING for grant in granted)
        self.reports = () if granted or lent else reports_of(reader, who)
        nobody = not (granted or lent or self.reports)
        if nobody or not may_serve(find_person(reader, who), now):
            raise Refused(ActionReason.NotFound)

    def sees(self, row: CaseRow) -> bool:
        """Whether they may see a case."""
        person = None if self.all else find_person(self._reader, self._standing.known_as(row.person))
        if person is None:
            return self.all
        subject = subject_of(person, self._tiers.get(row.path))
        return may_see(self._reader, self._standing, self._who, person, subject, self._now)

    def rows(self, by: CaseIndex, value: str, after: CaseCursor | None, limit: int) -> tuple[CaseRow, ...]:
        """Return the next rows that might be seen; of somebody who is a manager and nothing else, their reports'."""
        if not self.reports:
            return self._reader.cases(by, value, after=after, limit=limit)
        pages = (self._reader.cases(CaseIndex.PERSON, person, limit=PAGE_ROWS_MAX) for person in self.reports)
        rows = sorted((row for page in pages for row in page), key=lambda row: row.cursor)
        left = (row for row in rows if after is None or row.cursor > after)
        return tuple(islice(left, limit))


def tier_of(path: Path) -> Tier | None:
    """Return the tier of a path's credentials, None of one that prohibits."""
    return None if path.requirements is None else path.requirements.tier


async def list_cases(site: Site, caller: Operator, asked: CasesAsked) -> CasePage:
    """List the cases that the caller may see, the first due first.

    Whoever's duties have a scope is shown what is left of at most ROWS_LOOKED_AT_MAX rows; a page may then be short,
    or empty, and still not be the last.
    """

    def view(reader: Reader) -> CasePage:
        sight = _Sight(site, reader, caller.person, site.clock.now())
        narrowed = asked.narrowed
        by, value = next(iter(narrowed.items()), (CaseIndex.ALL, ""))
        listing = (caller.person, *(f"{index}={said}" for index, said in narrowed.items()))
        cursor = None if asked.after is None else open_cursor(site, asked.after, *listing)
        listed: list[CaseListed] = []
        looked_at, more = 0, True
        while more and len(listed) < asked.limit and looked_at < ROWS_LOOKED_AT_MAX:
            limit = asked.limit - len(listed)
            rows = sight.rows(by, value, cursor, limit)
            fitting = (row for row in rows if all(getattr(row, at.value) == said for at, said in narrowed.items()))
            listed += [_listed(row) for row in fitting if sight.sees(row)]
            looked_at, more = looked_at + limit, len(rows) == limit
            cursor = rows[-1].cursor if rows else cursor
        return CasePage(cases=tuple(listed), after=seal_cursor(site, cursor, *listing) if more and cursor else None)

    return await answer_async(site.store.read(view), ANSWER_WITHIN_SECONDS)


def _listed(row: CaseRow) -> CaseListed:
    return CaseListed(
        case=row.case.removeprefix("case/"),
        account=row.account,
        person=row.person,
        path=row.path,
        purpose=row.purpose,
        stage=row.stage,
        opened_at=row.opened_at,
        due_at=row.due_at,
    )
