"""What was explored, in 80 columns, and what falls short."""

from collections.abc import Iterator

from tests.model.coverage import Cell, Coverage, Item
from tests.model.explore import Finding, Result

SYMMETRY = (
    "States count without the clock. Taken for one: cases that differ in what no",
    "decision reads any more, or in instants with the same answers at every tick;",
    "devices until one claims; people without the duties that a command asks for;",
    "epochs before a pass is issued; fresh statements. Keys are exact; the core runs",
    "once for each distinct local input.",
)


def short(item: Item) -> str:
    """Return how a cell, a refusal or a command is called."""
    if isinstance(item, Cell):
        return f"{item.fact} {item.before}->{item.after}"
    return item if isinstance(item, str) else f"R.{item.name}"


def _row(result: Result) -> str:
    end = "yes" if result.exhausted else "NO"
    return (
        f"{result.bound[:26]:26} {result.states:>10,} {result.cases:>6,} {result.transitions:>14,}"
        f" {result.depth:>3} {result.seconds:>6.1f} {end:>3}"
    )


def table(results: list[Result]) -> Iterator[str]:
    """Yield one line for each bound, and their sum."""
    yield f"{'bound':26} {'states':>10} {'cases':>6} {'transitions':>14} {'dep':>3} {'s':>6} {'end':>3}"
    yield from map(_row, results)
    states, seconds = sum(each.states for each in results), sum(each.seconds for each in results)
    transitions, cases = sum(each.transitions for each in results), sum(each.cases for each in results)
    runs = sum(each.runs for each in results)
    yield f"{'together':26} {states:>10,} {cases:>6,} {transitions:>14,} {'':3} {seconds:>6.1f}"
    yield f"{runs:,} runs of the core; {states / max(seconds, 0.001):,.0f} states in a second of processor time"


def _findings(findings: tuple[Finding, ...]) -> Iterator[str]:
    for finding in findings:
        yield f"invariant {finding.violation.invariant}: {finding.violation.how}"
        yield from (f"    {step}" for step in finding.trace)


def report(results: list[Result], coverage: Coverage) -> str:
    """Return the whole report."""
    lines = [*table(results), *SYMMETRY]
    lines += [f"{name}: {met} of {wanted}" for name, met, wanted in coverage.counts()]
    lines += [f"not met: {short(item)}" for item in coverage.missing()]
    for result in results:
        lines += _findings(result.findings)
    return "\n".join(lines)


def shortfalls(results: list[Result], coverage: Coverage) -> list[str]:
    """Return what falls short: a bound not exhausted, something not met, an invariant that does not hold."""
    lines = [f"{each.bound} is not exhausted" for each in results if not each.exhausted]
    lines += [f"not met: {short(item)}" for item in coverage.missing()]
    lines += [f"met, but is not among what there is: {short(item)}" for item in coverage.surplus()]
    return lines + [line for each in results for line in _findings(each.findings)]
