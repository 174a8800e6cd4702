"""What a script asks of a database, and how statements get there.

SQLAlchemy compiles a statement once, the driver executes it. Schema, dialects, pool and migrations
are SQLAlchemy's. Its execution layer is left out, because it costs three times what the driver
does for a look-up; what it would do besides, to translate errors and to drop dead connections, is
done here.

A *script* is a generator that yields what it asks of the database and is sent the answers. It
waits for nothing itself, so that one script serves blocking and awaiting callers.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from enum import Enum, auto
from typing import Any, TypeVar, cast

import attrs
from sqlalchemy import Connection, Dialect, exc
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

from registrazione.adapters.rows import Row
from registrazione.core.snapshot import SnapshotError
from registrazione.ports.stores import StoreError, StoreUnavailable

T = TypeVar("T")

ATTEMPTS = 10
"""How often a transaction is tried that the database gives up for another's sake."""


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


class Answer(Enum):
    """What a script wants to know."""

    ROWS = auto()
    """The rows found."""
    COUNT = auto()
    """How many rows were changed."""
    NOTHING = auto()
    """That it is done, for each of several rows of parameters."""


@attrs.frozen
class Ask:
    """One thing that a script asks of the database.

    Args:
        text: The statement.
        parameters: As the driver takes them; a list of them for :attr:`Answer.NOTHING`.
        answer: What the script is sent.
    """

    text: str
    parameters: Any
    answer: Answer


Script = Generator[Ask, Any, T]


class Duplicate(StoreError):  # noqa: N818 - an answer to a script, not a malfunction
    """A unique key is taken already.

    Args:
        detail: What the database says of it; never shown.
    """

    def __init__(self, detail: str) -> None:
        """Say no more than that a statement was refused."""
        self.detail = detail
        super().__init__("the database refused a statement")


def rows(statement: Statement, row: Row) -> Script[Sequence[Any]]:
    """Ask for the rows of a query."""
    found: Sequence[Any] = yield Ask(statement.text, statement.bind(row), Answer.ROWS)
    return found


def changed(statement: Statement, row: Row) -> Script[int]:
    """Execute a statement and ask how many rows it has changed.

    Raises:
        Duplicate: A unique key is taken.
    """
    count: int = yield Ask(statement.text, statement.bind(row), Answer.COUNT)
    return count


def each(statement: Statement, many: Sequence[Row]) -> Script[None]:
    """Execute a statement for each of some rows, if there are any.

    Raises:
        Duplicate: A unique key is taken.
    """
    if many:
        yield Ask(statement.text, [statement.bind(row) for row in many], Answer.NOTHING)


@attrs.frozen(kw_only=True)
class Manners:
    """How one kind of database wants to be treated.

    Args:
        begin: What starts a transaction.
        one_writer: Whether there is one writer at a time, and the others poll.
        lasting: What has a connection's next commits wait for the disk, where they may do without.
        passing: What lets them do without.
        lock: What keeps other processes from altering the tables meanwhile, by dialect's words;
            it answers 1 where it does.
        unlock: What lets them.
        take_time: Lifts the time limits of a connection of SQLAlchemy's, which is used to alter
            tables and for nothing else.
        detail: Returns what an error of a double key says of the key.
        given_up: Tells whether a transaction was undone for another's sake (deadlock,
            serialisation), so that it may simply be tried again.
        away: Tells whether the server is there and not the one that writes, as after a
            fail-over: another connection may lead to one that is.
    """

    begin: str
    one_writer: bool = False
    lasting: str = ""
    passing: str = ""
    lock: str = ""
    unlock: str = ""
    take_time: Callable[[Connection], None] | None = None
    detail: Callable[[Any], str] = str
    given_up: Callable[[Any], bool] = lambda _: False
    away: Callable[[Any], bool] = lambda _: False


class Errors:
    """The errors of a driver, in the words of the contract.

    Args:
        driver: Its module, as PEP 249 has it.
        manners: Those of its database.
    """

    def __init__(self, driver: Any, manners: Manners) -> None:  # noqa: ANN401 - any module of that kind
        """Know the driver's errors."""
        self._manners = manners
        self.any: type[Exception] = driver.Error
        self.refused: type[Exception] = driver.IntegrityError
        self._absent: tuple[type[Exception], ...] = (
            driver.OperationalError,
            driver.InterfaceError,
            exc.OperationalError,
            exc.InterfaceError,
            exc.TimeoutError,
            TimeoutError,
        )

    def is_away(self, error: Exception) -> bool:
        """Tell whether the server is not the one that writes."""
        return isinstance(error, self.any) and self._manners.away(error)

    def translated(self, error: Exception) -> Exception:
        """Return what the caller is told. The cause is to be cut off: it shows parameters.

        Returns:
            ``StoreUnavailable`` if the database cannot be reached, is locked, full, or too slow;
            ``StoreError`` for anything else, such as a value that cannot be written down; the
            error itself if it is none of a database.
        """
        if isinstance(error, StoreError):
            return error
        if isinstance(error, self._absent) or self.is_away(error):
            return StoreUnavailable()
        if isinstance(error, self.any | exc.SQLAlchemyError):
            return StoreError("the database refused a statement")
        if isinstance(error, SnapshotError | ValueError | OverflowError):
            return StoreError("a value cannot be written down or read back")
        return error
