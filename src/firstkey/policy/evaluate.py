"""What a policy says of a case: the first path whose `when` holds, held to everything that may only make it stricter.

Joined into the path's requirements are: those under which the person was tried before and failed (remembered), those of
the account's first credential (recovery), and those of the path that the facts of record alone would select, so that
nobody's mere word makes anything laxer. What cannot be met, is below a floor, or cannot be staffed, is prohibited.
"""

from collections.abc import Iterator, Mapping
from functools import reduce

from firstkey.policy.facts import FACTS
from firstkey.policy.floors import below, held_apart
from firstkey.policy.lint import RULES
from firstkey.policy.model import Condition, Path, Policy, Requirements, Ruling, Verdict
from firstkey.policy.staffing import Person, staffed
from firstkey.policy.strictness import anchor_missing, stricter
from firstkey.policy.terms import TERMS, show, values_in

NO_PATH = "No path catches these facts, and what no path catches is prohibited."
WORD_ONLY = "Of record alone, the facts lead where the policy prohibits; nobody's word opens another path."
ANCHOR_MISSING = "An anchor is demanded by what is remembered of this person or account, and this path has none."
UNSTAFFED = "unstaffed: the people on record cannot fill this path's duties without one of them holding two."


def failed_condition(path: Path, facts: Mapping[str, str]) -> Condition | None:
    """Return the first condition of a path that does not hold, or `None` when all hold."""
    return next((term for term in path.when if facts[term.fact] not in term.values), None)


def select(policy: Policy, facts: Mapping[str, str]) -> Path | None:
    """Return the first path, in file order, whose `when` holds.

    Args:
        policy: the policy in force, or a draft.
        facts: a value for every fact of FACTS.
    """
    return next((path for path in policy.paths if failed_condition(path, facts) is None), None)


def _refusals(path: Path, required: Requirements, facts: Mapping[str, str]) -> Iterator[str]:
    """Yield why requirements, joined with others, cannot stand in a case of these facts."""
    yield from (f"{broken.key}: {broken.reason}" for broken in RULES if broken.broken(path, required))
    for floor, term, _ in below(required, frozenset({tuple(facts[name] for name in FACTS)})):
        yield f"The path is below the compiled floor for {floor}: {TERMS[term].key}."


def _tightened(own: Requirements, required: Requirements) -> Iterator[str]:
    before, after = values_in(own), values_in(required)
    for name in TERMS:
        if before[name] != after[name]:
            yield f"Stricter than the path by what came before: {show(name, after[name])}."


def rule(
    policy: Policy,
    facts: Mapping[str, str],
    remembered: tuple[Requirements, ...] = (),
    first: Requirements | None = None,
    people: tuple[Person, ...] | None = None,
    *,
    requester: str | None = None,
    of_record: Mapping[str, str] | None = None,
) -> Ruling:
    """Return what a policy says of a case.

    Args:
        policy: the policy.
        facts: a value for every fact, as it counts now (`facts.values_of`).
        remembered: what the person was tried under in the last 30 days and failed.
        first: what the account's first credential was made under, if a case of ours made it.
        people: everybody on record who may act for the joiner; empty means nobody, `None` that nobody asks.
        requester: the person who opened the case, if a person did.
        of_record: the facts without anybody's mere word (`facts.record_of`); `None` when nobody gave one.
    """
    path = select(policy, facts)
    name = path.name if path else None
    recorded = path if of_record is None else select(policy, of_record)

    def prohibit(*reasons: str) -> Ruling:
        return Ruling(policy.sha256, name, Verdict.PROHIBIT, None, reasons)

    if path is None:
        return prohibit(NO_PATH)
    if path.requirements is None:
        return prohibit(path.reason)
    if recorded is None or recorded.requirements is None:
        return prohibit(WORD_ONLY)
    own = held_apart(path.requirements, policy, facts["account"])
    others = (*remembered, *((first,) if first is not None and path.stricter_of_first else ()), recorded.requirements)
    if any(anchor_missing(own, other) for other in others):
        return prohibit(ANCHOR_MISSING)
    required = reduce(stricter, others, own)
    refusals = tuple(_refusals(path, required, facts))
    if refusals:
        return prohibit(*refusals)
    if people is not None and not staffed(required, people, requester):
        return prohibit(UNSTAFFED)
    return Ruling(policy.sha256, name, path.verdict, required, (path.reason, *_tightened(own, required)))
