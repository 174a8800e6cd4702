"""The store on Django's ORM beyond the laws: transactions, connections, errors, await."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from functools import partial

import attrs
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections, transaction
from tests.contrib.django.portal import Undone

from registrazione.contrib.django import models
from registrazione.contrib.django.asynchronous import AsyncDjangoStore
from registrazione.contrib.django.database import ATTEMPTS
from registrazione.contrib.django.store import DjangoStore
from registrazione.core.records import Criteria, Key, LetterState
from registrazione.core.states import AccountState
from registrazione.errors import SettingsError
from registrazione.ports import ClaimTaken, StaleVersion, StoreError, StoreUnavailable
from registrazione.testing.builders import (
    NOON,
    PORTAL,
    a_letter,
    a_record,
    an_account,
    creation,
    one_change,
    replacement,
)
from registrazione.testing.laws.kit import race

SECRET = "RSSMRA80A01H501U"
MARIA = Key("standard", "email", "maria@example.it")
LEASE = timedelta(minutes=5)


@pytest.fixture
def store(alias) -> DjangoStore:
    """Return an empty store, in turn on SQLite and on PostgreSQL."""
    return DjangoStore(alias)


def letters_of(store):
    """Return every letter of a store."""
    return store.outbox_list(tuple(LetterState), None, 10).items


# -- within a transaction of the host ------------------------------------------------------------


def test_a_commit_is_part_of_the_hosts_transaction(store, alias) -> None:
    """What the host undoes is undone in the store as well: accounts, claims, trail, letters."""
    change = one_change(
        creation(an_account(), claims=[MARIA]),
        letters=(a_letter(),),
        audit=(a_record(account_id="account-1"),),
    )
    with transaction.atomic(using=alias):
        store.commit(change)
        seen = store.load("account-1")
        transaction.set_rollback(True, using=alias)

    assert seen == an_account()
    assert store.load("account-1") is None
    assert store.find(MARIA) == store.history("account-1") == letters_of(store) == ()


def test_a_refused_commit_leaves_the_hosts_transaction_whole(store, alias) -> None:
    """The host goes on after a stale version or a claim that is taken, and can commit."""
    with transaction.atomic(using=alias):
        store.commit(one_change(creation(an_account(), claims=[MARIA])))
        with pytest.raises(StaleVersion):
            store.commit(one_change(creation(an_account())))
        with pytest.raises(ClaimTaken):
            store.commit(one_change(creation(an_account("account-2"), claims=[MARIA])))

    assert store.find(MARIA) == (an_account(),)
    assert store.load("account-2") is None


def test_letters_leave_after_the_hosts_commit(store, alias) -> None:
    """No other worker is given a letter whose account may still be undone."""
    with transaction.atomic(using=alias):
        # On SQLite a writer waits for its turn, so the letter is looked at and not taken.
        store.commit(one_change(letters=(a_letter(),)))
        (before,) = race([partial(letters_of, store)])

    assert before == ()
    assert len(store.outbox_take(PORTAL, NOON, 10, LEASE)) == 1


def test_letters_are_not_taken_within_a_transaction(store, alias) -> None:
    """A lease that could be undone is none."""
    store.commit(one_change(letters=(a_letter(),)))

    with (
        transaction.atomic(using=alias),
        pytest.raises(StoreError, match="part of a transaction"),
    ):
        store.outbox_take(PORTAL, NOON, 10, LEASE)

    assert letters_of(store) == (a_letter(),)


@pytest.fixture
def untold(alias, monkeypatch) -> None:
    """Have a database tell nobody what an update has changed, as SQLite before 3.35."""
    features = connections[alias].features
    monkeypatch.setattr(features, "can_return_columns_from_insert", False)


def test_letters_are_taken_where_an_update_tells_nothing(store, untold) -> None:
    """The oldest first, by this worker until the lease ends."""
    letters = [a_letter(f"letter-{number}") for number in range(3)]
    store.commit(one_change(letters=letters))
    taken = store.outbox_take(PORTAL, NOON, 2, LEASE)

    assert taken == tuple([letter.leased(NOON, LEASE) for letter in letters[:2]])
    assert letters_of(store) == (*taken, letters[2])


def test_a_letter_is_taken_once_where_rows_cannot_be_locked(store, untold, monkeypatch) -> None:
    """Of two workers that read the same letter, the later one finds it taken."""
    store.commit(one_change(letters=(a_letter(),)))
    read = store._database.rows

    def overtaken(text, row):
        found = read(text, row)
        models.Letter.objects.using(store._database.alias).update(attempts=7)
        return found

    monkeypatch.setattr(store._database, "rows", overtaken)

    assert store.outbox_take(PORTAL, NOON, 10, LEASE) == ()


# -- connections ---------------------------------------------------------------------------------


def test_a_connection_that_was_closed_is_closed_again(store, alias) -> None:
    """A thread that Django knows nothing of keeps no connection."""
    connections[alias].close()
    store.commit(one_change(creation(an_account())))

    assert connections[alias].connection is None


def test_a_connection_that_was_open_stays_open(store, alias) -> None:
    """A request's connection is the request's, also when something fails."""
    connections[alias].ensure_connection()
    opened = connections[alias].connection
    store.commit(one_change(creation(an_account())))
    with pytest.raises(StaleVersion):
        store.commit(one_change(creation(an_account())))

    assert connections[alias].connection is opened


def test_a_connection_is_kept_for_as_long_as_the_project_says(default, monkeypatch) -> None:
    """``CONN_MAX_AGE`` is heeded."""
    connections[default].close()
    monkeypatch.setitem(connections[default].settings_dict, "CONN_MAX_AGE", 60)
    DjangoStore().load("account-1")
    kept = connections[default].connection
    connections[default].close()

    assert kept is not None


def test_a_dead_connection_is_replaced(store, alias) -> None:
    """A connection that broke is reported once; the next call gets a new one."""
    store.commit(one_change(creation(an_account())))
    connections[alias].ensure_connection()
    connections[alias].connection.close()

    with pytest.raises(StoreError):
        store.load("account-1")

    assert store.load("account-1") == an_account()


# -- errors --------------------------------------------------------------------------------------


def test_a_locked_database_is_unavailable(default) -> None:
    """When the wait is over, the caller learns that the store does not answer, and no more."""
    store = DjangoStore("impatient")
    blocker = sqlite3.connect(connections["default"].settings_dict["NAME"], isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable) as caught:
        store.commit(one_change(creation(an_account(codice_fiscale=SECRET))))
    blocker.close()

    assert str(caught.value) == "the store does not answer"
    assert caught.value.__suppress_context__


def test_a_value_that_cannot_be_written_down(store) -> None:
    """A fault of the caller is an error of the store, and the value is not in it."""
    account = attrs.evolve(an_account(), codice_fiscale=[SECRET])

    with pytest.raises(StoreError, match="cannot be written down") as caught:
        store.commit(one_change(creation(account)))

    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


def test_any_text_is_a_key(store) -> None:
    """A lone surrogate or a null character in a key is kept like any other."""
    key = Key("standard", "email", "\ud800\x00")
    store.commit(one_change(creation(an_account(), claims=[key])))

    assert store.find(key) == (an_account(),)


def test_a_letter_is_posted_once(store) -> None:
    """Two letters of one name are refused, and nothing of the second change is there."""
    store.commit(one_change(letters=(a_letter(),)))

    with pytest.raises(StoreError, match="refused"):
        store.commit(one_change(creation(an_account()), letters=(a_letter(),)))

    assert store.load("account-1") is None


def test_a_damaged_snapshot_is_reported(store, alias) -> None:
    """What somebody else wrote into the table is an error of the store, and not shown."""
    store.commit(one_change(creation(an_account())))
    models.Account.objects.using(alias).update(data=SECRET)

    with pytest.raises(StoreError, match="read back") as caught:
        store.load("account-1")

    assert SECRET not in str(caught.value)


def test_settings_that_django_cannot_use(default, monkeypatch) -> None:
    """What Django has to say of the settings stays out of the error: there may be a password."""

    def fail() -> None:
        raise ImproperlyConfigured(SECRET)

    monkeypatch.setattr(connections["other"], "connect", fail)
    with pytest.raises(StoreError, match="settings of the database") as caught:
        DjangoStore("other").load("account-1")

    assert SECRET not in str(caught.value)


def test_a_database_whose_driver_is_missing(default, monkeypatch) -> None:
    """Whoever writes first is told the same: Django makes a connection when it is asked for."""
    broken = {**connections.settings["other"], "ENGINE": "no.such.driver"}
    monkeypatch.setitem(connections.settings, "broken", broken)

    with pytest.raises(StoreError, match="settings of the database"):
        DjangoStore("broken").commit(one_change(creation(an_account())))


def test_an_unknown_database_is_refused() -> None:
    """A misspelt alias is told at once."""
    with pytest.raises(SettingsError, match="no 'defualt'"):
        DjangoStore("defualt")


def stumbling(store, monkeypatch, times):
    """Have a database give its next transactions up; return the statements that were tried."""
    asked, changed = [], store._database.changed

    def stumble(*statement):
        asked.append(statement)
        if len(asked) <= times:
            raise OperationalError("deadlock") from Undone()
        return changed(*statement)

    monkeypatch.setattr(store._database, "changed", stumble)
    return asked


@pytest.mark.parametrize("times", [3, 100])
def test_deadlocks(store, monkeypatch, times) -> None:
    """What the server gave up for another's sake is tried again, but not for ever."""
    store.commit(one_change(creation(an_account())))
    asked = stumbling(store, monkeypatch, times)
    change = one_change(replacement(an_account(), failures=1), letters=(a_letter(),))

    if times < ATTEMPTS:
        store.commit(change)
        assert (store.load("account-1").failures, letters_of(store)) == (1, (a_letter(),))
        return
    with pytest.raises(StoreUnavailable):
        store.commit(change)
    assert (len(asked), letters_of(store)) == (ATTEMPTS, ())


