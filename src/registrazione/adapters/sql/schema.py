"""The tables: a snapshot as JSON in ``data``, and beside it copies of what is searched by.

Times are whole microseconds since 1970 in UTC: every database compares them alike.
Lengths are such that MariaDB can index the columns; SQLite does not look at them.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

REVISION = "0001"
"""The newest migration; what a database must be at."""

VERSION_TABLE = "registrazione_version"
"""Alembic's note of the revision, apart from that of a host in the same database."""

metadata: MetaData = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

# SQLite counts up by itself only in a column of exactly this type.
_counter = BigInteger().with_variant(Integer(), "sqlite")

accounts: Table = Table(
    "registrazione_accounts",
    metadata,
    Column("id", String(255), primary_key=True),
    Column("realm", String(64), nullable=False),
    Column("profile", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("last_used_at", BigInteger),
    Column("data", Text, nullable=False),
    Index("ix_registrazione_accounts_age", "realm", "created_at", "id"),
    # Small, because most accounts wait for nothing: the timers look here again and again.
    Index(
        "ix_registrazione_accounts_due",
        "realm",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
)

keys: Table = Table(
    "registrazione_keys",
    metadata,
    Column("realm", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("value", String(512), nullable=False),
    Column(
        "account_id",
        String(255),
        ForeignKey(accounts.c.id, ondelete="CASCADE"),
        nullable=False,
    ),
    Column("claimed", Boolean, nullable=False),
    PrimaryKeyConstraint("realm", "kind", "value", "account_id"),
    Index("ix_registrazione_keys_account", "account_id"),
    # What makes two holders of one claim impossible, whatever the code does.
    Index(
        "uq_registrazione_keys_claim",
        "realm",
        "kind",
        "value",
        unique=True,
        sqlite_where=text("claimed"),
        postgresql_where=text("claimed"),
    ),
    sqlite_with_rowid=False,
)

audit: Table = Table(
    "registrazione_audit",
    metadata,
    Column("seq", _counter, primary_key=True),
    # No foreign key: the trail outlives the account.
    Column("account_id", String(255)),
    Column("at", BigInteger, nullable=False),
    Column("event", String(64), nullable=False),
    Column("data", Text, nullable=False),
    Index("ix_registrazione_audit_account", "account_id", "seq"),
)

outbox: Table = Table(
    "registrazione_outbox",
    metadata,
    Column("seq", _counter, primary_key=True),
    Column("id", String(255), nullable=False, unique=True),
    Column("account_id", String(255), nullable=False),
    Column("profile", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("data", Text, nullable=False),
    # The queue is walked from its front, and what was sent is not in it any more.
    Index(
        "ix_registrazione_outbox_queue",
        "profile",
        "state",
        "seq",
        "not_before",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
)
