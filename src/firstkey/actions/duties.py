"""Granting and withdrawing duties, with scopes; lifting velocity limits; and who holds what.

Duties go to people on record who hold a key of the privileged tier, made by a case or in founding; never to a machine's
account, and never to oneself. An administrator's duty has no scope, for whoever can grant duties can grant any.
"""

from typing import Annotated

import msgspec

from firstkey.actions.acts import SignedStatement
from firstkey.actions.administration import administer, check_administrators_stay
from firstkey.actions.casework import Casework, run
from firstkey.actions.crew import may_serve
from firstkey.actions.people import PersonRecord, find_person
from firstkey.actions.reasons import ActionReason
from firstkey.actions.scopes import EVERYTHING, Scope, until_word
from firstkey.actions.site import Operator, Site
from firstkey.actions.site_facts import DutyGranted, DutyWithdrawn, VelocityLifted
from firstkey.actions.site_state import EVERY_DUTY, SiteState
from firstkey.actions.site_stream import append_site_facts, site_state
from firstkey.actions.streams import read_holdings
from firstkey.actions.velocity import LIFTED_MS, done_lately, limit_of
from firstkey.ceremonies.statements import Text
from firstkey.enrollment.case.ending import is_over
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.separation import ADMINISTRATOR
from firstkey.enrollment.case.surroundings import By
from firstkey.enrollment.case.words import CredentialState
from firstkey.policy.model import ApproverRule, Tier
from firstkey.values.errors import Refused

GRANT_DUTY, WITHDRAW_DUTY, LIFT_VELOCITY = "grant_duty", "withdraw_duty", "lift_velocity"

GRANTABLE = EVERY_DUTY | {ApproverRule.UNIT_OWNER.value}
"""All duties, and owning a unit, which is one with that unit for its scope."""

ActWord = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]


class DutyToGrant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A duty for a person, and an administrator's act that names person, duty, the scope's words and the end's word."""

    person: Text
    duty: str
    signed: SignedStatement
    scope: Scope = EVERYTHING
    ends_at: int | None = None


class DutyToWithdraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A duty that a person is to hold no more, in any scope, and an administrator's act that names both."""

    person: Text
    duty: str
    signed: SignedStatement


