"""The SQL store on servers: how many trips it takes, and what becomes of it when one is gone."""

from __future__ import annotations

import socket
from functools import partial

import pytest
from tests.adapters.sql.blocking import Blocking
from tests.adapters.sql.places import KINDS, SERVERS, shared_url
from tests.adapters.sql.relay import Relay

from registrazione.adapters.sql import AsyncSqlStore, SqlStore, database
from registrazione.core.records import Key, LetterState
from registrazione.ports.stores import ClaimTaken, StaleVersion, StoreError, StoreUnavailable
from registrazione.testing.builders import (
    NOON,
    PORTAL,
    a_letter,
    a_record,
    an_account,
    creation,
    erasure,
    one_change,
    replacement,
)
from registrazione.testing.laws.kit import race
from registrazione.testing.laws.store_outbox import LEASE

WARM = 7
"""So often is a statement executed until the server has prepared it."""
EMAIL = Key("standard", "email", "maria@example.it")
USERNAME = Key("standard", "username", "maria")


def open_awaiting(url: str, **options):
    """Open the awaitable store behind blocking methods."""
    return Blocking(AsyncSqlStore.open(url, **options))


OPENERS = {
    "postgresql": SqlStore.open,
    "awaiting": open_awaiting,
    "mariadb": SqlStore.open,
}


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    """Return an empty store on each database."""
    store = SqlStore.open(shared_url(request.param, tmp_path))
    yield store
    store.close()


@pytest.fixture(params=OPENERS)
def wire(request, tmp_path):
    """Return an open store, impatient, and the wire between it and its server."""
    kind = "postgresql" if request.param == "awaiting" else request.param
    relay = Relay(shared_url(kind, tmp_path))
    store = OPENERS[request.param](relay.url, timeout=0.5)
    yield store, relay
    store.close()
    relay.close()


@pytest.fixture(params=["postgresql", "awaiting"])
def trips(request, tmp_path):
    """Return a store on PostgreSQL and what counts the trips of an action, when it is warm."""
    relay = Relay(shared_url("postgresql", tmp_path))
    store = OPENERS[request.param](relay.url)

    def count(action) -> int:
        for number in range(WARM):
            action(number)
        before = relay.trips
        action(WARM)
        return relay.trips - before

    yield store, count
    store.close()
    relay.close()


def test_a_creation_is_one_trip(trips) -> None:
    """Account, keys, claims, record and letter travel together."""
    store, count = trips

    def create(number: int) -> None:
        account = an_account(f"account-{number}")
        claim = Key("standard", "username", account.id)
        store.commit(
            one_change(
                creation(account, keys=[EMAIL], claims=[claim]),
                audit=(a_record(account_id=account.id),),
                letters=(a_letter(f"letter-{number}"),),
            )
        )

    assert count(create) == 1
    assert len(store.find(EMAIL)) == WARM + 1


@pytest.mark.parametrize("changing", [False, True], ids=["same keys", "other keys"])
def test_a_change_is_one_trip(trips, changing) -> None:
    """A change of an account is one trip, whether its keys change or not."""
    store, count = trips
    accounts = [an_account()]
    store.commit(one_change(creation(accounts[0], claims=[EMAIL])))

    def change(number: int) -> None:
        claim = Key("standard", "username", f"{number}") if changing else EMAIL
        write = replacement(accounts[-1], claims=[claim], failures=number)
        store.commit(
            one_change(write, audit=(a_record(),), letters=(a_letter(f"letter-{number}"),))
        )
        accounts.append(write.account)

    assert count(change) == 1
    assert store.load("account-1") == accounts[-1]


def test_a_refusal_is_one_trip(trips) -> None:
    """That a version is stale or a claim is taken is known after one trip; nothing is left."""
    store, count = trips
    store.commit(one_change(creation(an_account(), claims=[EMAIL])))

    def be_stale(number: int) -> None:
        with pytest.raises(StaleVersion):
            store.commit(
                one_change(replacement(an_account(version=5), keys=[USERNAME], failures=number))
            )

    def be_late(number: int) -> None:
        with pytest.raises(ClaimTaken):
            store.commit(one_change(creation(an_account(f"late-{number}"), claims=[EMAIL])))

    assert count(be_stale) == 1
    assert count(be_late) == 1
    assert store.find(USERNAME) == ()


