"""`firstkey policy`: check a draft, explain what it says of a case, see what a change weakens, run scenario tables.

Exit codes: 0 all is well; 1 the answer is no (a policy has problems, a change weakens, a scenario is not met); 2 the
command could not be carried out as written (no such file, no such fact).
"""

import json
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from textwrap import fill
from typing import Any, NoReturn

import click
import msgspec

from firstkey.policy import model
from firstkey.policy.diff import Change, Effect, compare
from firstkey.policy.document import Problems
from firstkey.policy.explain import Trace, explain
from firstkey.policy.facts import FACTS, effective
from firstkey.policy.floors import held_apart
from firstkey.policy.lint import labels
from firstkey.policy.load import load_policy
from firstkey.policy.scenarios import Scenario, load_scenarios, play, said
from firstkey.policy.staffing import Effort, Person, effort, staffed
from firstkey.policy.terms import TERMS, show, values_in
from firstkey.values.errors import Malformed
from firstkey.values.instants import HOUR

COLUMNS_MAX = 80
_COLOURS = {"allow": "green", "verify": "yellow", "prohibit": "red", "weakens": "red", "unclear": "yellow"}

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
people_file = click.option(
    "--people",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='People on record, a JSON list like [{"person": "p1", "words": ["approver"], "unit": "u1"}]; '
    "paths that they cannot staff are marked unstaffed.",
)

NO_WITNESS = "cosigned: this version has no witness, so keys made on this path stay pending"


@click.group("policy")
def command() -> None:
    """Check, explain, compare and test policies.

    FILE is a policy's path, or the name of a shipped one: default, small_team.
    """


# ------------------------------------------------------------------------------------------------------------ reading


def _shipped(file_name: str) -> bytes | None:
    source = resources.files("firstkey") / "policies" / file_name
    return source.read_bytes() if source.is_file() else None


def _read(name: str) -> bytes:
    """Return the bytes of a file, or of a shipped policy.

    Raises:
        click.UsageError: there is neither.
    """
    path = Path(name)
    if path.is_file():
        return path.read_bytes()
    shipped = _shipped(f"{name}.toml") if name.isidentifier() else None
    if shipped is None:
        raise click.UsageError(f"There is no file {name!r}, and no shipped policy of that name (default, small_team).")
    return shipped


def _load(name: str, json_wanted: bool) -> model.Policy:
    try:
        return load_policy(_read(name))
    except Problems as problems:
        _tell_problems(name, problems, json_wanted)


def _people(path: Path | None) -> tuple[Person, ...] | None:
    if path is None:
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Person, ...])
    except msgspec.MsgspecError as error:
        raise click.UsageError(f"{path} is not a list of people: {error}.") from error


def _pairs(texts: Iterable[str]) -> dict[str, str | None]:
    """Read NAME=VALUE."""
    return {name: value for name, _, value in (text.partition("=") for text in texts)}


# ----------------------------------------------------------------------------------------------------------- printing


def _lay_out(text: str, indent: str = "", hang: str = "    ") -> str:
    """Break a text into lines of the terminal's width, never inside a word."""
    first, next_ = indent, indent + hang
    return fill(
        text, COLUMNS_MAX, initial_indent=first, subsequent_indent=next_, break_long_words=False, break_on_hyphens=False
    )


def _colour(word: str) -> str:
    return click.style(word, fg=_COLOURS.get(word))


def _heading(text: str) -> None:
    click.secho(f"\n{text}", bold=True)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(msgspec.to_builtins(value, order="deterministic"), indent=2, ensure_ascii=False))


def _end(exit_code: int) -> NoReturn:
    click.get_current_context().exit(exit_code)


def _tell_problems(name: str, problems: Problems, json_wanted: bool) -> NoReturn:
    """Print everything that is wrong with a document, a line of the file each, and end."""
    if json_wanted:
        _print_json({"file": name, "problems": [problem._asdict() for problem in problems.problems]})
        _end(1)
    for problem in problems.problems:
        at = f"{name}:{problem.line}" + (f":{problem.column}" if problem.column else "")
        click.echo(_lay_out(f"{at}: {problem.where}: {problem.reason} {problem.instead}"))
    click.secho(_count(len(problems.problems), "problem.", "problems."), fg="red", err=True)
    _end(1)


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _hours(milliseconds: int) -> str:
    hours = milliseconds / HOUR
    return f"{hours:g} h" if hours < 1 or hours == int(hours) else f"{hours:.1f} h"


def _value(what: str, value: Any) -> str:
    """Write a value of a change for people."""
    if value is None:
        return "no limit"
    if what in TERMS:
        return TERMS[what].kind.show(value)
    return f"{len(value)} roots" if isinstance(value, frozenset) else str(value).lower()


