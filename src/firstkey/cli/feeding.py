"""Sending a file's rows to the server in portions, and telling what they changed.

Each portion is a transaction of its own: an import that is interrupted has stored whole portions, and the same file
sent again goes on where it stopped, for rows that say nothing new change nothing.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
import msgspec

from firstkey.cli.site_folder import existing_site
from firstkey.cli.source_key import Server, SourceClient, SourceKey, server_at, server_of
from firstkey.cli.telling import REFUSED, UNUSABLE, lay_out
from firstkey.sources.reading import Read, Wrong
from firstkey.values.canonical import Json

PORTION_ROWS = 500
SHOWN_MAX = 20
"""Names and errors of a kind that are printed; --json has all."""

Row = TypeVar("Row")

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
key_option = click.option(
    "--key",
    "key_file",
    required=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The source's key; `firstkey people key FILE` makes one.",
)
source_option = click.option("--source", required=True, metavar="NAME", help="The source's name, as it is registered.")
server_option = click.option(
    "--server", metavar="URL", help="The server, if it is not the one of the site on this machine."
)
dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would change; store nothing.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


class Sent(NamedTuple):
    """What became of a file.

    Attributes:
        told: what the server says changed: new, changed, left, returned, unchanged.
        errors: rows that were not stored: line or row, id, type, title, next step.
        sent: how many rows have been sent, of how many.
    """

    told: dict[str, Any]
    errors: list[dict[str, Any]]
    sent: int
    rows: int

    @property
    def whole(self) -> bool:
        """Whether nothing interrupted it."""
        return self.sent == self.rows


def chosen_server(site: Path | None, server: str | None) -> Server:
    """Return the server named, or that of the site."""
    return server_of(existing_site(site)) if server is None else server_at(server)


@contextmanager
def connected(server: Server, key_file: Path) -> Iterator[SourceClient]:
    """Yield a connection in the source's name."""
    client = SourceClient(server, SourceKey.read(key_file))
    try:
        yield client
    finally:
        client.close()


def refuse_unread(file: Path, wrong: tuple[Wrong, ...], unit: str, *, as_json: bool) -> None:
    """End when rows of a file cannot be read: nothing of it is sent."""
    if not wrong:
        return
    if as_json:
        errors = [{unit: each.line, "type": "row-unfit", "title": each.why} for each in wrong]
        click.echo(json.dumps({"file": str(file), "sent": 0, "errors": errors}, indent=2, ensure_ascii=False))
    else:
        count = f"{len(wrong)} rows" if len(wrong) > 1 else "A row"
        click.secho(f"{count} of {file} cannot be read. Nothing was sent.", fg="red", err=True)
        for each in wrong[:SHOWN_MAX]:
            click.echo(lay_out(f"{unit} {each.line}: {each.why}", "  ", "  "), err=True)
        _tell_more(len(wrong), err=True)
    raise SystemExit(UNUSABLE)


def send(post: Callable[[list[Json]], Json], read: Read[Row], *, label: str, quiet: bool) -> Sent:
    """Send rows in portions, with a bar where somebody watches. Ctrl-C ends it between two portions.

    Args:
        post: sends a portion and returns what the server says.
        read: the rows.
        label: what the bar says.
        quiet: no bar.
    """
    told: dict[str, Any] = {"new": [], "changed": [], "left": [], "returned": [], "unchanged": 0}
    errors: list[dict[str, Any]] = []
    sent, rows = 0, len(read.rows)
    hidden = quiet or not sys.stderr.isatty()
    with click.progressbar(length=rows, label=label, file=sys.stderr, hidden=hidden) as bar:
        try:
            for start in range(0, rows, PORTION_ROWS):
                portion = read.rows[start : start + PORTION_ROWS]
                answer = post([msgspec.to_builtins(row) for _, row in portion])
                add(told, answer)
                errors += [_placed(error, read.unit, portion[error["row"] - 1][0]) for error in answer["errors"]]
                sent += len(portion)
                bar.update(len(portion))
        except KeyboardInterrupt:
            pass  # what was sent stands; the caller says how far it came
    return Sent(told, errors, sent, rows)


def _placed(error: dict[str, Any], unit: str, place: int) -> dict[str, Any]:
    """Return an error with its place in the file instead of that in its portion."""
    return {unit: place, **{name: value for name, value in error.items() if name != "row"}}


def add(told: dict[str, Any], answer: Json) -> None:
    """Add what the server says of a portion to what it said before."""
    for name in told:
        told[name] += answer[name]


def tell(file: Path, sent: Sent, unit: str, *, dry_run: bool, as_json: bool) -> None:
    """Say what became of a file, and end with 1 if a row was refused or it was interrupted."""
    if as_json:
        said = {"file": str(file), "dry_run": dry_run, "rows": sent.rows, "sent": sent.sent}
        click.echo(json.dumps({**said, **sent.told, "errors": sent.errors}, indent=2, ensure_ascii=False))
    else:
        _tell_text(sent, unit, dry_run=dry_run)
    if sent.errors or not sent.whole:
        raise SystemExit(REFUSED)


def _tell_text(sent: Sent, unit: str, *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    for name in ("new", "changed", "returned", "left"):
        found = sent.told[name]
        click.secho(f"{would + name:<18}{len(found):>8}", bold=bool(found))
        for each in found[:SHOWN_MAX]:
            shown = each if isinstance(each, str) else f"{each['id']}: {', '.join(each['fields'])}"
            click.echo(lay_out(shown, "  ", "  "))
        _tell_more(len(found))
    click.echo(f"{'unchanged':<18}{sent.told['unchanged']:>8}")
    click.secho(f"{'refused':<18}{len(sent.errors):>8}", fg="red" if sent.errors else None)
    for error in sent.errors[:SHOWN_MAX]:
        detail = f" ({error['detail']})" if error["detail"] else ""
        click.echo(lay_out(f"{unit} {error[unit]}, {error['id']}: {error['title']}{detail}", "  ", "  "))
        click.echo(lay_out(error["next_step"], "    "))
    _tell_more(len(sent.errors))
    if not sent.whole:
        click.secho(f"\nInterrupted after {sent.sent} of {sent.rows} rows.", fg="yellow")
        click.echo("Send the same file again: what has been stored changes nothing.")
    elif dry_run:
        click.echo("\nNothing was stored. Leave out --dry-run to import.")


def _tell_more(count: int, *, err: bool = False) -> None:
    if count > SHOWN_MAX:
        click.echo(f"  and {count - SHOWN_MAX} more; --json prints all", err=err)
