"""`python -m tests.model`: explore named bounds of the core to their end, and print what was met and what was not.

Answers 1 when an invariant does not hold, a bound was not exhausted in its time, or, over all bounds, a cell of the
tables, a refusal or a command was not met.
"""

import argparse
import sys

from tests.model.bounds import BOUNDS
from tests.model.coverage import Cell, Coverage, Item
from tests.model.explore import Explorer

SECONDS = 600.0


def named(item: Item) -> str:
    """Return what something that can be met is called."""
    if isinstance(item, Cell):
        return f"{item.fact}: {item.before} -> {item.after}"
    return item if isinstance(item, str) else f"refusal {item.name}"


def asked() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--bound", action="append", choices=list(BOUNDS), help="may be given several times; else all")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each bound, by the wall")
    return parser.parse_args()


def main() -> int:
    """Explore, print, and return the exit status."""
    options, coverage, sound = asked(), Coverage(), True
    print(f"{'bound':<22} {'states':>12} {'transitions':>14} {'depth':>6} {'cpu s':>7}  ended")
    for name in options.bound or BOUNDS:
        result = Explorer(BOUNDS[name], coverage).run(options.seconds)
        end = "exhausted" if result.exhausted else "out of time"
        counts = f"{result.states:>12,} {result.transitions:>14,} {result.depth:>6} {result.seconds:>7.1f}"
        print(f"{name:<22} {counts}  {end}", flush=True)
        for finding in result.findings:
            print(f"  does not hold: {finding.violation}")
            print("".join(f"    {step}\n" for step in finding.trace), end="")
        sound = sound and result.exhausted and not result.findings
    for kind, met, of in coverage.counts():
        print(f"{kind}: {met} of {of}")
    missing = [] if options.bound else coverage.missing()
    print("".join(f"  not met: {named(item)}\n" for item in missing), end="")
    return 0 if sound and not missing else 1


if __name__ == "__main__":
    sys.exit(main())
