"""`firstkey assets`: devices and authenticators of an inventory, brought in by a source's key."""

from pathlib import Path

import click

from firstkey.cli import feeding
from firstkey.cli.site_folder import site_option
from firstkey.cli.telling import told
from firstkey.sources.reading import read_inventory


@click.group("assets")
def command() -> None:
    """Bring in devices and authenticators from an inventory."""


EXAMPLES = """\b
  serial,model,assigned_to,managed,certificate,shipped
  C02X1234,Laptop 14,hr-20417,yes,yes,no
"""


@command.command("import", short_help="Import an inventory, CSV or JSON.", epilog=EXAMPLES)
@feeding.file_argument
@feeding.source_option
@feeding.key_option
@feeding.dry_run_option
@site_option
@feeding.server_option
@feeding.json_option
@told()
def import_command(
    file: Path, source: str, key_file: Path, dry_run: bool, site: Path | None, server: str | None, as_json: bool
) -> None:
    """Import FILE, an inventory as CSV or as a JSON list, into the running server.

    Columns: serial, model, assigned_to (a person's id), managed, certificate, uncovered, shipped. Rows that cannot be
    read are told with their lines, and then nothing is sent. May be interrupted, and sent again.
    """
    read = read_inventory(file.read_bytes())
    feeding.refuse_unread(file, read.wrong, read.unit, as_json=as_json)
    with feeding.connected(feeding.chosen_server(site, server), key_file) as client:
        sent = feeding.send(
            lambda rows: client.post("/api/sources/assets", {"assets": rows, "dry_run": dry_run, "source": source}),
            read,
            label="assets",
            quiet=as_json,
        )
    feeding.tell(file, sent, read.unit, dry_run=dry_run, as_json=as_json)
