"""Databases for the tests of the SQL store: fresh ones, and one of each kind to share."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests import databases

from registrazione.adapters.sql import SqlStore

SERVERS = ("postgresql", "mariadb")
KINDS = ("sqlite", *SERVERS)


def fresh_url(kind: str, folder: Path) -> str:
    """Return the address of an empty database without tables."""
    if kind == "sqlite":
        (folder / "accounts.db").touch()
        return f"sqlite:///{folder / 'accounts.db'}"
    return databases.postgresql_url() if kind == "postgresql" else databases.mariadb_url()


@cache
def _shared(kind: str) -> str:
    """Return the address of the database of this process, with tables."""
    url = databases.postgresql_url() if kind == "postgresql" else databases.mariadb_url()
    SqlStore.open(url, create=True).close()
    return url


def shared_url(kind: str, folder: Path) -> str:
    """Return the address of an empty database with tables; making them is what takes time."""
    if kind == "sqlite":
        url = fresh_url(kind, folder)
        SqlStore.open(url, create=True).close()
        return url
    url = _shared(kind)
    databases.clean(url)
    return url
