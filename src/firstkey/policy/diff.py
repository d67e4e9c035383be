"""What a change of policy weakens, judged on every combination of facts and every term.

Order, names and overlap of paths do not matter in themselves: for each combination of facts, what the new policy asks
is compared with what the old one asked. What is neither stricter nor laxer cannot be shown not to weaken.
"""

import operator
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from firstkey.policy.floors import regions
from firstkey.policy.model import Path, Policy, Verdict
from firstkey.policy.terms import TERMS, values_in


class Effect(StrEnum):
    """What a change does."""

    WEAKENS = "weakens"
    UNCLEAR = "unclear"
    STRENGTHENS = "strengthens"


class Change(NamedTuple):
    """One change, for the cases that went by the path `before` and now go by `after`.

    Attributes:
        before: a path's name, "" for no path. In what concerns the whole policy, both are "".
        after: likewise.
        what: the term, or other word of the policy, that changed.
        was: the old value.
        becomes: the new one.
        effect: what it does.
    """

    before: str
    after: str
    what: str
    was: Any
    becomes: Any
    effect: Effect


_VERDICTS = tuple(Verdict)  # each stricter than the one before
_AT_LEAST: dict[str, Callable[[Any, Any], bool]] = {
    "requester_may_proof": operator.le,
    "extra_roots": operator.le,
    "verdict": lambda this, that: _VERDICTS.index(this) >= _VERDICTS.index(that),
    "first_screen": operator.eq,
    "stricter_of_first": operator.ge,
    **{name: term.order.at_least for name, term in TERMS.items()},
}
"""All that is compared, and whether the first value is at least as strict as the second."""


def _values(path: Path | None) -> dict[str, Any]:
    """Return what is compared of a path; of one that prohibits, and of none, the verdict alone."""
    if path is None or path.requirements is None:
        return {"verdict": Verdict.PROHIBIT}
    own = {name: getattr(path, name) for name in ("verdict", "first_screen", "stricter_of_first")}
    return own | values_in(path.requirements)


def _changes(before: str, after: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for name, at_least in _AT_LEAST.items():
        was, becomes = old.get(name), new.get(name)
        if was != becomes and name in old.keys() & new.keys():
            stricter, laxer = at_least(becomes, was), at_least(was, becomes)
            effect = Effect.UNCLEAR if stricter == laxer else Effect.STRENGTHENS if stricter else Effect.WEAKENS
            yield Change(before, after, name, was, becomes, effect)


def compare(old: Policy, new: Policy) -> tuple[Change, ...]:
    """Return every change that some case would notice. Reasons and expected answers are noticed by none."""
    whole = ("requester_may_proof", "extra_roots")
    mine, yours = ({name: getattr(policy, name) for name in whole} for policy in (old, new))
    changes = [*_changes("", "", mine, yours)]
    now = tuple(zip((*new.paths, None), regions(new), strict=True))
    for before, left in zip((*old.paths, None), regions(old), strict=True):
        for after, entered in now:
            if not left.isdisjoint(entered):
                mine, yours = _values(before), _values(after)
                changes += _changes(before.name if before else "", after.name if after else "", mine, yours)
    return tuple(changes)


def weakens(old: Policy, new: Policy) -> tuple[Change, ...]:
    """Return what weakens, or cannot be shown not to: where that is anything, two people sign and 24 hours pass."""
    return tuple(change for change in compare(old, new) if change.effect is not Effect.STRENGTHENS)
