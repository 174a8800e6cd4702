"""Accounts, keys, audit trail and outbox.

A migration says what the tables were at its time, so it repeats what ``schema`` says today.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT

revision = "0001"
down_revision = None

_counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_name = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
_long_text = sa.Text().with_variant(LONGTEXT(), "mariadb")
_mariadb: dict[str, Any] = {
    "mariadb_engine": "InnoDB",
    "mariadb_charset": "utf8mb4",
    "mariadb_collate": "utf8mb4_nopad_bin",
}


def upgrade() -> None:
    """Create the tables."""
    _create_accounts()
    _create_keys()
    _create_audit()
    _create_outbox()


def _create_accounts() -> None:
    op.create_table(
        "registrazione_accounts",
        sa.Column("id", _name, nullable=False),
        sa.Column("realm", sa.String(64), nullable=False),
        sa.Column("profile", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("data", _long_text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registrazione_accounts"),
        **_mariadb,
    )
    op.create_index(
        "ix_registrazione_accounts_age",
        "registrazione_accounts",
        ["realm", "created_at", "id"],
    )
    op.create_index(
        "ix_registrazione_accounts_due",
        "registrazione_accounts",
        ["realm", "due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )


def _create_keys() -> None:
    op.create_table(
        "registrazione_keys",
        sa.Column("realm", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        # MariaDB's indexes have no room for more; the next revision needs none.
        sa.Column("value", sa.String(512).with_variant(sa.String(255), "mariadb"), nullable=False),
        sa.Column("account_id", _name, nullable=False),
        sa.Column("claimed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "realm", "kind", "value", "account_id", name="pk_registrazione_keys"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["registrazione_accounts.id"],
            name="fk_registrazione_keys_account_id",
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
        **_mariadb,
    )
    op.create_index("ix_registrazione_keys_account", "registrazione_keys", ["account_id"])
    # MariaDB has no index of some rows only; the next revision needs none.
    if op.get_bind().dialect.name != "mariadb":
        op.create_index(
            "uq_registrazione_keys_claim",
            "registrazione_keys",
            ["realm", "kind", "value"],
            unique=True,
            sqlite_where=sa.text("claimed"),
            postgresql_where=sa.text("claimed"),
        )


def _create_audit() -> None:
    op.create_table(
        "registrazione_audit",
        sa.Column("seq", _counter, nullable=False),
        sa.Column("account_id", _name, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("data", _long_text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_registrazione_audit"),
        **_mariadb,
    )
    op.create_index("ix_registrazione_audit_account", "registrazione_audit", ["account_id", "seq"])


def _create_outbox() -> None:
    op.create_table(
        "registrazione_outbox",
        sa.Column("seq", _counter, nullable=False),
        sa.Column("id", _name, nullable=False),
        sa.Column("account_id", _name, nullable=False),
        sa.Column("profile", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("data", _long_text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_registrazione_outbox"),
        sa.UniqueConstraint("id", name="uq_registrazione_outbox_id"),
        **_mariadb,
    )
    op.create_index(
        "ix_registrazione_outbox_queue",
        "registrazione_outbox",
        ["profile", "state", "seq", "not_before"],
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