# ---------------------------------------------------------------------------------------------------------- the verbs


def _row(policy: model.Policy, path: model.Path, people: tuple[Person, ...] | None) -> dict[str, Any]:
    """Return what `check` shows of a path."""
    row = {"path": path.name, "verdict": path.verdict, "bootstrap": None, "effort": None, "labels": labels(path)}
    if path.requirements is None:
        return row
    required = held_apart(path.requirements, policy, "standard")
    unstaffed = people is not None and not staffed(required, people)
    pending = (NO_WITNESS,) if required.cosigned else ()
    row["labels"] = (*labels(path), *(("unstaffed",) if unstaffed else ()), *pending)
    takes = effort(path, required)
    return row | {"bootstrap": path.requirements.bootstrap, "effort": takes and takes._asdict()}


@command.command(short_help="Refuse a policy that cannot be put in force.")
@click.argument("file")
@people_file
@as_json
def check(file: str, people: Path | None, as_json: bool) -> None:
    """Refuse a policy that cannot be put in force, with lines and reasons."""
    policy = _load(file, as_json)
    rows = [_row(policy, path, _people(people)) for path in policy.paths]
    if as_json:
        _print_json(
            {"file": file, "name": policy.name, "version": policy.version, "sha256": policy.sha256, "paths": rows}
        )
        return
    click.secho(f"{policy.name}, version {policy.version}: {len(rows)} paths, fit to be signed", bold=True)
    click.echo(f"sha256 {policy.sha256}\n")
    click.echo(f"{'path':<24}{'verdict':<10}{'way in':<10}{'people':>6}{'acts':>6}{'first limit':>13}")
    for row in rows:
        takes = Effort(**row["effort"]) if row["effort"] else None
        verdict = _colour(row["verdict"]) + " " * (10 - len(row["verdict"]))
        costs = f"{takes.people:>6}{takes.signed_acts:>6}{_hours(takes.first_deadline_ms):>13}" if takes else ""
        click.echo(f"{row['path']:<24}{verdict}{row['bootstrap'] or '':<10}{costs}".rstrip())
        for label in row["labels"]:
            click.secho(f"  {label}", fg="yellow")
    click.echo("\n" + _lay_out("People are those beside the joiner, at the least; acts are what they sign.", hang=""))


def _tell_trace(trace: Trace, policy: model.Policy) -> None:
    """Print a decision trace."""
    _heading("Facts")
    for fact in trace.facts:
        click.echo(f"  {fact.fact:<12}{fact.value:<14}{fact.source}")
    _heading("Paths, in the order in which they were tried")
    for name, failed in trace.tried:
        value = {fact.fact: fact.value for fact in trace.facts}
        why = "taken" if failed is None else f"{failed.fact} is {value[failed.fact]}, not {_any_of(failed.values)}"
        click.echo(_lay_out(f"{name:<24}{why}", indent="  ", hang=" " * 24))
    _heading("Ruling")
    ruling = trace.ruling
    click.echo(f"  {_colour(ruling.verdict)}{f', by {ruling.path}' if ruling.path else ''} ({policy.name})")
    for reason in (*ruling.reasons, *(f"Label: {label}." for label in trace.labels)):
        click.echo(_lay_out(reason, indent="  ", hang=""))
    if ruling.requirements is not None:
        _heading("What the case must meet")
        for name, required in values_in(ruling.requirements).items():
            if required is not None:
                click.echo(_lay_out(show(name, required), indent="  "))
    if trace.effort is not None:
        takes = trace.effort
        people = _count(takes.people, "person", "people")
        acts = _count(takes.signed_acts, "signed act", "signed acts")
        click.echo(
            f"\nAt the least {people} beside the joiner, {acts}, {_hours(takes.first_deadline_ms)} to the first limit."
        )


def _any_of(values: Iterable[str]) -> str:
    return " or ".join(sorted(values))


@command.command("explain", short_help="Show how a policy rules on an invented case.")
@click.argument("file")
@click.option("--fact", "facts", multiple=True, metavar="NAME=VALUE", help="A fact that a source of record asserts.")
@click.option("--word", "words", multiple=True, metavar="NAME=VALUE", help="What a requester merely says of a fact.")
@people_file
@as_json
def explain_command(
    file: str, facts: tuple[str, ...], words: tuple[str, ...], people: Path | None, as_json: bool
) -> None:
    """Show how the policy rules on an invented case, and what it would take.

    A fact that is not given is asserted by nobody, and takes its strictest value.
    """
    policy = _load(file, as_json)
    try:
        stated = said(_pairs(facts), _pairs(words))
    except (KeyError, Malformed) as error:
        known = "; ".join(f"{name}: {', '.join(fact.values)}" for name, fact in FACTS.items())
        raise click.UsageError(f"No such fact or value: {error}. There are {known}.") from error
    trace = explain(policy, effective(stated, now=0), people=_people(people))
    if as_json:
        _print_json(trace._asdict() | {"effort": trace.effort and trace.effort._asdict()})
    else:
        _tell_trace(trace, policy)


