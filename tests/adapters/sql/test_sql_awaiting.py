"""The awaitable store beyond the laws: its connections, errors, cancellation, a registrar on it."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from tests.adapters.sql.places import shared_url
from tests.databases import postgresql_url

import registrazione.adapters.sql
from registrazione.adapters.sql import AsyncSqlStore, SqlStore, awaiting, database
from registrazione.core.records import Criteria
from registrazione.ports.stores import StaleVersion, StoreError, StoreUnavailable
from registrazione.testing.builders import an_account, creation, one_change, replacement


@pytest.fixture
def url(tmp_path):
    """Return the address of an empty PostgreSQL database with tables."""
    return shared_url("postgresql", tmp_path)


def test_it_makes_the_tables_on_demand() -> None:
    """A new database can be used at once, in any event loop."""

    async def use() -> object:
        store = AsyncSqlStore.open(url, create=True)
        try:
            await store.commit(one_change(creation(an_account())))
            return await store.load("account-1")
        finally:
            await store.close()

    url = postgresql_url()

    assert asyncio.run(use()) == an_account()
    with pytest.raises(StaleVersion):
        asyncio.run(use())


def test_other_databases_are_refused() -> None:
    """Where the driver cannot await, the other store is to be taken."""
    with pytest.raises(StoreError, match="no address of PostgreSQL"):
        AsyncSqlStore.open("sqlite://")


def test_there_is_nothing_else_in_the_package() -> None:
    """The store is loaded when it is asked for; a wrong name is an error as ever."""
    with pytest.raises(AttributeError, match="AsyncStore"):
        _ = registrazione.adapters.sql.AsyncStore


def test_nothing_of_the_database_is_in_the_repr() -> None:
    """A store in a log line shows no password."""
    store = AsyncSqlStore.open("postgresql://maria:s3greto@localhost/portal")

    assert "s3greto" not in repr(store)
    assert "s3greto" not in str(vars(store))


def test_connections_are_few_and_come_back(url) -> None:
    """Twenty callers share two connections; afterwards both are there for others."""

    async def use() -> int:
        store = AsyncSqlStore.open(url, connections=2)
        changes = [one_change(creation(an_account(f"account-{n}"))) for n in range(20)]
        await asyncio.gather(*(store.commit(change) for change in changes))
        found = await store.search(Criteria(realm="standard"), None, 50)
        idle = len(store._database.idle)
        await store.close()
        assert len(found.items) == 20
        return idle

    assert asyncio.run(use()) == 2


def test_waiting_for_a_connection_has_an_end(url) -> None:
    """A caller that finds all connections in use is told so."""

    async def use() -> None:
        store = AsyncSqlStore.open(url, connections=1, timeout=0.01)
        await store._database.room.acquire()
        with pytest.raises(StoreUnavailable):
            await store.load("a")
        assert store._database.room.locked()

    asyncio.run(use())


def test_a_cancelled_call_leaves_nothing(url) -> None:
    """Who gives up waiting for a lock leaves no transaction, and the connection's place."""

    async def use() -> object:
        store = AsyncSqlStore.open(url, connections=1)
        await store.commit(one_change(creation(an_account())))
        blocker = await psycopg.AsyncConnection.connect(url)
        await blocker.execute("SELECT 1 FROM registrazione_accounts FOR UPDATE")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await store.commit(one_change(replacement(an_account(), failures=1)))
        await blocker.close()
        await store.commit(one_change(replacement(an_account(), failures=2)))
        found = await store.load("account-1")
        await store.close()
        return found.failures

    assert asyncio.run(use()) == 2


