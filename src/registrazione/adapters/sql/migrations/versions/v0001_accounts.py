"""Accounts, keys, audit trail and outbox.

A migration says what the tables were at its time, so it repeats what ``schema`` says today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _create_accounts()
    _create_keys()
    _create_audit()
    _create_outbox()


def _create_accounts() -> None:
    op.create_table(
        "registrazione_accounts",
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("realm", sa.String(64), nullable=False),
        sa.Column("profile", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registrazione_accounts"),
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
        sa.Column("value", sa.String(512), nullable=False),
        sa.Column("account_id", sa.String(255), nullable=False),
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
    )
    op.create_index("ix_registrazione_keys_account", "registrazione_keys", ["account_id"])
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
        sa.Column("account_id", sa.String(255), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_registrazione_audit"),
    )
    op.create_index("ix_registrazione_audit_account", "registrazione_audit", ["account_id", "seq"])


def _create_outbox() -> None:
    op.create_table(
        "registrazione_outbox",
        sa.Column("seq", _counter, nullable=False),
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("account_id", sa.String(255), nullable=False),
        sa.Column("profile", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_registrazione_outbox"),
        sa.UniqueConstraint("id", name="uq_registrazione_outbox_id"),
    )
    op.create_index(
        "ix_registrazione_outbox_queue",
        "registrazione_outbox",
        ["profile", "state", "seq", "not_before"],
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
