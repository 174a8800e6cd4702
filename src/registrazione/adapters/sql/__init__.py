"""The store in a relational database, by way of SQLAlchemy Core (extra ``sql``)."""

from registrazione.adapters.sql.store import SqlStore

__all__ = ["SqlStore"]
