"""What FirstKey costs, beside what could not be left out, measured in the same run: `make bench`.

The server, the floor's server and the load are three processes on this machine. Each figure and its floor are measured
in turn, and a figure is a median over rounds. A shared machine is noisy: compare ratios within one run, never figures
between runs.
"""

import argparse
import itertools
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.core import core_rows
from benchmarks.measuring import Row
from benchmarks.over_http import CLIENTS, Bench, Measured, floor_of, learn, step_rows, summary
from benchmarks.place import ROOT, Place, founded, rss_bytes
from benchmarks.programs import QUEUE_CASES, cli_rows, fill_queue, first_answer, queue_page
from benchmarks.quoting import with_figures

README = ROOT / "README.md"
RESULT = ROOT / "docs" / "benchmarks" / "latest.json"
RSS_MB_MAX = 150
NAME_WIDTH = 24


class Size(NamedTuple):
    """How much is measured: by clients, (joiners a round, rounds); and how many type their code."""

    waves: dict[int, tuple[int, int]]
    typed: int

    @property
    def sealed(self) -> int:
        """How many joiners are needed whose code is sealed."""
        return 1 + sum(joiners * rounds for joiners, rounds in self.waves.values())


FULL = Size({1: (100, 1), 8: (192, 1), 32: (192, 4)}, 48)
QUICK = Size({1: (12, 1), 8: (32, 1), 32: (96, 1)}, 16)


def _server_rows(place: Place, pid: int, size: Size) -> Iterator[Row]:
    """Measure a running server; what it holds in memory is read at the end, when it has worked."""
    begun = rss_bytes(pid)
    recipe = learn(place, 0)
    measured: dict[int, Measured] = {}
    with floor_of(recipe) as floor:
        bench = Bench(place, floor.port, itertools.count(1))
        for clients in CLIENTS:
            measured[clients] = bench.enrollments(clients, *size.waves[clients])
        yield from summary(measured[CLIENTS[-1]], CLIENTS[-1])
        yield bench.typed(size.typed)
    note = f"resident after {size.sealed + size.typed} enrollments; floor: the same server before the first"
    yield Row("server_rss_mb", rss_bytes(pid) / 1e6, "MB", begun / 1e6, note, RSS_MB_MAX)
    for clients in CLIENTS:
        yield from step_rows(measured[clients], clients)


def _all_rows(size: Size) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="firstkey-bench-") as folder:
        with founded(Path(folder), size.sealed, size.typed) as (place, server):
            _say("enrollments over HTTP")
            yield from _server_rows(place, server.pid or 0, size)
        _say("programs")
        yield first_answer(place)
        yield from cli_rows()
        fill_queue(place, QUEUE_CASES)
        yield queue_page(place)
    _say("the core")
    yield from core_rows()


def _say(what: str) -> None:
    print(f"measuring {what} …", file=sys.stderr, flush=True)


def _table(rows: list[Row]) -> str:
    """Return the figures that have a bound or stand alone, then the steps by clients."""
    lines = [f"{'':{NAME_WIDTH}} {'value':>9} {'':<5} {'floor':>9} {'ratio':>7}  at most"]
    steps: dict[str, dict[str, Row]] = {}
    for row in rows:
        step, _, rest = row.name.partition("_p50_") if "_p50_" in row.name else row.name.partition("_p99_")
        if rest:
            steps.setdefault(step, {})[row.name.removeprefix(step)] = row
            continue
        most = "" if row.most is None else f"{row.most:g}{'' if row.value <= row.most else '  MISSED'}"
        lines.append(
            f"{row.name:{NAME_WIDTH}} {row.value:9.1f} {row.unit:<5} {row.floor:9.1f} {row.ratio:7.1f}  {most}"
        )
    head = "".join(f"{f'{clients} clients' if clients > 1 else '1 client':>17}" for clients in CLIENTS)
    lines += ["", f"{'p50 and p99, ms':{NAME_WIDTH}}{head}"]
    for step, found in steps.items():
        cells = (
            f"{found[f'_p50_ms_at_{clients}'].value:10.1f} {found[f'_p99_ms_at_{clients}'].value:6.1f}"
            for clients in CLIENTS
        )
        lines.append(f"{step.replace('_', ' '):{NAME_WIDTH}}{''.join(cells)}")
    return "\n".join(lines)


def _result(rows: list[Row]) -> dict[str, Any]:
    cores, load = os.cpu_count(), os.getloadavg()[2]
    machine = f"{cores} cores under a load of {load:.1f}, {platform.machine()}, CPython {platform.python_version()}"
    shown = [
        {
            "name": row.name,
            "value": round(row.value, 2),
            "unit": row.unit,
            "floor": round(row.floor, 2),
            "note": row.note,
        }
        for row in rows
    ]
    return {"machine": machine, "date": datetime.now(UTC).date().isoformat(), "rows": shown}


def main() -> None:
    """Measure, print, and store if asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the joiners: whether it runs, not a figure")
    parser.add_argument("--store", action="store_true", help=f"write {RESULT.relative_to(ROOT)} and README")
    asked, begun = parser.parse_args(), time.monotonic()
    rows = list(_all_rows(QUICK if asked.quick else FULL))
    print(_table(rows))
    load = os.getloadavg()[0]
    print(f"\n{time.monotonic() - begun:.0f} s; load of the machine {load:.1f} on {os.cpu_count()} cores")
    if asked.store:
        result = _result(rows)
        RESULT.parent.mkdir(parents=True, exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
        README.write_text(with_figures(README.read_text("utf-8"), result), "utf-8")
        print(f"stored in {RESULT.relative_to(ROOT)}, and in the README's table")


if __name__ == "__main__":
    main()
