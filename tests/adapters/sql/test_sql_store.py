"""The SQL store beyond the laws: opening, durability, errors that give nothing away."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from functools import partial
from threading import Thread

import attrs
import pytest

from registrazione.adapters.sql import SqlStore
from registrazione.adapters.sql.statements import MOST_ROWS
from registrazione.core.records import Change, Criteria, Key, LetterState
from registrazione.ports.stores import StaleVersion, StoreError, StoreUnavailable
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

SECRET = "RSSMRA80A01H501U"
LEASE = timedelta(minutes=5)


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


def test_what_was_committed_outlives_the_process(path, store) -> None:
    """Account, keys, history and letters are there for the next process that opens the file."""
    account, key = an_account(), Key("standard", "email", "maria@example.it")
    record, letter = a_record(account_id=account.id), a_letter()
    store.commit(one_change(creation(account, claims=[key]), audit=(record,), letters=(letter,)))
    store.close()

    again = SqlStore.open(f"sqlite:///{path}")
    found = again.load(account.id), again.find(key), again.history(account.id)
    letters = again.outbox_list((letter.state,), None, 10).items
    again.close()

    assert found == (account, (account,), (record,))
    assert letters == (letter,)


@pytest.mark.parametrize("count", [1, MOST_ROWS, 2 * MOST_ROWS + 1])
def test_any_number_of_records_is_written_in_order(store, count) -> None:
    """Rows go with as few statements as it takes, and none is left out or swapped."""
    records = tuple(
        a_record(event=f"event_{number}", account_id="somebody") for number in range(count)
    )
    store.commit(Change(audit=records))

    assert store.history("somebody") == records


def test_a_commit_is_safe_against_a_power_cut(store) -> None:
    """Every connection writes ahead, waits for the disk and enforces foreign keys."""
    connection = store._database._engine.raw_connection()
    cursor = connection.cursor()
    settings = {
        name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    }
    connection.close()

    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


def test_only_what_simply_happens_again_does_not_wait_for_the_disk(store) -> None:
    """A power cut may undo that a letter was taken or sent, and nothing that was promised."""
    waits: list[str] = []
    connection = store._database._engine.raw_connection()
    connection.driver_connection.set_trace_callback(waits.append)
    connection.close()
    store.commit(one_change(creation(an_account()), letters=(a_letter(),)))
    (letter,) = store.outbox_take(PORTAL, NOON, 10, LEASE)
    assert store.outbox_settle(attrs.evolve(letter, state=LetterState.DEAD))
    assert store.outbox_settle(attrs.evolve(letter, attempts=0))

    assert [words.split()[-1] for words in waits if words.startswith("PRAGMA")] == [
        "FULL",  # a registration
        "NORMAL",  # a letter taken
        "NORMAL",  # a letter settled
        "FULL",  # an operator's "send again"
    ]


def test_what_is_erased_is_in_no_page_of_the_file(path, store) -> None:
    """It is overwritten on the disk, even unencrypted, and so is what a change replaced."""
    account, key = an_account(email=f"{SECRET}@example.it"), Key("standard", "email", SECRET)
    store.commit(one_change(creation(account, claims=[key])))
    before = raw(path)
    store.commit(one_change(replacement(account, email="", claims=[key])))
    replaced = raw(path)
    store.commit(one_change(creation(an_account("other", email=f"{SECRET}@example.it"))))
    store.commit(one_change(*[erasure(store.load(name)) for name in (account.id, "other")]))

    assert SECRET.encode() in before
    assert SECRET.encode() not in replaced
    assert SECRET.encode() not in raw(path)


def raw(path) -> bytes:
    """Return everything in a database's files, its log brought in."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def test_the_file_is_its_owners_alone(path, store) -> None:
    """Nobody else on the machine reads the database or what SQLite keeps beside it."""
    store.commit(one_change(creation(an_account())))
    modes = {
        file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob("accounts.db*")
    }

    assert modes == {"accounts.db": 0o600, "accounts.db-wal": 0o600, "accounts.db-shm": 0o600}


def test_a_file_that_is_there_keeps_its_permissions(path) -> None:
    """An administrator's choice is not overruled."""
    path.touch(mode=0o640)
    path.chmod(0o640)
    SqlStore.open(f"sqlite:///{path}", create=True).close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_missing_file_is_not_made_by_accident(path) -> None:
    """A wrong path is an error, not a new and empty database."""
    with pytest.raises(StoreUnavailable, match="no such database"):
        SqlStore.open(f"sqlite:///{path}")

    assert not path.exists()


