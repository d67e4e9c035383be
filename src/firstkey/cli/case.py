"""`firstkey case`: which cases there are, where one stands, and how it came to that. Reads the site's folder alone."""

import json
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import click
import msgspec

from firstkey.actions.people import find_person
from firstkey.actions.rulings import asserted_of, stored_policy
from firstkey.actions.site import Site
from firstkey.actions.streams import account_stream, case_stream, read_case
from firstkey.cli.looking import look
from firstkey.cli.site_folder import site_option
from firstkey.cli.story import sentence
from firstkey.cli.telling import REFUSED, end, lay_out, told
from firstkey.enrollment.case.facts import CaseOpened, CredentialHeld, Fact, decode_fact
from firstkey.enrollment.case.state import Case, stage_of
from firstkey.enrollment.case.words import Stage
from firstkey.policy.explain import Trace, explain
from firstkey.policy.facts import effective
from firstkey.policy.terms import show as show_term
from firstkey.policy.terms import values_in
from firstkey.ports.fact_store import Reader
from firstkey.ports.queues import PAGE_ROWS_MAX, CaseCursor, CaseIndex, CaseRow
from firstkey.values.canonical import INTEGER_MAX
from firstkey.values.instants import rfc3339

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
case_argument = click.argument("case")
HELD = CredentialHeld.__name__
SECONDS = len("2026-03-01T08:00:00")


@click.group("case")
def command() -> None:
    """Look at cases: a list, one as it stands, and how it came to that.

    Reads the site's folder, beside a running server or without one, and changes nothing.
    """


def _no_case(case: str) -> NoReturn:
    end(f"There is no case {case}.", "`firstkey case list` lists them.", REFUSED)


def _time(instant: int) -> str:
    return "-" if instant == INTEGER_MAX else f"{rfc3339(instant)[:SECONDS].replace('T', ' ')}Z"


def _rows(reader: Reader, stage: str | None, limit: int) -> list[CaseRow]:
    """Return the first rows, the first due first."""
    index, value = (CaseIndex.ALL, "") if stage is None else (CaseIndex.STAGE, stage)
    rows: list[CaseRow] = []
    after: CaseCursor | None = None
    while len(rows) < limit:
        page = reader.cases(index, value, after=after, limit=min(PAGE_ROWS_MAX, limit - len(rows)))
        rows += page
        if not page:
            break
        after = page[-1].cursor
    return rows


