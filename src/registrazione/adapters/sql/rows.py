"""Values as rows: the snapshot as JSON, and the columns that are searched by."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TypeVar

from registrazione.adapters.positions import microseconds
from registrazione.adapters.sql.driver import Row
from registrazione.core.account import Account
from registrazione.core.records import AuditRecord, Change, Key, OutboxMessage
from registrazione.core.snapshot import from_plain, to_plain

T = TypeVar("T")
KeyRow = tuple[str, str, str, str, bool]
"""Account, realm, kind, value, claimed."""

# In ASCII, so that no character set of a database can change a text.
_json = json.JSONEncoder(separators=(",", ":"), check_circular=False)


def written(value: object) -> str:
    """Write a value down as JSON."""
    return _json.encode(to_plain(value))


def read(cls: type[T], data: str) -> T:
    """Read a value back.

    Raises:
        SnapshotError: The fields do not fit.
        ValueError: It is no JSON.
    """
    return from_plain(cls, json.loads(data))


def account_row(account: Account) -> Row:
    """Return the columns of an account, without its id."""
    return {
        "realm": account.realm,
        "profile": account.profile,
        "state": account.state.value,
        "version": account.version,
        "created_at": microseconds(account.created_at),
        "due_at": _optional(account.due_at),
        "last_used_at": _optional(account.last_used_at),
        "data": written(account),
    }


def audit_row(record: AuditRecord) -> Row:
    """Return the columns of an audit record."""
    return {
        "account_id": record.account_id,
        "at": microseconds(record.at),
        "event": record.event,
        "data": written(record),
    }


def settled_row(letter: OutboxMessage) -> Row:
    """Return the columns of a letter that change during its life."""
    return {
        "state": letter.state.value,
        "not_before": microseconds(letter.not_before),
        "attempts": letter.attempts,
        "data": written(letter),
    }


def letter_row(letter: OutboxMessage) -> Row:
    """Return the columns of a letter."""
    return {
        "id": letter.id,
        "account_id": letter.account_id,
        "profile": letter.profile,
        **settled_row(letter),
    }


def key_rows(change: Change) -> set[KeyRow]:
    """Return the rows of all keys that the accounts of a change have from now on."""
    return {
        (write.account_id, key.realm, key.kind, key.value, key in write.claims)
        for write in change.writes
        if write.account is not None
        for key in write.keys | write.claims
    }


def key_columns(key: Key) -> Row:
    """Return the columns that a key is looked up by."""
    return {"realm": key.realm, "kind": key.kind, "value": key.value}


def key_row_columns(key: KeyRow) -> Row:
    """Name the columns of a key's row."""
    account_id, realm, kind, value, claimed = key
    return {
        "account_id": account_id,
        "realm": realm,
        "kind": kind,
        "value": value,
        "claimed": claimed,
    }


def _optional(at: datetime | None) -> int | None:
    """Count the microseconds of a time that may be missing."""
    return None if at is None else microseconds(at)
