"""`firstkey people`: who is on record; and people of a source, brought in by its key."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from firstkey.actions.people import PersonRecord, find_person, reports_of
from firstkey.actions.site import Site
from firstkey.actions.site_stream import site_state
from firstkey.cli import feeding
from firstkey.cli.looking import look
from firstkey.cli.site_folder import site_option
from firstkey.cli.source_key import make_key
from firstkey.cli.telling import REFUSED, end, lay_out, told
from firstkey.policy.facts import effective
from firstkey.ports.fact_store import Reader
from firstkey.ports.kinds import DocumentKind
from firstkey.ports.queues import PAGE_ROWS_MAX
from firstkey.sources.reading import read_people
from firstkey.values.instants import rfc3339


@click.group("people")
def command() -> None:
    """Bring in people, and look at who is on record.

    Importing asks the running server, under a source's key; looking reads the site's folder, beside a running server
    or without one.
    """


# --------------------------------------------------------------------------------------------------------- bringing in


@command.command(short_help="Make the key of a source.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@feeding.json_option
@told()
def key(file: Path, as_json: bool) -> None:
    """Make a source's key in FILE, readable by you alone, and print its thumbprint.

    Two administrators register the source with that thumbprint; from then on what the key signs is the source's word.
    """
    thumbprint = make_key(file)
    if as_json:
        click.echo(json.dumps({"file": str(file), "thumbprint": thumbprint}, indent=2))
        return
    click.secho(f"A key is in {file}", bold=True)
    click.echo(f"  thumbprint  {thumbprint}")
    why = "Two administrators register the source with it: POST /api/sources/register, act register_source."
    click.echo(lay_out(why, "  "))


EXAMPLES = """\b
  person,account,user_name,display_name,employment,manager,unit
  hr-20417,ad:7f3a,jana.ito,Jana Ito,employee,hr-10033,Logistics
