"""The store around a store: every law of the port, and nothing personal inside."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3

import attrs
import pytest
from tests.adapters.sealed.wrappers import Awaitable, Blocking

from registrazione.adapters.memory import MemoryStore
from registrazione.adapters.sealed import AsyncSealedStore, Keyring, SealedStore, seal
from registrazione.adapters.sealed.sealing import NoSuchIndex, NoSuchKey, NotSealed, Unreadable
from registrazione.adapters.sql import SqlStore
from registrazione.core.account import Account
from registrazione.core.records import AuditRecord, Criteria, Key, LetterState
from registrazione.ports.stores import ClaimTaken, StoreError
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
from registrazione.testing.laws import schedules
from registrazione.testing.laws.stores import STORE_LAWS, check_law

NEW, OLD = "n" * 32, "o" * 32
RING = Keyring([NEW])
CODE = Key("standard", "codice_fiscale", "RSSMRA80A01H501U")
MARIA = an_account(
    codice_fiscale=CODE.value, email="maria@example.it", values={"surname": "Quarantadue"}
)
CANARIES = (CODE.value, "maria@", "maria.bianchi", "Quarantadue")


def open_on_memory():
    """Open a sealed store on one in memory."""
    return SealedStore(MemoryStore(), RING)


def open_on_sqlite():
    """Open a sealed store on SQLite."""
    return SealedStore(SqlStore.open("sqlite://", create=True), RING)


def open_awaitable():
    """Open an awaitable sealed store."""
    return Blocking(AsyncSealedStore(Awaitable(MemoryStore()), RING))


@pytest.mark.parametrize("law", STORE_LAWS, ids=lambda law: law.name)
@pytest.mark.parametrize(
    "opened", [open_on_memory, open_on_sqlite, open_awaitable], ids=lambda f: f.__name__
)
def test_it_keeps_every_law(opened, law, monkeypatch) -> None:
    """Whatever the store inside promises, it promises too."""
    if "REGISTRAZIONE_ROUNDS" not in os.environ:
        # To hold a flow at every line takes most of the time, and the code is the same in all.
        monkeypatch.setattr(schedules, "MOST_PAUSES", 40 if opened is open_on_memory else 10)
    outcome = check_law(law, opened)

    assert outcome.kept, outcome.reason


def fill(store) -> None:
    """Put Maria, a letter and a record into a store."""
    write = creation(MARIA, claims=[CODE])
    letter = a_letter(params={"reason": "Quarantadue"})
    store.commit(one_change(write, letters=(letter,), audit=(a_record(account_id=MARIA.id),)))


def test_nothing_personal_is_inside(tmp_path) -> None:
    """Nor does any column or page of the database hold a canary; what is erased is gone."""
    path = tmp_path / "accounts.db"
    store = SealedStore(SqlStore.open(f"sqlite:///{path}", create=True), RING)
    fill(store)

    assert store.find(CODE) == (MARIA,)
    assert found_in(path) == set()

    store.commit(one_change(erasure(MARIA)))
    assert store.load(MARIA.id) is None
    assert store.find(CODE) == ()
    store.close()
    with sqlite3.connect(path) as connection:
        # The letter and the trail stay, and name the account by a random word.
        assert connection.execute("SELECT count(*) FROM registrazione_keys").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM registrazione_accounts").fetchone() == (0,)
    connection.close()


def found_in(path) -> set[str]:
    """Return the canaries that are anywhere in a database, its log among it."""
    files = path.parent.glob(f"{path.name}*")
    content = b"".join(file.read_bytes() for file in files).lower()
    with sqlite3.connect(path) as connection:
        dump = "\n".join(connection.iterdump()).lower()
    connection.close()
    return {c for c in CANARIES if c.lower().encode() in content or c.lower() in dump}


def test_the_search_would_find_a_canary(tmp_path) -> None:
    """In a store that is not sealed, each of them is found: the search is not blind."""
    path = tmp_path / "accounts.db"
    store = SqlStore.open(f"sqlite:///{path}", create=True)
    fill(store)

    assert found_in(path) == set(CANARIES)
    store.close()


def test_the_trail_passes_through_unchanged() -> None:
    """It holds nothing personal, and stays readable without any key."""
    store = SealedStore(MemoryStore(), RING)
    fill(store)

    (record,) = store.inner.history(MARIA.id)

    assert isinstance(record, AuditRecord)
    assert store.history(MARIA.id) == (record,)


def test_a_taken_claim_tells_its_kind() -> None:
    """The kind is a fixed word; the digest is not told."""
    store = open_on_memory()
    fill(store)

    with pytest.raises(ClaimTaken, match="codice_fiscale") as caught:
        store.commit(one_change(creation(an_account("account-2"), claims=[CODE])))
    assert CODE.value not in str(caught.value)


def test_a_key_in_front_moves_no_look_up() -> None:
    """What was written under the older key is found, read and written under the newer."""
    memory = MemoryStore()
    fill(SealedStore(memory, Keyring([OLD])))
    store = SealedStore(memory, Keyring([NEW, OLD]))

    (found,) = store.find(CODE)
    store.commit(one_change(replacement(found, claims=[CODE], language="en")))

    assert [account.language for account in store.find(CODE)] == ["en"]
    with pytest.raises(Unreadable):
        SealedStore(memory, Keyring([OLD])).load(MARIA.id)


def test_a_key_behind_moves_no_look_up() -> None:
    """On many machines a key is first put behind the others: the store tells which one counts."""
    memory = MemoryStore()
    fill(SealedStore(memory, Keyring([OLD])))

    assert SealedStore(memory, Keyring([OLD, NEW])).find(CODE) == (MARIA,)


def test_a_retired_look_up_key_is_not_passed_over() -> None:
    """Nobody would be found, and everybody could register again: it is refused instead."""
    memory = MemoryStore()
    fill(SealedStore(memory, Keyring([OLD])))
    store = SealedStore(memory, Keyring([NEW]))

    for call in (
        lambda: store.find(CODE),
        lambda: store.commit(one_change(creation(an_account("account-2"), claims=[CODE]))),
        lambda: store.check("standard"),
    ):
        with pytest.raises(NoSuchIndex):
            call()


def test_a_retired_key_of_texts_is_named_when_the_store_is_checked() -> None:
    """Look-ups would work, and nobody could be read."""
    memory = MemoryStore()
    fill(SealedStore(memory, Keyring([OLD])))
    both = SealedStore(memory, Keyring([NEW, OLD]))
    (found,) = both.find(CODE)
    both.commit(one_change(replacement(found, claims=[CODE])))
    store = SealedStore(memory, Keyring([OLD]))

    with pytest.raises(NoSuchKey, match="secret_keys"):
        store.check("standard")
    with pytest.raises(NoSuchKey):
        asyncio.run(AsyncSealedStore(Awaitable(memory), Keyring([OLD])).check("standard"))
    both.check("standard")


def test_data_from_before_are_not_passed_over() -> None:
    """A store that was never sealed says so at the first look-up, and when it is checked."""
    memory = MemoryStore()
    fill(memory)
    store = SealedStore(memory, RING)

    for call in (lambda: store.find(CODE), lambda: store.load(MARIA.id)):
        with pytest.raises(NotSealed, match="registrazione re-encrypt"):
            call()
    with pytest.raises(NotSealed):
        store.check("standard")
    store.check("another realm")


def test_an_empty_store_is_asked_again() -> None:
    """Somebody else may write the first account, with another list of keys."""
    memory = MemoryStore()
    store = SealedStore(memory, Keyring([OLD, NEW]))
    assert store.find(CODE) == ()

    fill(SealedStore(memory, Keyring([OLD])))

    assert store.find(CODE) == (MARIA,)
    assert store.find(CODE) == (MARIA,)


def awaited_letters(store, *arguments):
    """Take letters from an awaitable store around the same one inside."""
    around = AsyncSealedStore(Awaitable(store.inner), store.sealing.keys)
    return asyncio.run(around.outbox_take(*arguments))


@pytest.mark.parametrize("take", [SealedStore.outbox_take, awaited_letters])
def test_a_letter_that_does_not_open_holds_up_no_other(take, caplog) -> None:
    """It stays in the queue until its key is back; the log names it and nobody's address."""
    memory = MemoryStore()
    SealedStore(memory, Keyring([OLD])).commit(one_change(letters=(a_letter("lost"),)))
    store = SealedStore(memory, Keyring([NEW]))
    store.commit(one_change(letters=(a_letter("fine"),)))

    with caplog.at_level(logging.WARNING, "registrazione"):
        taken = take(store, PORTAL, NOON, 10, NOON - NOON)

    assert [letter.id for letter in taken] == ["fine"]
    assert "lost" in caplog.text
    assert "maria" not in caplog.text
    again = SealedStore(memory, Keyring([NEW, OLD])).outbox_take(PORTAL, NOON, 10, NOON - NOON)
    assert [letter.to for letter in again] == [a_letter().to] * 2


