"""`firstkey recall`: what rests on something, and its credentials out of use, red until they are read back as gone.

Looking works on the site's folder, beside a running server or without one. All else is asked of the server, under the
signature of an administrator's security key. Exit codes: 0 done, 1 something is red or a rule said no, 2 unusable.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import click
import msgspec

from firstkey.actions.provenance import Found, Node
from firstkey.actions.recall import digest_of
from firstkey.actions.recalls import (
    CONFIRM_RECALL,
    GREEN,
    LOOK_SECONDS_MAX,
    RECALL_CREDENTIALS,
    credential_found,
    find_in_use,
)
from firstkey.assembly import look_at_site
from firstkey.cli.console import Console
from firstkey.cli.passkey import SecurityKey
from firstkey.cli.site_folder import existing_site, site_option
from firstkey.cli.telling import REFUSED, lay_out, told
from firstkey.ports.fact_store import answer
from firstkey.settings import read_settings
from firstkey.values.canonical import Json

POLL_SECONDS = 1.0
WATCHED_SECONDS_MAX = 24 * 3600

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
node_argument = click.argument("node", metavar="NODE", type=click.Choice([node.value for node in Node]))

EXAMPLES = """\b
  firstkey recall find person hr-10033     what this person had a duty in
  firstkey recall find entries 1200-1480   everything with a fact in that span
  firstkey recall begin person hr-20417    suspend it all, with your signature
  firstkey recall confirm RECALL           make it final, by a second one
  firstkey recall show RECALL --watch      until nothing is red
"""


@click.group("recall", epilog=EXAMPLES)
def command() -> None:
    """Find and recall every credential that rests on something.

    NODE is what it rests on, VALUE its id: a person in any duty, evidence (its commitment), a device (its key), a
    policy (its hash), a model (AAGUID), a credential, a case, or entries of the ledger (FIRST-LAST).
    """


def find(folder: Path, node: Node, value: str) -> tuple[Found, ...]:
    """Return the credentials in use that rest on something, as the site's own database says now."""
    site = look_at_site(folder)
    try:
        return answer(site.store.read(lambda reader: find_in_use(site, reader, node, value)), LOOK_SECONDS_MAX)
    finally:
        site.store.close()


def _tell_found(found: tuple[Found, ...], digest: str) -> None:
    for each in found:
        row = each.provenance
        where = "here" if row.destination is None else f"at {row.destination}"
        click.echo(f"{row.credential[:16]}  {row.account}")
        click.echo(lay_out(f"{row.path}, {where}: {', '.join(each.why)}", "    "))
    count = f"{len(found)} credentials in use rest on it." if len(found) != 1 else "1 credential in use rests on it."
    if not found:
        count += " Look at the id once more: on one that nobody knows nothing rests, either."
    click.secho(lay_out(count), bold=True)
    if found:
        click.echo(f"A signature that recalls them names\n{digest}")


@command.command("find", short_help="List what would be recalled, and why.")
@node_argument
@click.argument("value")
@site_option
@json_option
@told()
def find_command(node: str, value: str, site: Path | None, as_json: bool) -> None:
    """List what would be recalled, and why; nothing happens to it."""
    found = find(existing_site(site), Node(node), value)
    digest = digest_of(found)
    if as_json:
        listed = [msgspec.to_builtins(credential_found(each)) for each in found]
        click.echo(json.dumps({"count": len(found), "digest": digest, "credentials": listed}, indent=2))
    else:
        _tell_found(found, digest)


@command.command("begin", short_help="Suspend it all at once, with your signature.")
@node_argument
@click.argument("value")
@site_option
@click.option("--yes", is_flag=True, help="Do it without asking.")
@json_option
@told()
def begin_command(node: str, value: str, site: Path | None, yes: bool, as_json: bool) -> None:
    """Suspend everything that rests on something, at once, with your signature.

    Their sessions end, and destinations are told. A second administrator makes it final with `recall confirm`.
    """
    folder = existing_site(site)
    with Console(read_settings(folder), SecurityKey()) as console:
        listed = look(console, node, value)
        if not listed["count"]:
            click.echo("No credential in use rests on it.")
            return
        if not yes:
            click.confirm(f"Take {listed['count']} credentials out of use?", abort=True)
        state = begin(console, node, value, listed["digest"])
        if not as_json:
            click.echo(f"Recall {state['recall']} has begun.")
        tell(state["recall"], list(rows_of(console, state["recall"])), as_json=as_json)


def look(console: Console, node: str, value: str) -> Json:
    """Return how many credentials in use rest on something, and the digest that names them."""
    return console.get(f"/api/provenance?{urlencode({'node': node, 'value': value, 'limit': 1})}")


def begin(console: Console, node: str, value: str, digest: str) -> Json:
    """Sign and begin a recall of what was found; return it."""
    signed = console.sign(RECALL_CREDENTIALS, node, value, digest)
    return console.post("/api/recalls", {"node": node, "value": value, "digest": digest, "signed": [signed]})


def confirm(console: Console, recall: str) -> Json:
    """Sign that a recall is final; return it."""
    where = f"/api/recalls/{quote(recall, safe='')}"
    signed = console.sign(CONFIRM_RECALL, recall, console.get(where)["state"]["digest"])
    return console.post(f"{where}/confirm", {"signed": signed})


@command.command("confirm", short_help="Make a recall final, by a second signature.")
@click.argument("recall")
@site_option
@json_option
@told()
def confirm_command(recall: str, site: Path | None, as_json: bool) -> None:
    """Make a recall final, with the signature of a second administrator."""
    with Console(read_settings(existing_site(site)), SecurityKey()) as console:
        confirm(console, recall)
        tell(recall, list(rows_of(console, recall)), as_json=as_json)


@command.command("show", short_help="Show what is red still.")
@click.argument("recall")
@site_option
@click.option("--watch", is_flag=True, help="Look again until nothing is red; Ctrl-C ends looking, not the recall.")
@json_option
@told()
def show_command(recall: str, site: Path | None, watch: bool, as_json: bool) -> None:
    """Show how far each credential is out of use; red until it is read back as gone."""
    with Console(read_settings(existing_site(site)), SecurityKey()) as console:
        rows, until = list(rows_of(console, recall)), time.monotonic() + WATCHED_SECONDS_MAX
        while watch and any(row["red"] for row in rows) and time.monotonic() < until:
            if sys.stderr.isatty():
                click.echo(f"  {sum(row['red'] for row in rows)} of {len(rows)} red", err=True)
            time.sleep(POLL_SECONDS)
            rows = list(rows_of(console, recall))
        tell(recall, rows, as_json=as_json)


def rows_of(console: Console, recall: str) -> Iterator[Json]:
    """Yield a recall's credentials, portion after portion."""
    portion: int | None = 0
    while portion is not None:
        page = console.get(f"/api/recalls/{quote(recall, safe='')}?portion={portion}")
        yield from page["credentials"]
        portion = page["next_portion"]


def tell(recall: str, rows: list[Json], *, as_json: bool) -> None:
    """Tell how far a recall has come; end with 1 while anything is red."""
    red = sum(row["red"] for row in rows)
    if as_json:
        click.echo(json.dumps({"recall": recall, "red": red, "credentials": rows}, indent=2))
    else:
        for row in rows:
            colour = "green" if row["progress"] in GREEN else "red"
            state = click.style(f"{row['progress']:<9}", fg=colour)
            click.echo(f"{state}  {row['credential'][:16]}  {row['account']}  {row['destination'] or 'here'}")
        click.secho(f"{red} of {len(rows)} are red.", fg="red" if red else "green", bold=True)
    if red:
        raise SystemExit(REFUSED)
