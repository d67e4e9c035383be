"""A decision trace, as a value: which facts count and whose they are, which paths were tried, what a case will take."""

from typing import NamedTuple

from firstkey.policy.evaluate import failed_condition, rule, select
from firstkey.policy.facts import Effective, record_of, values_of
from firstkey.policy.lint import labels
from firstkey.policy.model import Condition, Policy, Requirements, Ruling
from firstkey.policy.staffing import Effort, Person, effort


class Trace(NamedTuple):
    """How a ruling came about.

    Attributes:
        facts: what counted, with its source.
        tried: names of paths in the order in which they were looked at, each with the first condition that did not
            hold, `None` for the path that was taken.
        ruling: what the policy says.
        labels: what is shown wherever the path is.
        effort: people beside the joiner, signed acts and first deadline; `None` where prohibited.
    """

    facts: tuple[Effective, ...]
    tried: tuple[tuple[str, Condition | None], ...]
    ruling: Ruling
    labels: tuple[str, ...]
    effort: Effort | None


def explain(
    policy: Policy,
    facts: tuple[Effective, ...],
    remembered: tuple[Requirements, ...] = (),
    first: Requirements | None = None,
    people: tuple[Person, ...] | None = None,
) -> Trace:
    """Return how a ruling comes about, for a case or an invented one.

    Args:
        policy: the policy.
        facts: from `facts.effective`.
        remembered: as `evaluate.rule` takes it.
        first: likewise.
        people: likewise.
    """
    values = values_of(facts)
    ruling = rule(policy, values, remembered, first, people, of_record=record_of(facts))
    path = select(policy, values)
    looked_at = policy.paths if path is None else policy.paths[: policy.paths.index(path) + 1]
    tried = tuple((each.name, failed_condition(each, values)) for each in looked_at)
    takes = effort(path, ruling.requirements) if path and ruling.requirements else None
    return Trace(facts, tried, ruling, labels(path) if path else (), takes)
