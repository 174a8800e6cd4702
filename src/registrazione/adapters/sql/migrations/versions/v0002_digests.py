"""Keys by their digests, a mark of each account's keys, and an index for lists of letters.

Digests fit into the indexes of every database, and compare exactly in each.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import BINARY

revision = "0002"
down_revision = "0001"

BATCH = 500
"""Accounts whose keys are carried over at a time."""

_name = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
_digest = sa.LargeBinary(32).with_variant(BINARY(32), "mariadb")
_mariadb: dict[str, Any] = {
    "mariadb_engine": "InnoDB",
    "mariadb_charset": "utf8mb4",
    "mariadb_collate": "utf8mb4_nopad_bin",
}

_accounts = sa.table("registrazione_accounts", sa.column("id", sa.String()))
_old = sa.table(
    "registrazione_keys_0001",
    sa.column("realm", sa.String()),
    sa.column("kind", sa.String()),
    sa.column("value", sa.String()),
    sa.column("account_id", sa.String()),
    sa.column("claimed", sa.Boolean()),
)
_new = sa.table(
    "registrazione_keys",
    sa.column("digest", _digest),
    sa.column("account_id", sa.String()),
    sa.column("claim", _digest),
)


def upgrade() -> None:
    """Carry the keys over; the marks are set when an account is next written."""
    op.add_column("registrazione_accounts", sa.Column("keys_mark", sa.String(32)))
    op.create_index("ix_registrazione_outbox_state", "registrazione_outbox", ["state", "seq"])
    op.execute("CREATE TABLE registrazione_keys_0001 AS SELECT * FROM registrazione_keys")
    op.create_index("ix_registrazione_keys_0001", "registrazione_keys_0001", ["account_id"])
    op.drop_table("registrazione_keys")
    _create_keys()
    last = ""
    while names := _accounts_after(last):
        _carry_over(names[0], names[-1])
        last = names[-1]
    op.drop_table("registrazione_keys_0001")


def _create_keys() -> None:
    op.create_table(
        "registrazione_keys",
        sa.Column("digest", _digest, nullable=False),
        sa.Column("account_id", _name, nullable=False),
        sa.Column("claim", _digest, nullable=True),
        sa.PrimaryKeyConstraint("digest", "account_id", name="pk_registrazione_keys"),
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
    op.create_index(
        "uq_registrazione_keys_claim",
        "registrazione_keys",
        ["claim"],
        unique=True,
        sqlite_where=sa.text("claim IS NOT NULL"),
        postgresql_where=sa.text("claim IS NOT NULL"),
    )


def _accounts_after(name: str) -> list[str]:
    """Return the next accounts, by name."""
    query = sa.select(_accounts.c.id).where(_accounts.c.id > name)
    found = op.get_bind().execute(query.order_by(_accounts.c.id).limit(BATCH))
    return [row[0] for row in found]


def _carry_over(first: str, last: str) -> None:
    """Write the keys of some accounts into the new table."""
    query = sa.select(_old).where(_old.c.account_id.between(first, last))
    rows: list[dict[str, Any]] = []
    for old in op.get_bind().execute(query):
        text = f"{len(old.realm)}:{old.realm}{len(old.kind)}:{old.kind}{old.value}"
        digest = sha256(text.encode()).digest()
        claim = digest if old.claimed else None
        rows.append({"digest": digest, "account_id": old.account_id, "claim": claim})
    op.bulk_insert(_new, rows)