def test_a_deadlock_within_the_hosts_transaction_is_the_hosts(store, alias, monkeypatch) -> None:
    """All of it was undone, so that a part of it must not be done again by itself."""
    store.commit(one_change(creation(an_account())))
    asked = stumbling(store, monkeypatch, 1)

    with transaction.atomic(using=alias), pytest.raises(StoreUnavailable):
        store.commit(one_change(replacement(an_account(), failures=1)))
    assert len(asked) == 1


# -- what is asked of the database ---------------------------------------------------------------


def test_a_change_that_leaves_the_keys_alone_writes_none(store, alias) -> None:
    """Three statements and no more are what the common change takes."""
    store.commit(one_change(creation(an_account(), claims=[MARIA])))
    connection = connections[alias]
    connection.ensure_connection()
    connection.force_debug_cursor = True
    connection.queries_log.clear()
    store.commit(one_change(replacement(an_account(), claims=[MARIA])))
    words = [query["sql"].split()[0] for query in connection.queries]
    connection.force_debug_cursor = False

    assert [word for word in words if word not in {"BEGIN", "COMMIT"}] == ["UPDATE"]


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda s: s.find(MARIA), "sqlite_autoindex_registrazione_keys_1"),
        (lambda s: s.search(Criteria(realm="r"), None, 10), "ix_registrazione_accounts_age"),
        (lambda s: s.search(Criteria(realm="r"), "5.x", 10), "ix_registrazione_accounts_age"),
        (
            lambda s: s.search(
                Criteria(realm="r", states=(AccountState.CLAIM,), due_before=NOON), "5.x", 10
            ),
            "ix_registrazione_accounts_due",
        ),
        (lambda s: s.history("account-1"), "ix_registrazione_audit_account"),
        (lambda s: s.outbox_take(PORTAL, NOON, 10, LEASE), "ix_registrazione_outbox_queue"),
        (lambda s: s.outbox_settle(a_letter()), "sqlite_autoindex_registrazione_outbox_1"),
    ],
    ids=["find", "search", "search-on", "search-due", "history", "take", "settle"],
)
def test_nothing_scans_a_table(default, ask, index) -> None:
    """Each question is answered by its index, the partial ones included."""
    connection = connections[default]
    connection.ensure_connection()
    connection.force_debug_cursor = True
    connection.queries_log.clear()
    ask(DjangoStore())
    (asked,) = [
        query["sql"]
        for query in connection.queries
        if query["sql"].startswith(("SELECT", "UPDATE", "WITH"))
    ]
    connection.force_debug_cursor = False
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked}")
        plan = " / ".join(row[3] for row in cursor.fetchall())

    assert index in plan
    assert "SCAN registrazione" not in plan


