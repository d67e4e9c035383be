"""`firstkey ledger verify`: are the entries in this database the ledger that was signed? Asked offline, of the file.

The database is opened so that nothing can be written through it, and no lock is needed: it works beside a running
server, and on a copy of the folder. Exit codes: 0 ok or unanchored, 1 broken, 2 something cannot be read.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import click

from firstkey.assembly import fact_key, ledger_signer
from firstkey.cli.site_folder import existing_site, site_option
from firstkey.cli.telling import REFUSED, UNUSABLE, end, lay_out, told
from firstkey.ledger.checkpoint import Checkpoint, open_checkpoint
from firstkey.ledger.note import Verifier, format_vkey, parse_vkey
from firstkey.ledger.verify import Verdict, judge
from firstkey.settings import read_settings
from firstkey.storage.rows import TransactionLost
from firstkey.storage.sqlite.connection import DATABASE_FILE, open_reader
from firstkey.storage.sqlite.crosscheck import crosschecked
from firstkey.storage.sqlite.rows import SqliteReadableRows
from firstkey.values.errors import Malformed, Refused, problem_type
from firstkey.values.secret import Secret

PAGE_ENTRIES = 500


@click.group("ledger")
def command() -> None:
    """Verify a site's ledger, offline and without its server."""


def _ledger_key(folder: Path, key: str | None) -> Verifier:
    """Return the key that the ledger is signed with: the auditor's own record of it, else what the site has."""
    if key is not None:
        return parse_vkey(key)
    try:
        return ledger_signer(folder, read_settings(folder)).verifier
    except Refused as refused:
        if isinstance(refused, Malformed):
            raise
        end(
            "The site's ledger key is not here, or not for you.",
            "Name its public half, printed by init, with --key.",
            UNUSABLE,
        )


def _fact_key(folder: Path) -> Secret | None:
    """Return the key of the facts' MACs, where this reader may have it."""
    try:
        return fact_key(folder)
    except (Refused, OSError):
        return None


def _outside(paths: tuple[Path, ...], key: Verifier) -> list[Checkpoint]:
    """Read the heads that were kept elsewhere.

    Raises:
        Malformed: a file is none.
        Refused: the ledger's key has not signed it.
    """
    return [open_checkpoint(path.read_bytes(), [key]) for path in paths]


def _leaves(rows: SqliteReadableRows) -> Iterator[bytes]:
    start = 0
    while page := rows.leaves(start, PAGE_ENTRIES):
        yield from page
        start += len(page)


def judge_database(folder: Path, key: Verifier, macs: Secret | None, outside: list[Checkpoint]) -> Verdict:
    """Judge what stands in the database, in one view of it.

    Raises:
        Refused: it is not what was signed.
        TransactionLost, sqlite3.Error: it cannot be read.
    """
    if not (folder / DATABASE_FILE).exists():
        end(f"There is no {DATABASE_FILE} in {folder}.", "Name a site's folder, or a copy of one.", UNUSABLE)
    with closing(open_reader(folder)) as connection:
        connection.execute("BEGIN")
        rows = SqliteReadableRows(connection)
        newest = rows.checkpoint()
        claimed = open_checkpoint(b"" if newest is None else newest[1], [key])
        return judge(crosschecked(connection, _leaves(rows)), claimed, outside=outside, key=macs)


def _tell(verdict: Verdict, key: Verifier, macs: Secret | None) -> None:
    click.secho(verdict.says, fg="green" if verdict.anchored else "yellow", bold=True)
    click.echo(f"  entries     {verdict.entries} in {len(verdict.streams)} streams")
    for activity, count in sorted(verdict.activities.items()):
        click.echo(f"    {activity:<14}{count:>8}")
    click.echo(f"  root        {verdict.root}")
    click.echo(f"  signed by   {format_vkey(key)}")
    whose = "checked" if macs is not None else "not checked, for the site's key of facts is not here"
    click.echo(f"  MACs        {whose}")
    if verdict.anchored:
        click.echo(f"  anchored    {verdict.anchored_entries} entries, by a head kept elsewhere")
        return
    why = (
        "The ledger agrees with itself and with its own key. That it is the only one, and whole, is shown only by a "
        "head kept where the site's operator does not reach: name one with --checkpoint."
    )
    click.echo(lay_out(why, "  "))


def _told_json(verdict: Verdict, key: Verifier, macs: Secret | None) -> dict[str, Any]:
    return {
        "says": verdict.says,
        "entries": verdict.entries,
        "root": verdict.root,
        "anchored_entries": verdict.anchored_entries,
        "streams": len(verdict.streams),
        "activities": {str(activity): count for activity, count in sorted(verdict.activities.items())},
        "key": format_vkey(key),
        "macs_checked": macs is not None,
    }


def _end_broken(refused: Refused, *, as_json: bool) -> NoReturn:
    if not as_json:
        end(f"broken: {refused.says.title} ({refused.detail})", refused.says.next_step, REFUSED)
    reason = {"type": problem_type(refused.reason), "title": refused.says.title, "detail": refused.detail}
    click.echo(json.dumps({"says": "broken", **reason, "next_step": refused.says.next_step}, indent=2))
    raise SystemExit(REFUSED)


@command.command(short_help="Say whether the ledger is whole, in order and unchanged.")
@site_option
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A head kept elsewhere; may be given several times.",
)
@click.option("--key", metavar="VKEY", help="The ledger's public key as you know it; else the one the site has.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@told()
def verify(site: Path | None, checkpoints: tuple[Path, ...], key: str | None, as_json: bool) -> None:
    """Say whether the ledger is whole, in order and unchanged.

    Answers ok, unanchored (no head from elsewhere was given) or broken. Reads the site's folder, or a copy of it, and
    changes nothing.
    """
    folder = existing_site(site)
    ledger_key, macs = _ledger_key(folder, key), _fact_key(folder)
    try:
        outside = _outside(checkpoints, ledger_key)
    except Malformed:
        raise
    except Refused as refused:
        _end_broken(refused, as_json=as_json)
    try:
        verdict = judge_database(folder, ledger_key, macs, outside)
    except Refused as refused:
        _end_broken(refused, as_json=as_json)
    except TransactionLost as error:
        raise sqlite3.DatabaseError(str(error)) from error
    if as_json:
        click.echo(json.dumps(_told_json(verdict, ledger_key, macs), indent=2))
    else:
        _tell(verdict, ledger_key, macs)
