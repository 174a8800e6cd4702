"""Values as rows: the snapshot as JSON, and the columns that are searched by.

Keys are searched by their digests. A digest stands for realm, kind and value together. It
compares exactly in every database, whatever the collation, and is short enough for every index.
"""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import blake2b, sha256
from typing import Any, Self, TypeVar

import attrs

from registrazione.adapters.positions import microseconds, moment
from registrazione.core.account import Account
from registrazione.core.records import AuditRecord, Key, OutboxMessage, Write
from registrazione.core.snapshot import from_plain, to_plain

T = TypeVar("T")

Row = dict[str, Any]
"""Columns by name."""

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


def letter_of(data: str, not_before: int, attempts: int) -> OutboxMessage:
    """Return a letter of what stands in its columns.

    Who takes it changes two of them and leaves the snapshot as it is.

    Args:
        data: The snapshot.
        not_before: When it is due, or the end of a lease.
        attempts: How often a delivery was tried.

    Raises:
        SnapshotError: The fields do not fit.
        ValueError: It is no JSON.
    """
    letter = read(OutboxMessage, data)
    return attrs.evolve(letter, not_before=moment(not_before), attempts=attempts)


def letter_row(letter: OutboxMessage) -> Row:
    """Return the columns of a letter."""
    return {
        "id": letter.id,
        "account_id": letter.account_id,
        "profile": letter.profile,
        **settled_row(letter),
    }


@attrs.frozen
class KeyRow:
    """A key of an account.

    Args:
        kind: What the refusal of a claim names.
        digest: Stands for the key.
        claimed: Whether the account holds it alone.
    """

    kind: str = attrs.field(eq=False)
    digest: bytes
    claimed: bool

    @property
    def claim(self) -> bytes | None:
        """What no other row may have."""
        return self.digest if self.claimed else None

    def columns(self, account_id: str) -> Row:
        """Name the columns of the row."""
        return {"digest": self.digest, "account_id": account_id, "claim": self.claim}


@attrs.frozen
class KeyChanges:
    """What becomes of the keys of an account.

    Args:
        dropped: Those that it has no more.
        added: Those that it has not had until now.
        raised: Those that it has already, and holds alone from now on.
    """

    dropped: set[KeyRow]
    added: set[KeyRow]
    raised: set[KeyRow]

    @classmethod
    def between(cls, before: set[KeyRow], after: set[KeyRow]) -> Self:
        """Return what makes one set of keys of the other."""
        shared = {key.digest for key in before if not key.claimed}
        raised = {key for key in after - before if key.claimed and key.digest in shared}
        kept = {key.digest for key in raised}
        dropped = {key for key in before - after if key.digest not in kept}
        return cls(dropped, after - before - raised, raised)


def digest_of(realm: str, kind: str, value: str) -> bytes:
    """Return what stands for a key: no two keys share it.

    Args:
        realm: Namespace.
        kind: Kind of the key.
        value: Canonical value; any text, even one that is no Unicode.
    """
    text = f"{len(realm)}:{realm}{len(kind)}:{kind}{value}"
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def key_digest(key: Key) -> Row:
    """Return the column that a key is looked up by."""
    return {"digest": digest_of(key.realm, key.kind, key.value)}


def key_rows(write: Write) -> list[KeyRow]:
    """Return the rows of all keys that an account has from now on, sorted."""
    rows = [
        KeyRow(key.kind, digest_of(key.realm, key.kind, key.value), key in write.claims)
        for key in write.keys | write.claims
    ]
    return sorted(rows, key=kind_first)


def kind_first(row: KeyRow) -> tuple[str, bytes]:
    """Return what keys are sorted by: of several claims that are taken, the first is named."""
    return row.kind, row.digest


def mark_of(rows: list[KeyRow]) -> str:
    """Return a short text that says whether two sets of keys are the same."""
    parts = sorted(row.digest + (b"1" if row.claimed else b"0") for row in rows)
    return blake2b(b"".join(parts), digest_size=16).hexdigest()


def _optional(at: datetime | None) -> int | None:
    """Count the microseconds of a time that may be missing."""
    return None if at is None else microseconds(at)
