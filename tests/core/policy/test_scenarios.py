"""Scenario tables are read strictly and played as real cases would be."""

import pytest

from firstkey.policy.document import Problems
from firstkey.policy.facts import WORD, Asserted
from firstkey.policy.model import Spread, Verdict
from firstkey.policy.scenarios import load_scenarios, play, said
from firstkey.values.assurance import ProofingMethod
from firstkey.values.instants import HOUR
from tests.core.policy.sample import path, policy, requirements

TABLE = b"""format = 1
[[scenario]]
name = "a laptop"
facts = { purpose = "first_key", account = "standard", request = "single", device = "certified" }
path = "managed"
verdict = "verify"

[[scenario]]
name = "a word"
facts.purpose = "first_key"
facts.device = "certified"
word.device = "own"
verdict = "prohibit"
"""
GOOD = requirements(
    methods=frozenset({ProofingMethod.DOCUMENT_CHIP_IN_PERSON}),
    level=3,
    proofing_age_ms_max=HOUR,
    spread=frozenset(Spread),
)
SAMPLE = policy(path("managed", GOOD, when="device=certified"))


def test_a_table_is_read_with_its_lines() -> None:
    """Facts become assertions of record, words those of a requester, and each row keeps its line."""
    one, two = load_scenarios(TABLE)
    assert (one.name, one.path, one.verdict, one.line) == ("a laptop", "managed", Verdict.VERIFY, 2)
    assert (two.path, two.verdict, two.line) == (None, Verdict.PROHIBIT, 8)
    assert Asserted("device", "own", "requester", WORD, 0) in two.said
    assert all(statement.of_record for statement in one.said)


def test_a_row_is_met_by_its_path_and_verdict_alone() -> None:
    """A row expects a path and a verdict, and both must come out."""
    one, two = load_scenarios(TABLE)
    assert one.met_by(play(SAMPLE, one))
    assert two.met_by(play(SAMPLE, two))
    assert not one.met_by(play(SAMPLE, two))
    renamed = policy(path("other", GOOD, when="device=certified"))
    assert not one.met_by(play(renamed, one))


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (b'path = "managed"', b'paht = "managed"', 5),
        (b'"verify"', b'"maybe"', 6),
        (b'"certified" }', b'"stolen" }', 4),
        (b"word.device", b"word.colour", 12),
        (b"format = 1", b"format = 2", 1),
        (b'name = "a word"\n', b"", 8),
    ],
)
def test_a_table_is_read_strictly(old: bytes, new: bytes, line: int) -> None:
    """Unknown keys, facts and values are refused where they stand."""
    with pytest.raises(Problems) as found:
        load_scenarios(TABLE.replace(old, new, 1))
    assert [problem.line for problem in found.value.problems] == [line]


def test_an_empty_table_is_refused() -> None:
    """A table that tests nothing is a mistake."""
    with pytest.raises(Problems):
        load_scenarios(b"format = 1\n")


def test_what_is_not_said_is_asserted_by_nobody() -> None:
    """`None` stands for silence on both sides."""
    assert said({"device": None, "account": "standard"}, {"device": None}) == (
        Asserted("account", "standard", "people", 1, 0),
    )
