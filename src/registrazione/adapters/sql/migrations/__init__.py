"""The steps from an empty database to today's tables."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from registrazione.adapters.sql.schema import REVISION, VERSION_TABLE
from registrazione.ports.stores import StoreError

# Alembic's table, not one of ours.
_versions = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32)))

# Alembic keeps the migration that is running in a global of its own.
_one_at_a_time = Lock()


def revision_of(connection: Connection) -> str | None:
    """Return the revision that a database is at; ``None`` if it has no tables of ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    revision: str | None = connection.execute(select(_versions.c.version_num)).scalar()
    return revision


def upgrade(connection: Connection, revision: str = REVISION) -> None:
    """Bring the tables to a revision, within the transaction of ``connection``.

    Args:
        connection: Leads to the tables.
        revision: The newest, unless something else is said.

    Raises:
        StoreError: They are at a revision that is not known here.
    """
    if (revision_of(connection) or "") > REVISION:
        raise StoreError("the tables were made by a later version of this library")
    # Loaded here, because a store that is up to date never needs it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    # The percent sign has a meaning in Alembic's settings.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _one_at_a_time:
        command.upgrade(config, revision)
