"""What a source's feed brings: people, who has left, and cases; signed request by request with the source's key.

A request brings at most 500 rows and is one transaction: each row is stored, or told with what is wrong with it, and
what is stored acts at once on open cases and keys. A row that says nothing new changes nothing, so a feed that was
interrupted is simply sent again. A dry run answers the same and stores nothing.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Annotated, NamedTuple

import msgspec

from firstkey.actions.administration import ADMINISTRATORS_MIN
from firstkey.actions.casework import Casework, run
from firstkey.actions.crew import may_serve
from firstkey.actions.devices import spend_proof
from firstkey.actions.people import (
    FOUNDING,
    MATURES_MS,
    PersonRecord,
    check_accounts,
    find_person,
    person_of_account,
    store_person,
)
from firstkey.actions.reasons import ActionReason
from firstkey.actions.recording import PEOPLE, Id, PersonToRecord, Speaker, join_person
from firstkey.actions.request import CaseBegun, CaseToOpen, begin_case
from firstkey.actions.site import ANSWER_WITHIN_SECONDS, Feed, Site
from firstkey.actions.site_facts import PeopleFed
from firstkey.actions.site_state import Source
from firstkey.actions.site_stream import append_site_facts, site_state
from firstkey.actions.velocity import CASES_BY_A_SOURCE_PER_HOUR, LEAVERS_BY_A_SOURCE_PER_HOUR, OPEN_CASE, count_act
from firstkey.enrollment.case.ending import is_here
from firstkey.policy.model import Purpose
from firstkey.ports.fact_store import Reader, answer_async
from firstkey.ports.kinds import DocumentKind
from firstkey.ports.queues import PAGE_ROWS_MAX
from firstkey.values import canonical
from firstkey.values.encoding import sha256_hex
from firstkey.values.errors import Refused, problem_type

ROWS_MAX = 500
PRESENT_MAX = 200_000
LEAVE = "leave"
SOON_MS = MATURES_MS
"""An end date that is brought forward to within this time is leaving, as far as a source alone may say."""


class PeopleToFeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People as the source has them now. `source` is its name, for those who want to be sure of the key they use."""

    people: Annotated[tuple[PersonToRecord, ...], msgspec.Meta(max_length=ROWS_MAX)]
    dry_run: bool = False
    source: str | None = None


class PresentToFeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everybody whom the source still knows; whoever else it has brought has left. `left_max` guards against half a
    list: of more nobody leaves.
    """

    present: Annotated[tuple[Id, ...], msgspec.Meta(max_length=PRESENT_MAX)]
    left_max: int = 50
    dry_run: bool = False
    source: str | None = None


class CaseToFeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account that needs its first key."""

    account: Id


class Changed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody of whom something else is said now: the names of the fields."""

    id: str
    fields: tuple[str, ...]


class RowRefused(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row that is not stored: its place, from 1, whom it is about, and why."""

    row: int
    id: str
    type: str
    title: str
    next_step: str
    detail: str


class Fed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a feed's request has changed, or in a dry run would."""

    dry_run: bool
    new: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()
    left: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    unchanged: int = 0
    errors: tuple[RowRefused, ...] = ()


class Row(NamedTuple):
    """A person before and after."""

    before: PersonRecord | None
    after: PersonRecord


UNSAID = frozenset({"manager_since", "manager_counts_from", "asset_counts_from", "accounts", "incarnation"})
"""What follows from the rest."""


def source_speaking(casework: Casework, caller: Feed, speaks_of: str, name: str | None = None) -> Source:
    """Spend the request's proof and return the source whose key made it.

    Raises:
        Refused: NotFound; it is no source's, or speaks of something else. SourceUnknown; it is another than was named.
    """
    spend_proof(casework.tx, caller)
    source = site_state(casework.site, casework.tx).state.source_of(caller.device_key)
    if source is None or source.speaks_of != speaks_of:
        raise Refused(ActionReason.NotFound)
    if name not in (None, source.name):
        raise Refused(ActionReason.SourceUnknown, f"the key is of {source.name}")
    return source