def test_a_list_with_something_closed_in_it_is_refused() -> None:
    """An operator is told that something is wrong, instead of being shown half."""
    memory = MemoryStore()
    SealedStore(memory, Keyring([OLD])).commit(one_change(letters=(a_letter(),)))

    with pytest.raises(Unreadable):
        SealedStore(memory, RING).outbox_list([LetterState.QUEUED], None, 10)


def test_rows_exchanged_in_the_database_do_not_open() -> None:
    """Whoever may write to the database, and has no key, makes no account out of another."""
    store = open_on_memory()
    fill(store)
    other = an_account("account-2", email="eve@example.it", codice_fiscale="VRDVEE80A41H501X")
    store.commit(one_change(creation(other)))
    mine, theirs = (store.inner.load(name) for name in (MARIA.id, other.id))
    swapped = replacement(mine, email=theirs.email)
    store.inner.commit(one_change(swapped))

    with pytest.raises(Unreadable):
        store.load(MARIA.id)
    assert store.load(other.id) == other


def test_a_closed_account_in_a_search_is_an_error() -> None:
    """The timers do not pass over somebody in silence."""
    store = open_on_memory()
    fill(store)
    store.inner.commit(one_change(replacement(store.inner.load(MARIA.id), email="x")))

    with pytest.raises(StoreError):
        store.search(Criteria(realm="standard"), None, 10)


