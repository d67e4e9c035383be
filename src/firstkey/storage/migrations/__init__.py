"""From any older schema to this version's, a step a version, all in one transaction.

A step is a module `vNNNN` with a function `upgrade`, written in Alembic's operations and never changed once it is
released: it names columns itself and does not read `storage.tables`, which is what the last step leads to. The number
of the schema stands in the database's own table `site`, so that a new site needs no Alembic, and a server never does.
"""

import sqlite3
from importlib import import_module

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import StaticPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from firstkey.storage.refusals import StorageReason
from firstkey.storage.tables import SCHEMA_VERSION
from firstkey.values.errors import Refused


def migrate(connection: sqlite3.Connection, to: int = SCHEMA_VERSION) -> int:
    """Bring a database's schema to a version.

    Args:
        connection: of the site's only process, not in a transaction; an empty database has version 0.
        to: the version.

    Returns:
        The version before.

    Raises:
        Refused: SchemaNewer; the database is of a later version. SchemaUnknown; it is not one of ours.
        sqlite3.Error: it failed, and nothing has changed.
    """
    before = schema_of(connection)
    if before > to:
        raise Refused(StorageReason.SchemaNewer, f"schema {before}, not {to}")
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    with engine.connect() as bound:
        bound.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            operations = Operations(MigrationContext.configure(bound))
            for version in range(before + 1, to + 1):
                import_module(f"{__name__}.v{version:04d}").upgrade(operations)
            bound.execute(
                text(
                    "INSERT INTO site (name, value) VALUES ('schema', :to) ON CONFLICT (name) DO UPDATE SET value = :to"
                ),
                {"to": to},
            )
            bound.exec_driver_sql("COMMIT")
        except BaseException as error:
            bound.exec_driver_sql("ROLLBACK")
            if isinstance(error, DBAPIError) and error.orig is not None:
                raise error.orig from error
            raise
    return before


def schema_of(connection: sqlite3.Connection) -> int:
    """Return the version of a database's schema, 0 for an empty one.

    Raises:
        Refused: SchemaUnknown; it is not one of ours.
    """
    if not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        return 0
    try:
        row = connection.execute("SELECT value FROM site WHERE name = 'schema'").fetchone()
    except sqlite3.OperationalError:
        row = None
    if row is None:
        raise Refused(StorageReason.SchemaUnknown)
    return int(row[0])
