"""The surroundings of a bound as bits: each combination of what may be so in the world is one bit of an integer.

A dimension is one thing that may be so or otherwise (does the account stand, who is eligible, which policy is in
force), with the moves between its values. A set of surroundings is an integer; that the world moves is a shift. The set
is exact: no hashing, no sampling.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from firstkey.enrollment.case.surroundings import Surroundings
from firstkey.policy.model import Ruling
from tests.model.watch import FIELDS, Read, watched


class Dimension(NamedTuple):
    """One thing that may be so or otherwise.

    Attributes:
        name: what it is.
        values: its values by name, the first is how a bound begins; each sets fields of `watch.FIELDS`. A field behind
            `0:` or `1:` is set for that case alone.
        moves: pairs of names: what may come of what.
    """

    name: str
    values: Mapping[str, Mapping[str, Any]]
    moves: tuple[tuple[str, str], ...]


class Move(NamedTuple):
    """How a set of surroundings moves: those in `mask`, by `shift` bits up (or down, when negative)."""

    name: str
    mask: int
    shift: int

    def of(self, bits: int) -> int:
        """Return where those of the set that can make this move end up."""
        moving = bits & self.mask
        return moving << self.shift if self.shift >= 0 else moving >> -self.shift


class Environment:
    """All surroundings of a bound.

    Args:
        dimensions: what may vary. Bit 0 is the first value of each.
    """

    def __init__(self, dimensions: tuple[Dimension, ...]) -> None:
        self.dimensions = dimensions
        self._strides: dict[str, int] = {}
        self.size = 1
        for dimension in dimensions:
            self._strides[dimension.name] = self.size
            self.size *= len(dimension.values)
        self.full = (1 << self.size) - 1
        self._masks = {(d.name, value): self._pattern(d, value) for d in dimensions for value in d.values}
        self.moves = tuple(self._move(d, *pair) for d in dimensions for pair in d.moves)
        self._puts = {(d.name, after): self._put(d, after) for d in dimensions for after in d.values}

    def _pattern(self, dimension: Dimension, value: str) -> int:
        stride, place = self._strides[dimension.name], list(dimension.values).index(value)
        period = stride * len(dimension.values)
        block = ((1 << stride) - 1) << (stride * place)
        repeat = sum(1 << (period * n) for n in range(self.size // period)) if self.size // period < 64 else None
        return block * (repeat if repeat is not None else self.full // ((1 << period) - 1))

    def _move(self, dimension: Dimension, before: str, after: str) -> Move:
        places = list(dimension.values)
        shift = (places.index(after) - places.index(before)) * self._strides[dimension.name]
        return Move(f"{dimension.name}: {before} -> {after}", self._masks[dimension.name, before], shift)

    def _put(self, dimension: Dimension, after: str) -> tuple[Move, ...]:
        """Return the moves, one from each value, that together put a dimension to one value."""
        return tuple(self._move(dimension, before, after) for before in dimension.values)

    def where(self, dimension: str, *values: str) -> int:
        """Return the surroundings in which a dimension has one of the values; all when the bound has no such one."""
        if dimension not in self._strides:
            return self.full
        return sum(self._masks[dimension, value] for value in values if (dimension, value) in self._masks)

    def moved(self, bits: int, dimension: str, after: str) -> int:
        """Return the set with a dimension put to one value in all its members."""
        moves = self._puts.get((dimension, after))
        if moves is None:
            return bits
        result = 0
        for _, mask, shift in moves:
            moving = bits & mask
            if moving:
                result |= moving << shift if shift >= 0 else moving >> -shift
        return result

    def name_of(self, bit: int) -> dict[str, str]:
        """Return what is so in one of the surroundings, leaving out what is as at the beginning."""
        named = {}
        for d in self.dimensions:
            place = bit // self._strides[d.name] % len(d.values)
            if place:
                named[d.name] = list(d.values)[place]
        return named

    def fields(self, case: int) -> Iterator[tuple[str, Any, int]]:
        """Yield field, value, and the surroundings in which a case of the bound sees it so."""
        for d in self.dimensions:
            for name, value in d.values.items():
                for field, content in value.items():
                    prefix, _, bare = field.rpartition(":")
                    if prefix in ("", str(case)):
                        yield bare, content, self._masks[d.name, name]


class View:
    """The surroundings as one case sees them.

    Args:
        environment: the bound's.
        case: which of the bound's cases looks.
        constants: fields that never vary.
    """

    def __init__(self, environment: Environment, case: int, constants: Mapping[str, Any]) -> None:
        self._masks: dict[str, dict[Any, int]] = {}
        for field, value, mask in environment.fields(case):
            masks = self._masks.setdefault(field, {})
            masks[value] = masks.get(value, 0) | mask
        self.constants = dict(constants)
        assert {*self._masks, *constants} <= FIELDS
        self._seen: dict[tuple[int, tuple[tuple[str, Any], ...]], tuple[Surroundings, Ruling]] = {}
        self._alike: dict[tuple[int, frozenset[Read]], int] = {}

    def values_at(self, bit: int) -> dict[str, Any]:
        """Return the value of every field that varies, in one of the surroundings."""
        probe = 1 << bit
        return {
            field: next(value for value, mask in masks.items() if mask & probe) for field, masks in self._masks.items()
        }

    def seen_at(self, bit: int, derived: Mapping[str, Any]) -> tuple[Surroundings, Ruling]:
        """Return watched surroundings and ruling; `derived` are fields that follow from the rest of the state."""
        key = (bit, tuple(derived.items()))
        if key not in self._seen:
            self._seen[key] = watched({**self.constants, **self.values_at(bit), **derived})
        return self._seen[key]

    def by_value(self, field: str) -> tuple[int, ...]:
        """Return the surroundings by the value of a field."""
        return tuple(self._masks.get(field, {None: -1}).values())

    def alike(self, bit: int, read: frozenset[Read]) -> int:
        """Return the surroundings that agree with one of them on all that was read."""
        key = (bit, read)
        known = self._alike.get(key)
        if known is None:
            known = -1
            for each in read:
                known &= self._agreeing(bit, each)
            self._alike[key] = known
        return known

    def _agreeing(self, bit: int, read: Read) -> int:
        field, member = read if isinstance(read, tuple) else (read, None)
        masks = self._masks.get(field)
        if masks is None:
            return -1
        value = next(value for value, mask in masks.items() if mask >> bit & 1)
        if not isinstance(read, tuple):
            return masks[value]
        return sum(mask for other, mask in masks.items() if (member in other) == (member in value))

    def where(self, fields: str, holds: Callable[..., bool]) -> int:
        """Return the surroundings in which the values of some fields, named in one text, satisfy a predicate."""
        values = [self._masks.get(field, {self.constants.get(field): -1}).items() for field in fields.split()]
        found = 0
        for combination in product(*values):
            mask = -1
            for _, each in combination:
                mask &= each
            if mask and holds(*(value for value, _ in combination)):
                found |= mask
        return found
