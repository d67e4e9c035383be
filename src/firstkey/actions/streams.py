"""Reading the streams of cases and of accounts' credentials: their names, and how their facts become a state."""

from collections.abc import Iterator

from firstkey.actions.folds import Folded, Folding
from firstkey.actions.people import PersonRecord
from firstkey.actions.rulings import Before
from firstkey.actions.site import Site
from firstkey.actions.site_stream import site_state
from firstkey.enrollment.activation import replay_holding
from firstkey.enrollment.case.facts import decode_fact
from firstkey.enrollment.case.limits import REMEMBERED_MS
from firstkey.enrollment.case.state import Case, Holdings, NeverOpened
from firstkey.enrollment.case.surroundings import Partner
from firstkey.enrollment.case.words import Closure, CredentialState
from firstkey.enrollment.lifecycle.replay import apply_fact
from firstkey.enrollment.request import OpenCase
from firstkey.policy.model import Purpose
from firstkey.ports.fact_store import Reader, Recorded, Transaction
from firstkey.ports.queues import PAGE_ROWS_MAX, CaseCursor, CaseIndex, CaseRow

CaseState = Case | NeverOpened | None


def case_stream(case: str) -> str:
    """Return the name of a case's stream."""
    return f"case/{case}"


def account_stream(account: str) -> str:
    """Return the name of the stream of an account's credentials."""
    return f"account/{account}"


def _apply_case(state: CaseState, record: Recorded) -> CaseState:
    return apply_fact(state, decode_fact(record.body))


def _apply_holding(state: Holdings, record: Recorded) -> Holdings:
    return replay_holding(state, decode_fact(record.body))


CASE_FOLDING: Folding[CaseState] = Folding(lambda: None, _apply_case)
HOLDINGS_FOLDING: Folding[Holdings] = Folding(Holdings, _apply_holding)


def read_case(site: Site, reader: Reader, case: str) -> Folded[CaseState]:
    """Return a case as it is, and the number of its last fact."""
    return site.folds.read(reader, case_stream(case), CASE_FOLDING)


def read_holdings(site: Site, reader: Reader, account: str) -> Folded[Holdings]:
    """Return an account's credentials, and the number of the last fact about them."""
    return site.folds.read(reader, account_stream(account), HOLDINGS_FOLDING)


def every_case(reader: Reader, by: CaseIndex, value: str) -> Iterator[CaseRow]:
    """Read all pages of an index."""
    after: CaseCursor | None = None
    while rows := reader.cases(by, value, after=after, limit=PAGE_ROWS_MAX):
        yield from rows
        after = rows[-1].cursor


def cases_of(site: Site, reader: Reader, person: str) -> Iterator[CaseRow]:
    """Yield all cases of a person, by whatever id they went."""
    for each in site_state(site, reader).state.ids_of(person):
        yield from every_case(reader, CaseIndex.PERSON, each)


def partner_of(site: Site, reader: Reader, state: CaseState) -> Partner | None:
    """Return the latest other case of a break-glass account, whatever has become of it."""
    if not isinstance(state, Case) or state.purpose is not Purpose.BREAK_GLASS:
        return None
    rows = reader.cases(CaseIndex.ACCOUNT, state.account, limit=PAGE_ROWS_MAX)
    named = (row.case.removeprefix("case/") for row in rows if row.purpose == state.purpose)
    others = (read_case(site, reader, case).state for case in named)
    partners = [other for other in others if isinstance(other, Case) and other.position != state.position]
    if not partners:
        return None
    partner = max(partners, key=lambda other: other.opened_at)
    credential = partner.credential
    return Partner(
        closed=partner.closed is not None,
        completed=partner.closed is Closure.COMPLETED,
        ready=credential is not None and credential.state is CredentialState.PENDING,
        maker=None if credential is None else credential.made.maker,
    )


def before_of(site: Site, tx: Transaction, person: PersonRecord, command: OpenCase) -> Before:
    """Return what is remembered of a person and their account; a case that went wrong counts for 30 days."""
    rows = cases_of(site, tx, person.person)
    cases = (read_case(site, tx, row.case.removeprefix("case/")).state for row in rows)
    adverse = (c for c in cases if isinstance(c, Case) and c.adverse_at is not None)
    tried = tuple(c.requirements for c in adverse if tx.now - (c.adverse_at or 0) <= REMEMBERED_MS)
    lost = read_holdings(site, tx, person.account).state.find(command.lost_credential or "")
    return Before(tried, None if lost is None else lost.requirements)
