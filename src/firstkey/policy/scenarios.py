"""Scenario tables: what a policy is meant to say of cases, kept beside it and run against it.

A table names facts and the path and verdict expected of them. Facts that it leaves out are asserted by nobody, so they
take their strictest value, as they would in a real case.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from firstkey.policy.document import Document, Key
from firstkey.policy.evaluate import rule
from firstkey.policy.facts import FACTS, WORD, Asserted, effective, record_of, values_of
from firstkey.policy.kinds import number, text
from firstkey.policy.model import Policy, Ruling, Verdict
from firstkey.policy.terms import NAME, fact_kind, named

SCENARIOS_MAX = 512

SCENARIO_KEYS = {
    "name": Key(text(200)),
    "verdict": Key(named(Verdict)),
    "path": Key(NAME, None),
    **{f"{group}.{name}": Key(fact_kind(name), None) for group in ("facts", "word") for name in FACTS},
}
"""Keys of a scenario: `facts` of record, and what somebody merely says (`word`)."""


class Scenario(NamedTuple):
    """One row: what is said, and what the policy should make of it. `path` is `None` when no path should catch it."""

    name: str
    said: tuple[Asserted, ...]
    verdict: Verdict
    path: str | None
    line: int

    def met_by(self, ruling: Ruling) -> bool:
        """Whether path and verdict are as expected."""
        return (ruling.path, ruling.verdict) == (self.path, self.verdict)


def said(of_record: Mapping[str, str | None], words: Mapping[str, str | None]) -> tuple[Asserted, ...]:
    """Return assertions that have stood since time began, of record and by somebody's word; `None` is not said."""
    record = (Asserted(name, value, min(FACTS[name].of_record), WORD + 1, 0) for name, value in of_record.items())
    spoken = (Asserted(name, value, "requester", WORD, 0) for name, value in words.items())
    return tuple(one for one in (*record, *spoken) if one.value is not None)


def _group(row: Mapping[str, Any], group: str) -> dict[str, str | None]:
    return {name: row[f"{group}.{name}"] for name in FACTS}


def load_scenarios(document: bytes) -> tuple[Scenario, ...]:
    """Return the scenarios of a table.

    Raises:
        Problems: anything is wrong with it.
    """
    read = Document(document)
    top = {key: value for key, value in read.top.items() if key != "scenario"}
    read.read(top, {"format": Key(number(1, 1))}, (), "a scenario table")
    rows = []
    for place, table in read.tables("scenario", SCENARIOS_MAX):
        row = read.read(table, SCENARIO_KEYS, ("scenario", place), f"scenario {place + 1}")
        rows.append((row, read.line(("scenario", place))))
    read.finish()
    return tuple(
        Scenario(row["name"], said(_group(row, "facts"), _group(row, "word")), row["verdict"], row["path"], line)
        for row, line in rows
    )


def play(policy: Policy, scenario: Scenario) -> Ruling:
    """Return what a policy makes of a scenario."""
    facts = effective(scenario.said, now=0)
    return rule(policy, values_of(facts), of_record=record_of(facts))