@command.command("list", short_help="List cases, the first due first.")
@site_option
@click.option("--stage", type=click.Choice([stage.value for stage in Stage]), help="Only those that wait for this.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000), help="So many at most.")
@json_option
@told()
def list_command(site: Path | None, stage: str | None, limit: int, as_json: bool) -> None:
    """List cases, the first due first."""
    rows = look(site, lambda _, reader: _rows(reader, stage, limit))
    if as_json:
        cases = [{**msgspec.to_builtins(row), "case": row.case.removeprefix("case/")} for row in rows]
        for each in cases:
            for name in ("opened_at", "due_at", "updated_at"):
                each[name] = None if each[name] == INTEGER_MAX else rfc3339(each[name])
        click.echo(json.dumps({"cases": cases}, indent=2, ensure_ascii=False))
        return
    click.secho(f"{'case':<24}{'stage':<13}{'person':<14}{'due':<21}path", bold=True)
    for row in rows:
        cells = f"{row.case.removeprefix('case/'):<24}{row.stage:<13}{row.person[:13]:<14}{_time(row.due_at):<21}"
        click.echo(cells + (row.path if len(row.path) < 9 else f"{row.path[:7]}…"))
    count = "1 case" if len(rows) == 1 else f"{len(rows)} cases"
    click.echo(count + (", and perhaps more: --limit" if len(rows) == limit else ""))


class Looked(NamedTuple):
    """A case, its facts and those of its account's credential, and how the policy ruled when it was opened."""

    state: Case
    facts: tuple[Fact, ...]
    trace: Trace | None


def _looked_at(site: Path | None, case: str) -> Looked:
    def view(looked_at: Site, reader: Reader) -> Looked | None:
        state = read_case(looked_at, reader, case).state
        if not isinstance(state, Case):
            return None
        own = [decode_fact(record.body) for record in reader.load(case_stream(case))]
        held = [decode_fact(record.body) for record in reader.load(account_stream(state.account))]
        credential = None if state.credential is None else state.credential.credential
        later = [each for each in held if getattr(each, "credential", "") == credential and each.kind != HELD]
        return Looked(state, (*own, *(later if state.closed is not None else ())), _trace(reader, own[0]))

    looked = look(site, view)
    if looked is None:
        _no_case(case)
    return looked


def _trace(reader: Reader, opened: Fact) -> Trace | None:
    """Return how the policy that the case pinned ruled, by what sources had said when it was opened."""
    person = find_person(reader, opened.person) if isinstance(opened, CaseOpened) else None
    if person is None or not isinstance(opened, CaseOpened):
        return None
    asserted = asserted_of(opened.purpose, delegated=opened.delegator is not None, since=opened.at)
    facts = effective((*person.asserted, *asserted), opened.at)
    return explain(stored_policy(reader, opened.policy), facts)


def _standing(state: Case) -> dict[str, Any]:
    claim, pass_, credential = state.claim, state.pass_, state.credential
    return {
        "case": state.case,
        "person": state.person,
        "account": state.account,
        "purpose": state.purpose.value,
        "path": state.path,
        "stage": stage_of(state).value,
        "closed": state.closed and state.closed.value,
        "opened_at": rfc3339(state.opened_at),
        "expires_at": rfc3339(state.expires_at),
        "revision": state.revision,
        "held": state.hold is not None,
        "proofed_level": state.proofing and state.proofing.level,
        "approvals": [approval.by.person for approval in state.approvals],
        "quorum": state.requirements.quorum,
        "anchor": claim and claim.anchor and claim.anchor.value,
        "pass": pass_ and pass_.state.value,
        "tries_failed": state.tries_failed,
        "credential": credential and credential.credential,
        "credential_state": credential and credential.state.value,
        "policy": state.policy,
    }


@command.command(short_help="Show where a case stands.")
@case_argument
@site_option
@json_option
@told()
def show(case: str, site: Path | None, as_json: bool) -> None:
    """Show where CASE stands, and what it must meet."""
    looked = _looked_at(site, case)
    standing, required = _standing(looked.state), values_in(looked.state.requirements)
    terms = [show_term(name, value) for name, value in required.items() if value is not None]
    if as_json:
        click.echo(json.dumps({**standing, "requirements": terms}, indent=2, ensure_ascii=False))
        return
    for name, value in standing.items():
        said = ", ".join(value) if isinstance(value, list) else value
        if said not in (None, "", False):
            click.echo(lay_out(f"{name:<18}{said}", "", " " * 18))
    click.secho("\nIt must meet", bold=True)
    for term in terms:
        click.echo(lay_out(term, "  ", "  "))


@command.command("explain", short_help="Tell how a case came to where it is.")
@case_argument
@site_option
@json_option
@told()
def explain_command(case: str, site: Path | None, as_json: bool) -> None:
    """Tell the story of CASE: why the policy picked its path, then every fact with its time."""
    looked = _looked_at(site, case)
    if as_json:
        story = [{"at": rfc3339(fact.at), "fact": fact.kind, "says": sentence(fact)} for fact in looked.facts]
        trace = None if looked.trace is None else _trace_json(looked.trace)
        said = {"case": case, "stage": stage_of(looked.state).value, "policy": trace, "story": story}
        click.echo(json.dumps(said, indent=2, ensure_ascii=False))
        return
    if looked.trace is not None:
        _tell_trace(looked.trace)
    click.secho("What happened", bold=True)
    for fact in looked.facts:
        click.echo(lay_out(f"{_time(fact.at)}  {sentence(fact)}", "  ", " " * 22))
    if looked.state.closed is None:
        click.secho(f"\nIt waits for: {stage_of(looked.state).value}", bold=True)


def _trace_json(trace: Trace) -> dict[str, Any]:
    return {
        "facts": {each.fact: {"value": each.value, "source": each.source} for each in trace.facts},
        "tried": [{"path": name, "failed": failed and failed.fact} for name, failed in trace.tried],
        "path": trace.ruling.path,
        "verdict": trace.ruling.verdict,
        "reasons": list(trace.ruling.reasons),
        "labels": list(trace.labels),
    }


def _tell_trace(trace: Trace) -> None:
    click.secho("Why this path, by what sources had said", bold=True)
    for each in trace.facts:
        click.echo(f"  {each.fact:<12}{each.value:<14}{each.source}")
    said = {each.fact: each.value for each in trace.facts}
    for name, failed in trace.tried:
        why = "taken" if failed is None else f"no, {failed.fact} is {said[failed.fact]}"
        click.echo(f"  {name:<26}{why}")
    for reason in (*trace.ruling.reasons, *(f"Label: {label}." for label in trace.labels)):
        click.echo(lay_out(reason, "  "))
    click.echo()
