"""The tables: a snapshot as JSON in ``data``, and beside it copies of what is searched by.

A letter's ``not_before`` and ``attempts`` are more than copies: who takes it changes them alone.

Times are whole microseconds since 1970 in UTC: every database compares them alike. Texts compare
and sort by their code points. Lengths are such that MariaDB can index the columns; SQLite does
not look at them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.mysql import BINARY, LONGTEXT

REVISION = "0002"
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

# Upper and lower case, accents, and spaces at the end all count.
MARIADB: dict[str, Any] = {
    "mariadb_engine": "InnoDB",
    "mariadb_charset": "utf8mb4",
    "mariadb_collate": "utf8mb4_nopad_bin",
}
"""What MariaDB is to know about each table."""

# SQLite counts up by itself only in a column of exactly this type.
_counter = BigInteger().with_variant(Integer(), "sqlite")
_name = String(255).with_variant(String(255, collation="C"), "postgresql")
_digest = LargeBinary(32).with_variant(BINARY(32), "mariadb")
_long_text = Text().with_variant(LONGTEXT(), "mariadb")

accounts: Table = Table(
    "registrazione_accounts",
    metadata,
    Column("id", _name, primary_key=True),
    Column("realm", String(64), nullable=False),
    Column("profile", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("last_used_at", BigInteger),
    Column("data", _long_text, nullable=False),
    # Says without a look at the keys whether they are still the same.
    Column("keys_mark", String(32)),
    Index("ix_registrazione_accounts_age", "realm", "created_at", "id"),
    # Small where the database can leave rows out, because most accounts wait for nothing: the
    # timers look here again and again.
    Index(
        "ix_registrazione_accounts_due",
        "realm",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    **MARIADB,
)

keys: Table = Table(
    "registrazione_keys",
    metadata,
    Column("digest", _digest, nullable=False),
    Column(
        "account_id",
        _name,
        ForeignKey(accounts.c.id, ondelete="CASCADE"),
        nullable=False,
    ),
    # The digest once more where the account holds the key alone, otherwise nothing: what is
    # missing is never the same as anything else that is missing.
    Column("claim", _digest),
    PrimaryKeyConstraint("digest", "account_id"),
    Index("ix_registrazione_keys_account", "account_id"),
    # What makes two holders of one claim impossible, whatever the code does.
    Index(
        "uq_registrazione_keys_claim",
        "claim",
        unique=True,
        sqlite_where=text("claim IS NOT NULL"),
        postgresql_where=text("claim IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
    **MARIADB,
)

audit: Table = Table(
    "registrazione_audit",
    metadata,
    Column("seq", _counter, primary_key=True),
    # No foreign key: the trail outlives the account.
    Column("account_id", _name),
    Column("at", BigInteger, nullable=False),
    Column("event", String(64), nullable=False),
    Column("data", _long_text, nullable=False),
    Index("ix_registrazione_audit_account", "account_id", "seq"),
    **MARIADB,
)

outbox: Table = Table(
    "registrazione_outbox",
    metadata,
    Column("seq", _counter, primary_key=True),
    Column("id", _name, nullable=False, unique=True),
    Column("account_id", _name, nullable=False),
    Column("profile", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("data", _long_text, nullable=False),
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
    # For lists by state.
    Index("ix_registrazione_outbox_state", "state", "seq"),
    **MARIADB,
)
