"""The store itself, on the ORM of Django: each method one statement or one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar

import attrs

from registrazione.adapters.positions import (
    MOST_FOUND,
    cursor_of,
    microseconds,
    page_of,
    position_of,
)
from registrazione.adapters.rows import key_digest, read, settled_row
from registrazione.contrib.django import orm
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
            found = self._of(orm.accounts).filter(id=account_id).values_list("data", flat=True)
            return next((read(Account, data) for data in found), None)

    def find(self, key: Key) -> tuple[Account, ...]:
        """Return the accounts that carry this key, the holder first, then by age."""
        order = orm.holder_first, "account__created_at", "account_id"
        with self._database.translated():
            digest = key_digest(key)
        with self._database.reading():
            found = self._of(orm.keys).filter(**digest).order_by(*order)[:MOST_FOUND]
            return _all(Account, found.values_list("account__data", flat=True))

    def commit(self, change: Change) -> None:
        """Carry the change out in one transaction.

        Raises:
            StaleVersion: Somebody else was faster.
            ClaimTaken: Somebody else holds a claim.
            StoreUnavailable: It may or may not have happened.
        """
        with self._database.translated():
            commit = Commit(change, self._database.alias)
        with self._database.writing():
            commit.carry_out()

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
            return _all(AuditRecord, found.values_list("data", flat=True))

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        """Take a procedure's queued letters whose ``not_before`` has come, oldest first.

        Raises:
            StoreError: Within a transaction of the caller's, among other reasons.
        """
        outbox = self._of(orm.outbox)
        taken: list[OutboxMessage] = []
        with self._database.writing(durable=True):
            skip = self._database.connection.features.has_select_for_update_skip_locked
            due = outbox.filter(orm.queued, profile=profile, not_before__lte=microseconds(now))
            first = due.order_by("seq").select_for_update(skip_locked=skip)[:limit]
            for seq, attempts, data in list(first.values_list("seq", "attempts", "data")):
                letter = _taken(read(OutboxMessage, data), now + lease)
                # Where rows cannot be locked, this is what two workers cannot both do.
                if outbox.filter(seq=seq, attempts=attempts).update(**settled_row(letter)):
                    taken.append(letter)
        return tuple(taken)

    def outbox_settle(self, message: OutboxMessage) -> bool:
        """Write a taken letter back, unless somebody else has taken it since."""
        with self._database.reading():
            stored = self._of(orm.outbox).filter(id=message.id)
            if message.attempts:
                stored = stored.filter(attempts=message.attempts)
            return bool(stored.update(**settled_row(message)))

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
            rows = found.values_list("data", "seq")[: limit + 1]
            letters = [(read(OutboxMessage, data), cursor_of(seq)) for data, seq in rows]
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
    """Read snapshots back."""
    return tuple([read(cls, each) for each in data])


def _taken(letter: OutboxMessage, until: datetime) -> OutboxMessage:
    """Return the letter as it is while somebody tries to deliver it."""
    return attrs.evolve(letter, attempts=letter.attempts + 1, not_before=until)
