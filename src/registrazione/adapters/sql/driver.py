"""How statements reach the database: SQLAlchemy compiles them once, the driver executes them.

Schema, statements, dialects, pool and migrations are SQLAlchemy's. Its execution layer is left
out, because it costs three times what the driver does for a look-up; what it would do besides, to
translate errors and to drop dead connections, is done here.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Dialect, Engine, PoolProxiedConnection, exc
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

from registrazione.core.snapshot import SnapshotError
from registrazione.ports.stores import StoreError, StoreUnavailable

T = TypeVar("T")

Row = dict[str, Any]
"""Parameters by name."""


class Statement:
    """A statement in the words of one database.

    Args:
        construct: What SQLAlchemy has built.
        dialect: The database.
        columns: What an insert or update writes.
    """

    __slots__ = ("_constants", "_order", "text")

    def __init__(
        self, construct: ClauseElement, dialect: Dialect, columns: Sequence[str] | None = None
    ) -> None:
        """Compile it."""
        compiled = cast("SQLCompiler", construct.compile(dialect=dialect, column_keys=columns))
        self.text: str = str(compiled)
        self._order = compiled.positiontup
        # What SQLAlchemy has put in by itself, such as an offset of zero.
        self._constants = {k: v for k, v in compiled.params.items() if v is not None}

    def bind(self, row: Row) -> Row | list[Any]:
        """Hand the parameters over as the driver takes them: by name, or in order."""
        if self._constants:
            row = {**self._constants, **row}
        order = self._order
        return row if order is None else [row[name] for name in order]


class Session:
    """A driver's connection while somebody uses it."""

    __slots__ = ("_connection", "_refused")

    def __init__(self, connection: PoolProxiedConnection, refused: type[Exception]) -> None:
        """Work on ``connection``; ``refused`` is what its driver raises for a double key."""
        self._connection = connection
        self._refused = refused

    def begin(self, text: str) -> None:
        """Begin a transaction."""
        self._connection.cursor().execute(text)

    def commit(self) -> None:
        """Make what the transaction did last."""
        self._connection.commit()

    def execute(self, statement: Statement, row: Row) -> DBAPICursor:
        """Execute a statement; the cursor knows the rows it found or how many it changed."""
        cursor = self._connection.cursor()
        cursor.execute(statement.text, statement.bind(row))
        return cursor

    def rows(self, statement: Statement, row: Row) -> Sequence[Any]:
        """Return the rows of a query."""
        return self.execute(statement, row).fetchall()

    def execute_each(self, statement: Statement, rows: Sequence[Row]) -> None:
        """Execute a statement for each of some rows, if there are any."""
        if rows:
            parameters: list[Any] = [statement.bind(row) for row in rows]
            self._connection.cursor().executemany(statement.text, parameters)

    def insert(self, statement: Statement, row: Row) -> bool:
        """Insert a row; ``False`` means that a unique key is taken."""
        try:
            self.execute(statement, row)
        except self._refused:
            return False
        return True


class Database:
    """Connections to one database, and its errors in the words of the contract.

    Args:
        engine: Knows the pool and the dialect.
        begin: What starts a transaction, where the driver does not do it as it should.
    """

    def __init__(self, engine: Engine, begin: str) -> None:
        """Stand on an engine."""
        self.dialect: Dialect = engine.dialect
        self._engine = engine
        self._begin = begin
        driver: Any = engine.dialect.loaded_dbapi
        self._error: type[Exception] = driver.Error
        self._refused: type[Exception] = driver.IntegrityError
        self._absent: tuple[type[Exception], ...] = (
            driver.OperationalError,
            driver.InterfaceError,
            exc.OperationalError,
            exc.InterfaceError,
            exc.TimeoutError,
        )
        # SQLite has one writer at a time and lets the others poll; here they queue.
        self._turn = Lock()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

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
        except self._absent:
            raise StoreUnavailable from None
        except (self._error, exc.SQLAlchemyError):
            raise StoreError("the database refused a statement") from None
        except (SnapshotError, ValueError, OverflowError):
            raise StoreError("a value cannot be written down or read back") from None

    @contextmanager
    def reading(self) -> Generator[Session]:
        """Lend a session for a query; when it comes back, whatever is not committed is undone."""
        with self.translated():
            connection = self._engine.raw_connection()
            try:
                yield Session(connection, self._refused)
            except self._error as error:
                if self.dialect.is_disconnect(cast("Any", error), connection, None):
                    connection.invalidate(error)
                raise
            finally:
                connection.close()

    @contextmanager
    def writing(self) -> Generator[Session]:
        """Lend a session for a transaction, committed at the end unless something fails."""
        with self._turn, self.reading() as session:
            session.begin(self._begin)
            yield session
            session.commit()

    def inspect(self, look: Callable[[Connection], T]) -> T:
        """Return what ``look`` finds with a connection of SQLAlchemy's."""
        with self.translated(), self._engine.connect() as connection:
            return look(connection)

    def alter(self, change: Callable[[Connection], None]) -> None:
        """Let ``change`` alter the tables in a transaction of SQLAlchemy's."""
        with self.translated(), self._turn, self._engine.begin() as connection:
            connection.exec_driver_sql(self._begin)
            change(connection)
