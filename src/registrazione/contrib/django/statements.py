"""The statements of every registration, in words that SQLite and PostgreSQL share.

The ORM takes ten to twenty times as long to find these words as a database does to obey; what
only operators and timers ask for is left to it.
"""
# ruff: noqa: S608 - nothing but names of tables and columns is put into a statement

from __future__ import annotations

from collections.abc import Iterable, Sequence

from registrazione.adapters.positions import MOST_FOUND
from registrazione.adapters.rows import Row
from registrazione.core.records import LetterState

ACCOUNTS = "registrazione_accounts"
KEYS = "registrazione_keys"
AUDIT = "registrazione_audit"
OUTBOX = "registrazione_outbox"

LOAD = f"SELECT data FROM {ACCOUNTS} WHERE id = %(account_id)s"
FIND = (
    f"SELECT account.data FROM {KEYS} AS key JOIN {ACCOUNTS} AS account "
    "ON account.id = key.account_id WHERE key.digest = %(digest)s "
    f"ORDER BY key.claim IS NULL, account.created_at, account.id LIMIT {MOST_FOUND}"
)

_THIS_VERSION = "id = %(account_id)s AND version = %(expected)s"
OUTDATE = f"UPDATE {ACCOUNTS} SET version = -1 WHERE {_THIS_VERSION}"
ERASE = f"DELETE FROM {ACCOUNTS} WHERE id = %(account_id)s"

_THIS_KEY = "digest = %(digest)s AND account_id = %(account_id)s"
KEYS_OF = f"SELECT digest, claim IS NOT NULL FROM {KEYS} WHERE account_id = %(account_id)s"
DROP_KEY = f"DELETE FROM {KEYS} WHERE {_THIS_KEY}"
CLAIM_KEY = f"UPDATE {KEYS} SET claim = %(claim)s WHERE {_THIS_KEY}"

# The state is no parameter: only so does the partial index answer.
_DUE = (
    f"FROM {OUTBOX} WHERE state = '{LetterState.QUEUED.value}' "
    "AND profile = %(profile)s AND not_before <= %(now)s ORDER BY seq LIMIT %(limit)s"
)
_TAKEN = f"UPDATE {OUTBOX} SET not_before = %(until)s, attempts = attempts + 1"
WAITING = f"SELECT seq, data, not_before, attempts {_DUE}"
TAKE = f"{_TAKEN} WHERE seq = %(seq)s AND attempts = %(attempts)s"
"""With the one before it, for SQLite before 3.35, which does not tell what an update changed."""

SAME_KEYS = " AND keys_mark = %(keys_mark)s"
"""On the common path the keys are the same as before, and need not be looked at."""


def replace(row: Row) -> str:
    """Return the statement that replaces an account, at the version that was read."""
    return f"UPDATE {ACCOUNTS} SET {_assigned(row)} WHERE {_THIS_VERSION}"


def settle(row: Row, *, again: bool) -> str:
    """Return the statement that writes a letter back.

    Args:
        row: Its columns.
        again: Whoever has taken it since; otherwise only if nobody has.
    """
    where = "id = %(letter_id)s" if again else "id = %(letter_id)s AND attempts = %(taken)s"
    return f"UPDATE {OUTBOX} SET {_assigned(row)} WHERE {where}"


def take_due(*, skip_locked: bool) -> str:
    """Return the statement that takes the letters that are due, and tells which; in no order.

    Args:
        skip_locked: Whether to pass over those that another worker is about to take.
    """
    due = f"SELECT seq {_DUE}{' FOR UPDATE SKIP LOCKED' if skip_locked else ''}"
    this = f"{_TAKEN} FROM due WHERE {OUTBOX}.seq = due.seq"
    columns = ", ".join(f"{OUTBOX}.{name}" for name in ("seq", "data", "not_before", "attempts"))
    return f"WITH due AS ({due}) {this} RETURNING {columns}"


def insert(table: str, rows: Sequence[Row]) -> tuple[str, list[object]]:
    """Return the statement that inserts rows, at least one, with its parameters."""
    one = f"({', '.join(['%s'] * len(rows[0]))})"
    text = f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES {', '.join([one] * len(rows))}"
    return text, [value for row in rows for value in row.values()]


def _assigned(columns: Iterable[str]) -> str:
    return ", ".join(f"{column} = %({column})s" for column in columns)
