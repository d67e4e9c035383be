"""How what a source says of a person is joined to what is on record: ranks, maturity, incarnations, accounts.

A source of a lower rank than the one whose record it is adds selection facts and changes nothing else. A changed
manager, asset or address counts after 14 days, a first one at once; taken away and given again it is a changed one.
"""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from firstkey.actions.people import FOUNDING, MATURES_MS, PersonRecord
from firstkey.actions.reasons import ActionReason
from firstkey.policy.facts import FACTS, Asserted, FactReason
from firstkey.values.errors import Malformed, Refused
from firstkey.values.instants import DAY

PEOPLE, ASSETS, PROOFING = "people", "assets", "proofing"
OF_RECORD = frozenset({PEOPLE, ASSETS})
"""The kinds of source that assert facts; how a case was opened is nobody's to import, and a proofing vendor's results
are of cases, not of people."""

HISTORY_MS = MATURES_MS + DAY
"""What was said longer ago than any change takes to mature is kept no more, but for the latest of it."""


Id = Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,150}\Z")]
"""An id of another system, as it stands in the names of streams."""


class PersonToRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person as a source of record has them. `facts` are selection facts by name (see `policy.facts`)."""

    person: Id
    account: Id
    user_name: str
    display_name: str
    active: bool = True
    privileged: bool = False
    ends_at: int | None = None
    manager: str | None = None
    unit: str | None = None
    vendor: str | None = None
    asset: str | None = None
    facts: dict[str, str] = {}
    country: str | None = None
    deputy: str | None = None
    sponsor: str | None = None
    time_zone: str | None = None
    language: str | None = None
    addresses: tuple[str, ...] = ()
    service: bool = False


class Speaker(msgspec.Struct, frozen=True):
    """Who says it: a source's name, its rank, and the kinds of source that it speaks as."""

    name: str
    rank: int
    kinds: frozenset[str] = OF_RECORD


def join_person(before: PersonRecord | None, said: PersonToRecord, speaker: Speaker, now: int) -> PersonRecord:
    """Join what is said now to what is on record; an account that comes back is another incarnation.

    Raises:
        Malformed: a fact that the source may not assert.
        Refused: AccountUnknown; the person has another account.
    """
    asserted = joined(before, {**said.facts, "account": "privileged" if said.privileged else "standard"}, speaker, now)
    if before is not None and speaker.rank < before.rank:
        return msgspec.structs.replace(before, asserted=asserted)
    account, accounts = _accounts(before, said)
    returned = before is not None and said.active and not before.active
    incarnation = 1 if before is None else before.incarnation + (1 if returned else 0)
    same_manager = before is not None and before.manager == said.manager
    own = ("person", "user_name", "display_name", "active", "privileged", "ends_at", "manager", "unit", "vendor")
    more = ("country", "deputy", "sponsor", "time_zone", "language", "service")
    return PersonRecord(
        **{name: getattr(said, name) for name in (*own, *more)},
        account=account,
        accounts=accounts,
        incarnation=incarnation,
        manager_since=before.manager_since if same_manager and before is not None else now,
        asset=_asset(before, said, speaker),
        manager_counts_from=counts_from(before, "manager", said.manager, now),
        asset_counts_from=counts_from(before, "asset", _asset(before, said, speaker), now),
        addresses=_addresses(before, said, now),
        asserted=asserted,
        source=speaker.name,
        rank=speaker.rank,
    )


def _accounts(before: PersonRecord | None, said: PersonToRecord) -> tuple[str, tuple[str, ...]]:
    """Return the account that HR speaks of, and the others; only a founder's account in `local` came before HR's."""
    if before is None:
        return said.account, ()
    if said.account not in before.every_account and before.source != FOUNDING:
        raise Refused(ActionReason.AccountUnknown)
    return said.account, tuple(each for each in before.every_account if each != said.account)


def _asset(before: PersonRecord | None, said: PersonToRecord, speaker: Speaker) -> str | None:
    """Return the asset assigned: a source that does not speak of assets leaves it as it was."""
    return said.asset if ASSETS in speaker.kinds or before is None else before.asset


def _addresses(before: PersonRecord | None, said: PersonToRecord, now: int) -> tuple[tuple[str, int], ...]:
    known = {} if before is None else dict(before.addresses)
    fresh = now + MATURES_MS if known else 0
    return tuple((address, known.get(address, fresh)) for address in dict.fromkeys(said.addresses))


def counts_from(before: PersonRecord | None, name: str, value: str | None, now: int) -> int:
    """Return from when a manager or asset counts. Taken away and given again, it is a changed one."""
    was, since = (None, 0) if before is None else (getattr(before, name), getattr(before, f"{name}_counts_from"))
    if was == value:
        return int(since)
    return 0 if (was, since) == (None, 0) else now + MATURES_MS


def joined(
    before: PersonRecord | None, facts: dict[str, str | None] | dict[str, str], speaker: Speaker, now: int
) -> tuple[Asserted, ...]:
    """Return all that is asserted once a source has spoken; what it said already is no news.

    Raises:
        Malformed: UnknownFact; not a fact, or not this source's to assert.
    """
    known = () if before is None else before.asserted
    news = [
        Asserted(name, value, f"{_kind(name, speaker)}:{speaker.name}", speaker.rank, now)
        for name, value in sorted(facts.items())
    ]
    fresh = [one for one in news if _latest(known, one) != one.value]
    return tuple(_without_old((*known, *fresh), now)) if fresh else known


def _latest(known: Iterable[Asserted], one: Asserted) -> str | None:
    said = [each.value for each in known if (each.fact, each.source) == (one.fact, one.source)]
    return said[-1] if said else None


def _without_old(asserted: tuple[Asserted, ...], now: int) -> Iterable[Asserted]:
    """Leave out what another word of the same source has overtaken for longer than any change takes to mature."""
    for place, one in enumerate(asserted):
        later = (each for each in asserted[place + 1 :] if (each.fact, each.source) == (one.fact, one.source))
        overtaken = next(later, None)
        if overtaken is None or overtaken.since > now - HISTORY_MS:
            yield one


def _kind(fact: str, speaker: Speaker) -> str:
    """Return as which kind of source it speaks of a fact."""
    known = FACTS.get(fact)
    kinds = speaker.kinds.intersection(() if known is None else known.of_record)
    if not kinds:
        raise Malformed(FactReason.UnknownFact, fact)
    return min(kinds)