def test_the_fitting_store_is_put_around() -> None:
    """Awaitable around awaitable; what is sealed is not sealed again."""
    sealed, awaitable = seal(MemoryStore(), RING), seal(Awaitable(MemoryStore()), RING)

    assert isinstance(sealed, SealedStore)
    assert isinstance(awaitable, AsyncSealedStore)
    assert seal(sealed, RING) is sealed
    assert seal(awaitable, RING) is awaitable
    assert repr(sealed) == "<SealedStore around MemoryStore>"


def test_check_and_close_reach_the_store_inside(tmp_path) -> None:
    """Where it has them; a store in memory has neither."""
    path = tmp_path / "accounts.db"
    without_tables = SealedStore(SqlStore.open(f"sqlite:///{path}", create=True), RING)
    without_tables.check("standard")
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE registrazione_version")
    connection.close()
    with pytest.raises(StoreError):
        without_tables.check()
    without_tables.close()

    plain = SealedStore(MemoryStore(), RING)
    plain.check()
    plain.close()
    assert plain.find(CODE) == ()


def test_check_and_close_of_an_awaitable_store() -> None:
    """Waited for where the store inside is awaitable, called where it blocks, or left out."""
    inner = Awaitable(MemoryStore())
    inner.closed = []
    inner.store.close = lambda: inner.closed.append(True)

    class Mixed(Awaitable):
        close = None
        check = staticmethod(lambda: inner.closed.append("checked"))

    class Bare(Awaitable):
        check = close = None

    async def use() -> None:
        for around in (inner, Mixed(MemoryStore()), Bare(MemoryStore())):
            store = AsyncSealedStore(around, RING)
            await store.check("standard")
            await store.close()

    asyncio.run(use())

    assert inner.checked
    assert inner.closed == [True, "checked"]


def test_snapshots_of_today_are_enough() -> None:
    """A sealed account is an account: a store needs no column or table more for it."""
    store = open_on_memory()
    fill(store)

    inside = store.inner.load(MARIA.id)

    assert isinstance(inside, Account)
    assert (
        attrs.evolve(
            inside, codice_fiscale=MARIA.codice_fiscale, email=MARIA.email, values=MARIA.values
        )
        == MARIA
    )