def test_a_cancelled_transaction_leaves_nothing(url) -> None:
    """Who gives up in the middle of a transaction costs its connection; nothing of it is done."""
    first, second = an_account("first"), an_account("second")

    async def use() -> tuple[int, list[int]]:
        store = AsyncSqlStore.open(url, connections=1)
        await store.commit(one_change(creation(first), creation(second)))
        blocker = await psycopg.AsyncConnection.connect(url)
        await blocker.execute("SELECT 1 FROM registrazione_accounts WHERE id = 'second' FOR UPDATE")
        both = one_change(replacement(first, failures=1), replacement(second, failures=1))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await store.commit(both)
        left = len(store._database.idle)
        await blocker.close()
        found = [await store.load(name) for name in ("first", "second")]
        await store.close()
        return left, [account.failures for account in found]

    assert asyncio.run(use()) == (0, [0, 0])


def test_who_goes_away_while_a_connection_is_looked_at(url, monkeypatch) -> None:
    """The connection that was about to be lent is closed, and its place is free again."""

    async def gone(*_: object) -> None:
        raise asyncio.CancelledError

    async def use() -> tuple[bool, object]:
        store = AsyncSqlStore.open(url, connections=1)
        await store.commit(one_change(creation(an_account())))
        ((connection, _),) = store._database.idle
        with monkeypatch.context() as patched:
            patched.setattr(database, "IDLE", 0.0)
            patched.setattr(connection, "execute", gone)
            with pytest.raises(asyncio.CancelledError):
                await store.load("account-1")
        found = await store.load("account-1")
        await store.close()
        return connection.closed, found

    assert asyncio.run(use()) == (True, an_account())


def test_a_lost_connection_is_waited_for_once(url, monkeypatch) -> None:
    """Where the server is silent, nobody waits for each connection that was idle in turn."""
    asked = []

    async def silent(connection: awaiting.Patient) -> bool:
        asked.append(connection)
        await connection.close()
        return False

    async def use() -> tuple[int, object]:
        store = AsyncSqlStore.open(url)
        await store.commit(one_change(creation(an_account())))
        await asyncio.gather(*(store.load("account-1") for _ in range(3)))
        idle = len(store._database.idle)
        with monkeypatch.context() as patched:
            patched.setattr(database, "IDLE", 0.0)
            patched.setattr(awaiting, "_answers", silent)
            found = await store.load("account-1")
        await store.close()
        return idle, found

    assert asyncio.run(use()) == (3, an_account())
    assert len(asked) == 1


def test_a_connection_in_use_is_closed_when_it_comes_back(url) -> None:
    """A store that is closed while somebody waits for an answer keeps no connection."""

    async def use() -> tuple[object, int]:
        store = AsyncSqlStore.open(url)
        await store.commit(one_change(creation(an_account())))
        answer = asyncio.create_task(store.load("account-1"))
        await asyncio.sleep(0)
        await store.close()
        return await answer, len(store._database.idle)

    assert asyncio.run(use()) == (an_account(), 0)


@pytest.mark.parametrize("times", [3, 100])
def test_deadlocks(url, monkeypatch, times) -> None:
    """What the server gave up for another's sake is tried again, but not for ever."""
    left = [psycopg.errors.DeadlockDetected() for _ in range(times)]
    answer = registrazione.adapters.sql.awaiting._answer

    async def stumble(cursor, ask):
        if left:
            raise left.pop()
        return await answer(cursor, ask)

    async def use() -> int:
        store = AsyncSqlStore.open(url)
        try:
            await store.commit(one_change(creation(an_account())))
        finally:
            await store.close()
        return len(left)

    monkeypatch.setattr("registrazione.adapters.sql.awaiting._answer", stumble)
    if times < 10:
        assert asyncio.run(use()) == 0
        return
    with pytest.raises(StoreUnavailable):
        asyncio.run(use())
    assert len(left) == times - 10


def test_both_colours_see_the_same(url) -> None:
    """What one store writes the other reads."""

    async def write() -> None:
        store = AsyncSqlStore.open(url)
        await store.commit(one_change(creation(an_account())))
        await store.close()

    asyncio.run(write())
    store = SqlStore.open(url)
    found = store.load("account-1")
    store.close()

    assert found == an_account()
