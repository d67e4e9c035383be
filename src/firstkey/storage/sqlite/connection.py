"""Connections to a site's database, set so that a commit is on the disk and deleted bytes are overwritten."""

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.dialects import sqlite

from firstkey.storage.limits import BUSY_WAIT_MS_MAX, CACHE_KIB
from firstkey.storage.refusals import StorageReason
from firstkey.storage.statements import Statements
from firstkey.storage.tables import SCHEMA_VERSION, creation
from firstkey.values.errors import Refused

DATABASE_FILE = "firstkey.sqlite"

DIALECT = sqlite.dialect(paramstyle="named")
STATEMENTS = Statements(DIALECT, sqlite.insert)

_WRITER = (
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    f"PRAGMA cache_size = -{CACHE_KIB}",
    "PRAGMA trusted_schema = OFF",
)
_READER = ("PRAGMA query_only = ON", "PRAGMA trusted_schema = OFF")


def open_writer(folder: Path, factory: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    """Open the database for writing and create the schema in a new one; only the owner can read the file.

    Args:
        folder: the site's folder.
        factory: the driver's class, or one that fails as disks do.

    Raises:
        Refused: another version's schema (SchemaOlder, SchemaNewer), or none of ours (SchemaUnknown).
        sqlite3.Error: the database cannot be opened.
    """
    connection = open_unchecked(folder, factory)
    connection.execute("BEGIN IMMEDIATE")
    if not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        for statement in creation(DIALECT):
            connection.execute(statement)
        connection.execute(STATEMENTS.put_site_number, {"name": "schema", "value": SCHEMA_VERSION})
    connection.execute("COMMIT")
    check_schema(connection)
    return connection


def open_unchecked(folder: Path, factory: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    """Open the database for writing, whatever its schema; an empty one is created where there is none.

    Raises:
        sqlite3.Error: the database cannot be opened.
    """
    os.close(os.open(folder / DATABASE_FILE, os.O_RDWR | os.O_CREAT, 0o600))
    connection = _connect(folder, "rw", factory)
    if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
        raise sqlite3.OperationalError("no write-ahead log on this file system")
    for pragma in _WRITER:
        connection.execute(pragma)
    return connection


def open_reader(folder: Path) -> sqlite3.Connection:
    """Open the database so that nothing can be written through it."""
    connection = _connect(folder, "ro", sqlite3.Connection)
    for pragma in _READER:
        connection.execute(pragma)
    return connection


def _connect(folder: Path, mode: str, factory: type[sqlite3.Connection]) -> sqlite3.Connection:
    return sqlite3.connect(
        f"file:{quote(str(folder / DATABASE_FILE))}?mode={mode}",
        uri=True,
        factory=factory,
        timeout=BUSY_WAIT_MS_MAX / 1000,
        isolation_level=None,  # transactions begin and end where we say
        check_same_thread=False,  # each is used by one thread at a time, and closed by another
        cached_statements=256,
    )


def check_schema(connection: sqlite3.Connection) -> None:
    """Refuse a database of another schema, and close it.

    Raises:
        Refused: SchemaOlder, SchemaNewer, SchemaUnknown.
    """
    try:
        row = connection.execute(STATEMENTS.site_number, {"name": "schema"}).fetchone()
    except sqlite3.OperationalError:
        row = None
    if row == (SCHEMA_VERSION,):
        return
    connection.close()
    if row is None:
        raise Refused(StorageReason.SchemaUnknown)
    reason = StorageReason.SchemaOlder if row[0] < SCHEMA_VERSION else StorageReason.SchemaNewer
    raise Refused(reason, f"schema {row[0]}, not {SCHEMA_VERSION}")
