"""The steps from an empty database to today's tables."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from registrazione.adapters.sql.schema import VERSION_TABLE

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


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest revision, within the transaction of ``connection``."""
    # Loaded here, because a store that is up to date never needs it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    # The percent sign has a meaning in Alembic's settings.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _one_at_a_time:
        command.upgrade(config, "head")
