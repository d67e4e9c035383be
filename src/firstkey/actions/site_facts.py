"""Facts of the site's stream beyond founding: who may do what, whose keys speak for sources, which policy holds.

`by` are those who signed; the statement each names is kept as evidence. A person is named by the id that people have
in the HR source, a founder by their own until somebody says which person they are.
"""

from firstkey.actions.scopes import EVERYTHING, Scope
from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.surroundings import By

# Duties


class DutyGranted(Fact, frozen=True):
    """A person may fill a duty for joiners within a scope. What founding gave them of that duty is over."""

    person: str
    duty: str
    by: By
    scope: Scope = EVERYTHING
    ends_at: int | None = None


class DutyWithdrawn(Fact, frozen=True):
    """A person may fill a duty for nobody any more."""

    person: str
    duty: str
    by: By


class DelegationGiven(Fact, frozen=True):
    """The delegator lets another act for them: in these duties, for joiners within a scope, until an end.

    Its id is the digest of the statement that the delegator signed.
    """

    delegate: str
    duties: tuple[str, ...]
    scope: Scope
    ends_at: int
    by: By

    @property
    def id(self) -> str:
        """What it is ended by."""
        return self.by.statement


class DelegationEnded(Fact, frozen=True):
    """A delegation is over before its end."""

    delegation: str
    by: By


class VelocityLifted(Fact, frozen=True):
    """For an hour a person may do one kind of act more often than the limit."""

    person: str
    act: str
    ends_at: int
    by: By


class FounderIdentified(Fact, frozen=True):
    """A founder is a person whom HR knows: from here on there is one of them, by HR's id."""

    founder: str
    person: str
    by: tuple[By, ...]


# Sources


class SourceRegistered(Fact, frozen=True):
    """A source speaks by a key: `key` is its thumbprint (RFC 7638), `speaks_of` people, assets or proofing."""

    name: str
    speaks_of: str
    rank: int
    key: str
    by: tuple[By, ...]


class SourceEnded(Fact, frozen=True):
    """A source's key counts no more; what it said stays."""

    name: str
    by: By


class CheckReported(Fact, frozen=True):
    """A vendor's signed result is a case's proofing; in the source's own stream. `check` is the commitment."""

    source: str
    key: str
    case: str
    check: str


class PeopleFed(Fact, frozen=True):
    """A source changed what is on record. `digest` is SHA-256 over the canonical rows that changed something."""

    source: str
    count: int
    digest: str


class AssetsFed(Fact, frozen=True):
    """A source changed which assets are whose. `digest` is SHA-256 over the canonical rows that changed something."""

    source: str
    count: int
    digest: str


# Policy


class PolicyProposed(Fact, frozen=True):
    """A policy is in the store and may come into force against the one that it was compared with.

    `weakens` counts the changes that weaken or cannot be shown not to: of none, it is in force at once.
    """

    policy: str
    against: str
    weakens: int
    by: By


class PolicySigned(Fact, frozen=True):
    """A second administrator agrees; it comes into force at an instant, unless it is withdrawn."""

    policy: str
    in_force_at: int
    by: By


class PolicyWithdrawn(Fact, frozen=True):
    """A policy that was proposed does not come into force."""

    policy: str
    by: By


class PolicyInForce(Fact, frozen=True):
    """A policy holds from here on; whatever else was proposed is void, for it was compared with another."""

    policy: str


# Clock and copies


class TimeSigned(Fact, frozen=True):
    """Two administrators have signed what time it is; time goes on from `instant`."""

    instant: int
    by: tuple[By, ...]


class HeadAbandoned(Fact, frozen=True):
    """The site was fenced: its database no longer leads to this head, which it had published. `root` is hex."""

    size: int
    root: str


SiteFact = (
    DutyGranted
    | DutyWithdrawn
    | DelegationGiven
    | DelegationEnded
    | VelocityLifted
    | FounderIdentified
    | SourceRegistered
    | SourceEnded
    | PeopleFed
    | AssetsFed
    | PolicyProposed
    | PolicySigned
    | PolicyWithdrawn
    | PolicyInForce
    | TimeSigned
    | HeadAbandoned
)
