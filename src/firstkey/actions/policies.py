"""Changing the policy by signed acts. The file is a draft; what holds is read from the store by its hash.

A change that only strengthens is in force with one administrator's act. One that weakens anything, or cannot be shown
not to, takes a second administrator and 24 hours from then; until its time has come anyone of them may withdraw it. It
takes effect by the clock, at whatever is asked first after that, and is written down there. Every proposal is compared
with the policy in force, so it is void when another one comes.
"""

from functools import lru_cache
from typing import Annotated

import msgspec

from firstkey.actions.acts import SignedStatement
from firstkey.actions.administration import administer
from firstkey.actions.casework import Casework, run
from firstkey.actions.destinations import check_policy
from firstkey.actions.reasons import ActionReason
from firstkey.actions.rulings import loaded, stored_policy
from firstkey.actions.site import Operator, Site
from firstkey.actions.site_facts import PolicyInForce, PolicyProposed, PolicySigned, PolicyWithdrawn
from firstkey.actions.site_state import Proposal, SiteState
from firstkey.actions.site_stream import append_site_facts, settled
from firstkey.enrollment.case.surroundings import By
from firstkey.policy.diff import Change, weakens
from firstkey.policy.document import DOCUMENT_BYTES_MAX
from firstkey.policy.terms import TERMS, show
from firstkey.ports.fact_store import Reader
from firstkey.ports.kinds import DocumentKind
from firstkey.values.encoding import sha256_hex
from firstkey.values.errors import Refused
from firstkey.values.instants import HOUR

PROPOSE_POLICY, SIGN_POLICY, WITHDRAW_POLICY = "propose_policy", "sign_policy", "withdraw_policy"
WEAKENING_WAITS_MS = 24 * HOUR
PROPOSALS_MAX = 8

Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class PolicyToPropose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A policy document, TOML, and an administrator's act that names its SHA-256, hex."""

    document: Annotated[str, msgspec.Meta(max_length=DOCUMENT_BYTES_MAX)]
    signed: SignedStatement


class PolicyAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which proposal; and an administrator's act that names the policy and the one that it was compared with."""

    policy: Sha256
    against: Sha256
    signed: SignedStatement


class ChangeShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change that weakens, or cannot be shown not to, of cases that went by one path and would go by another."""

    before: str
    after: str
    what: str
    was: str
    becomes: str
    effect: str


class ProposalShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A policy that is to come into force; `in_force_at` is None until a second administrator has signed."""

    policy: str
    against: str
    proposer: str
    in_force_at: int | None
    weakens: tuple[ChangeShown, ...]


class PoliciesShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The policy in force, and what is proposed."""

    in_force: str
    name: str
    version: int
    proposals: tuple[ProposalShown, ...]


class PolicyShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A policy's document."""

    policy: str
    document: str


@lru_cache(maxsize=64)
def _weakens(old: bytes, new: bytes) -> tuple[Change, ...]:
    return weakens(loaded(old), loaded(new))


def _text(reader: Reader, sha256: str) -> bytes:
    stored_policy(reader, sha256)
    return reader.document(DocumentKind.POLICY, sha256) or b""


def _said(what: str, value: object) -> str:
    return show(what, value) if what in TERMS and value is not None else str(value)


def _proposal(reader: Reader, each: Proposal) -> ProposalShown:
    changes = _weakens(_text(reader, each.against), _text(reader, each.policy))
    shown = (
        ChangeShown(c.before, c.after, c.what, _said(c.what, c.was), _said(c.what, c.becomes), c.effect)
        for c in changes
    )
    return ProposalShown(each.policy, each.against, each.proposer, each.in_force_at, tuple(shown))


def _shown(reader: Reader, state: SiteState, now: int) -> PoliciesShown:
    policy = stored_policy(reader, state.policy_at(now))
    proposals = () if policy.sha256 != state.policy else state.proposals
    return PoliciesShown(policy.sha256, policy.name, policy.version, tuple(_proposal(reader, p) for p in proposals))


