"""The site's own stream: founding, policy, people's duties, epoch; folded into what decisions read of the site."""

from enum import StrEnum
from typing import Any

import msgspec
from msgspec.structs import replace

from firstkey.actions.folds import Folded, Folding
from firstkey.actions.site import Site
from firstkey.actions.site_facts import PolicyInForce, SiteFact
from firstkey.actions.site_state import FOLDS, SiteState, founding_grants
from firstkey.enrollment.case.facts import Fact, encode_fact
from firstkey.ledger.entry import Activity
from firstkey.ports.fact_store import NewFact, Reader, Recorded, Transaction
from firstkey.values import canonical

SITE_STREAM = "site"


class FoundingBegan(Fact, frozen=True):
    """The terminal printed a founding code; `verifier` is SHA-256 of it (130 bits), hex.

    `recovery_key` is the public half, base64url, of the key that was printed beside it.
    """

    verifier: str
    ends_at: int
    policy: str
    recovery_key: str


class FounderEnrolled(Fact, frozen=True):
    """A founder holds a passkey, bound to its device; `public_key_digest` is SHA-256, hex."""

    person: str
    account: str
    credential: str
    aaguid: str
    public_key_digest: str = ""


class FoundingStatementSigned(Fact, frozen=True):
    """A founder signed the founding statement."""

    person: str
    statement: str


class SiteFounded(Fact, frozen=True):
    """All who hold keys have signed; founding is over for good."""

    policy: str
    founders: tuple[str, ...]


class PeopleRecorded(Fact, frozen=True):
    """Records of people were stored; `digest` is SHA-256 over their canonical list."""

    person: str
    statement: str
    count: int
    digest: str


class EpochCause(StrEnum):
    """Why the epoch was raised."""

    START = "start"
    FENCE = "fence"
    ORDERED = "ordered"


class EpochRaised(Fact, frozen=True):
    """Everything that rests on an earlier epoch is dead."""

    epoch: int
    cause: EpochCause = EpochCause.ORDERED
    person: str | None = None
    statement: str | None = None


class SignedIn(Fact, frozen=True):
    """Somebody signed in with a passkey; in the account's own sign-in stream."""

    person: str
    account: str
    credential: str


AnySiteFact = (
    FoundingBegan | FounderEnrolled | FoundingStatementSigned | SiteFounded | PeopleRecorded | EpochRaised | SiteFact
)


def _apply(state: SiteState, record: Recorded) -> SiteState:
    fact: Any = msgspec.convert(canonical.decode(record.body), AnySiteFact)
    match fact:
        case FoundingBegan():
            return replace(
                state,
                code_verifier=fact.verifier,
                code_ends_at=fact.ends_at,
                policy=fact.policy,
                recovery_key=fact.recovery_key,
                signed=frozenset(),  # what was signed named another recovery key
            )
        case FounderEnrolled():
            return replace(state, founders=(*state.founders, (fact.person, fact.account, fact.credential)))
        case FoundingStatementSigned():
            return replace(state, signed=state.signed | {fact.person})
        case SiteFounded():
            grants = founding_grants(person for person, _, _ in state.founders)
            return replace(state, founded=True, policy=fact.policy, code_verifier=None, grants=grants)
        case EpochRaised():
            return replace(state, epoch=fact.epoch)
        case _:
            fold = FOLDS.get(type(fact))
            return state if fold is None else fold(state, fact)


SITE_FOLDING: Folding[SiteState] = Folding(SiteState, _apply)


def site_state(site: Site, reader: Reader) -> Folded[SiteState]:
    """Return what the site's stream says now, and its number."""
    return site.folds.read(reader, SITE_STREAM, SITE_FOLDING)


def new_fact(fact: Fact, activity: Activity) -> NewFact:
    """Make a fact ready for the store."""
    return NewFact(kind=fact.kind, body=encode_fact(fact), activity=activity)


def settled(site: Site, tx: Transaction) -> SiteState:
    """Return what the site's stream says now, after a policy whose time has come was written down as being in force."""
    state = site_state(site, tx).state
    due = state.policy_at(tx.now)
    return state if due == state.policy else append_site_facts(site, tx, PolicyInForce(at=tx.now, policy=due))


def append_site_facts(site: Site, tx: Transaction, *facts: Fact) -> SiteState:
    """Append to the site's stream; return the state after."""
    number = site_state(site, tx).number
    tx.append(SITE_STREAM, number, [new_fact(fact, Activity.ADMINISTRATION) for fact in facts])
    return site_state(site, tx).state
