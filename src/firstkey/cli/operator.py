"""`firstkey operator`: who holds which duty, for whom, and who acts for whom. Reads the site's folder alone."""

import json
from pathlib import Path
from typing import Any

import click

from firstkey.actions.crew import may_serve
from firstkey.actions.people import FOUNDING, find_person
from firstkey.actions.sessions import sessions_of
from firstkey.actions.site import Site
from firstkey.actions.site_state import EVERY_DUTY, SiteState
from firstkey.actions.site_stream import site_state
from firstkey.cli.looking import look
from firstkey.cli.site_folder import site_option
from firstkey.cli.telling import lay_out, told
from firstkey.ports.fact_store import Reader
from firstkey.values.instants import rfc3339


@click.group("operator")
def command() -> None:
    """Look at operators. What changes them is signed, in the console or over the API."""


def _duties(state: SiteState, person: str, now: int) -> list[dict[str, Any]]:
    return [
        {
            "duty": grant.duty,
            "scope": list(grant.scope.words),
            "ends_at": None if grant.ends_at is None else rfc3339(grant.ends_at),
            "founding": grant.founding,
        }
        for grant in sorted(state.grants_of(person, now), key=lambda grant: grant.duty)
    ]


def _operators(site: Site, reader: Reader) -> list[dict[str, Any]]:
    state, now = site_state(site, reader).state, site.clock.now()
    live = state.delegations_at(now)
    people = {grant.person for grant in state.grants} | {each.delegate for each in live}
    found = []
    for person in sorted(people):
        record = find_person(reader, person)
        given = [
            {"to": each.delegate, "duties": sorted(each.duties), "ends_at": rfc3339(each.ends_at)}
            for each in live
            if each.delegator == person
        ]
        found.append(
            {
                "person": person,
                "name": "" if record is None else record.display_name,
                "here": may_serve(record, now),
                "unidentified_founder": record is not None and record.source == FOUNDING,
                "duties": _duties(state, person, now),
                "acts_for": [each.delegator for each in live if each.delegate == person],
                "delegations": given,
                "sessions": len(sessions_of(reader, person, state.epoch, now)),
            }
        )
    return found


@command.command("list", short_help="List who holds which duty, and for whom.")
@site_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@told()
def list_command(site: Path | None, as_json: bool) -> None:
    """List who holds which duty, for whom and until when, with their delegations and how many sessions they have."""
    operators = look(site, _operators)
    if as_json:
        click.echo(json.dumps({"operators": operators}, indent=2, ensure_ascii=False))
        return
    if not operators:
        click.echo("Nobody holds a duty yet: the site is not founded.")
    for each in operators:
        _tell(each)


def _tell(operator: dict[str, Any]) -> None:
    count = operator["sessions"]
    sessions = "no session" if count == 0 else f"{count} session{'s' if count > 1 else ''}"
    gone = "" if operator["here"] else ", not here any more"
    click.secho(f"{operator['name'] or '-'} ({operator['person']}), {sessions}{gone}", bold=True)
    duties = operator["duties"]
    if {duty["duty"] for duty in duties if duty["founding"]} >= EVERY_DUTY:
        click.echo("  every duty, for everybody, from founding")
        duties = [duty for duty in duties if not duty["founding"]]
    for duty in duties:
        until = f", until {duty['ends_at']}" if duty["ends_at"] else ""
        click.echo(lay_out(f"{duty['duty']:<15}{', '.join(duty['scope'])}{until}", "  ", " " * 15))
    for given in operator["delegations"]:
        what = f"lets {given['to']} act as {', '.join(given['duties'])} until {given['ends_at']}"
        click.echo(lay_out(what, "  ", "  "))
    for delegator in operator["acts_for"]:
        click.echo(f"  acts for {delegator}")
    if operator["unidentified_founder"]:
        why = "A founder whom no source of record knows. If HR does, two administrators say who: identify_founder."
        click.secho(lay_out(why, "  "), fg="yellow")
