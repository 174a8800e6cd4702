"""``registrazione migrate``: tables of any version, and what is said of them."""

from __future__ import annotations

import sqlite3

import pytest
from tests.cli.shell import run

from registrazione.adapters.sql import SqlStore, migrations
from registrazione.adapters.sql.schema import REVISION


@pytest.fixture
def path(tmp_path):
    """Return an empty file of SQLite's."""
    path = tmp_path / "accounts.db"
    path.touch()
    return path


def migrate(path, *options: str):
    """Run the command on a file."""
    return run("migrate", f"sqlite:///{path}", *options)


def test_tables_are_made(path) -> None:
    """An empty database gets its tables, and a second run has nothing to do."""
    first, second = migrate(path), migrate(path)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.output == f"The tables were made, at revision {REVISION}.\n"
    assert second.output == f"The tables are at revision {REVISION}: there is nothing to do.\n"


def test_tables_are_migrated(path) -> None:
    """Tables of an earlier version become those of today; a dry run says so and changes nothing."""
    store = SqlStore.open(f"sqlite:///{path}")
    empty = migrate(path, "--dry-run")
    store._database.alter(lambda connection: migrations.upgrade(connection, "0001"))
    dry = migrate(path, "--dry-run")
    before = store.revision()
    done = migrate(path)
    after = store.revision()
    store.close()

    assert (empty.exit_code, dry.exit_code, done.exit_code) == (1, 1, 0)
    assert empty.output == f"The tables are missing; this version needs revision {REVISION}.\n"
    assert "at revision 0001; this version needs" in dry.output
    assert done.output == f"The tables were migrated from revision 0001 to {REVISION}.\n"
    assert (before, after) == ("0001", REVISION)


def test_tables_of_a_later_version(path) -> None:
    """They are left alone, and the status says that they do not fit."""
    migrate(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE registrazione_version SET version_num = '9999'")
    connection.close()
    done = migrate(path)

    assert done.exit_code == 1
    assert "later version" in done.output


def test_the_address_may_come_from_the_environment(path) -> None:
    """There its password is in no list of processes."""
    done = run("migrate", REGISTRAZIONE_STORAGE=f"sqlite:///{path}")

    assert done.exit_code == 0


def test_what_has_no_tables(path) -> None:
    """A store that is no database of ours cannot be migrated; the command was misused."""
    done = run("migrate", "memory://")

    assert done.exit_code == 2
    assert "only tables can be migrated" in done.output


def test_a_database_that_is_not_there(tmp_path) -> None:
    """A wrong path makes no new database."""
    done = migrate(tmp_path / "none.db")

    assert done.exit_code == 1
    assert "no such database" in done.output
    assert not (tmp_path / "none.db").exists()


def test_a_driver_that_is_not_there(monkeypatch) -> None:
    """The extra that brings the missing driver is named, as everywhere else."""
    monkeypatch.setitem(__import__("sys").modules, "pymysql", None)
    done = run("migrate", "mariadb+pymysql://portal@localhost/portal")

    assert done.exit_code == 2
    assert 'pip install "registrazione[mariadb]"' in done.output