_EFFECTS = {
    Effect.WEAKENS: "Weakens",
    Effect.UNCLEAR: "Cannot be shown not to weaken",
    Effect.STRENGTHENS: "Strengthens",
}


def _paths(change: Change) -> str:
    """Name the paths that cases went by and will go by."""
    if change.before == change.after:
        return change.before or "the whole policy"
    return f"{change.before or 'no path'} -> {change.after or 'no path'}"


def _tell_changes(changes: tuple[Change, ...]) -> None:
    """Print changes by what they do, each with the paths it is seen on."""
    for effect, heading in _EFFECTS.items():
        seen = [change for change in changes if change.effect is effect]
        if seen:
            _heading(heading)
        for change in seen:
            key = TERMS[change.what].key if change.what in TERMS else change.what
            was, becomes = _value(change.what, change.was), _value(change.what, change.becomes)
            click.echo(_lay_out(f"{_paths(change)}: {key} {was} -> {becomes}", indent="  "))
    verdict = "This change takes effect at once." if changes else "No case would notice this change."
    if any(change.effect is not Effect.STRENGTHENS for change in changes):
        verdict = "Two people must sign this change, and it waits 24 hours."
    click.secho(f"\n{verdict}", bold=True)


@command.command(short_help="Show what a change of policy would weaken.")
@click.argument("old")
@click.argument("new")
@as_json
def diff(old: str, new: str, as_json: bool) -> None:
    """Show what changing policy OLD into NEW would weaken.

    The exit code is 1 when anything is weakened, or cannot be shown not to be.
    """
    changes = compare(_load(old, as_json), _load(new, as_json))
    if as_json:
        _print_json({"changes": [change._asdict() for change in changes]})
    else:
        _tell_changes(changes)
    _end(int(any(change.effect is not Effect.STRENGTHENS for change in changes)))


def _scenarios_beside(file: str, given: Path | None) -> tuple[str, bytes]:
    """Return the name and bytes of the scenario table of a policy."""
    path = given or Path(file).with_suffix(".scenarios.toml")
    if path.is_file():
        return str(path), path.read_bytes()
    shipped = _shipped(f"{file}.scenarios.toml") if file.isidentifier() and given is None else None
    if shipped is None:
        raise click.UsageError(f"There is no scenario table {str(path)!r}.")
    return f"{file}.scenarios.toml", shipped


def _outcomes(policy: model.Policy, scenarios: tuple[Scenario, ...]) -> Iterator[dict[str, Any]]:
    for scenario in scenarios:
        ruling = play(policy, scenario)
        yield {
            "name": scenario.name,
            "line": scenario.line,
            "met": scenario.met_by(ruling),
            "expected": {"path": scenario.path, "verdict": scenario.verdict},
            "ruling": {"path": ruling.path, "verdict": ruling.verdict, "reasons": ruling.reasons},
        }


@command.command("test", short_help="Run the scenario table kept beside a policy.")
@click.argument("file")
@click.option(
    "--scenarios",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Another table than the one beside FILE.",
)
@as_json
def test_command(file: str, scenarios: Path | None, as_json: bool) -> None:
    """Run the scenario table kept beside a policy: of site.toml, site.scenarios.toml."""
    policy = _load(file, as_json)
    name, document = _scenarios_beside(file, scenarios)
    try:
        outcomes = list(_outcomes(policy, load_scenarios(document)))
    except Problems as problems:
        _tell_problems(name, problems, as_json)
    reached = {outcome["ruling"]["path"] for outcome in outcomes}
    unseen = [path.name for path in policy.paths if path.name not in reached]
    failed = [outcome for outcome in outcomes if not outcome["met"]]
    if as_json:
        _print_json({"file": name, "scenarios": outcomes, "paths_without_scenario": unseen})
        _end(int(bool(failed)))
    for outcome in failed:
        expected, found = (
            f"{each['verdict']} by {each['path'] or 'no path'}" for each in (outcome["expected"], outcome["ruling"])
        )
        why = " ".join(outcome["ruling"]["reasons"])
        click.echo(_lay_out(f"{name}:{outcome['line']}: {outcome['name']}: expected {expected}, is {found}. {why}"))
    if unseen:
        click.echo(_lay_out(f"Paths that no scenario reaches: {', '.join(unseen)}."))
    met = len(outcomes) - len(failed)
    click.secho(f"{met} of {len(outcomes)} scenarios met.", fg="red" if failed else "green")
    _end(int(bool(failed)))
