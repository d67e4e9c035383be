"""`firstkey migrate`: a database that an older version wrote, brought to this version's schema."""

from contextlib import closing
from pathlib import Path

import click

from firstkey.cli.site_folder import existing_site, site_option
from firstkey.cli.telling import UNUSABLE, end, told
from firstkey.storage.migrations import migrate
from firstkey.storage.sqlite.connection import DATABASE_FILE, open_unchecked
from firstkey.storage.sqlite.site_files import SiteLock
from firstkey.storage.tables import SCHEMA_VERSION


@click.command("migrate")
@site_option
@told()
def command(site: Path | None) -> None:
    """Bring a site's database to the schema of this version, all or nothing.

    Works while no server runs. Copy the folder first: there is no way back.
    """
    folder = existing_site(site)
    if not (folder / DATABASE_FILE).exists():
        end(f"There is no {DATABASE_FILE} in {folder}.", "Name a site's folder.", UNUSABLE)
    lock = SiteLock(folder)
    try:
        with closing(open_unchecked(folder)) as connection:
            before = migrate(connection)
    finally:
        lock.release()
    if before == SCHEMA_VERSION:
        click.echo(f"The database has schema {SCHEMA_VERSION} already; nothing was done.")
    else:
        click.echo(f"From schema {before} to {SCHEMA_VERSION}. Run the server.")