# -- from asynchronous code ----------------------------------------------------------------------


async def every_method(store) -> list[object]:
    """Call every method of an awaitable store once."""
    change = one_change(
        creation(an_account(), claims=[MARIA]),
        letters=(a_letter(),),
        audit=(a_record(account_id="account-1"),),
    )
    await store.check()
    await store.commit(change)
    (taken,) = await store.outbox_take(PORTAL, NOON, 10, LEASE)
    settled = await store.outbox_settle(attrs.evolve(taken, state=LetterState.SENT))
    sent = await store.outbox_list((LetterState.SENT,), None, 10)
    found = await store.search(Criteria(realm="standard"), None, 10)
    return [
        await store.load("account-1"),
        await store.find(MARIA),
        await store.history("account-1"),
        found.items,
        [letter.id for letter in sent.items],
        settled,
    ]


def test_the_awaitable_store_answers_like_the_other(alias) -> None:
    """Each method does what it does in the blocking store."""
    answers = asyncio.run(every_method(AsyncDjangoStore(alias)))

    assert answers == [
        an_account(),
        (an_account(),),
        (a_record(account_id="account-1"),),
        (an_account(),),
        ["letter-1"],
        True,
    ]


def test_a_blocking_call_in_the_event_loop_is_told(default) -> None:
    """Whoever calls the blocking store there learns what to do instead."""

    async def load() -> None:
        DjangoStore().load("account-1")

    with pytest.raises(StoreError, match="AsyncRegistrar"):
        asyncio.run(load())