"""


@command.command("import", short_help="Import people, CSV or SCIM JSON.", epilog=EXAMPLES)
@feeding.file_argument
@feeding.source_option
@feeding.key_option
@feeding.dry_run_option
@click.option("--whole", is_flag=True, help="FILE has everybody: whom the source brought and FILE lacks has left.")
@click.option("--left-max", default=50, show_default=True, help="With --whole: if more would leave, nobody does.")
@site_option
@feeding.server_option
@feeding.json_option
@told()
def import_command(  # an option each
    file: Path,
    source: str,
    key_file: Path,
    dry_run: bool,
    whole: bool,
    left_max: int,
    site: Path | None,
    server: str | None,
    as_json: bool,
) -> None:
    """Import FILE, people as CSV or as SCIM JSON, into the running server.

    Needed columns: person, account, user_name, display_name. Others: active, privileged, service, ends_at, manager,
    deputy, sponsor, unit, vendor, country, time_zone, language, addresses (a;b), employment, workplace. Rows that
    cannot be read are told with their lines, and then nothing is sent. May be interrupted, and sent again.
    """
    read = read_people(file.read_bytes())
    feeding.refuse_unread(file, read.wrong, read.unit, as_json=as_json)
    named = {"dry_run": dry_run, "source": source}
    with feeding.connected(feeding.chosen_server(site, server), key_file) as client:
        sent = feeding.send(
            lambda rows: client.post("/api/sources/people", {"people": rows, **named}),
            read,
            label="people",
            quiet=as_json,
        )
        while whole and sent.whole:
            present = {"present": [row.person for _, row in read.rows], "left_max": left_max, **named}
            gone = client.post("/api/sources/people/present", present)
            feeding.add(sent.told, gone)
            sent.errors.extend({read.unit: 0, **error} for error in gone["errors"])
            if dry_run or not gone["left"]:
                break
    feeding.tell(file, sent, read.unit, dry_run=dry_run, as_json=as_json)


# ------------------------------------------------------------------------------------------------------------- looking


def _records(reader: Reader) -> Iterator[PersonRecord]:
    after = ""
    while True:
        page = reader.documents(DocumentKind.PERSON, "person:", after=after, limit=PAGE_ROWS_MAX)
        for found, _ in page:
            record = find_person(reader, found.removeprefix("person:"))
            if record is not None:
                yield record
        if len(page) < PAGE_ROWS_MAX:
            return
        after = page[-1][0]


def _said(record: PersonRecord, now: int) -> dict[str, Any]:
    """Return a record as JSON says it: instants in RFC 3339, and of the selection facts what counts."""
    said: dict[str, Any] = {
        name: value for name, value in msgspec.to_builtins(record).items() if name not in ("asserted", "addresses")
    }
    for name in ("ends_at", "manager_since", "manager_counts_from", "asset_counts_from"):
        said[name] = rfc3339(said[name]) if said[name] else None
    said["addresses"] = [{"address": each, "counts_from": rfc3339(at) if at else None} for each, at in record.addresses]
    said["facts"] = {
        each.fact: {"value": each.value, "source": each.source} for each in effective(record.asserted, now)
    }
    return said


def _standing(record: PersonRecord) -> str:
    words = ("left" if not record.active else "", "privileged" if record.privileged else "", "service" * record.service)
    return " ".join(word for word in words if word)


def _cut(text: str, width: int) -> str:
    return f"{text:<{width}}" if len(text) <= width else f"{text[: width - 1]}…"


@command.command("list", short_help="List who is on record.")
@site_option
@click.option("--unit", metavar="UNIT", help="Only people of this unit.")
@feeding.json_option
@told()
def list_command(site: Path | None, unit: str | None, as_json: bool) -> None:
    """List who is on record, by id."""

    def view(looked_at: Site, reader: Reader) -> tuple[list[PersonRecord], int]:
        return [record for record in _records(reader) if unit in (None, record.unit)], looked_at.clock.now()

    records, now = look(site, view)
    if as_json:
        said = [_said(record, now) for record in records]
        click.echo(json.dumps({"people": said}, indent=2, ensure_ascii=False))
        return
    click.secho(f"{'person':<18} {'name':<20} {'unit':<14} {'source':<9} standing", bold=True)
    for record in records:
        cells = (_cut(record.person, 18), _cut(record.display_name, 20), _cut(record.unit or "", 14))
        click.echo(" ".join((*cells, _cut(record.source, 9), _standing(record))).rstrip())
    click.echo(f"{len(records)} on record")


def _shown(site: Site, reader: Reader, person: str) -> dict[str, Any] | None:
    record = find_person(reader, person)
    if record is None:
        return None
    now, state = site.clock.now(), site_state(site, reader).state
    duties = [
        {"duty": grant.duty, "scope": " ".join(grant.scope.words)} for grant in state.grants_of(record.person, now)
    ]
    return {**_said(record, now), "reports": list(reports_of(reader, person)), "duties": duties}


@command.command(short_help="Show what is on record of one person.")
@click.argument("person")
@site_option
@feeding.json_option
@told()
def show(person: str, site: Path | None, as_json: bool) -> None:
    """Show what is on record of PERSON, and what counts of it now."""
    said = look(site, lambda looked_at, reader: _shown(looked_at, reader, person))
    if said is None:
        end(f"Nobody of the id {person} is on record.", "`firstkey people list` lists who is.", REFUSED)
    if as_json:
        click.echo(json.dumps(said, indent=2, ensure_ascii=False))
        return
    click.secho(f"{said['display_name']} ({said['person']})", bold=True)
    for name, value in said.items():
        if isinstance(value, str | int) and value not in ("", False) and name not in ("display_name", "person"):
            click.echo(lay_out(f"{name:<22}{'yes' if value is True else value}", "  ", " " * 22))
    for name in ("accounts", "reports"):
        if said[name]:
            click.echo(lay_out(f"{name:<22}{', '.join(said[name])}", "  ", " " * 22))
    for each in said["addresses"]:
        since = f", counts from {each['counts_from']}" if each["counts_from"] else ""
        click.echo(f"  {'address':<22}{each['address']}{since}")
    click.secho("What counts", bold=True)
    for name, fact in said["facts"].items():
        click.echo(f"  {name:<22}{fact['value']:<14}{fact['source']}")
    for duty in said["duties"]:
        click.echo(f"  {'duty':<22}{duty['duty']:<14}{duty['scope']}")
