"""The rest of the world, watched: which of its fields, and which members of its sets, a decision has read.

What a run of the core did not read cannot have mattered, so its answer holds in all surroundings that agree on what it
did read. That is how the core is run once for each distinct local input, and no more. It is sound because the core is a
function of its arguments (tests/architecture holds it to that) and reaches fields by name alone; of a watched set only
what is written here can be asked, anything else fails.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from firstkey.enrollment.case.surroundings import Account, Surroundings
from firstkey.policy.model import Requirements, Ruling

Read = str | tuple[str, Any]
"""A field by name, `account.active`, `ruling.path`, `epoch`; or a set's field and the member that was asked for."""

READ: set[Read] = set()
"""What was read since it was last cleared."""

SETS = frozenset({"eligible", "verified"})
"""Fields of which single members are asked for."""

_SURROUNDINGS = frozenset(Surroundings.__struct_fields__) - {"account"}
_ACCOUNT = {name: f"account.{name}" for name in Account.__struct_fields__}
_TERMS = frozenset(Requirements.__struct_fields__)
_RULING = {name: f"ruling.{name}" for name in Ruling.__struct_fields__}

FIELDS = frozenset({*_SURROUNDINGS, *_ACCOUNT.values(), *_RULING.values()})
"""Every field of the surroundings that a decision can read, by its name here."""


class WatchedSet:
    """A set of which is noted what was asked for. It is no `set`, so that nothing can look inside it unseen.

    Args:
        field: whose it is.
        members: what is in it.
    """

    __slots__ = ("_field", "_members")
    __hash__ = None  # type: ignore[assignment]  # nobody may take it for its members

    def __init__(self, field: str, members: frozenset[Any]) -> None:
        self._field, self._members = field, members

    def __contains__(self, member: Any) -> bool:
        """Note the member, and tell whether it is there."""
        READ.add((self._field, member))
        return member in self._members

    def __ge__(self, others: AbstractSet[Any]) -> bool:
        """Note each member asked for, and tell whether all are there."""
        READ.update((self._field, member) for member in others)
        return all(member in self._members for member in others)

    def __iter__(self) -> Iterator[Any]:
        """Note that everything was read."""
        READ.add(self._field)
        return iter(self._members)


class WatchedSurroundings(Surroundings, frozen=True):
    """Surroundings that note what is read of them."""

    def __getattribute__(self, name: str) -> Any:
        """Note the field, then answer as always."""
        if name in _SURROUNDINGS and name not in SETS:
            READ.add(name)
        return Surroundings.__getattribute__(self, name)


class WatchedAccount(Account, frozen=True):
    """An account that notes what is read of it."""

    def __getattribute__(self, name: str) -> Any:
        """Note the field, then answer as always."""
        noted = _ACCOUNT.get(name)
        if noted is not None:
            READ.add(noted)
        return Account.__getattribute__(self, name)


class WatchedRuling(Ruling, frozen=True):
    """A ruling that notes what is read of it."""

    def __getattribute__(self, name: str) -> Any:
        """Note the field, then answer as always."""
        noted = _RULING.get(name)
        if noted is not None:
            READ.add(noted)
        return Ruling.__getattribute__(self, name)


class WatchedRequirements(Requirements, frozen=True):
    """What is required in a scene, noting which terms are read."""

    def __getattribute__(self, name: str) -> Any:
        """Note the term, then answer as always."""
        if name in _TERMS:
            READ.add(("required", name))
        return Requirements.__getattribute__(self, name)


def watched_requirements(required: Requirements) -> WatchedRequirements:
    """Return the same requirements, watched."""
    return WatchedRequirements(**{name: getattr(required, name) for name in _TERMS})


def watched(values: dict[str, Any]) -> tuple[WatchedSurroundings, WatchedRuling]:
    """Return surroundings and a ruling with these values, by the names of `FIELDS`."""
    sets = {name: WatchedSet(name, values[name]) for name in SETS}
    fields = {name: sets.get(name, values[name]) for name in _SURROUNDINGS}
    account = WatchedAccount(**{name: values[noted] for name, noted in _ACCOUNT.items()})
    return WatchedSurroundings(account=account, **fields), WatchedRuling(
        **{name: values[noted] for name, noted in _RULING.items()}
    )
