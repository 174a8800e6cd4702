"""Sample accounts, letters and changes: valid as they are, and anything may be given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import attrs

from registrazione.core.account import Account
from registrazione.core.records import AuditRecord, Change, Key, OutboxMessage, Write

PORTAL = "standard"
"""The procedure that everything belongs to, unless something else is said."""
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""When everything happens, unless something else is said."""


def an_account(account_id: str = "account-1", **fields: Any) -> Account:  # noqa: ANN401
    """Return a new account.

    Args:
        account_id: Its identifier.
        fields: Whatever is to differ from a claim made at :data:`NOON`.
    """
    usual: dict[str, Any] = {
        "profile": PORTAL,
        "realm": "standard",
        "version": 1,
        "created_at": NOON,
        "waiting_since": NOON,
    }
    return Account(id=account_id, **{**usual, **fields})


def a_letter(letter_id: str = "letter-1", **fields: Any) -> OutboxMessage:  # noqa: ANN401
    """Return a letter that waits in the outbox since :data:`NOON`."""
    usual: dict[str, Any] = {
        "account_id": "account-1",
        "kind": "activation",
        "to": "maria.bianchi@example.it",
        "profile": PORTAL,
        "language": "it",
        "created_at": NOON,
        "not_before": NOON,
    }
    return OutboxMessage(id=letter_id, **{**usual, **fields})


def a_record(**fields: Any) -> AuditRecord:  # noqa: ANN401
    """Return an audit record of something that happened at :data:`NOON`."""
    usual: dict[str, Any] = {"at": NOON, "event": "registration_confirmed", "actor": "person"}
    return AuditRecord(**{**usual, **fields})


def creation(account: Account, *, keys: Iterable[Key] = (), claims: Iterable[Key] = ()) -> Write:
    """Return the write that creates an account.

    Args:
        account: The account.
        keys: What it is found by; the claims need not be repeated.
        claims: What it holds alone.
    """
    held = frozenset(claims)
    return Write(
        account_id=account.id,
        expected=0,
        account=account,
        keys=frozenset(keys) | held,
        claims=held,
    )


def replacement(
    stored: Account,
    *,
    keys: Iterable[Key] = (),
    claims: Iterable[Key] = (),
    **fields: Any,  # noqa: ANN401
) -> Write:
    """Return the write that replaces an account by its next version.

    Args:
        stored: The account as it was read.
        keys: What it is found by from now on; the claims need not be repeated.
        claims: What it holds alone from now on.
        fields: What changes in it.
    """
    held = frozenset(claims)
    return Write(
        account_id=stored.id,
        expected=stored.version,
        account=attrs.evolve(stored, version=stored.version + 1, **fields),
        keys=frozenset(keys) | held,
        claims=held,
    )


def erasure(stored: Account) -> Write:
    """Return the write that erases an account as it was read."""
    return Write(account_id=stored.id, expected=stored.version, account=None)


def one_change(*writes: Write, **parts: Any) -> Change:  # noqa: ANN401
    """Return a change of these writes, with letters and audit records if they are given."""
    return Change(writes=writes, **parts)
