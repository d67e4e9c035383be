"""Which site a command works on: named on the command, before it, by FIRSTKEY_SITE, or the folder it is called in."""

from pathlib import Path

import click

from firstkey.settings import FILE

site_option = click.option(
    "--site",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The site's folder. Else FIRSTKEY_SITE, else the folder you are in.",
)


def named_site(site: Path | None) -> Path | None:
    """Return the folder that was named, on the command or before it."""
    before: Path | None = click.get_current_context().find_root().obj
    return site or before


def existing_site(site: Path | None) -> Path:
    """Return the folder to work on.

    Raises:
        click.UsageError: none is named, and this folder is none.
    """
    folder = named_site(site)
    if folder is None and Path(FILE).exists():
        return Path()
    if folder is None:
        raise click.UsageError(
            "Which site? Name its folder with --site DIR or FIRSTKEY_SITE; `firstkey init --site DIR` makes one."
        )
    return folder