def test_reading_and_what_has_no_account_is_one_trip(trips) -> None:
    """Look-ups, records, letters, settling and erasure are one trip each."""
    store, count = trips
    for number in range(WARM + 1):
        store.commit(one_change(creation(an_account(f"account-{number}"))))

    assert count(lambda n: store.load(f"account-{n}")) == 1
    assert count(lambda _: store.find(EMAIL)) == 1
    assert count(lambda _: store.commit(one_change(audit=(a_record(),)))) == 1
    assert count(lambda n: store.commit(one_change(letters=(a_letter(f"letter-{n}"),)))) == 1
    assert count(lambda n: store.outbox_settle(a_letter(f"letter-{n}"))) == 1
    erase = count(lambda n: store.commit(one_change(erasure(an_account(f"account-{n}")))))
    assert erase == 1


def test_what_is_too_much_for_one_statement(store) -> None:
    """Several accounts, and many letters, are written whole all the same."""
    first, second = an_account("first"), an_account("second")
    letters = tuple(a_letter(f"letter-{number}") for number in range(20))
    store.commit(one_change(creation(first, claims=[EMAIL]), creation(second, claims=[USERNAME])))
    store.commit(
        one_change(
            replacement(first, claims=[USERNAME]),
            replacement(second, claims=[EMAIL]),
            letters=letters,
        )
    )

    assert [account.id for account in store.find(EMAIL)] == ["second"]
    assert store.outbox_list((LetterState.QUEUED,), None, 50).items == letters


def test_an_empty_change(store) -> None:
    """Nothing at all can be committed."""
    store.commit(one_change())

    assert store.outbox_list(tuple(LetterState), None, 1).items == ()


def test_letters_are_posted_once(store) -> None:
    """Two letters of one name are refused, and nothing of the second change is there."""
    store.commit(one_change(letters=(a_letter(),)))

    with pytest.raises(StoreError, match="refused"):
        store.commit(one_change(creation(an_account(), keys=[EMAIL]), letters=(a_letter(),)))

    assert store.load("account-1") is None


@pytest.mark.parametrize("fields", [{"version": 2**70}, {"realm": "r" * 65}], ids=["large", "long"])
def test_what_does_not_fit_is_refused(store, fields) -> None:
    """What does not fit into a column is never cut; SQLite's columns take any length."""
    if store._database.dialect.name == "sqlite":
        fields = {"version": 2**70}

    with pytest.raises(StoreError):
        store.commit(one_change(creation(an_account(**fields))))

    assert store.load("account-1") is None


def test_identifiers_are_exact(store) -> None:
    """Case, accents and spaces at the end make another account; any letter is one."""
    names = ["maria", "Maria", "marìa", "maria ", "maria  ", "😀" * 255, "😁" * 255]
    for name in names:
        store.commit(one_change(creation(an_account(name))))

    assert [store.load(name).id for name in names] == names


def test_a_deadlock_is_tried_again(store, monkeypatch) -> None:
    """A transaction that the database gave up for another's sake is carried out after all."""
    errors = [_deadlock(store) for _ in range(3)]
    whole = store._database._drive

    def stumble(script, cursor):
        if errors:
            script.close()
            raise errors.pop()
        return whole(script, cursor)

    monkeypatch.setattr(store._database, "_drive", stumble)
    if store._database.dialect.name == "sqlite":
        with pytest.raises(StoreUnavailable):
            store.commit(one_change(creation(an_account())))
    else:
        store.commit(one_change(creation(an_account())))
        assert store.load("account-1") == an_account()


def test_deadlocks_without_end_are_told(store, monkeypatch) -> None:
    """Somebody who is given up again and again learns that the store does not answer."""
    attempts: list[int] = []

    def stumble(script, _cursor):
        script.close()
        attempts.append(1)
        raise _deadlock(store)

    monkeypatch.setattr(store._database, "_drive", stumble)

    with pytest.raises(StoreUnavailable):
        store.commit(one_change(creation(an_account())))

    assert len(attempts) == (1 if store._database.dialect.name == "sqlite" else 10)


def _deadlock(store) -> Exception:
    """Return what the driver raises for a deadlock; SQLite knows none, and is locked."""
    driver = store._database.dialect.loaded_dbapi
    if store._database.dialect.name == "postgresql":
        return driver.errors.DeadlockDetected()
    return driver.OperationalError(1213, "Deadlock found when trying to get lock")


