"""The row of a case in the queues: everything in it follows from facts and from the joiner's record.

`due_at` is when something is to be written down of the case, or of the credential that came of it, though nobody asks.
The sweeper looks at what is due and at nothing else; nothing relies on it.
"""

from collections.abc import Iterable, Iterator

from firstkey.actions.people import PersonRecord, find_person
from firstkey.actions.site import Site
from firstkey.actions.streams import case_stream, every_case, read_case, read_holdings
from firstkey.enrollment.case.ending import earliest
from firstkey.enrollment.case.limits import LATER_PASS_AFTER_FIRST_MS_MAX
from firstkey.enrollment.case.state import Case, Holdings, stage_of
from firstkey.enrollment.case.words import CredentialState
from firstkey.ports.fact_store import Reader
from firstkey.ports.queues import CaseIndex, CaseRow
from firstkey.values.canonical import INTEGER_MAX

WAITING = frozenset({CredentialState.PENDING, CredentialState.SUSPENDED})
"""States of a case's credential that may come to an end by what happens elsewhere, an approver's return for one."""


def joiner_of(reader: Reader, case: Case) -> PersonRecord:
    """Return the record of a case's joiner, at its account; one who has gone where the account is theirs no more."""
    record = find_person(reader, case.person)
    if record is not None and case.account in record.every_account:
        return record.at_account(case.account)
    return PersonRecord(case.person, case.account, "", "", incarnation=case.incarnation, active=False)


def told_row(site: Site, reader: Reader, case: str) -> CaseRow | None:
    """Return a case's row as facts and the joiner's record now have it; None where no case was opened."""
    state = read_case(site, reader, case).state
    if not isinstance(state, Case):
        return None
    updated_at = reader.load(case_stream(case))[-1].at
    holdings = read_holdings(site, reader, state.account).state
    return row_of(case_stream(case), state, joiner_of(reader, state), holdings, updated_at)


def differing_rows(site: Site, reader: Reader, streams: Iterable[str]) -> Iterator[str]:
    """Yield the cases whose stored rows are not what their facts tell.

    Args:
        site: the site.
        reader: a view of its store.
        streams: names of all its streams.
    """
    stored = {row.case: row for row in every_case(reader, CaseIndex.ALL, "")}
    for stream in {*stored, *(each for each in streams if each.startswith(case_stream("")))}:
        if told_row(site, reader, stream.removeprefix(case_stream(""))) != stored.get(stream):
            yield stream


def row_of(stream: str, case: Case, person: PersonRecord, holdings: Holdings, updated_at: int) -> CaseRow:
    """Return a case's row.

    Args:
        stream: the case's.
        case: as it is folded.
        person: the joiner's record, at the case's account.
        holdings: of that account.
        updated_at: instant of the case's last fact (milliseconds).
    """
    due = earliest(*(_open_ends(case) if case.closed is None else _held_ends(case, holdings)))
    left = person.ends_at if due is not None and person.active else None
    return CaseRow(
        case=stream,
        account=case.account,
        person=case.person,
        path=case.path,
        purpose=case.purpose.value,
        stage=stage_of(case).value,
        opened_at=case.opened_at,
        due_at=INTEGER_MAX if due is None else min(due, INTEGER_MAX if left is None else left),
        updated_at=updated_at,
    )


def _open_ends(case: Case) -> tuple[int | None, ...]:
    pass_, credential = case.live_pass, case.credential
    later_pass_over = None
    if case.pass_needed and credential is None and case.first_pass_at is not None:
        later_pass_over = case.first_pass_at + LATER_PASS_AFTER_FIRST_MS_MAX + 1
    activates = None
    if credential is not None and credential.state in WAITING:
        activates = credential.registered_at + case.requirements.cooling_off_ms
    return (
        case.expires_at,
        None if pass_ is None else pass_.ends_at,
        later_pass_over,
        None if credential is None else credential.ends_at,
        activates,
    )


def _held_ends(case: Case, holdings: Holdings) -> tuple[int | None, ...]:
    """When the credential ends that came of a closed case; one without an end still ends with its holder's leaving."""
    held = (each for each in holdings.held if each.case == case.case)
    return tuple(INTEGER_MAX if each.ends_at is None else each.ends_at for each in held)
