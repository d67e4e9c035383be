"""The facts by which a path is chosen: a closed list, and who may say what of each.

A fact that no source of record asserts takes its strictest value. A laxer value counts once it has held as long as the
fact takes to mature, a stricter one and a first one at once: what counts is the strictest of all that held meanwhile. A
requester's word, and that of a source outside its field, can only make a value stricter; a ruling joins what either
leads to. Sources turn their records into these facts; which paths they open is the policy's.

`device` is what the joiner will use: one that directory or MDM is known not to cover, an assigned one with a client
certificate, an assigned one without it yet, any with a key of ours that was shipped, their own, a shared one. Sources
say `on_site` of people to whom nothing was shipped. A word ranks lowest; of sources of record the highest decides.
"""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

import msgspec

from firstkey.values.errors import Malformed, Says
from firstkey.values.instants import DAY

WORD = 0
NOBODY = "nobody of record"


class FactReason(Enum):
    """Why an assertion could not be read."""

    UnknownFact = Says("There is no such fact.", "Use a fact of the closed list and one of its values.")


class Fact(NamedTuple):
    """One fact.

    Attributes:
        values: all it can be, from laxest to strictest.
        of_record: kinds of source that may make it laxer: `case` (how the case was opened, known to the server),
            `people`, `assets`, `site` (what its administrators signed).
        matures_ms: how long a change must have held before its laxer value counts.
    """

    values: tuple[str, ...]
    of_record: frozenset[str]
    matures_ms: int = 0

    def place(self, value: str | None) -> int:
        """Return how strict a value is; that nobody says any is the strictest."""
        return len(self.values) - 1 if value is None else self.values.index(value)

    def strictest(self, values: Iterable[str]) -> str:
        """Return the strictest of the values, of none at all the strictest there is."""
        return self.values[max(map(self.place, values), default=-1)]


def _fact(values: str, of_record: str, matures_ms: int = 0) -> Fact:
    return Fact(tuple(values.split()), frozenset(of_record.split()), matures_ms)


FACTS: dict[str, Fact] = {
    "purpose": _fact("add_key first_key replacement recovery emergency break_glass", "case"),
    "request": _fact("single delegated bulk", "case"),
    "account": _fact("standard privileged", "people"),
    "employment": _fact("employee contractor", "people"),
    "workplace": _fact("on_site remote", "people assets", 14 * DAY),
    "device": _fact("uncovered certified managed shipped_key own shared unknown", "assets site", 14 * DAY),
}


class Asserted(msgspec.Struct, frozen=True):
    """What a source said of a fact.

    Attributes:
        fact, value: a name and value of FACTS; `None` takes back what the source said before.
        source: its kind, or kind and name as `people:hr`.
        rank: WORD, or higher for a source of record.
        since: the instant from which it said so.

    Raises:
        Malformed: no such fact or value.
    """

    fact: str
    value: str | None
    source: str
    rank: int
    since: int

    def __post_init__(self) -> None:
        fact = FACTS.get(self.fact)
        if fact is None or self.value not in (None, *fact.values):
            raise Malformed(FactReason.UnknownFact, f"{self.fact} = {self.value}")

    @property
    def of_record(self) -> bool:
        """Whether it may make a path laxer."""
        return self.rank > WORD and self.source.partition(":")[0] in FACTS[self.fact].of_record


class Effective(msgspec.Struct, frozen=True):
    """What counts of a fact now.

    Attributes:
        value, source: what paths are chosen by, and whose word made it so.
        of_record: what it would be without anybody's mere word.
    """

    fact: str
    value: str
    source: str
    of_record: str


def _latest(fact: Fact, said: Iterable[Asserted], moment: int) -> list[Asserted]:
    """Return what each source says at a moment, sources that took their word back left out."""
    in_order = sorted(said, key=lambda one: (one.since, fact.place(one.value)))
    by_source = {one.source: one for one in in_order if one.since <= moment}
    return [one for one in by_source.values() if one.value is not None]


def _resolve(fact: Fact, record: list[Asserted], moment: int) -> tuple[str, str]:
    """Return the value that the highest rank gives at a moment, and its source."""
    speaking = _latest(fact, record, moment)
    highest = max((one.rank for one in speaking), default=WORD)
    deciding = {str(one.value): one.source for one in speaking if one.rank == highest}
    value = fact.strictest(deciding)
    return value, deciding.get(value, NOBODY)


def _of_record(fact: Fact, record: list[Asserted], now: int) -> tuple[str, str]:
    """Return the strictest value that held while a change would mature, and its latest source."""
    first = min((one.since for one in record), default=now)
    opens = max(now - fact.matures_ms, first)
    moments = [now, opens, *(one.since for one in record if opens < one.since)]
    held = [_resolve(fact, record, moment) for moment in moments]
    value = fact.strictest(each for each, _ in held)
    return next(each for each in held if each[0] == value)


def effective(asserted: Iterable[Asserted], now: int) -> tuple[Effective, ...]:
    """Return what counts of every fact, in the order of FACTS.

    Args:
        asserted: what all sources have ever said; what they will say later is ignored.
        now: the instant to judge at.
    """
    counted = []
    known = [one for one in asserted if one.since <= now]
    for name, fact in FACTS.items():
        said = [one for one in known if one.fact == name]
        value, source = _of_record(fact, [one for one in said if one.of_record], now)
        words = {str(one.value): one.source for one in _latest(fact, (one for one in said if not one.of_record), now)}
        spoken = fact.strictest((value, *words))
        counted.append(Effective(name, spoken, source if spoken == value else words[spoken], value))
    return tuple(counted)


def values_of(facts: Iterable[Effective]) -> dict[str, str]:
    """Return the values that paths are chosen by."""
    return {fact.fact: fact.value for fact in facts}


def record_of(facts: Iterable[Effective]) -> dict[str, str]:
    """Return the values that stand without anybody's mere word."""
    return {fact.fact: fact.of_record for fact in facts}
