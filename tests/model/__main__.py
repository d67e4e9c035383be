"""Explores by hand: `python -m tests.model [--bound NAME] [--seconds N] [--brief]`; without a name, all bounds."""

import argparse
import sys

from tests.model.bounds import BOUNDS, NAMED, SHARE
from tests.model.report import report, shortfalls
from tests.model.run import explore_all, together


def main() -> int:
    """Explore, print the report, and return 1 when a bound was not exhausted or something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--bound", choices=[*NAMED, *BOUNDS], help="one of the three named bounds, or a part of one")
    parser.add_argument("--seconds", type=float, default=600, help="for each part, by the wall")
    parser.add_argument("--brief", action="store_true", help="the share that `make test` explores")
    parser.add_argument("--processes", type=int, default=1)
    asked = parser.parse_args()
    chosen = SHARE if asked.brief else NAMED
    bounds = [bound for name, parts in chosen.items() for bound in parts if asked.bound in (None, name, bound.name)]
    explored = explore_all(bounds, asked.seconds, every=100, processes=asked.processes)
    coverage, _ = together(explored)
    results = [each.result for each in explored]
    print(report(results, coverage))
    whole = asked.bound is None
    failed = [line for line in shortfalls(results, coverage) if whole or not line.startswith("not met")]
    print(f"{sum(each.compared for each in explored):,} comparisons of cases and commands taken for one")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
