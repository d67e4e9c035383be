"""Delegation: one person lets another do some of their duties for them, for some joiners, until a date; never chained.

Whoever acts under it names the delegator in what they sign, or in the case that they open. It counts only while the
delegator could do the same: what they hold, or are by relation, is asked at every decision. Both count for separation.
"""

from typing import Annotated

import msgspec

from firstkey.actions.acts import SignedStatement, judge_signed, signed_act
from firstkey.actions.administration import check_named
from firstkey.actions.casework import Casework, run
from firstkey.actions.crew import may_serve
from firstkey.actions.people import find_person, reports_of
from firstkey.actions.reasons import ActionReason
from firstkey.actions.scopes import EVERYTHING, Scope, until_word
from firstkey.actions.site import Operator, Site
from firstkey.actions.site_facts import DelegationEnded, DelegationGiven
from firstkey.actions.site_state import Delegation, SiteState
from firstkey.actions.site_stream import append_site_facts, site_state
from firstkey.ceremonies.statements import Text
from firstkey.enrollment.case.ending import is_over
from firstkey.policy.model import ApproverRule, Duty
from firstkey.values.errors import Refused
from firstkey.values.instants import DAY

GIVE_DELEGATION, END_DELEGATION = "give_delegation", "end_delegation"
DELEGATION_LIFETIME_MS_MAX = 90 * DAY
DELEGATIONS_MAX = 20
"""Of one delegator, at a time."""

DELEGABLE = frozenset({duty.value for duty in Duty} | {rule.value for rule in ApproverRule})
"""Every part in a case; administering the site is nobody's to hand on."""


class DelegationToGive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may act for the caller, and the caller's act that names delegate, duties, the scope's words and the end's."""

    delegate: Text
    duties: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=len(DELEGABLE))]
    ends_at: int
    signed: SignedStatement
    scope: Scope = EVERYTHING


class DelegationToEnd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which delegation is over, and the act of its delegator, or of an administrator, that names it."""

    delegation: Text
    signed: SignedStatement


class DelegationShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A delegation as people see it."""

    delegation: str
    delegator: str
    delegate: str
    duties: tuple[str, ...]
    scope: Scope
    ends_at: int


class DelegationsShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The delegations that somebody gave or may act by; an administrator's answer has all."""

    delegations: tuple[DelegationShown, ...]


def delegation_names(asked: DelegationToGive) -> tuple[str, ...]:
    """Return what the act of giving names."""
    return (asked.delegate, " ".join(sorted(asked.duties)), *asked.scope.words, until_word(asked.ends_at))


def shown(given: Delegation) -> DelegationShown:
    """Return a delegation as people see it."""
    duties = tuple(sorted(given.duties))
    return DelegationShown(given.id, given.delegator, given.delegate, duties, given.scope, given.ends_at)


def _holds(casework: Casework, standing: SiteState, who: str, duty: str, scope: Scope) -> bool:
    """Whether somebody holds all that they hand on, by a grant or as a manager of somebody."""
    now = casework.tx.now
    granted = any(g.duty == duty and scope.within(g.scope) for g in standing.grants_of(who, now))
    of_manager = duty in (ApproverRule.MANAGER.value, Duty.REQUESTER.value)
    return granted or (of_manager and bool(reports_of(casework.tx, who)))


def _check(casework: Casework, standing: SiteState, delegator: str, asked: DelegationToGive) -> None:
    now = casework.tx.now
    if not set(asked.duties) <= DELEGABLE:
        raise Refused(ActionReason.DutyUnknown)
    if delegator == asked.delegate:
        raise Refused(ActionReason.OwnDuty)
    if is_over(asked.ends_at, now) or asked.ends_at > now + DELEGATION_LIFETIME_MS_MAX:
        raise Refused(ActionReason.DelegationTooLong)
    if not all(_holds(casework, standing, delegator, duty, asked.scope) for duty in asked.duties):
        raise Refused(ActionReason.DutyNotHeld)  # first: who has nothing to hand on learns nothing of who is here
    if not may_serve(find_person(casework.tx, asked.delegate), now):
        raise Refused(ActionReason.NoOperator)
    live = standing.delegations_at(now)
    back = (each for each in live if (each.delegator, each.delegate) == (asked.delegate, delegator))
    if any(each.duties & set(asked.duties) for each in back):
        raise Refused(ActionReason.DelegationCycle)
    if sum(each.delegator == delegator for each in live) >= DELEGATIONS_MAX:
        raise Refused(ActionReason.DelegationsTooMany)


async def give_delegation(site: Site, caller: Operator, asked: DelegationToGive) -> DelegationShown:
    """Let another act for the caller.

    Raises:
        Refused: ActNotForThis, DutyUnknown, DutyNotHeld (also by a delegation alone: none is chained), OwnDuty,
            DelegationTooLong, DelegationCycle, DelegationsTooMany, NoOperator.
    """
    verdict, evidence = await judge_signed(site, asked.signed, caller.person)

    def work(casework: Casework) -> DelegationShown:
        tx = casework.tx
        check_named(verdict, GIVE_DELEGATION, delegation_names(asked))
        _check(casework, site_state(site, tx).state, caller.person, asked)
        casework.accept(verdict, evidence)
        fact = DelegationGiven(
            at=tx.now,
            delegate=asked.delegate,
            duties=tuple(sorted(set(asked.duties))),
            scope=asked.scope,
            ends_at=asked.ends_at,
            by=signed_act(verdict).by,
        )
        return shown(append_site_facts(site, tx, fact).delegations[-1])

    return await run(site, work)


async def end_delegation(site: Site, caller: Operator, asked: DelegationToEnd) -> DelegationsShown:
    """End a delegation before its end: by its delegator, or an administrator.

    Raises:
        Refused: ActNotForThis, NotFound.
    """
    verdict, evidence = await judge_signed(site, asked.signed, caller.person)

    def work(casework: Casework) -> DelegationsShown:
        tx, standing = casework.tx, site_state(site, casework.tx).state
        check_named(verdict, END_DELEGATION, (asked.delegation,))
        given = next((each for each in standing.delegations_at(tx.now) if each.id == asked.delegation), None)
        if given is None or caller.person not in {given.delegator, *standing.administrators(tx.now)}:
            raise Refused(ActionReason.NotFound)
        casework.accept(verdict, evidence)
        by = signed_act(verdict).by
        append_site_facts(site, tx, DelegationEnded(at=tx.now, delegation=asked.delegation, by=by))
        casework.look_at_parts(given.delegate)
        return _of(casework, caller)

    return await run(site, work)


async def list_delegations(site: Site, caller: Operator) -> DelegationsShown:
    """Show the delegations that concern the caller, to an administrator all."""
    return await run(site, lambda casework: _of(casework, caller))


def _of(casework: Casework, caller: Operator) -> DelegationsShown:
    now, standing = casework.tx.now, site_state(casework.site, casework.tx).state
    every = caller.person in standing.administrators(now)
    live = standing.delegations_at(now)
    return DelegationsShown(
        tuple(shown(each) for each in live if every or caller.person in (each.delegator, each.delegate))
    )