def refused_row(place: int, of: str, refused: Refused) -> RowRefused:
    """Return how a row's refusal is told."""
    says = refused.says
    return RowRefused(place, of, problem_type(refused.reason), says.title, says.next_step, refused.detail)


def fields_changed(before: PersonRecord, after: PersonRecord) -> tuple[str, ...]:
    """Return the names of what is said otherwise than before."""
    names = (name for name in before.__struct_fields__ if name not in UNSAID)
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def _check_leaving(casework: Casework, row: Row, leaving: set[str]) -> None:
    """Refuse to let somebody leave, now or soon, who is one of the last two administrators; two sign for that.

    Args:
        casework: the transaction.
        row: what the source says of them.
        leaving: administrators whom earlier rows of the request let leave; this one is added.
    """
    tx, person, soon = casework.tx, row.after.person, casework.tx.now + SOON_MS
    administrators = site_state(casework.site, tx).state.administrators(tx.now)
    stays = all(may_serve(row.after, at) or not may_serve(row.before, at) for at in (tx.now, soon))
    if stays or person not in administrators:
        return
    here = (each for each in administrators - leaving - {person} if may_serve(find_person(tx, each), soon))
    if len(tuple(here)) < ADMINISTRATORS_MIN:
        raise Refused(ActionReason.AdministratorsTooFew)
    leaving.add(person)


def planned(casework: Casework, said: PersonToRecord, source: Source, leaving: set[str]) -> Row:
    """Return what a row would make of a person; `leaving` are administrators whom earlier rows let leave.

    Raises:
        Malformed: a fact that the source may not assert.
        Refused: AccountTaken, AccountUnknown, FounderUnidentified, AdministratorsTooFew.
    """
    tx = casework.tx
    before = find_person(tx, said.person)
    if before is not None and before.source == FOUNDING:
        raise Refused(ActionReason.FounderUnidentified)
    after = join_person(before, said, Speaker(source.name, source.rank, frozenset({PEOPLE})), tx.now)
    check_accounts(tx, after)
    row = Row(before, after)
    _check_leaving(casework, row, leaving)
    return row


def _leaves(row: Row, at: int) -> bool:
    return row.before is not None and is_here(row.before.standing, at) and not is_here(row.after.standing, at)


def _told(rows: Iterable[Row], errors: tuple[RowRefused, ...], now: int, *, dry_run: bool) -> Fed:
    kept = list(rows)
    known = [row for row in kept if row.before is not None]
    left = [row for row in known if _leaves(row, now)]
    back = [row for row in known if row.before is not None and row.before.incarnation != row.after.incarnation]
    apart = {row.after.person for row in (*left, *back)}
    changed = (
        Changed(row.after.person, fields_changed(row.before, row.after))
        for row in known
        if row.before is not None and row.before != row.after and row.after.person not in apart
    )
    return Fed(
        dry_run=dry_run,
        new=tuple(row.after.person for row in kept if row.before is None),
        changed=tuple(changed),
        left=tuple(row.after.person for row in left),
        returned=tuple(row.after.person for row in back),
        unchanged=sum(row.before == row.after for row in kept),
        errors=errors,
    )


def store_rows(casework: Casework, rows: Iterable[Row], source: Source) -> None:
    """Store what has changed, and write down what it means for open cases and keys.

    Raises:
        Refused: VelocityReached; more people would leave within an hour than a source alone may say.
    """
    tx, standing = casework.tx, site_state(casework.site, casework.tx).state
    changed = [row for row in rows if row.before != row.after]
    for row in changed:
        if _leaves(row, tx.now) or _leaves(row, tx.now + SOON_MS):
            count_act(tx, standing, f"source:{source.name}", LEAVE, LEAVERS_BY_A_SOURCE_PER_HOUR)
        store_person(tx, row.after)
        casework.look_again(row.after)
    if changed:
        digest = sha256_hex(canonical.encode([msgspec.to_builtins(row.after) for row in changed]))
        fed = PeopleFed(at=tx.now, source=source.name, count=len(changed), digest=digest)
        append_site_facts(casework.site, tx, fed)


