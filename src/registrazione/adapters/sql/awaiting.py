"""The store on PostgreSQL for callers who await: the same scripts, no threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from types import TracebackType
from typing import Any, Self, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, Dialect
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from registrazione.adapters.sql import database, scripts
from registrazione.adapters.sql.driver import (
    ATTEMPTS,
    Answer,
    Ask,
    Duplicate,
    Errors,
    Script,
)
from registrazione.adapters.sql.forks import leave_behind_in_forks
from registrazione.adapters.sql.one_trip import OneTrip
from registrazione.adapters.sql.postgresql import (
    CONNECTIONS,
    MANNERS,
    Limits,
    is_silent,
    prepare,
)
from registrazione.adapters.sql.statements import Statements
from registrazione.adapters.sql.store import TIMEOUT, SqlStore, address_of, as_rows
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
from registrazione.ports.stores import StoreError, StoreUnavailable

T = TypeVar("T")

_ERRORS = Errors(psycopg, MANNERS)


class Patient(psycopg.AsyncConnection[Any]):
    """A connection that gives a silent server up."""

    patience: float | None = None

    async def wait(
        self,
        gen: PQGen[T],
        interval: float = 0.1,
        timeout: float | None = None,  # noqa: ASYNC109 - psycopg's signature
    ) -> T:
        """Wait for an answer, but not for ever."""
        try:
            return await super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError:
            if is_silent(self):
                await self.close()
            raise


class _Lent:
    """A connection while somebody uses it; whoever finds none in time is told.

    Args:
        pool: Where it comes from, and goes back to if it can still be used.
    """

    def __init__(self, pool: AsyncDatabase) -> None:
        self._pool = pool
        self._connection: Patient

    async def __aenter__(self) -> Patient:
        pool = self._pool
        async with asyncio.timeout(pool.limits.timeout):
            await pool.room.acquire()
        try:
            self._connection = await pool.connection()
        except BaseException:
            pool.room.release()
            raise
        return self._connection

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pool, connection = self._pool, self._connection
        pool.room.release()
        away = isinstance(error, Exception) and _ERRORS.is_away(error)
        at_rest = connection.pgconn.transaction_status == TransactionStatus.IDLE
        if at_rest and not (away or pool.closed):
            pool.idle.append((connection, monotonic()))
            return
        # A transaction that was not committed ends with its connection.
        await connection.close()
        if away or isinstance(error, psycopg.OperationalError):
            # The others have most likely lost their peer too.
            await pool.empty()


class AsyncDatabase:
    """Connections to one PostgreSQL database, for callers who await.

    Args:
        url: Its address.
        limits: How long anything may take.
        size: How many connections there may be.
    """

    def __init__(self, url: URL, limits: Limits, size: int) -> None:
        """Start without a connection; each is made when it is needed."""
        dialect: Any = PGDialect_psycopg
        self.dialect: Dialect = dialect()
        self.limits = limits
        self.closed: bool = False
        self.room: asyncio.Semaphore
        self.idle: list[tuple[Patient, float]]
        self._size = size
        self._left_behind: list[object] = []
        self._begin_anew()
        leave_behind_in_forks(self)
        given = str(url.query.get("options", ""))
        self._arguments = {**url.translate_connect_args(username="user", database="dbname")}
        self._arguments |= {**url.query, **limits.arguments(given)}

    def _begin_anew(self) -> None:
        """Begin without a connection."""
        self.room = asyncio.Semaphore(self._size)
        self.idle = []

    def leave_behind(self) -> None:
        """Begin anew in a process that was forked off."""
        # Kept, because whoever throws a connection away may close it for both.
        self._left_behind.append(self.idle)
        self._begin_anew()

    async def connection(self) -> Patient:
        """Return a connection: one that answers, if it was not used for a while, or a new one."""
        while self.idle:
            connection, since = self.idle.pop()
            if monotonic() - since < database.IDLE or await _answers(connection):
                return connection
            # The others were idle for longer: each of them would have to be waited for as well.
            await self.empty()
        connection = await Patient.connect(**self._arguments)
        prepare(connection, self.limits)
        return connection

    async def empty(self) -> None:
        """Close the connections that nobody uses."""
        while self.idle:
            connection, _ = self.idle.pop()
            await connection.close()

    async def close(self) -> None:
        """Close every connection, those that somebody uses when they come back."""
        self.closed = True
        await self.empty()

    async def run(self, make: Callable[[], Script[T]], begin: str = "") -> T:
        """Run a script, once more where the database gave it up for another's sake.

        Args:
            make: Makes the script.
            begin: What starts a transaction, where the script is more than one statement.

        Raises:
            StoreError: Of the script, or of the database.
        """
        try:
            for _ in range(ATTEMPTS):
                try:
                    return await self._attempt(make(), begin)
                except psycopg.Error as error:
                    if not MANNERS.given_up(error):
                        raise
        except Exception as error:  # noqa: BLE001 - each is translated
            raise _ERRORS.translated(error) from None
        raise StoreUnavailable

    async def _attempt(self, script: Script[T], begin: str) -> T:
        """Run a script with a connection of its own."""
        async with _Lent(self) as connection, connection.cursor() as cursor:
            try:
                if begin:
                    await cursor.execute(begin.encode())
                result = await _drive(script, cursor)
                await connection.commit()
            except Exception:
                with suppress(psycopg.Error):
                    await connection.rollback()
                raise
            return result


async def _answers(connection: Patient) -> bool:
    """Tell whether a connection has somebody at its other end still; if not, close it."""
    try:
        await connection.execute(b"")
    except psycopg.Error:
        await connection.close()
        return False
    except BaseException:
        # Whoever asks has gone away meanwhile.
        await connection.close()
        raise
    return True


async def _drive(script: Script[T], cursor: psycopg.AsyncCursor[Any]) -> T:
    """Carry out what a script asks for, and return what it returns."""
    try:
        ask = next(script)
        while True:
            try:
                answer = await _answer(cursor, ask)
            except psycopg.IntegrityError as error:
                ask = script.throw(Duplicate(MANNERS.detail(error)))
            else:
                ask = script.send(answer)
    except StopIteration as stop:
        result: T = stop.value
        return result


async def _answer(cursor: psycopg.AsyncCursor[Any], ask: Ask) -> Any:  # noqa: ANN401 - as the script wants it
    """Execute a statement and return what the script wants to know."""
    text = ask.text.encode()
    if ask.answer is Answer.NOTHING:
        await cursor.executemany(text, ask.parameters)
        return None
    await cursor.execute(text, ask.parameters)
    return await cursor.fetchall() if ask.answer is Answer.ROWS else cursor.rowcount


class AsyncSqlStore:
    """Keep everything in PostgreSQL, and let nobody wait who has something else to do.

    It keeps every law of :class:`~registrazione.ports.AccountStore`. Give it to
    ``AsyncRegistrar.open(storage=…)``. On other databases give that the address: it calls
    :class:`SqlStore` in threads.
    """

    def __init__(self, database: AsyncDatabase) -> None:
        """Stand on a database that :meth:`open` has set up."""
        self._database = database
        self._sql = Statements(database.dialect)
        self._trip = OneTrip(database.dialect)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        create: bool = False,
        timeout: float = TIMEOUT,
        connections: int = CONNECTIONS,
    ) -> Self:
        """Open a database. Connections are made when they are needed, in one event loop.

        Args:
            url: ``postgresql://user:password@host/name``.
            create: Make the tables, if there are none, before anything else happens.
            timeout: Seconds to wait for a lock, a connection, or an answer.
            connections: How many there may be.

        Raises:
            StoreUnavailable: The tables cannot be made.
            StoreError: The address is not one of PostgreSQL.
        """
        address = address_of(url)
        if address.get_backend_name() != "postgresql":
            raise StoreError("this is no address of PostgreSQL (postgresql://)")
        if create:
            SqlStore.open(url, create=True, timeout=timeout).close()
        return cls(AsyncDatabase(address, Limits(timeout), connections))

    async def close(self) -> None:
        """Close the connections."""
        await self._database.close()

    async def load(self, account_id: str) -> Account | None:
        """Return the account, or ``None``."""
        return await self._database.run(partial(scripts.load, self._sql, account_id))

    async def find(self, key: Key) -> tuple[Account, ...]:
        """Return the accounts that carry this key, the holder first, then by age."""
        return await self._database.run(partial(scripts.find, self._sql, key))

    async def commit(self, change: Change) -> None:
        """Carry the change out in one transaction; see :meth:`SqlStore.commit`.

        Raises:
            StaleVersion: Somebody else was faster.
            ClaimTaken: Somebody else holds a claim.
            StoreUnavailable: It may or may not have happened.
        """
        commit = as_rows(change)
        if self._trip.fits(commit):
            await self._database.run(partial(self._trip.script, commit))
        else:
            await self._database.run(partial(commit.in_steps, self._sql), MANNERS.begin)

    async def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        """Return accounts by age, oldest first, in parts of at most ``limit``."""
        script = partial(scripts.search, self._sql, criteria, cursor, limit)
        return await self._database.run(script)

    async def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        """Return the account's audit records, oldest first."""
        return await self._database.run(partial(scripts.history, self._sql, account_id))

    async def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        """Take a procedure's queued letters whose ``not_before`` has come, oldest first."""
        script = partial(scripts.outbox_take, self._sql, profile, now, limit, lease)
        return await self._database.run(script)

    async def outbox_settle(self, message: OutboxMessage) -> bool:
        """Write a taken letter back, unless somebody else has taken it since."""
        return await self._database.run(partial(scripts.outbox_settle, self._sql, message))

    async def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        """Return letters in these states, oldest first, in parts of at most ``limit``."""
        script = partial(scripts.outbox_list, self._sql, states, cursor, limit)
        return await self._database.run(script)
