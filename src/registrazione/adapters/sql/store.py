"""The store itself: each method one statement or one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self

import attrs
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from registrazione.adapters.positions import (
    AFTER_ALL_TIME,
    cursor_of,
    microseconds,
    page_of,
    position_of,
)
from registrazione.adapters.sql import migrations
from registrazione.adapters.sql.commits import Commit
from registrazione.adapters.sql.driver import Database
from registrazione.adapters.sql.rows import key_columns, read, settled_row
from registrazione.adapters.sql.schema import REVISION
from registrazione.adapters.sql.sqlite import open_sqlite
from registrazione.adapters.sql.statements import Statements, states_row
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
from registrazione.core.states import AccountState
from registrazione.ports.stores import StoreError, StoreUnavailable


class SqlStore:
    """Keep everything in a relational database.

    It keeps every law of :class:`~registrazione.ports.AccountStore`. Open it with :meth:`open`.
    """

    def __init__(self, database: Database) -> None:
        """Stand on a database that :meth:`open` has set up."""
        self._database = database
        self._sql = Statements(database.dialect)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        create: bool = False,
        timeout: float = 10.0,
        **options: Any,  # noqa: ANN401 - SQLAlchemy's own, each of another type
    ) -> Self:
        """Open a database.

        Args:
            url: ``sqlite:///path/to/file``, or ``sqlite://`` for one in memory.
            create: Make the file, readable by its owner alone, and the tables, if there are none.
            timeout: Seconds to wait for a lock or a connection.
            options: What else ``sqlalchemy.create_engine`` is to know.

        Raises:
            StoreUnavailable: The database cannot be opened.
            StoreError: The address is no address of a database that is supported.
        """
        try:
            address = make_url(url)
        except (ArgumentError, ValueError):
            # The text of the cause holds the address, and with it perhaps a password.
            raise StoreError("the address of the database cannot be read") from None
        if address.get_backend_name() != "sqlite":
            raise StoreError("databases other than SQLite are not supported yet")
        store = cls(open_sqlite(address, create=create, timeout=timeout, **options))
        if create and store.revision() is None:
            store.migrate()
        return store

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def revision(self) -> str | None:
        """Return the revision that the tables are at; ``None`` if there are none."""
        return self._database.inspect(migrations.revision_of)

    def check(self) -> None:
        """Make sure that the database answers and its tables are those of this version.

        Raises:
            StoreUnavailable: It does not, or they are not.
        """
        if self.revision() != REVISION:
            raise StoreUnavailable("the tables are missing or of another version: migrate them")

    def migrate(self) -> None:
        """Bring the tables to this version; nothing happens if they are there already."""
        self._database.alter(migrations.upgrade)

    def load(self, account_id: str) -> Account | None:
        """Return the account, or ``None``."""
        with self._database.reading() as session:
            found = session.rows(self._sql.load, {"account_id": account_id})
            return read(Account, found[0][0]) if found else None

    def find(self, key: Key) -> tuple[Account, ...]:
        """Return the accounts that carry this key, the holder first, then by age."""
        with self._database.reading() as session:
            found = session.rows(self._sql.find, key_columns(key))
            return tuple([read(Account, data) for (data,) in found])

    def commit(self, change: Change) -> None:
        """Carry the change out in one transaction.

        Raises:
            StaleVersion: Somebody else was faster.
            ClaimTaken: Somebody else holds a claim.
            StoreUnavailable: It may or may not have happened.
        """
        with self._database.translated():
            commit = Commit(change, self._sql)
        with self._database.writing() as session:
            commit.carry_out(session)

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        """Return accounts by age, oldest first, in parts of at most ``limit``."""
        after, after_id = position_of(cursor)
        row = {
            "realm": criteria.realm,
            "created_before": _or_never(criteria.created_before),
            "due_before": _or_never(criteria.due_before),
            "unused_since": _or_never(criteria.unused_since),
            "after": after,
            "after_id": after_id,
            "limit": limit + 1,
            **states_row(criteria.states or AccountState, AccountState),
        }
        statement = self._sql.search if criteria.due_before is None else self._sql.search_due
        with self._database.reading() as session:
            found = session.rows(statement, row)
            accounts = [(read(Account, data), cursor_of(at, name)) for data, at, name in found]
        return page_of(accounts, limit)

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        """Return the account's audit records, oldest first."""
        with self._database.reading() as session:
            found = session.rows(self._sql.history, {"account_id": account_id})
            return tuple([read(AuditRecord, data) for (data,) in found])

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        """Take a procedure's queued letters whose ``not_before`` has come, oldest first."""
        row = {"profile": profile, "now": microseconds(now), "limit": limit}
        with self._database.writing() as session:
            waiting = session.rows(self._sql.waiting, row)
            taken = [
                (number, _taken(read(OutboxMessage, data), now + lease)) for number, data in waiting
            ]
            rows = [{"number": number, **settled_row(letter)} for number, letter in taken]
            session.execute_each(self._sql.take, rows)
        return tuple([letter for _, letter in taken])

    def outbox_settle(self, message: OutboxMessage) -> bool:
        """Write a taken letter back, unless somebody else has taken it since."""
        statement = self._sql.settle if message.attempts else self._sql.send_again
        where = {"letter_id": message.id, "attempts_taken": message.attempts}
        with self._database.writing() as session:
            return session.execute(statement, {**where, **settled_row(message)}).rowcount == 1

    def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        """Return letters in these states, oldest first, in parts of at most ``limit``."""
        after, _ = position_of(cursor)
        if not states:
            return Page(items=())
        row = {"after": after, "limit": limit + 1, **states_row(states, LetterState)}
        with self._database.reading() as session:
            found = session.rows(self._sql.letters, row)
            letters = [(read(OutboxMessage, data), cursor_of(number)) for data, number in found]
        return page_of(letters, limit)


def _taken(letter: OutboxMessage, until: datetime) -> OutboxMessage:
    """Return the letter as it is while somebody tries to deliver it."""
    return attrs.evolve(letter, attempts=letter.attempts + 1, not_before=until)


def _or_never(at: datetime | None) -> int:
    """Return the bound of a search, or one that everything is within."""
    return AFTER_ALL_TIME if at is None else microseconds(at)
