"""A run: which mutants are tried, by which tests, in which order, and what became of each."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.mutants.equivalent import EQUIVALENT
from tests.mutants.mutant import Mutant, changed, place_of, read
from tests.mutants.trial import Outcome, Trial, run_trials

TESTS = {
    "enrollment": ("enrollment",),
    "policy": ("policy", "enrollment"),
    "ceremonies": ("ceremonies",),
    "ledger": ("ledger",),
}
"""Which folders of tests/core can tell that a part of the core is broken."""


class Tried(NamedTuple):
    """A mutant and what became of it."""

    mutant: Mutant
    outcome: Outcome


def chosen(mutants: list[Mutant], only: str | None, sample: int | None) -> list[Mutant]:
    """Return the mutants whose module, kind or place a pattern finds, and of these an even sample."""
    found = [m for m in mutants if only is None or re.search(only, f"{m.module} {m.name} {m.where}")]
    if sample is None or sample >= len(found):
        return found
    return [found[place * len(found) // sample] for place in range(sample)]


def excused(mutant: Mutant, root: Path) -> bool:
    """Whether a mutant changes nothing that can be seen, by the table of equivalent ones."""
    if len(mutant.edits) != 1:
        return False
    (edit,) = mutant.edits
    place = place_of(edit, read(root, edit.file))
    return any(excuse.covers(edit, place) for excuse in EQUIVALENT)


def mirrored(copy: Path, module: str) -> list[str]:
    """Return the test files that mirror a module, by their path below the root."""
    path = Path(module)
    folder = copy / "tests" / "core" / path.parent
    names = (f"test_{path.stem}.py", f"test_{path.stem}_*.py", f"test_survivors_{path.stem}.py")
    return [str(file.relative_to(copy)) for name in names for file in sorted(folder.glob(name))]


def others(copy: Path, module: str, killers: Counter[str]) -> list[str]:
    """Return the test files of the parts that a module concerns, those first that found most of its mutants so far."""
    folders = (copy / "tests" / "core" / name for name in TESTS[module.partition("/")[0]])
    found = [str(file.relative_to(copy)) for folder in folders for file in sorted(folder.rglob("test_*.py"))]
    first = set(mirrored(copy, module))
    return sorted((file for file in found if file not in first), key=lambda file: -killers[file])


class Run:
    """One run over some mutants."""

    def __init__(self, copy: Path) -> None:
        self.copy = copy
        self.killers: dict[str, Counter[str]] = {}
        self.tried: list[Tried] = []
        self._mutants: dict[int, Mutant] = {}

    def _trials(self, mutants: Iterable[Mutant]) -> Iterator[Trial]:
        for mutant in mutants:
            killers = self.killers.setdefault(mutant.module, Counter())
            near, far = mirrored(self.copy, mutant.module), others(self.copy, mutant.module, killers)
            likely = [file for file in far if killers[file]]
            rest = [file for file in far if not killers[file]]
            trial = Trial(changed(mutant, self.copy), tuple(tuple(files) for files in (near, likely, rest) if files))
            self._mutants[id(trial)] = mutant
            yield trial

    def tries(self, mutants: Iterable[Mutant], processes: int) -> Iterator[Tried]:
        """Try mutants; yield each with its outcome, in the order in which they end."""
        for trial, outcome in run_trials(self.copy, self._trials(mutants), processes):
            mutant = self._mutants.pop(id(trial))
            if outcome.test:
                self.killers[mutant.module][outcome.test.partition("::")[0]] += 1
            self.tried.append(Tried(mutant, outcome))
            yield self.tried[-1]

    def red(self, tests: Iterable[str]) -> str:
        """Return the first of these tests that fails on the code as it is, or nothing."""
        rounds = (tuple(sorted(set(tests))),)
        if not any(rounds):
            return ""
        return next((outcome.test for _, outcome in run_trials(self.copy, [Trial({}, rounds)], 1)), "")
