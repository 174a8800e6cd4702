"""Runs scripts for callers who wait: connections from a pool, transactions, a second try."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from threading import Lock
from time import monotonic
from typing import Any, NoReturn, TypeVar, cast

from sqlalchemy import Connection, Dialect, Engine, Pool, PoolProxiedConnection, event, exc
from sqlalchemy.engine.interfaces import DBAPICursor

from registrazione.adapters.sql.driver import (
    ATTEMPTS,
    Answer,
    Ask,
    Duplicate,
    Errors,
    Manners,
    Script,
)
from registrazione.adapters.sql.forks import leave_behind_in_forks
from registrazione.ports.stores import StoreError, StoreUnavailable

T = TypeVar("T")

IDLE = 30.0
"""Seconds after which a connection is looked at before it is used again."""


class _Turn:
    """Lets one writer of this process in at a time.

    Args:
        timeout: Seconds that the others wait at most.
    """

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._lock = Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=self._timeout):
            raise StoreUnavailable

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class Database:
    """Connections to one database, for callers who wait.

    Args:
        engine: Knows the pool and the dialect.
        manners: How this kind of database wants to be treated.
        timeout: Seconds that writers wait for each other at most.
        in_process: Whether it lives in this process, so that a fork has a copy of its own.
    """

    def __init__(
        self, engine: Engine, manners: Manners, *, timeout: float, in_process: bool = False
    ) -> None:
        """Stand on an engine."""
        self.dialect: Dialect = engine.dialect
        self._engine = engine
        self._manners = manners
        self._timeout = timeout
        self._in_process = in_process
        self._errors = Errors(engine.dialect.loaded_dbapi, manners)
        self._turn: AbstractContextManager[Any] = self._new_turn()
        self._left_behind: list[Pool] = []
        leave_behind_in_forks(self)

    def leave_behind(self) -> None:
        """Begin anew in a process that was forked off."""
        self._turn = self._new_turn()
        if not self._in_process:
            # Kept, because whoever throws a connection away may close it for both.
            self._left_behind.append(self._engine.pool)
            self._engine.dispose(close=False)

    def _new_turn(self) -> AbstractContextManager[Any]:
        """Return where the writers of this process queue, if there is one writer at a time."""
        return _Turn(self._timeout) if self._manners.one_writer else nullcontext()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def read(self, make: Callable[[], Script[T]]) -> T:
        """Run a script that changes nothing.

        Raises:
            StoreError: Of the script, or of the database.
        """
        try:
            return self._run(make)
        except Exception as error:  # noqa: BLE001 - each is translated
            self._raise(error)

    def write(
        self, make: Callable[[], Script[T]], *, alone: bool = False, lasting: bool = True
    ) -> T:
        """Run a script in a transaction, committed at its end unless something fails.

        Args:
            make: Makes the script. A transaction that the database gave up for the sake of
                another is run once more, from the start.
            alone: The script is a single statement, which is a transaction by itself.
            lasting: Whether it has to outlive a power cut; a crash it outlives in any case.

        Raises:
            StoreError: Of the script, or of the database.
        """
        manners = self._manners
        disk, begin = manners.lasting if lasting else manners.passing, manners.begin
        try:
            with self._turn:
                return self._run(make, disk, "" if alone else begin)
        except Exception as error:  # noqa: BLE001 - each is translated
            self._raise(error)

    def inspect(self, look: Callable[[Connection], T]) -> T:
        """Return what ``look`` finds with a connection of SQLAlchemy's."""
        try:
            with self._engine.connect() as connection:
                return look(connection)
        except Exception as error:  # noqa: BLE001 - each is translated
            self._raise(error)

    def alter(self, change: Callable[[Connection], None]) -> None:
        """Let ``change`` alter the tables in a transaction of SQLAlchemy's.

        Where the database knows such transactions, all of it happens or nothing.
        """
        try:
            with self._turn, self._engine.begin() as connection:
                self._alter(connection, change)
        except Exception as error:  # noqa: BLE001 - each is translated
            self._raise(error)

    def _alter(self, connection: Connection, change: Callable[[Connection], None]) -> None:
        """Alter the tables while nobody else does."""
        manners = self._manners
        connection.exec_driver_sql(manners.begin)
        if manners.lock and connection.exec_driver_sql(manners.lock).scalar() != 1:
            raise StoreUnavailable("somebody else is at work on the tables")
        try:
            if manners.take_time is not None:
                manners.take_time(connection)
                # Nobody else gets it afterwards.
                connection.detach()
            change(connection)
        finally:
            if manners.unlock:
                connection.exec_driver_sql(manners.unlock)

    def _raise(self, error: Exception) -> NoReturn:
        """Let nothing out but the store's own errors."""
        raise self._errors.translated(error) from None

    def _run(self, make: Callable[[], Script[T]], disk: str = "", begin: str = "") -> T:
        """Run a script, once more where the database gave it up for another's sake."""
        for _ in range(ATTEMPTS):
            try:
                return self._attempt(make(), disk, begin)
            except self._errors.any as error:
                if not self._manners.given_up(error):
                    raise
        raise StoreUnavailable

    def _attempt(self, script: Script[T], disk: str, begin: str) -> T:
        """Run a script with a connection from the pool."""
        connection = self._engine.raw_connection()
        try:
            with self._cursor(connection) as cursor:
                for first in filter(None, (disk, begin)):
                    cursor.execute(first)
                result = self._drive(script, cursor)
                if begin:
                    connection.commit()
        except StoreError:
            _roll_back(connection, begin)
            raise
        except Exception as error:
            lost = self.dialect.is_disconnect(cast("Any", error), connection, cursor=None)
            if lost or self._errors.is_away(error):
                # The others in the pool have most likely lost their peer too.
                connection.invalidate(error)
                self._engine.dispose()
            else:
                _roll_back(connection, begin)
            raise
        except BaseException:
            # Somebody has interrupted the work: nobody knows what is under way.
            connection.invalidate()
            raise
        finally:
            connection.close()
        return result

    @contextmanager
    def _cursor(self, connection: PoolProxiedConnection) -> Generator[DBAPICursor, None, None]:
        """Lend a cursor, and close it whatever happens.

        Left to the garbage collector it would be reset there, by whatever thread: one that writes
        then waits for whoever has the connection by now, who waits for it to end.
        """
        cursor = connection.cursor()
        try:
            yield cursor
        finally:
            with suppress(self._errors.any):
                cursor.close()

    def _drive(self, script: Script[T], cursor: DBAPICursor) -> T:
        """Carry out what a script asks for, and return what it returns."""
        try:
            ask = next(script)
            while True:
                try:
                    answer = _answer(cursor, ask)
                except self._errors.refused as error:
                    ask = script.throw(Duplicate(self._manners.detail(error)))
                else:
                    ask = script.send(answer)
        except StopIteration as stop:
            result: T = stop.value
            return result


