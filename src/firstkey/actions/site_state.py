"""What the site's stream says now: who may do what and for whom, whose keys speak, which policy holds.

Founders hold every duty, for everybody, until somebody grants them that duty with a scope or withdraws it. Whoever is
named here must also be on record, and here: that is the casework's to ask.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

import msgspec
from msgspec.structs import replace

from firstkey.actions import site_facts as facts
from firstkey.actions.scopes import EVERYTHING, Scope, Subject
from firstkey.enrollment.case.ending import is_over
from firstkey.enrollment.case.separation import ADMINISTRATOR
from firstkey.policy.model import ApproverRule, Duty

EVERY_DUTY = frozenset(
    {duty.value for duty in Duty}
    | {ApproverRule.APPROVER.value, ApproverRule.SECURITY.value, ApproverRule.ON_CALL.value, ADMINISTRATOR}
)
"""What a founder may do until duties are granted. Relations to a joiner are nobody's duty: a source asserts them."""

Pair = tuple[str, str]

ANSWERS_KEPT_MAX = 4096


class Grant(msgspec.Struct, frozen=True):
    """A duty that a person holds. `founding`: because they are a founder."""

    person: str
    duty: str
    scope: Scope = EVERYTHING
    ends_at: int | None = None
    founding: bool = False


class Grants(tuple[Grant, ...]):  # noqa: SLOT001  # its memory of answers needs a __dict__, and a site has one of it
    """Every duty that is held. Remembers, for as long as nothing is granted or withdrawn, what it was asked."""

    @cached_property
    def _always(self) -> bool:
        return all(grant.ends_at is None for grant in self)

    @cached_property
    def _answers(self) -> dict[Subject, frozenset[Pair]]:
        return {}

    def holders(self, subject: Subject, now: int) -> frozenset[Pair]:
        """Who holds which duty for a joiner now."""
        known = self._answers.get(subject) if self._always else None
        if known is not None:
            return known
        found = frozenset((g.person, g.duty) for g in self if g.scope.holds(subject) and not is_over(g.ends_at, now))
        if self._always and len(self._answers) < ANSWERS_KEPT_MAX:
            self._answers[subject] = found
        return found


class Delegation(msgspec.Struct, frozen=True):
    """What one person lets another do for them."""

    id: str
    delegator: str
    delegate: str
    duties: frozenset[str]
    scope: Scope
    ends_at: int


class Source(msgspec.Struct, frozen=True):
    """A system of record that speaks by a key."""

    name: str
    speaks_of: str
    rank: int
    key: str


class Proposal(msgspec.Struct, frozen=True):
    """A policy that is to come into force. `in_force_at` is None until a second person has signed."""

    policy: str
    against: str
    proposer: str
    in_force_at: int | None = None