async def propose_policy(site: Site, caller: Operator, asked: PolicyToPropose) -> PoliciesShown:
    """Store a policy; put it in force if it only strengthens.

    Raises:
        Malformed: everything that lint and floors find, with lines.
        Refused: NotEligible, ActNotForThis, PolicyInForceAlready, PolicyProposedAlready, ProposalsTooMany,
            DestinationUnfit.
    """
    document = asked.document.encode()
    policy = loaded(document)
    check_policy(site, policy)

    def work(casework: Casework, by: tuple[By, ...]) -> PoliciesShown:
        tx, before = casework.tx, settled(site, casework.tx)
        if policy.sha256 == before.policy:
            raise Refused(ActionReason.PolicyInForceAlready)
        if any(each.policy == policy.sha256 for each in before.proposals):
            raise Refused(ActionReason.PolicyProposedAlready)
        if len(before.proposals) >= PROPOSALS_MAX:
            raise Refused(ActionReason.ProposalsTooMany)
        tx.put_document(DocumentKind.POLICY, policy.sha256, document)
        changes = _weakens(_text(tx, before.policy), document)
        proposed = PolicyProposed(
            at=tx.now, policy=policy.sha256, against=before.policy, weakens=len(changes), by=by[0]
        )
        at_once = () if changes else (PolicyInForce(at=tx.now, policy=policy.sha256),)
        return _shown(tx, append_site_facts(site, tx, proposed, *at_once), tx.now)

    return await administer(site, caller, asked.signed, PROPOSE_POLICY, (policy.sha256,), work)


def _proposed(state: SiteState, asked: PolicyAct) -> Proposal:
    found = (each for each in state.proposals if (each.policy, each.against) == (asked.policy, asked.against))
    proposal = next(found, None)
    if proposal is None:
        raise Refused(ActionReason.PolicyNotProposed)
    return proposal


async def sign_policy(site: Site, caller: Operator, asked: PolicyAct) -> PoliciesShown:
    """Agree to a policy that another administrator has proposed; it comes into force 24 hours from now.

    Raises:
        Refused: NotEligible, ActNotForThis, PolicyNotProposed, PeopleTooFew, PolicyProposedAlready (signed already).
    """

    def work(casework: Casework, by: tuple[By, ...]) -> PoliciesShown:
        tx, state = casework.tx, settled(site, casework.tx)
        proposal = _proposed(state, asked)
        if proposal.proposer == by[0].person:
            raise Refused(ActionReason.OwnDuty)
        if proposal.in_force_at is not None:
            raise Refused(ActionReason.PolicyProposedAlready)
        fact = PolicySigned(at=tx.now, policy=asked.policy, in_force_at=tx.now + WEAKENING_WAITS_MS, by=by[0])
        return _shown(tx, append_site_facts(site, tx, fact), tx.now)

    return await administer(site, caller, asked.signed, SIGN_POLICY, (asked.policy, asked.against), work)


async def withdraw_policy(site: Site, caller: Operator, asked: PolicyAct) -> PoliciesShown:
    """Take a proposal back, while its time has not come.

    Raises:
        Refused: NotEligible, ActNotForThis, PolicyNotProposed.
    """

    def work(casework: Casework, by: tuple[By, ...]) -> PoliciesShown:
        tx, state = casework.tx, settled(site, casework.tx)
        _proposed(state, asked)
        fact = PolicyWithdrawn(at=tx.now, policy=asked.policy, by=by[0])
        return _shown(tx, append_site_facts(site, tx, fact), tx.now)

    return await administer(site, caller, asked.signed, WITHDRAW_POLICY, (asked.policy, asked.against), work)


def _let_in(casework: Casework, caller: Operator) -> SiteState:
    state = settled(casework.site, casework.tx)
    if not state.grants_of(caller.person, casework.tx.now):
        raise Refused(ActionReason.NotFound)
    return state


async def show_policies(site: Site, caller: Operator) -> PoliciesShown:
    """Show operators what holds and what is proposed."""
    return await run(site, lambda work: _shown(work.tx, _let_in(work, caller), work.tx.now))


async def show_policy(site: Site, caller: Operator, policy: str) -> PolicyShown:
    """Show operators a policy that holds, held or was proposed.

    Raises:
        Refused: NotFound.
    """

    def view(casework: Casework) -> PolicyShown:
        _let_in(casework, caller)
        text = casework.tx.document(DocumentKind.POLICY, policy)
        if text is None or sha256_hex(text) != policy:
            raise Refused(ActionReason.NotFound)
        return PolicyShown(policy, text.decode())

    return await run(site, view)
