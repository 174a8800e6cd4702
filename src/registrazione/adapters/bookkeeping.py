"""What every store does alike: the checks before a commit, the order of what is found, its parts.

Only decisions and no data: each function is given rows or letters and returns an answer. A *row* is
the write that was carried out last for an account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import wraps
from inspect import isfunction
from itertools import islice
from threading import RLock
from typing import Any, Self

from registrazione.adapters.positions import (
    MOST_FOUND,
    age,
    cursor_of,
    page_of,
    position_of,
)
from registrazione.core.account import Account
from registrazione.core.records import (
    Change,
    Criteria,
    Key,
    LetterState,
    OutboxMessage,
    Page,
    Write,
)
from registrazione.ports.stores import ClaimTaken, StaleVersion

# -- before a commit ------------------------------------------------------------------------


def check(change: Change, rows: Mapping[str, Write]) -> None:
    """Refuse a change that must not be carried out, versions first.

    Args:
        change: What is to be done.
        rows: Every row that it writes, and every row that holds a claim it takes; more do no harm.

    Raises:
        StaleVersion: See :func:`check_versions`.
        ClaimTaken: See :func:`check_claims`.
    """
    check_versions(change, rows)
    check_claims(change, {claim: row.account_id for row in rows.values() for claim in row.claims})


def check_versions(change: Change, rows: Mapping[str, Write]) -> None:
    """Refuse a change that was decided on something older than what is stored.

    Raises:
        StaleVersion: An account is at another version, is gone, or is there already.
    """
    for write in change.writes:
        row = rows.get(write.account_id)
        if write.expected != (row.account.version if row and row.account else 0):
            raise StaleVersion


def check_claims(change: Change, holders: Mapping[Key, str]) -> None:
    """Refuse a claim that an account outside of the change holds, or that two within it want.

    Args:
        change: What is to be done; what its accounts hold now, they may exchange.
        holders: The accounts that hold the claims now.

    Raises:
        ClaimTaken: With the first kind, in the order of kinds.
    """
    changed = {None, *(write.account_id for write in change.writes)}
    wanted = [claim for write in change.writes for claim in write.claims]
    for claim in sorted(wanted, key=lambda claim: claim.kind):
        if holders.get(claim) not in changed or wanted.count(claim) > 1:
            raise ClaimTaken(claim.kind)


# -- what is found --------------------------------------------------------------------------


def find(key: Key, rows: Iterable[Write]) -> tuple[Account, ...]:
    """Return the accounts of those rows that carry the key, as a store's ``find`` does."""
    carriers = [row for row in rows if key in row.keys]
    holder = next((row.account_id for row in carriers if key in row.claims), None)
    return in_order(carriers, holder)


def in_order(rows: Iterable[Write], holder: str | None) -> tuple[Account, ...]:
    """Return the accounts of the rows, the holder first, then by age; no more than 50."""
    found = [row.account for row in rows if row.account]
    found.sort(key=lambda account: (account.id != holder, age(account)))
    return tuple(found[:MOST_FOUND])


def accounts_page(
    rows: Iterable[Write], criteria: Criteria, cursor: str | None, limit: int
) -> Page[Account]:
    """Return a part of the accounts that meet the criteria, as a store's ``search`` does."""
    start = position_of(cursor)
    accounts = [row.account for row in rows if row.account and criteria.matches(row.account)]
    found = sorted([account for account in accounts if age(account) > start], key=age)
    return page_of([(a, cursor_of(*age(a))) for a in found[: limit + 1]], limit)


# -- letters --------------------------------------------------------------------------------


def take(
    letters: MutableMapping[str, OutboxMessage],
    profile: str,
    now: datetime,
    limit: int,
    lease: timedelta,
) -> tuple[OutboxMessage, ...]:
    """Take the letters that are due: write them back as taken, and return them so.

    Args:
        letters: All of them by id, in the order in which they were committed.
        profile: Whose letters.
        now: When they are taken.
        limit: How many at most.
        lease: For how long.
    """
    due = (letter for letter in letters.values() if letter.is_due(profile, now))
    taken = tuple(letter.leased(now, lease) for letter in islice(due, limit))
    letters.update({letter.id: letter for letter in taken})
    return taken


def letters_page(
    letters: Iterable[OutboxMessage], states: Sequence[LetterState], cursor: str | None, limit: int
) -> Page[OutboxMessage]:
    """Return a part of the letters in these states, as a store's ``outbox_list`` does.

    Args:
        letters: All of them, in the order in which they were committed; none ever leaves.
        states: Which ones.
        cursor: Where the part before this one ended.
        limit: How many at most.
    """
    start, _ = position_of(cursor)
    numbered = enumerate(letters)
    found = ((m, cursor_of(n)) for n, m in numbered if m.state in states and n > start)
    return page_of(list(islice(found, limit + 1)), limit)


# -- threads --------------------------------------------------------------------------------


class OneAtATime:
    """Let one thread at a time into an object's public methods: the simplest way to be safe.

    For stores that keep everything in the process; a database has transactions instead. Methods
    may call one another.
    """

    _turn: AbstractContextManager[bool]

    def __new__(cls, *_: object, **__: object) -> Self:
        """Give the object its lock."""
        made = super().__new__(cls)
        made._turn = RLock()
        return made

    def __init_subclass__(cls) -> None:
        """Put the lock around every public method of the class."""
        super().__init_subclass__()
        for name, method in list(vars(cls).items()):
            if isfunction(method) and not name.startswith("_"):
                setattr(cls, name, cls._alone(method))

    @staticmethod
    def _alone(method: Callable[..., Any]) -> Callable[..., Any]:
        """Return the method, entered by one thread at a time."""

        @wraps(method)
        def entered(self: OneAtATime, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - any method
            with self._turn:
                return method(self, *arguments, **named)

        return entered
