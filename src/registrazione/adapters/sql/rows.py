"""Values as rows: as every store in tables writes them."""

from __future__ import annotations

from registrazione.adapters.rows import (
    KeyChanges,
    KeyRow,
    Row,
    account_row,
    audit_row,
    digest_of,
    key_digest,
    key_rows,
    kind_first,
    letter_of,
    letter_row,
    mark_of,
    read,
    settled_row,
)

__all__ = [
    "KeyChanges",
    "KeyRow",
    "Row",
    "account_row",
    "audit_row",
    "digest_of",
    "key_digest",
    "key_rows",
    "kind_first",
    "letter_of",
    "letter_row",
    "mark_of",
    "read",
    "settled_row",
]
