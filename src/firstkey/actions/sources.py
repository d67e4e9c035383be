"""Sources that speak by a key of their own: registered and ended by administrators.

A source speaks for everybody on record, and could end anybody's keys; so two administrators register one, while one
ends it. What it has said stays. Its key is a P-256 key that signs every request as a joiner's device does.
"""

from typing import Annotated, Literal

import msgspec

from firstkey.actions.acts import SignedStatement
from firstkey.actions.administration import administer
from firstkey.actions.casework import Casework, run
from firstkey.actions.people import FOUNDING, IMPORT
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Operator, Site
from firstkey.actions.site_facts import SourceEnded, SourceRegistered
from firstkey.actions.site_state import SiteState
from firstkey.actions.site_stream import append_site_facts, site_state
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.surroundings import By
from firstkey.values.errors import Refused

REGISTER_SOURCE, END_SOURCE = "register_source", "end_source"
SIGNERS = 2
SOURCES_MAX = 32
RESERVED = frozenset({IMPORT, FOUNDING})

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,31}\Z")]
Thumbprint = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z")]


class SourceToRegister(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A source, and the acts of two administrators that name it, what it speaks of, its rank and its key.

    Attributes:
        rank: of two that speak of one thing the higher counts; a list that administrators sign has 10.
        key: thumbprint (RFC 7638, base64url) of its P-256 key.
    """

    name: Name
    speaks_of: Literal["people", "assets", "proofing"]
    rank: Annotated[int, msgspec.Meta(ge=1, le=100)]
    key: Thumbprint
    signed: tuple[SignedStatement, ...]


class SourceToEnd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A source whose key is to count no more, and an administrator's act that names it."""

    name: Name
    signed: SignedStatement


class SourceShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A source."""

    name: str
    speaks_of: str
    rank: int
    key: str


class SourcesShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sources that speak now."""

    sources: tuple[SourceShown, ...]


def source_names(asked: SourceToRegister) -> tuple[str, ...]:
    """Return what the act of registering names."""
    return (asked.name, asked.speaks_of, f"rank: {asked.rank}", asked.key)


def _shown(state: SiteState) -> SourcesShown:
    return SourcesShown(tuple(SourceShown(s.name, s.speaks_of, s.rank, s.key) for s in state.sources))


async def register_source(site: Site, caller: Operator, asked: SourceToRegister) -> SourcesShown:
    """Let a system of record speak by its key.

    Raises:
        Refused: NotEligible, ActNotForThis, PeopleTooFew, SourceTaken (name or key), SourcesTooMany.
    """

    def work(casework: Casework, by: tuple[By, ...]) -> SourcesShown:
        tx, state = casework.tx, site_state(site, casework.tx).state
        if len(by) != SIGNERS:
            raise Refused(R.PeopleTooFew)
        taken = any(asked.name == each.name or asked.key == each.key for each in state.sources)
        if taken or asked.name in RESERVED:
            raise Refused(ActionReason.SourceTaken)
        if len(state.sources) >= SOURCES_MAX:
            raise Refused(ActionReason.SourcesTooMany)
        registered = SourceRegistered(
            at=tx.now, name=asked.name, speaks_of=asked.speaks_of, rank=asked.rank, key=asked.key, by=by
        )
        return _shown(append_site_facts(site, tx, registered))

    return await administer(site, caller, asked.signed, REGISTER_SOURCE, source_names(asked), work)


async def end_source(site: Site, caller: Operator, asked: SourceToEnd) -> SourcesShown:
    """Let a source's key count no more.

    Raises:
        Refused: NotEligible, ActNotForThis, SourceUnknown.
    """

    def work(casework: Casework, by: tuple[By, ...]) -> SourcesShown:
        tx, state = casework.tx, site_state(site, casework.tx).state
        if all(each.name != asked.name for each in state.sources):
            raise Refused(ActionReason.SourceUnknown)
        return _shown(append_site_facts(site, tx, SourceEnded(at=tx.now, name=asked.name, by=by[0])))

    return await administer(site, caller, asked.signed, END_SOURCE, (asked.name,), work)


async def list_sources(site: Site, caller: Operator) -> SourcesShown:
    """Show administrators the sources that speak now.

    Raises:
        Refused: NotFound; the caller is no administrator.
    """

    def view(casework: Casework) -> SourcesShown:
        state = site_state(site, casework.tx).state
        if caller.person not in state.administrators(casework.tx.now):
            raise Refused(ActionReason.NotFound)
        return _shown(state)

    return await run(site, view)
