"""One database of the project: its connections, its transactions, its errors."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, TypeVar

from registrazione.adapters.rows import Row
from registrazione.contrib.django import orm, statements
from registrazione.core.snapshot import SnapshotError
from registrazione.ports.stores import StoreError, StoreUnavailable
from registrazione.settings import SettingsError

T = TypeVar("T")

_MOST_ROWS = 64
"""Rows of one statement: SQLite may bound its parameters to 999."""

ATTEMPTS = 10
"""How often a transaction is tried that the database gives up for another's sake."""


class GivenUp(StoreUnavailable):
    """The database has undone a transaction for another's sake: nothing of it has happened."""


class Database:
    """One of the project's ``DATABASES``.

    Args:
        alias: Its name there.

    Raises:
        SettingsError: There is none of that name.
    """

    def __init__(self, alias: str) -> None:
        """Remember which one."""
        if alias not in orm.connections:
            raise SettingsError(f"Django's DATABASES has no {alias!r}")
        self.alias = alias

    @property
    def connection(self) -> Any:  # noqa: ANN401 - Django has no types
        """Return this thread's connection."""
        return orm.connections[self.alias]

    @contextmanager
    def translated(self) -> Generator[None]:
        """Let nothing out but the store's own errors.

        Their cause is cut off: it would show statements and parameters.

        Raises:
            StoreUnavailable: The database cannot be reached, is locked, full, or too slow.
            StoreError: Anything else, such as a value that cannot be written down.
        """
        try:
            yield
        except orm.ABSENT as error:
            raise (GivenUp if orm.given_up(error) else StoreUnavailable) from None
        except orm.REFUSED:
            raise StoreError("the database refused a statement") from None
        except orm.MISCONFIGURED:
            raise StoreError("Django's settings of the database cannot be used") from None
        except orm.IN_EVENT_LOOP:
            raise StoreError("asynchronous code needs an AsyncRegistrar") from None
        except (SnapshotError, ValueError, OverflowError):
            raise StoreError("a value cannot be written down or read back") from None

    @contextmanager
    def reading(self) -> Generator[None]:
        """Use this thread's connection, and leave it as it was found.

        One that was open belongs to a request, and Django closes it at the end of that. One that
        is opened here may be in a thread that Django knows nothing of: it goes as Django would
        have it go at the end of a request, at once or after ``CONN_MAX_AGE`` seconds.
        """
        with self.translated():
            connection = self.connection
            was_open = connection.connection is not None
            try:
                yield
            finally:
                alone = connection.autocommit and not connection.in_atomic_block
                if alone and (connection.errors_occurred or not was_open):
                    connection.close_if_unusable_or_obsolete()

    @contextmanager
    def writing(self, *, durable: bool = False) -> Generator[None]:
        """Make a block a transaction, or a savepoint of the caller's own transaction.

        Args:
            durable: What is done must last when the block ends, so that a caller's transaction,
                which could still undo it, is an error.
        """
        with self.reading(), ExitStack() as stack:
            block = orm.atomic(using=self.alias, durable=durable)
            try:
                stack.enter_context(block)
            except RuntimeError:
                raise StoreError("this cannot be part of a transaction of the caller's") from None
            yield

    def transact(self, work: Callable[[], T], *, durable: bool = False) -> T:
        """Do something in a transaction of its own, once more where the database gives it up.

        In a transaction of the caller's it is a savepoint: what is given up there is all of it,
        and only the caller can do it again.

        Args:
            work: What is done, from the start each time.
            durable: See :meth:`writing`.
        """
        with self.translated():
            tries = 1 if self.connection.in_atomic_block else ATTEMPTS
        for _ in range(tries - 1):
            with suppress(GivenUp), self.writing(durable=durable):
                return work()
        with self.writing(durable=durable):
            return work()

    def rows(self, text: str, row: Row) -> list[Any]:
        """Return the rows that a query finds."""
        with self.connection.cursor() as cursor:
            cursor.execute(text, row)
            found: list[Any] = cursor.fetchall()
        return found

    def changed(self, text: str, row: Row) -> int:
        """Execute a statement, and return how many rows it has changed."""
        with self.connection.cursor() as cursor:
            cursor.execute(text, row)
            count: int = cursor.rowcount
        return count

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Insert rows, as many with one statement as it takes."""
        with self.connection.cursor() as cursor:
            for start in range(0, len(rows), _MOST_ROWS):
                cursor.execute(*statements.insert(table, rows[start : start + _MOST_ROWS]))
