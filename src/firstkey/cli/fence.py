"""`firstkey fence`: after a restore from a copy, end what was under way, so that the site may serve again."""

import json
import sys
from pathlib import Path

import click

from firstkey.assembly import Fenced, fence_site
from firstkey.cli.site_folder import existing_site, site_option
from firstkey.cli.telling import lay_out, told
from firstkey.settings import read_settings


def _tell_progress(closed: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"  {closed} cases closed", err=True)


def _tell(fenced: Fenced) -> None:
    click.secho(f"Fenced: {fenced.closed} open cases are closed as restored; the epoch is {fenced.epoch}.", bold=True)
    if fenced.abandoned is not None:
        kept = (
            f"The head that the database no longer leads to is kept in {fenced.abandoned}: an auditor who knows it "
            "will find that entries after the copy are lost, and asks why."
        )
        click.echo(lay_out(kept, "  "))
    click.secho("\nNext", bold=True)
    click.echo(lay_out("1. Run the server. Everybody signs in again.", "  ", "   "))
    click.echo(lay_out("2. Open the cases again that were closed; whoever had a pass gets a new one.", "  ", "   "))
    look = (
        "3. What was done after the copy was made is not known to it: look through the destinations for credentials "
        "made since then, and record again who has left."
    )
    click.echo(lay_out(look, "  ", "   "))


@click.command("fence", short_help="Let a site serve again that was restored from a copy.")
@site_option
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@told()
def command(site: Path | None, yes: bool, as_json: bool) -> None:
    """Let a site serve again that was restored from a copy.

    Raises the epoch, so that every pass and session from before is dead, and closes every open case as restored.
    Credentials that were active stay so. Works on the site's folder while no server runs; may be called again.
    """
    folder = existing_site(site)
    read_settings(folder)  # nobody is asked about a folder that is no site
    if not yes:
        click.echo(lay_out(f"This closes every open case of {folder} and ends every pass and session. No way back."))
        click.confirm("Was the database restored from a copy, and is the newest one lost?", abort=True)
    fenced = fence_site(folder, _tell_progress)
    if as_json:
        kept = None if fenced.abandoned is None else str(fenced.abandoned)
        click.echo(json.dumps({"closed": fenced.closed, "epoch": fenced.epoch, "abandoned_head": kept}, indent=2))
    else:
        _tell(fenced)
