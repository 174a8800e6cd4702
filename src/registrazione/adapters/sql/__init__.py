"""The store in a relational database, by way of SQLAlchemy Core (extra ``sql``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registrazione.adapters.sql.store import SqlStore

if TYPE_CHECKING:
    from registrazione.adapters.sql.awaiting import AsyncSqlStore

__all__ = ["AsyncSqlStore", "SqlStore"]


def __getattr__(name: str) -> object:
    """Load the store for PostgreSQL's own driver when it is asked for (extra ``postgresql``)."""
    if name != "AsyncSqlStore":
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from registrazione.adapters.sql.awaiting import AsyncSqlStore

    return AsyncSqlStore