class SiteState(msgspec.Struct, frozen=True):
    """What the site's stream says now.

    Attributes:
        code_verifier, code_ends_at: of the founding code, while it is good.
        founders: (person, account, credential), in order. signed: who has signed the founding statement.
        founded: whether founding is over. policy: hex digest of the policy in force.
        recovery_key: public half, base64url.
        same: founders, and the person of record that each is.
        lifted: (person, act, until when) of velocity limits that do not count for now.
    """

    code_verifier: str | None = None
    code_ends_at: int = 0
    founders: tuple[tuple[str, str, str], ...] = ()
    signed: frozenset[str] = frozenset()
    founded: bool = False
    policy: str = ""
    recovery_key: str = ""
    epoch: int = 1
    grants: Grants = Grants()
    delegations: tuple[Delegation, ...] = ()
    same: tuple[tuple[str, str], ...] = ()
    lifted: tuple[tuple[str, str, int], ...] = ()
    sources: tuple[Source, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    @property
    def eligible(self) -> frozenset[Pair]:
        """Who holds which duty for everybody and without an end."""
        return frozenset((g.person, g.duty) for g in self.grants if (g.scope, g.ends_at) == (EVERYTHING, None))

    def holders(self, subject: Subject, now: int) -> frozenset[Pair]:
        """Who holds which duty for a joiner now."""
        return self.grants.holders(subject, now)

    def grants_of(self, person: str, now: int) -> tuple[Grant, ...]:
        """What a person holds now, for whomever."""
        return tuple(g for g in self.grants if g.person == person and not is_over(g.ends_at, now))

    def administrators(self, now: int) -> frozenset[str]:
        """Who may change people, duties, policy and keys now."""
        return frozenset(g.person for g in self.grants if g.duty == ADMINISTRATOR and not is_over(g.ends_at, now))

    def delegations_at(self, now: int) -> tuple[Delegation, ...]:
        """What is delegated now."""
        return tuple(each for each in self.delegations if not is_over(each.ends_at, now))

    def is_lifted(self, person: str, act: str, now: int) -> bool:
        """Whether a velocity limit does not count for now."""
        return any((who, what) == (person, act) and now < until for who, what, until in self.lifted)

    def source_of(self, key: str) -> Source | None:
        """Return the source that speaks by a key."""
        return next((source for source in self.sources if source.key == key), None)

    def known_as(self, person: str) -> str:
        """Return by which id a person goes now."""
        return dict(self.same).get(person, person)

    def ids_of(self, person: str) -> tuple[str, ...]:
        """Return all ids by which a person has gone, the present one first."""
        return (person, *(founder for founder, known_as in self.same if known_as == person))

    def policy_at(self, now: int) -> str:
        """Return the policy that holds: the first whose time has come, though nobody has written it down yet; what was
        to come after it is void.
        """
        due = [(p.in_force_at, p.policy) for p in self.proposals if p.in_force_at is not None and p.in_force_at <= now]
        return min(due)[1] if due else self.policy


def founding_grants(founders: Iterable[str]) -> Grants:
    """Return what founding gives."""
    return Grants(Grant(person, duty, founding=True) for person in founders for duty in sorted(EVERY_DUTY))


def _granted(state: SiteState, fact: facts.DutyGranted) -> SiteState:
    """A scope granted twice is one; the founding's share of the duty is over."""
    pair = (fact.person, fact.duty)
    kept = (g for g in state.grants if (g.person, g.duty) != pair or not (g.founding or g.scope == fact.scope))
    return replace(state, grants=Grants((*kept, Grant(fact.person, fact.duty, fact.scope, fact.ends_at))))


def _withdrawn(state: SiteState, fact: facts.DutyWithdrawn) -> SiteState:
    kept = Grants(g for g in state.grants if (g.person, g.duty) != (fact.person, fact.duty))
    return replace(state, grants=kept)


def _delegated(state: SiteState, fact: facts.DelegationGiven) -> SiteState:
    given = Delegation(fact.id, fact.by.person, fact.delegate, frozenset(fact.duties), fact.scope, fact.ends_at)
    return replace(state, delegations=(*state.delegations_at(fact.at), given))


def _delegation_ended(state: SiteState, fact: facts.DelegationEnded) -> SiteState:
    return replace(state, delegations=tuple(each for each in state.delegations if each.id != fact.delegation))


def _lifted(state: SiteState, fact: facts.VelocityLifted) -> SiteState:
    running = tuple(each for each in state.lifted if fact.at < each[2])
    return replace(state, lifted=(*running, (fact.person, fact.act, fact.ends_at)))


def _identified(state: SiteState, fact: facts.FounderIdentified) -> SiteState:
    """Whatever the founder held, the person holds."""

    def renamed(person: str) -> str:
        return fact.person if person == fact.founder else person

    def delegations() -> Iterator[Delegation]:
        for each in state.delegations:
            yield replace(each, delegator=renamed(each.delegator), delegate=renamed(each.delegate))

    return replace(
        state,
        founders=tuple((renamed(person), *rest) for person, *rest in state.founders),
        grants=Grants(dict.fromkeys(replace(grant, person=renamed(grant.person)) for grant in state.grants)),
        delegations=tuple(delegations()),
        lifted=tuple((renamed(person), act, until) for person, act, until in state.lifted),
        proposals=tuple(replace(each, proposer=renamed(each.proposer)) for each in state.proposals),
        same=(*state.same, (fact.founder, fact.person)),
    )


def _registered(state: SiteState, fact: facts.SourceRegistered) -> SiteState:
    source = Source(fact.name, fact.speaks_of, fact.rank, fact.key)
    return replace(state, sources=(*(each for each in state.sources if each.name != fact.name), source))


def _source_ended(state: SiteState, fact: facts.SourceEnded) -> SiteState:
    return replace(state, sources=tuple(each for each in state.sources if each.name != fact.name))


def _proposed(state: SiteState, fact: facts.PolicyProposed) -> SiteState:
    others = (each for each in state.proposals if each.policy != fact.policy)
    return replace(state, proposals=(*others, Proposal(fact.policy, fact.against, fact.by.person)))


def _policy_signed(state: SiteState, fact: facts.PolicySigned) -> SiteState:
    signed = (
        replace(each, in_force_at=fact.in_force_at) if each.policy == fact.policy else each for each in state.proposals
    )
    return replace(state, proposals=tuple(signed))


def _policy_withdrawn(state: SiteState, fact: facts.PolicyWithdrawn) -> SiteState:
    return replace(state, proposals=tuple(each for each in state.proposals if each.policy != fact.policy))


def _in_force(state: SiteState, fact: facts.PolicyInForce) -> SiteState:
    return replace(state, policy=fact.policy, proposals=())


FOLDS: dict[type, Callable[[SiteState, Any], SiteState]] = {
    facts.DutyGranted: _granted,
    facts.DutyWithdrawn: _withdrawn,
    facts.DelegationGiven: _delegated,
    facts.DelegationEnded: _delegation_ended,
    facts.VelocityLifted: _lifted,
    facts.FounderIdentified: _identified,
    facts.SourceRegistered: _registered,
    facts.SourceEnded: _source_ended,
    facts.PolicyProposed: _proposed,
    facts.PolicySigned: _policy_signed,
    facts.PolicyWithdrawn: _policy_withdrawn,
    facts.PolicyInForce: _in_force,
}
"""What each fact of `site_facts` changes; what is not here changes nothing."""
