"""A whole commit in one statement, where PostgreSQL can: one trip to the server and back.

A statement may change several tables at once, and is a transaction by itself. What follows from
the swap of the account's version is written only where the swap took place, so that a stale change
leaves nothing behind. A claim that is taken breaks the statement off, and with it everything.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Column, Dialect, Integer, Table, text

from registrazione.adapters.sql.commits import AccountWrite, Commit
from registrazione.adapters.sql.driver import Duplicate, Script, Statement, rows
from registrazione.adapters.sql.rows import KeyRow, Row
from registrazione.adapters.sql.schema import accounts, audit, outbox
from registrazione.ports.stores import ClaimTaken, StaleVersion

_MOST = 4
"""How many audit records, and how many letters, there is a statement for. Each number has one of
its own, which the server prepares once."""

_columns = [column.name for column in accounts.columns if column.name != "id"]

_CREATE = f"""
swapped AS (
    INSERT INTO registrazione_accounts (id, {", ".join(_columns)})
    VALUES (:account_id, {", ".join(f":{name}" for name in _columns)})
    ON CONFLICT (id) DO NOTHING
    RETURNING id
),
added AS (
    INSERT INTO registrazione_keys (digest, account_id, claim)
    SELECT wanted.digest, swapped.id, wanted.claim
    FROM swapped, unnest(CAST(:digests AS bytea[]), CAST(:claims AS bytea[]))
        WITH ORDINALITY AS wanted (digest, claim, place)
    ORDER BY wanted.place
)"""  # noqa: S608 - names of our own columns

# The look at `changed` sees the account as it was before: a statement sees nothing of itself.
# To count what was dropped is to have it dropped before anything is added.
_REPLACE = f"""
swapped AS (
    UPDATE registrazione_accounts SET {", ".join(f"{name} = :{name}" for name in _columns)}
    WHERE id = :account_id AND version = :expected
    RETURNING id
),
changed AS (
    SELECT swapped.id
    FROM swapped JOIN registrazione_accounts AS before ON before.id = swapped.id
    WHERE before.keys_mark IS DISTINCT FROM :keys_mark
),
wanted AS (
    SELECT *
    FROM unnest(CAST(:digests AS bytea[]), CAST(:claims AS bytea[]))
        WITH ORDINALITY AS each (digest, claim, place)
),
dropped AS (
    DELETE FROM registrazione_keys AS old
    USING changed
    WHERE old.account_id = changed.id AND NOT EXISTS (
        SELECT FROM wanted
        WHERE wanted.digest = old.digest AND wanted.claim IS NOT DISTINCT FROM old.claim
    )
    RETURNING old.digest
),
added AS (
    INSERT INTO registrazione_keys (digest, account_id, claim)
    SELECT wanted.digest, changed.id, wanted.claim
    FROM changed, wanted
    WHERE (SELECT count(*) FROM dropped) >= 0 AND NOT EXISTS (
        SELECT FROM registrazione_keys AS old
        WHERE old.account_id = changed.id
            AND old.digest = wanted.digest AND old.claim IS NOT DISTINCT FROM wanted.claim
    )
    ORDER BY wanted.place
)"""  # noqa: S608 - as above

_ERASE = """
swapped AS (
    DELETE FROM registrazione_accounts
    WHERE id = :account_id AND version = :expected
    RETURNING id
)"""

_NO_ACCOUNT = """
swapped AS (SELECT 1)"""

_CLAIM = "uq_registrazione_keys_claim "
_TAKEN = re.compile(r"\\x([0-9a-f]{64})")


class OneTrip:
    """The statements that write a whole change down.

    Args:
        dialect: PostgreSQL's.
    """

    def __init__(self, dialect: Dialect) -> None:
        """Start without any; each is built when it is asked for."""
        self._dialect = dialect
        self._statements: dict[tuple[str, int, int], Statement] = {}

    @staticmethod
    def fits(commit: Commit) -> bool:
        """Tell whether there is a statement for a change: most concern one account."""
        return len(commit.writes) <= 1 and max(len(commit.audit), len(commit.letters)) <= _MOST

    def script(self, commit: Commit) -> Script[None]:
        """Write a change down.

        Raises:
            StaleVersion: The account is not at the expected version.
            ClaimTaken: Another account holds a claim.
        """
        write = commit.writes[0] if commit.writes else None
        row: Row = {} if write is None else _account_parameters(write)
        for name, lines in (("audit", commit.audit), ("letter", commit.letters)):
            for number, line in enumerate(lines):
                row.update({f"{name}_{number}_{key}": value for key, value in line.items()})
        statement = self.statement(_swap_of(write), len(commit.audit), len(commit.letters))
        try:
            found = yield from rows(statement, row)
        except Duplicate as duplicate:
            raise _taken(duplicate, write.keys if write else []) from None
        if not found:
            raise StaleVersion

    def statement(self, swap: str, records: int, letters: int) -> Statement:
        """Return the statement for a kind of change.

        Args:
            swap: What happens to the account, in the words of the database.
            records: How many audit records there are.
            letters: How many letters there are.
        """
        shape = swap, records, letters
        if shape not in self._statements:
            parts = [swap]
            parts += _added(audit, "audit", records)
            parts += _added(outbox, "letter", letters)
            whole = f"WITH {','.join(parts)}\nSELECT 1 FROM swapped"
            self._statements[shape] = Statement(text(whole), self._dialect)
        return self._statements[shape]


def _swap_of(write: AccountWrite | None) -> str:
    """Return what happens to the account, in the words of the database."""
    if write is None:
        return _NO_ACCOUNT
    if write.row is None:
        return _ERASE
    return _REPLACE if write.expected else _CREATE


def _account_parameters(write: AccountWrite) -> Row:
    """Return the parameters that an account and its keys go by."""
    return {
        **write.where,
        **(write.row or {}),
        "digests": [key.digest for key in write.keys],
        "claims": [key.claim for key in write.keys],
    }


def _added(table: Table, name: str, count: int) -> list[str]:
    """Return what adds some rows to a table, if there are any."""
    if not count:
        return []
    columns = [column for column in table.columns if column.name != "seq"]
    names = ", ".join(column.name for column in columns)
    values = [
        ", ".join(f"CAST(:{name}_{n}_{c.name} AS {_type(c)})" for c in columns)
        for n in range(count)
    ]
    lines = ", ".join(f"({value})" for value in values)
    insert = f"""
added_{name} AS (
    INSERT INTO {table.name} ({names})
    SELECT new.* FROM (VALUES {lines}) AS new ({names})
    WHERE EXISTS (SELECT FROM swapped)
)"""  # noqa: S608 - names of our own columns
    return [insert]


def _type(column: Column[Any]) -> str:
    """Return the type of a value; whether it is too long is for the column to say."""
    return "bigint" if isinstance(column.type, Integer) else "text"


def _taken(duplicate: Duplicate, keys: list[KeyRow]) -> Exception:
    """Return what the caller is told of a double key.

    The server says which claim it is. Where a pooler keeps our settings from it, it may say so in
    other letters: then the first one is named.
    """
    if not duplicate.detail.startswith(_CLAIM):
        return duplicate
    found = _TAKEN.search(duplicate.detail)
    named = [key for key in keys if found and key.digest.hex() == found[1]]
    claims = [key for key in keys if key.claimed]
    return ClaimTaken((named or claims)[0].kind)