def test_a_file_that_cannot_be_made_is_reported(path) -> None:
    """A folder that is not there is an error of the store, without the path in it."""
    with pytest.raises(StoreUnavailable, match="cannot be created") as caught:
        SqlStore.open(f"sqlite:///{path}/below.db", create=True)

    assert str(path) not in str(caught.value)


def test_a_file_that_is_no_database_is_reported(path) -> None:
    """Some other file is left as it is."""
    path.write_text("no database " * 100)

    with pytest.raises(StoreError):
        SqlStore.open(f"sqlite:///{path}", create=True)

    assert path.read_text().startswith("no database")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_memory_is_one_database_for_all_threads(url) -> None:
    """A thread reads what another has written."""
    store = SqlStore.open(url, create=True)
    account = an_account()
    thread = Thread(target=store.commit, args=(one_change(creation(account)),))
    thread.start()
    thread.join()
    found = store.load(account.id)
    store.close()

    assert found == account


@pytest.mark.parametrize(
    "url", ["", "accounts.db", f"://maria:{SECRET}@host", f"sqlite://maria:{SECRET}@host:port/x"]
)
def test_what_is_no_address_is_refused(url) -> None:
    """The refusal does not repeat the address: there may be a password in it."""
    with pytest.raises(StoreError, match="cannot be read") as caught:
        SqlStore.open(url)

    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("url", ["sqlite://accounts.db", "sqlite://folder/accounts.db"])
def test_a_file_behind_two_slashes_is_refused(url) -> None:
    """There stands a host, and SQLite has none: the refusal shows where the path goes."""
    with pytest.raises(StoreError, match=r"three slashes: sqlite:///accounts\.db"):
        SqlStore.open(url, create=True)


@pytest.mark.parametrize(
    "url",
    [
        f"oracle://maria:{SECRET}@localhost/accounts",
        f"postgresql+psycopg2://maria:{SECRET}@localhost/accounts",
        f"mysql+mysqldb://maria:{SECRET}@localhost/accounts",
    ],
)
def test_other_databases_are_refused(url) -> None:
    """A database, or a driver, that is not supported is said to be so, without its password."""
    with pytest.raises(StoreError, match="no address of SQLite") as caught:
        SqlStore.open(url)

    assert SECRET not in str(caught.value)


def test_options_reach_sqlalchemy(path) -> None:
    """Whoever knows better may set what SQLAlchemy takes."""
    store = SqlStore.open(f"sqlite:///{path}", create=True, pool_size=3)
    size = store._database._engine.pool.size()
    store.close()

    assert size == 3


def test_check_passes_what_is_in_order(store) -> None:
    """A database with the tables of this version is in order."""
    expected = store.check()

    assert expected is None


def test_check_refuses_missing_tables(path) -> None:
    """A database without tables is reported before the first person meets it."""
    path.touch()
    store = SqlStore.open(f"sqlite:///{path}")

    with pytest.raises(StoreUnavailable, match="migrate them"):
        store.check()
    with pytest.raises(StoreUnavailable):
        store.load("a")
    store.close()


def test_nothing_of_the_database_is_in_the_repr(store) -> None:
    """A store in a log line says what it is, and no path or password."""
    assert "accounts.db" not in repr(store)
    assert "accounts.db" not in str(vars(store))


def test_a_value_that_cannot_be_written_down(store) -> None:
    """A fault of the caller is an error of the store, and the value is not in it."""
    account = attrs.evolve(an_account(), codice_fiscale=["RSSMRA80A01H501U"])

    with pytest.raises(StoreError, match="cannot be written down") as caught:
        store.commit(one_change(creation(account)))

    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_key_that_is_no_unicode(store) -> None:
    """A lone surrogate in a key is a text like any other, and no other text."""
    key, other = (Key("standard", "email", SECRET + end) for end in ("\ud800", "\ud801"))
    store.commit(one_change(creation(an_account(), claims=[key])))

    assert store.find(key) == (an_account(),)
    assert store.find(other) == ()


def test_a_name_that_is_no_unicode(store) -> None:
    """A lone surrogate in an identifier is refused by the driver; it is not in the error."""
    with pytest.raises(StoreError) as caught:
        store.commit(one_change(creation(an_account(SECRET + "\ud800"))))

    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


def test_text_that_is_no_unicode_is_kept(store) -> None:
    """A lone surrogate or a null character in a value is kept like any other."""
    account = an_account(values={"name": "\ud800\x00"})
    store.commit(one_change(creation(account)))

    assert store.load(account.id) == account


