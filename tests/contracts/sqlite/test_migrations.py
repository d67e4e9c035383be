"""Migrations lead to exactly the tables that a new site gets, in one transaction, and serving needs none of them."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Text, create_engine

from firstkey.storage import migrations
from firstkey.storage.migrations import migrate, schema_of
from firstkey.storage.refusals import StorageReason
from firstkey.storage.sqlite.connection import DATABASE_FILE, open_unchecked, open_writer
from firstkey.storage.tables import SCHEMA_VERSION, metadata
from firstkey.values.errors import Refused
from tests.contracts.site import SqliteSite, appending, do
from tests.journeys.sites import init, run

ROOT = Path(__file__).parents[3]


def schema(connection: sqlite3.Connection) -> dict[str, str]:
    """Every table and index by name, with the statement that makes it, but for its spaces."""
    rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    return {name: " ".join(sql.split()) for name, sql in rows}


def migrated(folder: Path, to: int = SCHEMA_VERSION) -> sqlite3.Connection:
    """An empty database, brought to a version."""
    folder.mkdir(exist_ok=True)
    connection = open_unchecked(folder)
    migrate(connection, to)
    return connection


def test_all_steps_lead_to_the_tables_of_a_new_site(tmp_path: Path) -> None:
    """A database that came all the way has the statements of a new one, word for word, and its number."""
    (tmp_path / "new").mkdir()
    with closing(migrated(tmp_path / "old")) as old, closing(open_writer(tmp_path / "new")) as new:
        assert schema(old) == schema(new)
        assert (schema_of(old), schema_of(new)) == (SCHEMA_VERSION, SCHEMA_VERSION)


def test_alembic_finds_nothing_to_do(tmp_path: Path) -> None:
    """Compared with the tables as they are declared, a migrated database differs in nothing."""
    migrated(tmp_path / "old").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'old' / DATABASE_FILE}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_there_is_a_step_for_every_version_and_none_more() -> None:
    """The steps are numbered from 1 without a gap up to the version that the tables have."""
    found = sorted(path.stem for path in Path(migrations.__file__).parent.glob("v*.py"))
    assert found == [f"v{version:04d}" for version in range(1, SCHEMA_VERSION + 1)]


def test_a_migrated_database_is_a_site(tmp_path: Path) -> None:
    """A store opens on it and works; migrated once more, nothing happens."""
    migrated(tmp_path / "site").close()
    site = SqliteSite(tmp_path / "site")
    assert do(site, appending("a", 1))[0].number == 1
    site.close()
    with closing(open_unchecked(tmp_path / "site")) as connection:
        assert migrate(connection) == SCHEMA_VERSION
    assert site.sql("SELECT count(*) FROM facts")[0][0] == 1


def test_a_step_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the steps before it did is undone with it; the database is as it was."""
    broken = ModuleType("broken")

    def upgrade(op: Operations) -> None:
        op.create_table("half", Column("done", Text))
        raise sqlite3.OperationalError("disk I/O error")

    broken.upgrade = upgrade  # type: ignore[attr-defined]  # a step is a module with this function
    monkeypatch.setitem(sys.modules, f"{migrations.__name__}.v{SCHEMA_VERSION + 1:04d}", broken)
    with closing(migrated(tmp_path / "old")) as connection:
        before = schema(connection)
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, SCHEMA_VERSION + 1)
        assert (schema(connection), schema_of(connection)) == (before, SCHEMA_VERSION)


def test_a_newer_or_foreign_database_is_left_as_it_is(tmp_path: Path) -> None:
    """Nothing goes back a version, and nothing is made of what is not ours."""
    with closing(migrated(tmp_path / "old")) as connection:
        connection.execute("UPDATE site SET value = 99 WHERE name = 'schema'")
        for reason in (StorageReason.SchemaNewer, StorageReason.SchemaUnknown):
            with pytest.raises(Refused) as caught:
                migrate(connection)
            assert caught.value.reason is reason
            connection.execute("DROP TABLE IF EXISTS site")


def test_the_command_takes_the_lock_and_tells(tmp_path: Path) -> None:
    """On a site of this version there is nothing to do; an older one is refused by serve, which names the command."""
    init(tmp_path / "site")
    told = run("migrate", "--site", tmp_path / "site")
    assert (told.exit_code, "nothing was done" in told.stdout) == (0, True)
    with closing(sqlite3.connect(tmp_path / "site" / DATABASE_FILE)) as connection:
        connection.execute("UPDATE site SET value = 0 WHERE name = 'schema'")
        connection.commit()
    refused = run("serve", "--site", tmp_path / "site")
    assert (refused.exit_code, "firstkey migrate" in refused.stderr) == (1, True)


def test_serving_never_imports_alembic() -> None:
    """The server's modules come without it: it costs 100 ms, and is needed once a version."""
    code = "import sys, firstkey.cli.serve; sys.exit('alembic' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
