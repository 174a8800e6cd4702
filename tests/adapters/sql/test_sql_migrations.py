"""The migrations lead to the tables that the code knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from registrazione.adapters.sql import SqlStore, migrations
from registrazione.adapters.sql.schema import REVISION, VERSION_TABLE, metadata
from registrazione.testing.builders import an_account, creation, one_change
from registrazione.testing.laws.kit import race


@pytest.fixture
def empty():
    """Return an engine on an empty database in memory."""
    engine = create_engine("sqlite://")
    yield engine
    engine.dispose()


def migration_config() -> Config:
    """Return Alembic's settings for our migrations."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


def definitions(connection: Connection) -> dict[str, str]:
    """Return how each table and index is defined, without regard to layout and order."""
    found = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    ).all()
    return {
        name: " ".join(sorted(sql.replace(",", " ").replace("(", " ").replace(")", " ").split()))
        for name, sql in found
        if name != VERSION_TABLE
    }


def test_migrations_and_tables_agree(empty) -> None:
    """Alembic finds nothing to change after all migrations."""
    with empty.begin() as connection:
        migrations.upgrade(connection)
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})

        assert compare_metadata(context, metadata) == []


def test_migrations_make_what_the_tables_say(empty) -> None:
    """Partial indexes, foreign keys and table kinds are the same too, which Alembic overlooks."""
    other = create_engine("sqlite://")
    with empty.begin() as connection, other.begin() as fresh:
        migrations.upgrade(connection)
        metadata.create_all(fresh)
        migrated, created = definitions(connection), definitions(fresh)
    other.dispose()

    assert migrated == created
    assert len(migrated) >= 10


def test_the_revision_is_the_newest() -> None:
    """What the code expects a database to be at is where the migrations lead."""
    assert ScriptDirectory.from_config(migration_config()).get_heads() == [REVISION]


def test_migrating_twice_changes_nothing(tmp_path) -> None:
    """A database that is up to date, with accounts in it, stays as it is."""
    store = SqlStore.open(f"sqlite:///{tmp_path / 'accounts.db'}", create=True)
    store.commit(one_change(creation(an_account())))

    before = store.revision()
    store.migrate()
    after = store.revision()
    found = store.load("account-1")
    store.close()

    assert before == after == REVISION
    assert found == an_account()


def test_an_empty_file_is_migrated_on_demand(tmp_path) -> None:
    """Whoever does not want tables made on opening makes them when the time has come."""
    path = tmp_path / "accounts.db"
    path.touch()
    store = SqlStore.open(f"sqlite:///{path}")

    before = store.revision()
    store.migrate()
    after = store.revision()
    store.close()

    assert before is None
    assert after == REVISION


def test_a_failed_migration_leaves_nothing(empty) -> None:
    """Tables are made in one transaction: there is no half of them."""
    with empty.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        migrations.upgrade(connection)
        connection.rollback()

        assert definitions(connection) == {}
        assert migrations.revision_of(connection) is None


def test_processes_may_start_at_the_same_time(tmp_path) -> None:
    """Several that open the same new file make its tables once between them."""
    url = f"sqlite:///{tmp_path / 'accounts.db'}"

    def start() -> str | None:
        store = SqlStore.open(url, create=True, timeout=60)
        revision = store.revision()
        store.close()
        return revision

    assert race([start] * 4) == [REVISION] * 4


def test_a_percent_sign_in_the_path_is_no_setting(tmp_path) -> None:
    """Alembic's settings expand percent signs; a path may hold one all the same."""
    store = SqlStore.open(f"sqlite:///{tmp_path / '100%(here)s.db'}", create=True)
    revision = store.revision()
    store.close()

    assert revision == REVISION
