"""What the policy in force says of a case, asked anew for every decision.

What it is asked with is read in the deciding transaction each time. The answer to the same question is worked out once:
a ruling is a function of the policy, the facts and the people alone, and facts change at few instants.
"""

from functools import lru_cache
from typing import NamedTuple

from firstkey.actions.people import PersonRecord
from firstkey.actions.site_state import SiteState
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.state import Case, NeverOpened
from firstkey.enrollment.request import OpenCase
from firstkey.policy.evaluate import rule
from firstkey.policy.facts import FACTS, Asserted, Effective, effective, record_of, values_of
from firstkey.policy.load import load_policy
from firstkey.policy.model import Policy, Purpose, Requirements, Ruling
from firstkey.policy.staffing import Person
from firstkey.ports.fact_store import Reader, Transaction
from firstkey.ports.kinds import DocumentKind
from firstkey.values.errors import Defect

SERVER = "case:server"
"""The source of what the server itself knows of how a case was opened."""

ANSWERS_KEPT_MAX = 1_024


@lru_cache(maxsize=64)
def loaded(text: bytes) -> Policy:
    """Return the policy that a document declares; worked out once for the same bytes. Raises as `load_policy`."""
    return load_policy(text)


def stored_policy(reader: Reader, sha256: str) -> Policy:
    """Return a policy, read from the store by its hash.

    Raises:
        Defect: the store lacks a policy that the site's stream names.
    """
    text = reader.document(DocumentKind.POLICY, sha256)
    policy = None if text is None else loaded(text)
    if policy is None or policy.sha256 != sha256:
        raise Defect("a policy that the site's stream names is not in the store")
    return policy


def policy_in_force(reader: Reader, standing: SiteState, now: int) -> Policy:
    """Return the policy that is in force at an instant: one that was signed is, as soon as its time has come."""
    return stored_policy(reader, standing.policy_at(now))


def _asserted(state: Case | NeverOpened | None, command: Command, now: int) -> tuple[Asserted, ...]:
    if isinstance(state, Case):
        purpose, delegated, since = state.purpose, state.delegated, state.opened_at
    elif isinstance(command, OpenCase):
        purpose, delegated, since = command.purpose, command.delegator is not None, now
    else:
        return ()
    return asserted_of(purpose, delegated=delegated, since=since)


def asserted_of(purpose: Purpose, *, delegated: bool, since: int) -> tuple[Asserted, ...]:
    """Return what the server itself knows of how a case was opened."""
    request = "delegated" if delegated else "single"
    return (
        Asserted("purpose", purpose.value, SERVER, 1, since),
        Asserted("request", request, SERVER, 1, since),
    )


class Before(NamedTuple):
    """What may make a new case stricter.

    Attributes:
        tried: requirements of the person's cases that went wrong in the last 30 days.
        first: those under which the lost credential was made.
    """

    tried: tuple[Requirements, ...]
    first: Requirements | None


NOTHING_BEFORE = Before((), None)


class _Named:
    """A policy under its hash, which names every byte of it."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __hash__(self) -> int:
        return hash(self.policy.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Named) and other.policy.sha256 == self.policy.sha256


@lru_cache(maxsize=ANSWERS_KEPT_MAX)
def _effective(asserted: tuple[Asserted, ...], since: int) -> tuple[Effective, ...]:
    return effective(asserted, since)


@lru_cache(maxsize=ANSWERS_KEPT_MAX)
def _rule(
    named: _Named,
    facts: tuple[Effective, ...],
    before: Before,
    people: tuple[Person, ...] | None,
    requester: str | None,
) -> Ruling:
    values, of_record = values_of(facts), record_of(facts)
    return rule(
        named.policy, values, before.tried, before.first, people=people, requester=requester, of_record=of_record
    )


def effective_at(asserted: tuple[Asserted, ...], now: int) -> tuple[Effective, ...]:
    """Return what counts of every fact, as `policy.facts.effective` does.

    That changes when somebody says something, and when what they said has matured; in between it is as it was at the
    last such instant.
    """
    instants = (one.since + wait for one in asserted for wait in (0, FACTS[one.fact].matures_ms))
    return _effective(asserted, max((instant for instant in instants if instant <= now), default=0))


def ruling_of(
    tx: Transaction,
    policy: Policy,
    state: Case | NeverOpened | None,
    command: Command,
    person: PersonRecord,
    people: tuple[Person, ...],
    before: Before = NOTHING_BEFORE,
) -> Ruling:
    """Return what the policy in force says of a case, new or open, now.

    What came before is joined when a case is opened, and pinned with it.
    """
    facts = effective_at((*person.asserted, *_asserted(state, command, tx.now)), tx.now)
    if not isinstance(command, OpenCase):
        return _rule(_Named(policy), facts, before, None, None)
    others = tuple(each for each in people if each.person != person.person)
    return _rule(_Named(policy), facts, before, others, command.requester)
