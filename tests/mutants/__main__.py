"""`python -m tests.mutants`: break the core on purpose, one way at a time, and see a test fail each time.

It tries the threat model's mutants by name, then of the enrollment core and the policy's judgement every comparison,
conjunct, negation, named limit and moment changed, and of the floors whatever can be. `--all` adds every other kind:
cells of the transition table, statements, elements, words, numbers. Both take their time: `--only` and `--sample` look
at a part.

Prints a count for each module, and every mutant that no test killed; answers 1 if there is one, 2 if the tests fail on
the code as it is. What makes the tests run without end, or use up memory, is stopped, and counted as found.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.mutants.generate import generated, judges
from tests.mutants.mutant import PACKAGE, ROOT, Mutant, place_of, read
from tests.mutants.named import ELSEWHERE, named
from tests.mutants.run import Run, Tried, chosen, excused, mirrored
from tests.mutants.trial import Verdict, copied

PROCESSES = 2


def shown(mutant: Mutant, root: Path) -> str:
    """Return what a mutant changes and where, for people."""
    lines = []
    for edit in mutant.edits:
        place = place_of(edit, read(root, edit.file))
        lines += [f"{PACKAGE / edit.file}:{place.line}:{place.column}  {mutant.where}  ({mutant.name})"]
        lines += [f"    {place.text}", f"    {edit.before!r} -> {edit.after!r}"]
    return "\n".join(lines)


def table(tried: Iterable[Tried], excuses: Counter[str]) -> str:
    """Return the counts of each module, as lines."""
    by_module: dict[str, Counter[Verdict]] = {}
    for mutant, outcome in tried:
        by_module.setdefault(mutant.module, Counter())[outcome.verdict] += 1
    lines = [f"{'module':44} {'killed':>7} {'stopped':>8} {'excused':>8} {'survived':>9}"]
    for module in sorted({*by_module, *excuses}):
        counts = by_module.get(module, Counter())
        killed, stopped = counts[Verdict.FAILED] + counts[Verdict.BROKEN], counts[Verdict.STOPPED]
        lines.append(f"{module:44} {killed:>7} {stopped:>8} {excuses[module]:>8} {counts[Verdict.SURVIVED]:>9}")
    return "\n".join(lines)


def asked() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every kind of change, not only what a rule asks")
    parser.add_argument("--only", metavar="PATTERN", help="mutants whose module, kind or place it finds")
    parser.add_argument("--sample", type=int, metavar="N", help="so many of them, evenly spread")
    parser.add_argument("--processes", type=int, default=PROCESSES, metavar="N", help="trials at a time")
    parser.add_argument("--json", action="store_true", help="print one object")
    return parser.parse_args()


def _try_all(run: Run, kept: list[Mutant], processes: int) -> None:
    """Try mutants, telling of each that survives and how far it is; an interrupt ends it early."""
    survived = 0
    try:
        for mutant, outcome in run.tries(kept, processes):
            if outcome.verdict is Verdict.SURVIVED:
                survived += 1
                print(shown(mutant, run.copy), file=sys.stderr, flush=True)
            if sys.stderr.isatty():
                print(f"\r{len(run.tried)} of {len(kept)}, {survived} survived ", end="", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print(f"\ninterrupted after {len(run.tried)} of {len(kept)}", file=sys.stderr)


def _report(run: Run, excuses: Counter[str], seconds: int, *, as_json: bool) -> None:
    survivors = [mutant for mutant, outcome in run.tried if outcome.verdict is Verdict.SURVIVED]
    if as_json:
        counts = {"tried": len(run.tried), "excused": excuses.total(), "seconds": seconds}
        print(json.dumps(counts | {"survivors": [shown(mutant, run.copy) for mutant in survivors]}))
        return
    print(table(run.tried, excuses))
    print(f"{len(run.tried)} mutants, {len(survivors)} survived, {excuses.total()} excused, {seconds} s")
    for name, owner in ELSEWHERE.items():
        print(f"not run here: {name} ({owner})")


def main() -> int:
    """Try mutants, print what became of them, and return the exit status."""
    options, began = asked(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        run = Run(copied(ROOT, Path(folder) / "copy"))
        made = (mutant for mutant in generated(run.copy) if options.all or judges(mutant))
        mutants = chosen([*named(run.copy), *made], options.only, options.sample)
        excuses = Counter(mutant.module for mutant in mutants if excused(mutant, run.copy))
        kept = [mutant for mutant in mutants if not excused(mutant, run.copy)]
        red = run.red(file for mutant in kept for file in mirrored(run.copy, mutant.module))
        if not red:
            _try_all(run, kept, options.processes)
            red = run.red(outcome.test.partition("[")[0] for _, outcome in run.tried if outcome.test)
        if red:
            print(f"a test fails on the code as it is: {red}", file=sys.stderr)
            return 2
        _report(run, excuses, round(time.monotonic() - began), as_json=options.json)
    lived = any(outcome.verdict is Verdict.SURVIVED for _, outcome in run.tried)
    return 1 if lived or len(run.tried) < len(kept) else 0


if __name__ == "__main__":
    sys.exit(main())
