"""The machine that breaks the core works, and the tests bite: a few of its mutants, tried in `make test`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.equivalent import EQUIVALENT, Excuse
from tests.mutants.generate import generated
from tests.mutants.mutant import ROOT, changed, edit_of, place_of, read
from tests.mutants.named import NAMED, Named
from tests.mutants.run import chosen
from tests.mutants.trial import Verdict

TRIED_MAX = 12


@pytest.mark.parametrize("mutant", NAMED, ids=lambda mutant: mutant.name)
def test_each_named_mutant_still_has_its_place(mutant: Named) -> None:
    """What it replaces stands in the code exactly once, and what it puts there is something else."""
    for file, before, after in mutant.edits:
        assert edit_of(read(ROOT, file), file, before, after).before != after


def test_mutants_are_named_once() -> None:
    """No two named mutants are called the same."""
    assert len({mutant.name for mutant in NAMED}) == len(NAMED)


def test_generated_mutants_are_code() -> None:
    """A sample of them compiles: what is broken is what the code does, not its syntax."""
    sample = chosen(list(generated(ROOT)), None, 120)
    assert len(sample) == 120
    for mutant in sample:
        for path, text in changed(mutant, ROOT).items():
            compile(text, str(path), "exec")


def test_mutants_differ() -> None:
    """Each generated mutant is another change, and each changes something."""
    edits = [mutant.edits for mutant in generated(ROOT)]
    assert len(set(edits)) == len(edits)
    assert all(edit.before != edit.after for (edit,) in edits)


@pytest.mark.parametrize("excuse", EQUIVALENT, ids=lambda excuse: f"{excuse.file} {excuse.after}")
def test_each_excuse_is_of_a_mutant(excuse: Excuse) -> None:
    """What is excused is still there to be excused, and has its proof."""
    text = read(ROOT, excuse.file)
    edits = [edit for mutant in generated(ROOT) for edit in mutant.edits if edit.file == excuse.file]
    assert any(excuse.covers(edit, place_of(edit, text)) for edit in edits)
    assert excuse.proof


def test_named_mutants_are_killed() -> None:
    """A handful of the threat model's mutants, tried for real, and each is found by a test."""
    command = [sys.executable, "-m", "tests.mutants", "--only", " by name$", "--sample", str(TRIED_MAX), "--json"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    said = json.loads(answer.stdout)
    assert (said["tried"], said["survivors"]) == (TRIED_MAX, [])


UNCHANGED = """
import sys
from pathlib import Path
from tests.mutants.trial import Trial, copied, run_trials
root, folder = map(Path, sys.argv[1:])
((_, outcome),) = run_trials(copied(root, folder), [Trial({}, (("tests/core/enrollment/test_walk.py",),))], 1)
print(outcome.verdict.name)
"""


def test_code_as_it_is_survives(tmp_path: Path) -> None:
    """So that a kill is a finding: the same machine lets code pass that is as it was."""
    command = [sys.executable, "-c", UNCHANGED, str(ROOT), str(tmp_path / "copy")]  # its memory is bounded: a fresh one
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.stdout.split()[-1:] == [Verdict.SURVIVED.name], answer.stdout + answer.stderr
