"""The store itself: each method one script, run for callers who wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Self

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from registrazione.adapters.sql import migrations, scripts
from registrazione.adapters.sql.commits import Commit
from registrazione.adapters.sql.database import Database
from registrazione.adapters.sql.one_trip import OneTrip
from registrazione.adapters.sql.schema import REVISION
from registrazione.adapters.sql.statements import Statements
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
from registrazione.core.snapshot import SnapshotError
from registrazione.ports.stores import StoreError, StoreUnavailable

TIMEOUT = 10.0
"""Seconds to wait for a lock, a connection, or an answer, if nothing else is said."""


class SqlStore:
    """Keep everything in a relational database: SQLite, PostgreSQL or MariaDB.

    It keeps every law of :class:`~registrazione.ports.AccountStore`. Open it with :meth:`open`.
    A transaction that the database gives up for the sake of another (a deadlock) is tried again,
    so that callers never see one; whatever takes longer than ``timeout`` is ``StoreUnavailable``.
    """

    def __init__(self, database: Database) -> None:
        """Stand on a database that :meth:`open` has set up."""
        self._database = database
        self._sql = Statements(database.dialect)
        self._trip = one_trip(database)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        create: bool = False,
        timeout: float = TIMEOUT,
        **options: Any,  # noqa: ANN401 - SQLAlchemy's own, each of another type
    ) -> Self:
        """Open a database.

        Args:
            url: ``sqlite:///path/to/file``, or ``sqlite://`` for one in memory;
                ``postgresql://user:password@host/name``; ``mariadb+pymysql://user:password@host/name``.
            create: Make the tables, if there are none, and SQLite's file, readable by its owner
                alone.
            timeout: Seconds to wait for a lock, a connection, or an answer.
            options: What else ``sqlalchemy.create_engine`` is to know.

        Raises:
            StoreUnavailable: The database cannot be opened.
            StoreError: The address is no address of a database that is supported.
        """
        store = cls(_open(address_of(url), create=create, timeout=timeout, **options))
        try:
            if create and store.revision() is None:
                store.migrate()
        except BaseException:
            store.close()
            raise
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
            raise StoreUnavailable(
                "the tables are missing or of another version: migrate them "
                "(`registrazione migrate`)"
            )

    def migrate(self) -> None:
        """Bring the tables to this version; nothing happens if they are there already.

        Raises:
            StoreError: They were made by a later version of this library.
        """
        self._database.alter(migrations.upgrade)

    def load(self, account_id: str) -> Account | None:
        """Return the account, or ``None``."""
        return self._database.read(partial(scripts.load, self._sql, account_id))

    def find(self, key: Key) -> tuple[Account, ...]:
        """Return the accounts that carry this key, the holder first, then by age."""
        return self._database.read(partial(scripts.find, self._sql, key))

    def commit(self, change: Change) -> None:
        """Carry the change out in one transaction.

        On PostgreSQL a change of at most one account is one statement, sent and answered in one
        trip.

        Raises:
            StaleVersion: Somebody else was faster.
            ClaimTaken: Somebody else holds a claim.
            StoreUnavailable: It may or may not have happened.
        """
        commit = as_rows(change)
        if self._trip and self._trip.fits(commit):
            self._database.write(partial(self._trip.script, commit), alone=True)
        else:
            self._database.write(partial(commit.in_steps, self._sql))

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        """Return accounts by age, oldest first, in parts of at most ``limit``."""
        return self._database.read(partial(scripts.search, self._sql, criteria, cursor, limit))

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        """Return the account's audit records, oldest first."""
        return self._database.read(partial(scripts.history, self._sql, account_id))

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        """Take a procedure's queued letters whose ``not_before`` has come, oldest first.

        On PostgreSQL and MariaDB workers pass over the letters that another is about to take.
        """
        take = partial(scripts.outbox_take, self._sql, profile, now, limit, lease)
        alone = self._sql.take_due is not None
        return self._database.write(take, alone=alone, lasting=False)

    def outbox_settle(self, message: OutboxMessage) -> bool:
        """Write a taken letter back, unless somebody else has taken it since."""
        settle = partial(scripts.outbox_settle, self._sql, message)
        # An operator's "send again" was promised; what became of a letter shows once more.
        return self._database.write(settle, alone=True, lasting=not message.attempts)

    def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        """Return letters in these states, oldest first, in parts of at most ``limit``."""
        return self._database.read(partial(scripts.outbox_list, self._sql, states, cursor, limit))


def address_of(text: str) -> URL:
    """Read an address.

    Raises:
        StoreError: It is none, or of a database that is not supported.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The text of the cause holds the address, and with it perhaps a password.
        raise StoreError("the address of the database cannot be read") from None
    drivers = {
        "sqlite": url.drivername,
        "postgresql": "postgresql+psycopg",
        "mariadb": "mariadb+pymysql",
        # What many call MariaDB still.
        "mysql": "mariadb+pymysql",
    }
    backend, _, driver = url.drivername.partition("+")
    wanted = drivers.get(backend, "")
    if not wanted or (driver and driver != wanted.partition("+")[2]):
        raise StoreError(
            "this is no address of SQLite (sqlite://), PostgreSQL (postgresql+psycopg://) or "
            "MariaDB (mariadb+pymysql://)"
        )
    if backend == "sqlite" and url.host:
        raise StoreError(
            "an SQLite database is a file, its path stands behind three slashes: "
            "sqlite:///accounts.db"
        )
    return url.set(drivername=wanted)


def as_rows(change: Change) -> Commit:
    """Make a change ready to be written.

    Raises:
        StoreError: A value cannot be written down.
    """
    try:
        return Commit(change)
    except (SnapshotError, ValueError, OverflowError):
        raise StoreError("a value cannot be written down or read back") from None


def one_trip(database: Any) -> OneTrip | None:  # noqa: ANN401 - of either colour
    """Return the statements that write a whole change, where the database knows such."""
    return OneTrip(database.dialect) if database.dialect.name == "postgresql" else None


def _open(url: URL, *, create: bool, timeout: float, **options: Any) -> Database:  # noqa: ANN401 - as above
    """Open a database of whatever kind; only its own driver is loaded."""
    backend = url.get_backend_name()
    if backend == "postgresql":
        from registrazione.adapters.sql.postgresql import open_postgresql

        return open_postgresql(url, timeout=timeout, **options)
    if backend == "mariadb":
        from registrazione.adapters.sql.mariadb import open_mariadb

        return open_mariadb(url, timeout=timeout, **options)
    from registrazione.adapters.sql.sqlite import open_sqlite

    return open_sqlite(url, create=create, timeout=timeout, **options)
