"""The machine that breaks the core works, and the tests bite: a few of its mutants, tried in `make test`."""

from pathlib import Path

import pytest

from tests.mutants.__main__ import Run, chosen
from tests.mutants.generate import generated
from tests.mutants.mutant import ROOT, Mutant, changed, read
from tests.mutants.named import NAMED, named
from tests.mutants.trial import Trial, Verdict, copied, run_trials

TRIED_MAX = 8


@pytest.mark.parametrize(("name", "file", "before", "after"), NAMED, ids=[row[0] for row in NAMED])
def test_each_named_mutant_still_has_its_place(name: str, file: str, before: str, after: str) -> None:
    """What it replaces stands in the code exactly once, and what it puts there is something else."""
    assert read(ROOT, file).count(before) == 1
    assert before != after


def test_every_generated_mutant_is_code() -> None:
    """A sample of them compiles: what is broken is what the code does, not its syntax."""
    sample = chosen(list(generated(ROOT)), None, 120)
    assert len(sample) == 120
    for mutant in sample:
        for path, text in changed(mutant, ROOT).items():
            compile(text, str(path), "exec")


def test_named_mutants_are_killed(tmp_path: Path) -> None:
    """A handful of the threat model's mutants, tried for real, and each is found by a test."""
    run = Run(copied(ROOT, tmp_path / "copy"))
    tried = list(run.tries(chosen(list(named(ROOT)), None, TRIED_MAX), 1))
    assert len(tried) == TRIED_MAX
    assert [outcome.mutant.name for outcome in tried if outcome.outcome.verdict is Verdict.SURVIVED] == []


def test_a_mutant_that_changes_nothing_survives(tmp_path: Path) -> None:
    """So that a kill is a finding: the same machine lets code pass that is as it was."""
    copy = copied(ROOT, tmp_path / "copy")
    unchanged = Mutant("nothing", "nowhere", ())
    trial = Trial(changed(unchanged, ROOT), (("tests/core/enrollment/test_walk.py",),))
    ((_, outcome),) = run_trials(copy, [trial], 1)
    assert outcome.verdict is Verdict.SURVIVED