class DutyHeld(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A duty that a person holds; `founding` until it has been granted or withdrawn."""

    duty: str
    scope: Scope
    ends_at: int | None
    founding: bool


class OperatorShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person and the duties that they hold now."""

    person: str
    duties: tuple[DutyHeld, ...]


def granting_names(asked: DutyToGrant) -> tuple[str, ...]:
    """Return what the act of granting names."""
    return (asked.person, asked.duty, *asked.scope.words, until_word(asked.ends_at))


def shown(state: SiteState, person: str, now: int) -> OperatorShown:
    """Return a person's duties."""
    held = (DutyHeld(g.duty, g.scope, g.ends_at, g.founding) for g in state.grants_of(person, now))
    return OperatorShown(person, tuple(sorted(held, key=lambda each: each.duty)))


def _check_grant(casework: Casework, asked: DutyToGrant, by: By) -> None:
    """Refuse a grant that nobody could give or take."""
    scoped = asked.scope != EVERYTHING
    owner = asked.duty == ApproverRule.UNIT_OWNER.value
    if asked.duty not in GRANTABLE or (owner and asked.scope.unit is None):
        raise Refused(ActionReason.DutyUnknown, asked.duty)
    if asked.duty == ADMINISTRATOR and scoped:
        raise Refused(ActionReason.AdministratorUnscoped)
    if is_over(asked.ends_at, casework.tx.now):
        raise Refused(R.NotAStep, "the end is over")
    if asked.person == by.person:
        raise Refused(ActionReason.OwnDuty)
    record = find_person(casework.tx, asked.person)
    if record is None:
        raise Refused(ActionReason.PersonUnknown)
    if not may_serve(record, casework.tx.now) or not holds_privileged_key(casework, record):
        raise Refused(ActionReason.NoOperator)


def holds_privileged_key(casework: Casework, record: PersonRecord) -> bool:
    """Whether a person holds an active key of the privileged tier."""
    accounts = (read_holdings(casework.site, casework.tx, account).state for account in record.every_account)
    return any(
        held.tier is Tier.PRIVILEGED and held.state is CredentialState.ACTIVE and not is_over(held.ends_at, now)
        for now in (casework.tx.now,)
        for holdings in accounts
        for held in holdings.held
    )


async def grant_duty(site: Site, caller: Operator, asked: DutyToGrant) -> OperatorShown:
    """Let a person fill a duty for joiners within a scope.

    Raises:
        Refused: NotEligible, ActNotForThis, DutyUnknown, AdministratorUnscoped, OwnDuty, PersonUnknown, NoOperator,
            AdministratorsTooFew.
    """

    def work(casework: Casework, by: tuple[By, ...]) -> OperatorShown:
        _check_grant(casework, asked, by[0])
        fact = DutyGranted(
            at=casework.tx.now,
            person=asked.person,
            duty=asked.duty,
            by=by[0],
            scope=asked.scope,
            ends_at=asked.ends_at,
        )
        state = append_site_facts(site, casework.tx, fact)
        check_administrators_stay(casework, state)
        casework.look_at_parts(asked.person)  # what founding gave may have become narrower
        return shown(state, asked.person, casework.tx.now)

    return await administer(site, caller, asked.signed, GRANT_DUTY, granting_names(asked), work)


async def withdraw_duty(site: Site, caller: Operator, asked: DutyToWithdraw) -> OperatorShown:
    """Take a duty away, in every scope in which it was granted.

    Raises:
        Refused: NotEligible, ActNotForThis, DutyNotHeld, AdministratorsTooFew.
    """

    def work(casework: Casework, by: tuple[By, ...]) -> OperatorShown:
        tx, before = casework.tx, site_state(site, casework.tx).state
        if not any((g.person, g.duty) == (asked.person, asked.duty) for g in before.grants):
            raise Refused(ActionReason.DutyNotHeld)
        state = append_site_facts(site, tx, DutyWithdrawn(at=tx.now, person=asked.person, duty=asked.duty, by=by[0]))
        check_administrators_stay(casework, state)
        casework.look_at_parts(asked.person)
        return shown(state, asked.person, tx.now)

    return await administer(site, caller, asked.signed, WITHDRAW_DUTY, (asked.person, asked.duty), work)


class VelocityToLift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose limit of which act; and an administrator's act that names both."""

    person: Text
    act: ActWord
    signed: SignedStatement


class VelocityAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Until when the limit does not count."""

    ends_at: int


async def lift_velocity(site: Site, caller: Operator, asked: VelocityToLift) -> VelocityAnswer:
    """Let a person go on for an hour, by an administrator who has not met that limit and is somebody else.

    Raises:
        Refused: NotEligible, ActNotForThis, OwnDuty, LimitMet.
    """

    def work(casework: Casework, by: tuple[By, ...]) -> VelocityAnswer:
        tx = casework.tx
        if by[0].person == asked.person:
            raise Refused(ActionReason.OwnDuty)
        if done_lately(tx, by[0].person, asked.act, tx.now) >= limit_of(asked.act):
            raise Refused(ActionReason.LimitMet)
        ends_at = tx.now + LIFTED_MS
        lifted = VelocityLifted(at=tx.now, person=asked.person, act=asked.act, ends_at=ends_at, by=by[0])
        append_site_facts(site, tx, lifted)
        return VelocityAnswer(ends_at)

    return await administer(site, caller, asked.signed, LIFT_VELOCITY, (asked.person, asked.act), work)


class OperatorsShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All who hold a duty."""

    operators: tuple[OperatorShown, ...]


async def list_operators(site: Site, caller: Operator) -> OperatorsShown:
    """Show an administrator who holds which duty; anybody else their own.

    Raises:
        Refused: NotFound; the caller holds none.
    """

    def view(casework: Casework) -> OperatorsShown:
        tx, state = casework.tx, site_state(site, casework.tx).state
        people = sorted({grant.person for grant in state.grants})
        if caller.person not in state.administrators(tx.now):
            people = [caller.person] if caller.person in people else []
        if not people:
            raise Refused(ActionReason.NotFound)
        return OperatorsShown(tuple(shown(state, person, tx.now) for person in people))

    return await run(site, view)
