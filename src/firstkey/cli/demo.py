"""`firstkey demo`: the demonstration, told in the terminal or as one JSON object."""

import json
from pathlib import Path

import click

from firstkey.cli.telling import told
from firstkey.demo.run import Result, run_demo
from firstkey.demo.story import Story


def _print_json(result: Result) -> None:
    click.echo(json.dumps(result._asdict()))


@click.command("demo")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the story.")
@click.option("--keep", metavar="DIR", type=click.Path(path_type=Path), help="Keep the site there: absent or empty.")
@click.option("--serve", "stay", is_flag=True, help="Leave the server running until Ctrl-C.")
@told()
def command(as_json: bool, keep: Path | None, stay: bool) -> None:
    """Watch a joiner get a passkey, on a real server, with everything that is refused on the way.

    The exit code is 0 only if every honest step succeeded, every misuse was refused as it should be, and the ledger was
    verified offline.
    """
    result = run_demo(
        story=Story(silent=as_json), keep=keep, stay=stay, tell_result=_print_json if as_json else lambda result: None
    )
    raise SystemExit(0 if result.held else 1)
