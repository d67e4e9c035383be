"""What somebody does who has the database and nothing else: copies of a site, edited while no server runs."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from firstkey.demo.process import Address
from firstkey.demo.reasons import DemoReason
from firstkey.demo.run import PROXY_SOCKET
from firstkey.storage.sqlite.connection import DATABASE_FILE
from firstkey.values.errors import Refused
from tests.attacks.siege import Siege
from tests.launcher.server import Launched

Edit = Callable[[sqlite3.Connection], None]
Result = TypeVar("Result")


@contextmanager
def copied(site: Siege, folder: Path) -> Iterator[Path]:
    """Return a copy of a site that no server serves, its clock beside it; gone afterwards."""
    shutil.copytree(site.site, folder / "site", ignore=shutil.ignore_patterns(PROXY_SOCKET))
    shutil.copy(site.server.clock.path, folder)
    try:
        yield folder / "site"
    finally:
        shutil.rmtree(folder)


def edited(site: Path, edit: Edit) -> None:
    """Write into a site's database past the server."""
    with closing(sqlite3.connect(site / DATABASE_FILE)) as database, database:
        edit(database)


def replaced(kind: str, key: str, body: Callable[[bytes], bytes]) -> Edit:
    """Return an edit that writes a document otherwise, as it lies in its row."""

    def edit(database: sqlite3.Connection) -> None:
        where = (kind, key)
        (before,) = database.execute("SELECT body FROM documents WHERE kind = ? AND key = ?", where).fetchone()
        after = body(bytes(before))
        assert after != bytes(before)
        changed = database.execute("UPDATE documents SET body = ? WHERE kind = ? AND key = ?", (after, *where))
        assert changed.rowcount == 1

    return edit


def statement(sql: str, *parameters: object) -> Edit:
    """Return an edit that is one statement, and touches something."""

    def edit(database: sqlite3.Connection) -> None:
        assert database.execute(sql, parameters).rowcount > 0

    return edit


def tried(site: Siege, folder: Path, attack: Callable[[Siege], Result], *edits: Edit) -> Result | None:
    """Serve an edited copy and attack it.

    Args:
        site: whose server does not run.
        folder: for the copy.
        attack: what the edits were to make possible.
        edits: of the database.

    Returns:
        What the attack returns; None where the copy is not served at all.
    """
    folder.mkdir()
    with copied(site, folder) as copy:
        for edit in edits:
            edited(copy, edit)
        address = Address(site.address.port)
        address.proxy = copy / PROXY_SOCKET
        try:
            with Launched(copy, address) as server:
                there = Siege(site.prepared._replace(site=copy, address=address), site.maker, server, site.desks)
                for desk in there.desks:
                    try:
                        desk.sign_in()
                    except Refused:
                        continue  # whose key or record was edited
                return attack(there)
        except Refused as refused:
            if refused.reason is not DemoReason.ServerSilent:
                raise
            return None
        finally:
            for desk in site.desks:
                desk.client.close()
