"""Who may act for a joiner now, of the people whom a decision can meet.

Holders of a duty whose scope the joiner is in, the joiner's manager, and whoever acts for one of them by a delegation:
all on record, none who has left, no machine's account. A delegation never rests on another.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from msgspec.structs import replace

from firstkey.actions.people import PersonRecord, find_person, reports_of
from firstkey.actions.scopes import Subject, subject_of_case
from firstkey.actions.site_state import Pair, SiteState
from firstkey.enrollment.case.ending import is_here
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.surroundings import By, Presence, SignedAct
from firstkey.enrollment.request import OpenCase
from firstkey.policy.model import ApproverRule, Duty
from firstkey.policy.staffing import Person
from firstkey.ports.fact_store import Reader

State = TypeVar("State")

OF_A_MANAGER = frozenset({ApproverRule.MANAGER.value, Duty.REQUESTER.value})
"""What the manager of a joiner may do for them, by what a source of record says."""

NAMES = frozenset({"person", "requester", "delegator"})
"""Fields of commands that name somebody."""


class Crew(NamedTuple):
    """Who may act for a joiner now.

    Attributes:
        eligible: (person, duty or approver rule).
        records: of those people, as sources of record have them.
    """

    eligible: frozenset[Pair]
    records: tuple[PersonRecord, ...]

    @property
    def people(self) -> tuple[Person, ...]:
        """The same as the policy's staffing asks for them."""
        words = {record.person: {w for who, w in self.eligible if who == record.person} for record in self.records}
        return tuple(Person(r.person, frozenset(words[r.person]), r.unit, r.vendor) for r in self.records)


def may_serve(record: PersonRecord | None, now: int) -> bool:
    """Whether somebody is a person, on record, and has not left."""
    return record is not None and not record.service and is_here(record.standing, now)


def as_known(state: State, standing: SiteState) -> State:
    """Return a case with the people in it named as they go now, so that nobody counts twice."""
    if not standing.same or not isinstance(state, Case):
        return state

    def known(by: By) -> By:
        delegator = None if by.delegator is None else standing.known_as(by.delegator)
        return replace(by, person=standing.known_as(by.person), delegator=delegator)

    approvals = (replace(approval, by=known(approval.by)) for approval in state.approvals)
    return replace(
        state,
        person=standing.known_as(state.person),
        duties=frozenset((duty, standing.known_as(person)) for duty, person in state.duties),
        approvals=tuple({approval.by.person: approval for approval in approvals}.values()),
    )


def _said_by(command: Command) -> Iterator[Any]:
    """Yield what a command consists of."""
    for name in command.__struct_fields__:
        value = getattr(command, name)
        if name in NAMES and isinstance(value, str):
            yield value
        yield from value if isinstance(value, tuple) else (value,)


def _acts(command: Command) -> tuple[SignedAct, ...]:
    return tuple(part for part in _said_by(command) if isinstance(part, SignedAct))


def _met(state: Any, command: Command) -> frozenset[str] | None:
    """Return the people whom a decision can meet; None for a case to open, which asks who could staff it."""
    if isinstance(command, OpenCase):
        return None
    named = {getattr(command, name) for name in NAMES & set(command.__struct_fields__)}
    confirmers = {part.confirmer for part in _said_by(command) if isinstance(part, Presence)}
    signers = {person for act in _acts(command) for person in act.persons}
    served = {person for _, person in state.duties} if isinstance(state, Case) else set()
    return frozenset(filter(None, named | confirmers | signers | served))


class _OnBehalf(NamedTuple):
    """(delegate, delegator) of all who act for others: now, or in an approval that is to count."""

    now: frozenset[Pair]
    before: frozenset[Pair]


def _on_behalf(state: Any, command: Command) -> _OnBehalf:
    asked = {(act.person, act.delegator) for act in _acts(command)}
    if isinstance(command, OpenCase) and command.requester is not None:
        asked.add((command.requester, command.delegator))
    approvals = state.approvals if isinstance(state, Case) else ()
    signing = {person for person, _ in asked}
    before = {(a.by.person, a.by.delegator) for a in approvals if a.by.person not in signing}
    return _OnBehalf(*(frozenset((who, for_) for who, for_ in pairs if for_ is not None) for pairs in (asked, before)))


def delegated(
    standing: SiteState, subject: Subject, own: Iterable[Pair], on_behalf: Iterable[Pair], now: int
) -> frozenset[Pair]:
    """Return what delegates may do because their delegators may."""
    own, live = frozenset(own), standing.delegations_at(now)
    return frozenset(
        (delegate, duty)
        for delegate, delegator in on_behalf
        for each in live
        if (each.delegate, each.delegator) == (delegate, delegator) and each.scope.holds(subject)
        for duty in each.duties
        if (delegator, duty) in own
    )


def crew_of(reader: Reader, person: PersonRecord, standing: SiteState, state: Any, command: Command, now: int) -> Crew:
    """Return who may act for a joiner now, of the people whom a decision can meet.

    Args:
        reader: the store.
        person: the joiner.
        standing: what the site's stream says.
        state: the joiner's case, if it is open already.
        command: what is asked.
        now: the store's instant.
    """
    subject, met, manager = subject_of_case(person, state), _met(state, command), person.manager_at(now)
    pairs = standing.holders(subject, now)
    if manager is not None:
        pairs |= {(manager, word) for word in OF_A_MANAGER}
    on_behalf = _on_behalf(state, command)
    lent_to = on_behalf.now | on_behalf.before
    names = {name for name, _ in pairs if met is None or name in met} | {name for pair in lent_to for name in pair}
    found = {name: find_person(reader, name) for name in sorted(names)}
    records = {name: record for name, record in found.items() if record is not None and may_serve(record, now)}
    own = frozenset(pair for pair in pairs if pair[0] in records)
    lent = frozenset(pair for pair in delegated(standing, subject, own, lent_to, now) if pair[0] in records)
    delegates = {delegate for delegate, _ in on_behalf.now}  # who acts for another does so by the delegation alone
    return Crew(frozenset(pair for pair in own if pair[0] not in delegates) | lent, tuple(records.values()))


def plays_parts(reader: Reader, standing: SiteState, who: str) -> bool:
    """Whether somebody may have a part in a case: by a duty, by a delegation, or as a manager."""
    granted = any(grant.person == who for grant in standing.grants)
    return granted or any(each.delegate == who for each in standing.delegations) or bool(reports_of(reader, who))


def may_see(reader: Reader, standing: SiteState, who: str, person: PersonRecord, subject: Subject, now: int) -> bool:
    """Whether somebody may see a joiner and their case: by a duty in scope, as their manager, or for one who may."""
    if not may_serve(find_person(reader, who), now):
        return False
    manager, holders = person.manager_at(now), {name for name, _ in standing.holders(subject, now)}
    if who == manager or who in holders:
        return True
    lenders = {d.delegator for d in standing.delegations_at(now) if d.delegate == who and d.scope.holds(subject)}
    own = holders | {manager}
    return any(may_serve(find_person(reader, name), now) for name in lenders & own if name is not None)
