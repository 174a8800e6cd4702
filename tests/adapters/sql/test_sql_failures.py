"""The SQL store when something is in its way: locks, connections that broke, none left."""

from __future__ import annotations

import sqlite3
from functools import partial

import pytest

from registrazione.adapters.sql import SqlStore, migrations
from registrazione.adapters.sql.driver import rows
from registrazione.core.records import Key, LetterState
from registrazione.ports.stores import StaleVersion, StoreError, StoreUnavailable
from registrazione.testing.builders import a_letter, an_account, creation, one_change
from registrazione.testing.laws.kit import race

SECRET = "RSSMRA80A01H501U"


@pytest.fixture
def path(tmp_path):
    """Return where a database is to be."""
    return tmp_path / "accounts.db"


@pytest.fixture
def store(path):
    """Return an empty store in a file."""
    store = SqlStore.open(f"sqlite:///{path}", create=True)
    yield store
    store.close()


def locked(path) -> sqlite3.Connection:
    """Return a connection that keeps every writer out of a database."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection


def test_a_locked_database_is_unavailable(path, store) -> None:
    """When the wait is over, the caller learns that the store does not answer, and no more."""
    impatient = SqlStore.open(f"sqlite:///{path}", timeout=0.01)
    key = Key("standard", "codice_fiscale", SECRET)
    blocker = locked(path)

    with pytest.raises(StoreUnavailable) as caught:
        impatient.commit(one_change(creation(an_account(codice_fiscale=SECRET), keys=[key])))
    blocker.close()
    impatient.close()

    assert str(caught.value) == "the store does not answer"
    assert caught.value.__suppress_context__


def test_after_a_failure_the_store_goes_on(path, store) -> None:
    """Neither the lock of the writers nor a transaction is left behind."""
    impatient = SqlStore.open(f"sqlite:///{path}", timeout=0.01)
    blocker = locked(path)
    with pytest.raises(StoreUnavailable):
        impatient.commit(one_change(creation(an_account())))
    blocker.close()

    impatient.commit(one_change(creation(an_account())))
    found = impatient.load("account-1")
    impatient.close()

    assert found == an_account()


def test_waiting_for_a_connection_has_an_end() -> None:
    """A reader that finds all connections in use is told so."""
    store = SqlStore.open("sqlite://", create=True, timeout=0.01)
    connection = store._database._engine.raw_connection()
    result = race([partial(store.load, "a")])
    connection.close()
    store.close()

    assert isinstance(result[0], StoreUnavailable)


def test_waiting_for_a_turn_has_an_end(path, store) -> None:
    """Writers of one process wait for each other, and no longer than for another process."""
    impatient = SqlStore.open(f"sqlite:///{path}", timeout=0.01)
    with impatient._database._turn, pytest.raises(StoreUnavailable):
        impatient.commit(one_change(creation(an_account())))
    impatient.commit(one_change(creation(an_account())))
    impatient.close()

    assert store.load("account-1") == an_account()


def test_a_store_that_cannot_be_made_is_closed(path, monkeypatch) -> None:
    """Whoever tries again and again, because the database is away, runs out of nothing."""
    closed = []
    monkeypatch.setattr(SqlStore, "close", lambda store: closed.append(store._database))
    monkeypatch.setattr(migrations, "upgrade", lambda _: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        SqlStore.open(f"sqlite:///{path}", create=True)
    assert len(closed) == 1
    closed[0].close()


def test_a_dead_connection_is_replaced(path, store) -> None:
    """A connection that broke is reported once; the next call gets a new one."""
    store.commit(one_change(creation(an_account())))
    connection = store._database._engine.raw_connection()
    driver = connection.driver_connection
    connection.close()
    driver.close()

    with pytest.raises(StoreError):
        store.load("account-1")

    assert store.load("account-1") == an_account()


def test_a_connection_that_cannot_undo_is_not_used_again(store) -> None:
    """Where a transaction cannot be rolled back, its error is told and the connection is gone."""
    store.commit(one_change(creation(an_account())))
    connection = store._database._engine.raw_connection()
    driver = connection.driver_connection
    connection.close()

    def break_off():
        yield from rows(store._sql.load, {"account_id": "account-1"})
        driver.close()
        raise StaleVersion

    with pytest.raises(StaleVersion):
        store._database.write(break_off)

    assert store.load("account-1") == an_account()


def told(store, pragma) -> list[tuple[object, ...]]:
    """Tell SQLite something by the one connection there is, and return what it says."""
    connection = store._database._engine.raw_connection()
    said = connection.driver_connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.close()
    return said


@pytest.mark.parametrize(
    ("full", "free"),
    [("max_page_count = 1", "max_page_count = 1000000"), ("query_only = ON", "query_only = OFF")],
    ids=["full", "read-only"],
)
def test_a_disk_that_takes_no_more(path, full, free) -> None:
    """Nothing of the change is there, reading goes on, and writing does when there is room."""
    store = SqlStore.open(f"sqlite:///{path}", create=True, pool_size=1)
    key = Key("standard", "email", "maria@example.it")
    large = an_account(values={"name": "M" * 20_000})
    change = one_change(creation(large, keys=[key]), letters=(a_letter(),))
    told(store, full)

    with pytest.raises(StoreUnavailable):
        store.commit(change)
    left = store.load("account-1"), store.find(key), letters_of(store)
    told(store, free)
    store.commit(change)
    there = store.load("account-1"), store.find(key), letters_of(store)
    store.close()

    assert left == (None, (), ())
    assert there == (large, (large,), (a_letter(),))


def letters_of(store):
    """Return every letter of a store."""
    return store.outbox_list(tuple(LetterState), None, 10).items