def plan_each(
    rows: Iterable[tuple[str, Callable[[], Row]]],
) -> tuple[list[Row], tuple[RowRefused, ...]]:
    """Return what rows make of people, and which are refused; of two rows on one the second is."""
    good: list[Row] = []
    errors: list[RowRefused] = []
    seen: set[str] = set()
    accounts: set[str] = set()
    for place, (of, plan) in enumerate(rows, 1):
        try:
            if of in seen:
                raise Refused(ActionReason.RowTwice)
            row = plan()
            if accounts.intersection(row.after.every_account):
                raise Refused(ActionReason.AccountTaken)
            good.append(row)
            seen.add(of)
            accounts.update(row.after.every_account)
        except Refused as refused:
            errors.append(refused_row(place, of, refused))
    return good, tuple(errors)


async def feed_people(site: Site, caller: Feed, asked: PeopleToFeed) -> Fed:
    """Take what a source says of people.

    Raises:
        Refused: NotFound, VelocityReached.
    """

    def work(casework: Casework) -> Fed:
        source = source_speaking(casework, caller, PEOPLE, asked.source)
        leaving = set[str]()
        rows = ((said.person, partial(planned, casework, said, source, leaving)) for said in asked.people)
        good, errors = plan_each(rows)
        if not asked.dry_run:
            store_rows(casework, good, source)
        return _told(good, errors, casework.tx.now, dry_run=asked.dry_run)

    return await run(site, work)


async def _gone(site: Site, source: Source, present: frozenset[str]) -> list[str]:
    """Return whom a source has brought and no longer knows, page by page, so that nobody waits for it."""
    gone: list[str] = []
    after: str | None = ""
    while after is not None:

        def page(reader: Reader, after: str = after) -> tuple[list[PersonRecord], str | None]:
            found = reader.documents(DocumentKind.PERSON, "person:", after=after, limit=PAGE_ROWS_MAX)
            records = (find_person(reader, key.removeprefix("person:")) for key, _ in found)
            known = [record for record in records if record is not None and record.source == source.name]
            return known, found[-1][0] if len(found) == PAGE_ROWS_MAX else None

        records, after = await answer_async(site.store.read(page), ANSWER_WITHIN_SECONDS)
        gone += [record.person for record in records if record.active and record.person not in present]
    return gone


async def feed_present(site: Site, caller: Feed, asked: PresentToFeed) -> Fed:
    """Let everybody leave whom a source has brought and no longer knows, 500 at most; asked again, the next.

    Raises:
        Refused: NotFound, LeaversTooMany, VelocityReached.
    """
    source = await run(site, lambda casework: source_speaking(casework, caller, PEOPLE, asked.source))
    gone = await _gone(site, source, frozenset(asked.present))
    if len(gone) > asked.left_max:
        raise Refused(ActionReason.LeaversTooMany, f"{len(gone)} would leave, {asked.left_max} may")

    def left(casework: Casework, leaving: set[str], person: str) -> Row:
        record = find_person(casework.tx, person)
        if record is None or record.source != source.name:
            raise Refused(ActionReason.PersonUnknown)
        row = Row(record, msgspec.structs.replace(record, active=False))
        _check_leaving(casework, row, leaving)
        return row

    def work(casework: Casework) -> Fed:
        leaving = set[str]()
        good, errors = plan_each((person, partial(left, casework, leaving, person)) for person in gone[:ROWS_MAX])
        if not asked.dry_run:
            store_rows(casework, good, source)
        return _told(good, errors, casework.tx.now, dry_run=asked.dry_run)

    return await run(site, work)


async def feed_case(site: Site, caller: Feed, asked: CaseToFeed) -> CaseBegun:
    """Open a case for somebody new; a feed is nobody, so nobody's duty is used up.

    Raises:
        Refused: NotFound, AccountUnknown, VelocityReached, or what the core finds.
    """

    def whose(casework: Casework) -> PersonRecord:
        source = source_speaking(casework, caller, PEOPLE)
        standing = site_state(site, casework.tx).state
        count_act(casework.tx, standing, f"source:{source.name}", OPEN_CASE, CASES_BY_A_SOURCE_PER_HOUR)
        return person_of_account(casework.tx, asked.account)

    return await begin_case(site, CaseToOpen(asked.account, Purpose.FIRST_KEY), None, whose)
