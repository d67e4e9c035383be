"""Who a person may act for: scopes, held against what a source of record says of the joiner. No match means no.

A scope names a unit, a country, a vendor, a tier; what it leaves out is not asked. A tier is the highest for which it
holds. Of a joiner nobody has placed, a scope that asks for a place is none.
"""

from typing import Annotated

import msgspec

from firstkey.actions.people import PersonRecord
from firstkey.enrollment.case.state import Case
from firstkey.policy.model import Tier
from firstkey.values.instants import rfc3339

EVERYTHING_WORD = "everything"
FOR_EVER_WORD = "for ever"

Place = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Subject(msgspec.Struct, frozen=True):
    """The joiner of a case, as far as scopes ask."""

    unit: str | None = None
    country: str | None = None
    vendor: str | None = None
    tier: Tier = Tier.PRIVILEGED


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For whom something holds. What is absent is not asked."""

    unit: Place | None = None
    country: Place | None = None
    vendor: Place | None = None
    tier: Tier | None = None

    def holds(self, subject: Subject) -> bool:
        """Whether a joiner is within."""
        asked = ((self.unit, subject.unit), (self.country, subject.country), (self.vendor, subject.vendor))
        within = all(wanted is None or wanted == has for wanted, has in asked)
        return within and (self.tier is None or subject.tier <= self.tier)

    def within(self, other: "Scope") -> bool:
        """Whether whoever is in this scope is in the other, too."""
        places = ((self.unit, other.unit), (self.country, other.country), (self.vendor, other.vendor))
        narrower = all(wider is None or mine == wider for mine, wider in places)
        return narrower and (other.tier is None or (self.tier is not None and self.tier <= other.tier))

    @property
    def words(self) -> tuple[str, ...]:
        """How a signed act names it, a word for each thing that it asks."""
        places = (("unit", self.unit), ("country", self.country), ("vendor", self.vendor))
        named = [f"{what}: {value}" for what, value in places if value is not None]
        tier = [] if self.tier is None else [f"tier: {self.tier.name.lower()}"]
        return (*named, *tier) or (EVERYTHING_WORD,)


EVERYTHING = Scope()


def until_word(ends_at: int | None) -> str:
    """How a signed act names the end of something."""
    return FOR_EVER_WORD if ends_at is None else f"until {rfc3339(ends_at)}"


def subject_of(record: PersonRecord, path_tier: Tier | None = None) -> Subject:
    """Return a joiner as scopes see them.

    Args:
        record: the joiner.
        path_tier: the tier of their case's path, if they have a case. It can only lower what is not privileged.
    """
    standard = Tier.STANDARD if path_tier is None else min(path_tier, Tier.STANDARD)
    tier = Tier.PRIVILEGED if record.privileged else standard
    return Subject(record.unit, record.country, record.vendor, tier)


def subject_of_case(record: PersonRecord, state: object) -> Subject:
    """Return the joiner of a case, which may not be open yet."""
    if not isinstance(state, Case):
        return subject_of(record)
    subject = subject_of(record, state.requirements.tier)
    return msgspec.structs.replace(subject, tier=Tier.PRIVILEGED) if state.privileged else subject