def _answer(cursor: DBAPICursor, ask: Ask) -> Any:  # noqa: ANN401 - as the script wants it
    """Execute a statement and return what the script wants to know."""
    if ask.answer is Answer.NOTHING:
        cursor.executemany(ask.text, ask.parameters)
        return None
    cursor.execute(ask.text, ask.parameters)
    return cursor.fetchall() if ask.answer is Answer.ROWS else cursor.rowcount


def _roll_back(connection: PoolProxiedConnection, begin: str) -> None:
    """Undo a transaction; a connection that cannot is not used again."""
    if not begin:
        return
    try:
        connection.rollback()
    except Exception as error:  # noqa: BLE001 - the first error is the one to tell
        connection.invalidate(error)


def ping_when_idle(engine: Engine) -> None:
    """Look at connections that were not used for a while before they are used again.

    A peer that went away meanwhile, or a firewall that forgot the connection, is noticed here
    and nobody is bothered with it.

    Args:
        engine: Whose pool it is about.
    """

    def checkin(_connection: object, record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        record.info["idle_since"] = monotonic()

    def checkout(connection: Any, record: Any, _proxy: object) -> None:  # noqa: ANN401 - as above
        if monotonic() - record.info.get("idle_since", monotonic()) < IDLE:
            return
        alive = False
        with suppress(Exception):
            alive = engine.dialect.do_ping(connection)
        if not alive:
            raise exc.DisconnectionError

    event.listen(engine, "checkin", checkin)
    event.listen(engine, "checkout", checkout)