def test_a_silent_server_keeps_nobody(wire) -> None:
    """A peer that says nothing any more is given up in time; the next caller finds a new one."""
    store, relay = wire
    store.commit(one_change(creation(an_account())))
    relay.silent.set()

    with pytest.raises(StoreUnavailable):
        store.load("account-1")
    with pytest.raises(StoreUnavailable):
        store.commit(one_change(replacement(an_account())))
    relay.silent.clear()

    assert store.load("account-1") == an_account()


@pytest.mark.parametrize("opener", OPENERS)
def test_who_accepts_and_never_answers(opener) -> None:
    """A socket that takes the call and says nothing keeps nobody either."""
    scheme = "mariadb+pymysql" if opener == "mariadb" else "postgresql"
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        store = OPENERS[opener](f"{scheme}://maria@127.0.0.1:{port}/none", timeout=0.1)

        with pytest.raises(StoreUnavailable):
            store.load("a")
        store.close()


def test_a_server_that_was_killed(wire) -> None:
    """When connections were cut, one caller at most is told; the next finds a new one."""
    store, relay = wire
    store.commit(one_change(creation(an_account())))
    race([partial(store.load, "account-1")] * 4)
    relay.cut()

    refused = 0
    try:
        store.load("account-1")
    except StoreUnavailable:
        refused += 1

    assert refused <= 1
    assert store.load("account-1") == an_account()


def test_a_server_that_is_killed_meanwhile(wire) -> None:
    """A transaction that is cut leaves nothing, and no connection is left in the middle of it."""
    store, relay = wire
    store.commit(one_change(letters=(a_letter("a"), a_letter("b"))))
    relay.cut()

    with pytest.raises(StoreUnavailable):
        store.outbox_take(PORTAL, NOON, 10, LEASE)

    assert len(store.outbox_take(PORTAL, NOON, 10, LEASE)) == 2


def test_a_server_that_is_not_there(wire) -> None:
    """Nobody waits for a server that refuses the call."""
    store, relay = wire
    relay.close()

    with pytest.raises(StoreUnavailable) as caught:
        store.load("account-1")

    assert caught.value.__suppress_context__


@pytest.mark.parametrize("opener", OPENERS)
def test_idle_connections_are_looked_at(opener, tmp_path, monkeypatch) -> None:
    """What was cut while nobody looked is replaced, and nobody is told."""
    relay = Relay(shared_url("mariadb" if opener == "mariadb" else "postgresql", tmp_path))
    store = OPENERS[opener](relay.url)
    store.commit(one_change(creation(an_account())))
    monkeypatch.setattr(database, "IDLE", 0.0)
    alive = store.load("account-1")
    relay.cut()

    assert store.load("account-1") == alive == an_account()
    store.close()
    relay.close()


@pytest.mark.parametrize("kind", SERVERS)
def test_a_lock_that_does_not_come(kind, tmp_path) -> None:
    """Who waits too long for somebody else's lock is told, and nothing is left behind."""
    url = shared_url(kind, tmp_path)
    store, other = SqlStore.open(url, timeout=0.5), SqlStore.open(url)
    store.commit(one_change(creation(an_account())))
    blocker = other._database._engine.raw_connection()
    cursor = blocker.cursor()
    cursor.execute("BEGIN")
    cursor.execute("UPDATE registrazione_accounts SET version = 1 WHERE id = 'account-1'")

    with pytest.raises(StoreUnavailable):
        store.commit(one_change(replacement(an_account(), failures=1)))
    blocker.rollback()
    blocker.close()
    store.commit(one_change(replacement(an_account(), failures=2)))

    assert store.load("account-1").failures == 2
    store.close()
    other.close()


@pytest.mark.parametrize("kind", SERVERS)
def test_an_interruption_leaves_no_transaction(kind, tmp_path, monkeypatch) -> None:
    """Ctrl-C in the middle of a commit costs the connection, and nothing is half done."""
    store = SqlStore.open(shared_url(kind, tmp_path))

    def interrupt(_script, _cursor):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(store._database, "_drive", interrupt)
        with pytest.raises(KeyboardInterrupt):
            store.commit(one_change(creation(an_account())))
    store.commit(one_change(creation(an_account())))

    assert store.load("account-1") == an_account()
    store.close()


def test_the_old_name_of_mariadb(tmp_path) -> None:
    """An address with ``mysql+pymysql`` leads to the same database."""
    url = shared_url("mariadb", tmp_path).replace("mariadb+", "mysql+")
    store = SqlStore.open(url)
    store.check()

    assert store.load("nobody") is None
    store.close()
