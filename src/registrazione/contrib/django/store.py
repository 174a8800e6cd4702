"""The store itself, in a database of Django's: each method one statement or one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Final, TypeVar

from registrazione.adapters.positions import (
    cursor_of,
    microseconds,
    page_of,
    position_of,
)
from registrazione.adapters.rows import Row, key_digest, letter_of, read, settled_row
from registrazione.contrib.django import orm, statements
from registrazione.contrib.django.checks import problems_of, unapplied
from registrazione.contrib.django.commits import Commit
from registrazione.contrib.django.database import Database
from registrazione.core.account import Account
from registrazione.core.records import (
    AuditRecord,
    Change,
    Criteria,
    Key,
    LetterState,
    OutboxMessage,
    Page,
)
from registrazione.ports.stores import StoreUnavailable

T = TypeVar("T")


class DjangoStore:
    """Keep everything in a database of the Django project.

    It keeps every law of :class:`~registrazione.ports.AccountStore`.

    Inside a transaction of the caller's own (``atomic``, ``ATOMIC_REQUESTS``) a commit is a part
    of it, a savepoint: what the caller writes and what the store writes lasts or is undone
    together, and letters go out after the caller's commit. Taking letters from the outbox is an
    error there, because a lease that nobody else can see is none.

    Asynchronous code calls it in threads, each of which uses a connection for as long as a call
    takes; :class:`~registrazione.contrib.django.asynchronous.AsyncDjangoStore` works in the one
    thread that Django has for it.

    A transaction that the database gives up for the sake of another (a deadlock) is tried again,
    unless it is a part of the caller's.

    Args:
        using: One of the project's ``DATABASES``.

    Raises:
        SettingsError: There is none of that name.
    """

    lazy: Final = True
    """A project is loaded before its tables are made, and where there is no database."""

    def __init__(self, using: str = "default") -> None:
        """Stand on a database of the project; nothing is opened yet."""
        self._database = Database(using)

    @property
    def using(self) -> str:
        """Return which of the project's ``DATABASES`` it is in."""
        return self._database.alias

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the settings of the database, without a look into it."""
        return problems_of(self._database.connection)

    def check(self) -> None:
        """Make sure that the database answers, is set up well, and has today's tables.

        Raises:
            StoreUnavailable: It does not, is not, or has not.
        """
        problems = self.problems()
        if problems:
            raise StoreUnavailable("; ".join(problems))
        with self._database.reading():
            missing = unapplied(self._database.connection)
        if missing:
            raise StoreUnavailable("the tables are missing or of another version: migrate them")

    def load(self, account_id: str) -> Account | None:
        """Return the account, or ``None``."""
        with self._database.reading():
            found = self._database.rows(statements.LOAD, {"account_id": account_id})
            return next(iter(_all(Account, found)), None)

    def find(self, key: Key) -> tuple[Account, ...]:
        """Return the accounts that carry this key, the holder first, then by age."""
        with self._database.translated():
            digest = key_digest(key)
        with self._database.reading():
            return _all(Account, self._database.rows(statements.FIND, digest))

    def commit(self, change: Change) -> None:
        """Carry the change out in one transaction.

        Raises:
            StaleVersion: Somebody else was faster.
            ClaimTaken: Somebody else holds a claim.
            StoreUnavailable: It may or may not have happened.
        """
        with self._database.translated():
            commit = Commit(change, self._database)
        self._database.transact(commit.carry_out)

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        """Return accounts by age, oldest first, in parts of at most ``limit``."""
        with self._database.reading():
            found = _matching(self._of(orm.accounts), criteria, cursor)[: limit + 1]
            rows = found.values_list("data", "created_at", "id")
            accounts = [(read(Account, data), cursor_of(at, name)) for data, at, name in rows]
        return page_of(accounts, limit)

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        """Return the account's audit records, oldest first."""
        with self._database.reading():
            found = self._of(orm.audit).filter(account_id=account_id).order_by("seq")
            return _all(AuditRecord, found.values_list("data"))

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        """Take a procedure's queued letters whose ``not_before`` has come, oldest first.

        Raises:
            StoreError: Within a transaction of the caller's, among other reasons.
        """
        with self._database.translated():
            until = microseconds(now + lease)
            row = {"profile": profile, "now": microseconds(now), "limit": limit, "until": until}
        return self._database.transact(partial(self._take, row), durable=True)

    def _take(self, row: Row) -> tuple[OutboxMessage, ...]:
        """Take letters within a transaction."""
        features = self._database.connection.features
        # Who tells what an insertion has written tells what an update has changed.
        if features.can_return_columns_from_insert:
            take = statements.take_due(skip_locked=features.has_select_for_update_skip_locked)
            taken = sorted(self._database.rows(take, row))
            return tuple([letter_of(*columns) for _, *columns in taken])
        until: int = row["until"]
        waiting = self._database.rows(statements.WAITING, row)
        return tuple(
            [
                letter_of(data, until, tried + 1)
                for seq, data, _, tried in waiting
                # Where rows cannot be locked, this is what two workers cannot both do.
                if self._database.changed(
                    statements.TAKE, {"seq": seq, "attempts": tried, "until": until}
                )
            ]
        )

    def outbox_settle(self, message: OutboxMessage) -> bool:
        """Write a taken letter back, unless somebody else has taken it since."""
        with self._database.reading():
            row = settled_row(message)
            statement = statements.settle(row, again=not message.attempts)
            mine = {**row, "letter_id": message.id, "taken": message.attempts}
            return bool(self._database.changed(statement, mine))

    def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        """Return letters in these states, oldest first, in parts of at most ``limit``."""
        after, _ = position_of(cursor)
        with self._database.reading():
            found = (
                self._of(orm.outbox)
                .filter(state__in=_values(states), seq__gt=after)
                .order_by("seq")
            )
            rows = found.values_list("seq", "data", "not_before", "attempts")[: limit + 1]
            letters = [(letter_of(*columns), cursor_of(seq)) for seq, *columns in rows]
        return page_of(letters, limit)

    def _of(self, manager: Any) -> Any:  # noqa: ANN401 - Django has no types
        """Return the rows of a table in this store's database, whatever a router says."""
        return manager.using(self._database.alias)


def _matching(accounts: Any, criteria: Criteria, cursor: str | None) -> Any:  # noqa: ANN401 - as above
    """Narrow a search, and put it in order."""
    found = accounts.filter(realm=criteria.realm)
    created = "created_at"
    if criteria.states:
        found = found.filter(state__in=_values(criteria.states))
    if criteria.due_before is not None:
        created = "age"
        found = found.annotate(age=orm.age).filter(
            due_at__isnull=False, due_at__lte=microseconds(criteria.due_before)
        )
    if criteria.created_before is not None:
        found = found.filter(**{f"{created}__lte": microseconds(criteria.created_before)})
    if criteria.unused_since is not None:
        unused = orm.q(last_used_at__isnull=True)
        found = found.filter(unused | orm.q(last_used_at__lt=microseconds(criteria.unused_since)))
    if cursor is not None:
        after, after_id = position_of(cursor)
        later = orm.q(**{f"{created}__gt": after}) | orm.q(id__gt=after_id)
        found = found.filter(later, **{f"{created}__gte": after})
    return found.order_by(created, "id")


def _values(states: Iterable[StrEnum]) -> list[str]:
    """Return states as they are in their column."""
    return [state.value for state in states]


def _all(cls: type[T], data: Any) -> tuple[T, ...]:  # noqa: ANN401 - as above
    """Read snapshots back, one of each row."""
    return tuple([read(cls, each) for (each,) in data])
