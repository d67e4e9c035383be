"""`python -m tests.mutants`: break the core on purpose, one way at a time, and see a test fail each time.

Prints a count for each module, and every mutant that no test killed; answers 1 if there is one, 2 if the tests fail on
the code as it is.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.mutants.equivalent import EQUIVALENT
from tests.mutants.generate import generated
from tests.mutants.mutant import PACKAGE, ROOT, Mutant, changed, place_of, read
from tests.mutants.named import ELSEWHERE, named
from tests.mutants.trial import Outcome, Trial, Verdict, copied, run_trials

TESTS = {
    "enrollment": ("enrollment",),
    "policy": ("policy", "enrollment"),
    "ceremonies": ("ceremonies",),
    "ledger": ("ledger",),
}
"""Which folders of tests/core can tell that a part of the core is broken."""

PROCESSES = 2


class Tried(NamedTuple):
    """A mutant and what became of it."""

    mutant: Mutant
    outcome: Outcome


def shown(mutant: Mutant, root: Path) -> str:
    """Return what a mutant changes and where, for people."""
    lines = []
    for edit in mutant.edits:
        place = place_of(edit, read(root, edit.file))
        lines += [f"{PACKAGE / edit.file}:{place.line}:{place.column}  {mutant.where}  ({mutant.name})"]
        lines += [f"    {place.text}", f"    {edit.before!r} -> {edit.after!r}"]
    return "\n".join(lines)


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
        return next((outcome.test for _, outcome in run_trials(self.copy, [Trial({}, rounds)], 1)), "")


def chosen(mutants: list[Mutant], only: str | None, sample: int | None) -> list[Mutant]:
    """Return the mutants whose module, kind or place a pattern finds, and of these an even sample."""
    found = [m for m in mutants if only is None or re.search(only, f"{m.module} {m.name} {m.where}")]
    if sample is None or sample >= len(found):
        return found
    return [found[place * len(found) // sample] for place in range(sample)]


def table(tried: Iterable[Tried], excuses: Counter[str]) -> str:
    """Return the counts of each module, as lines."""
    by_module: dict[str, Counter[bool]] = {}
    for mutant, outcome in tried:
        by_module.setdefault(mutant.module, Counter())[outcome.verdict is Verdict.SURVIVED] += 1
    lines = [f"{'module':44} {'killed':>7} {'excused':>8} {'survived':>9}"]
    for module in sorted({*by_module, *excuses}):
        counts = by_module.get(module, Counter())
        lines.append(f"{module:44} {counts[False]:>7} {excuses[module]:>8} {counts[True]:>9}")
    return "\n".join(lines)


def asked() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", metavar="PATTERN", help="mutants whose module, kind or place it finds")
    parser.add_argument("--sample", type=int, metavar="N", help="so many of them, evenly spread")
    parser.add_argument("--processes", type=int, default=PROCESSES, metavar="N", help="trials at a time")
    parser.add_argument("--json", action="store_true", help="print one object")
    return parser.parse_args()


def main() -> int:
    """Try mutants, print what became of them, and return the exit status."""
    options, began = asked(), time.monotonic()
    mutants = chosen([*named(ROOT), *generated(ROOT)], options.only, options.sample)
    kept = [mutant for mutant in mutants if not excused(mutant, ROOT)]
    excuses = Counter(mutant.module for mutant in mutants if excused(mutant, ROOT))
    survivors: list[Mutant] = []
    with tempfile.TemporaryDirectory() as folder:
        run = Run(copied(ROOT, Path(folder) / "copy"))
        red = run.red(file for mutant in kept for file in mirrored(run.copy, mutant.module))
        if red:
            print(f"the tests fail on the code as it is: {red}", file=sys.stderr)
            return 2
        try:
            for mutant, outcome in run.tries(kept, options.processes):
                if outcome.verdict is Verdict.SURVIVED:
                    survivors.append(mutant)
                    print(shown(mutant, ROOT), file=sys.stderr, flush=True)
                if sys.stderr.isatty():
                    print(f"\r{len(run.tried)} of {len(kept)}, {len(survivors)} survived ", end="", file=sys.stderr)
        except KeyboardInterrupt:
            print(f"\ninterrupted after {len(run.tried)} of {len(kept)}", file=sys.stderr)
    seconds = round(time.monotonic() - began)
    if options.json:
        texts = [shown(mutant, ROOT) for mutant in survivors]
        counts = {"tried": len(run.tried), "excused": excuses.total(), "seconds": seconds}
        print(json.dumps(counts | {"survivors": texts}))
    else:
        print(table(run.tried, excuses))
        print(f"{len(run.tried)} mutants, {len(survivors)} survived, {excuses.total()} excused, {seconds} s")
        for name, owner in ELSEWHERE.items():
            print(f"not run here: {name} ({owner})")
    return 1 if survivors or len(run.tried) < len(kept) else 0


if __name__ == "__main__":
    sys.exit(main())