def test_a_damaged_snapshot_is_reported(path, store) -> None:
    """What somebody else wrote into the table is an error of the store, and not shown."""
    store.commit(one_change(creation(an_account())))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE registrazione_accounts SET data = ?", [SECRET])
    connection.close()

    with pytest.raises(StoreError, match="read back") as caught:
        store.load("account-1")

    assert SECRET not in str(caught.value)


def test_a_number_that_is_too_large(store) -> None:
    """What does not fit into a column is an error of the store."""
    with pytest.raises(StoreError):
        store.commit(one_change(creation(an_account(version=2**70))))

    assert store.load("account-1") is None


def test_a_foreign_cursor_is_refused(store) -> None:
    """A cursor that was tampered with is an error of the store."""
    with pytest.raises(StoreError, match="not a cursor"):
        store.search(Criteria(realm="standard"), "x", 10)
    with pytest.raises(StoreError):
        store.search(Criteria(realm="standard"), f"{10**30}.x", 10)


def test_a_letter_is_posted_once(store) -> None:
    """Two letters of one name are refused, and nothing of the second change is there."""
    store.commit(one_change(letters=(a_letter(),)))

    with pytest.raises(StoreError, match="refused"):
        store.commit(one_change(creation(an_account()), letters=(a_letter(),)))

    assert store.load("account-1") is None


def test_only_what_changed_is_written(store, monkeypatch) -> None:
    """Where the keys stay the same: one statement each for account, record and letter."""
    account, key = an_account(), Key("standard", "email", "maria@example.it")
    store.commit(one_change(creation(account, claims=[key])))
    connection = store._database._engine.raw_connection()
    driver = connection.driver_connection
    connection.close()
    statements: list[str] = []
    driver.set_trace_callback(statements.append)

    write = replacement(account, claims=[key])
    store.commit(one_change(write, audit=(a_record(),), letters=(a_letter(),)))

    assert [statement.split()[0] for statement in statements] == [
        "PRAGMA",
        "BEGIN",
        "UPDATE",
        "INSERT",
        "INSERT",
        "COMMIT",
    ]


@pytest.mark.parametrize("at_once", [True, False])
def test_letters_are_taken_with_or_without_being_told_which(store, at_once) -> None:
    """SQLite before 3.35 and MariaDB do not tell what an update has changed: it takes two."""
    letters = [a_letter(f"letter-{number}") for number in range(3)]
    store.commit(one_change(letters=letters))
    if not at_once:
        store._sql.take_due = None
    taken = store.outbox_take(PORTAL, NOON, 2, LEASE)

    assert taken == tuple([letter.leased(NOON, LEASE) for letter in letters[:2]])
    assert store.outbox_list([LetterState.QUEUED], None, 10).items == (*taken, letters[2])


def test_processes_share_a_file(path, store) -> None:
    """Eight stores on one file, as eight processes have them, wait for each other."""
    stores = [SqlStore.open(f"sqlite:///{path}", timeout=60) for _ in range(8)]

    def write(number: int) -> None:
        for turn in range(10):
            account = an_account(f"account-{number}-{turn}")
            stores[number].commit(one_change(creation(account)))
            stores[number].commit(one_change(replacement(account)))

    results = race([partial(write, number) for number in range(8)])
    found = store.search(Criteria(realm="standard"), None, 100).items
    for each in stores:
        each.close()

    assert results == [None] * 8
    assert len(found) == 80


def test_threads_share_a_store(store) -> None:
    """Eight threads that read and write one store meet no locked database."""
    store.commit(one_change(creation(an_account("shared"))))

    def work(number: int) -> int:
        stale = 0
        for turn in range(20):
            store.commit(one_change(creation(an_account(f"account-{number}-{turn}"))))
            try:
                store.commit(one_change(replacement(store.load("shared"))))
            except StaleVersion:
                stale += 1
        return stale

    results = race([partial(work, number) for number in range(8)])

    assert all(isinstance(result, int) for result in results)
    assert store.load("shared").version == 1 + 160 - sum(results)


def test_sqlalchemy_is_loaded_only_when_it_is_chosen() -> None:
    """Whoever stores elsewhere pays nothing; who has tables already pays nothing for Alembic."""
    code = (
        "import sys; import registrazione.adapters.memory, registrazione.testing.laws.stores; "
        "print('sqlalchemy' in sys.modules); "
        "import registrazione.adapters.sql; print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "False"]
