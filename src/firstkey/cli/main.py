"""The command `firstkey`: which nouns there are, and nothing of what they do.

A noun's module is imported when the noun is named, so that `firstkey --version` and `firstkey --help` import none.
"""

import os
from importlib import import_module
from pathlib import Path

import click

from firstkey import VERSION

NOUNS: dict[str, str] = {
    "assets": "Bring in devices and authenticators from an inventory.",
    "case": "List cases, show where one stands, and tell how it came to that.",
    "completion": "Print what your shell needs to complete this command.",
    "demo": "Watch a joiner get a passkey, on a real server, with everything that is refused.",
    "doctor": "Say whether a site is fit to be served, and what to do where it is not.",
    "fence": "Let a site serve again that was restored from a copy.",
    "init": "Make a site and begin its founding.",
    "ledger": "Verify a site's ledger, offline and without its server.",
    "migrate": "Bring a database that an older version wrote to this one.",
    "operator": "List who holds which duty, and for whom.",
    "people": "Bring in people, and look at who is on record.",
    "policy": "Check, explain, compare and test policies.",
    "recall": "Find every credential that rests on something, and take it out of use.",
    "serve": "Run a site's server.",
}
"""Each noun, with its line in the help. Its command is the attribute `command` of the module of its name."""


class Nouns(click.Group):
    """A group whose commands are the nouns."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the nouns in alphabetical order."""
        return sorted(NOUNS)

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        """Import a noun's module and return its command, or `None` when there is no such noun."""
        if cmd_name not in NOUNS:
            return None
        command: click.Command = import_module(f"firstkey.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the nouns from the table, importing none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(noun, NOUNS[noun]) for noun in self.list_commands(ctx)])


@click.group(cls=Nouns, context_settings={"max_content_width": 80, "help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="firstkey")
@click.option(
    "--site",
    envvar="FIRSTKEY_SITE",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The site's folder, for every command that works on one; also FIRSTKEY_SITE.",
)
@click.pass_context
def main(context: click.Context, site: Path | None) -> None:
    """Take a person from "hired" to "holds a working, device-bound passkey"."""
    context.obj = site
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        context.color = False


if __name__ == "__main__":
    main()
