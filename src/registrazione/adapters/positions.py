"""Where a part of a long answer ends: times that sort, cursors, pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from registrazione.core.account import Account
from registrazione.core.records import Page
from registrazione.ports.stores import StoreError

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BEFORE_ALL_TIME = -(10**18)
AFTER_ALL_TIME = 10**18

MOST_FOUND = 50
"""How many accounts a look-up by key answers with."""


def microseconds(at: datetime) -> int:
    """Count the microseconds from the start of 1970 (UTC) to ``at``: exact, and it sorts."""
    past = at - _EPOCH
    return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds


def moment(microseconds: int) -> datetime:
    """Return the time that a number of microseconds stands for: :func:`microseconds` undone."""
    return _EPOCH + timedelta(microseconds=microseconds)


def age(account: Account) -> tuple[int, str]:
    """Return what accounts are sorted by: when they were created, and among equals the id."""
    return microseconds(account.created_at), account.id


def cursor_of(number: int, text: str = "") -> str:
    """Write down where a part of an answer ends."""
    return f"{number}.{text}"


def position_of(cursor: str | None) -> tuple[int, str]:
    """Read a cursor; without one, stand before everything.

    Raises:
        StoreError: It is no cursor.
    """
    if cursor is None:
        return BEFORE_ALL_TIME, ""
    number, _, text = cursor.partition(".")
    try:
        return int(number), text
    except ValueError:
        raise StoreError("not a cursor") from None


def page_of(found: Sequence[tuple[T, str]], limit: int) -> Page[T]:
    """Cut a page from what was found.

    Args:
        found: Items, each with its cursor; one more than ``limit`` if there is more.
        limit: How many go on the page.
    """
    shown = found[:limit]
    more = len(found) > len(shown) > 0
    return Page(items=tuple([item for item, _ in shown]), cursor=shown[-1][1] if more else None)
