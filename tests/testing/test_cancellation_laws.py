"""Calls of asynchronous stores that are cancelled: ours leave no half behind, faulty ones do."""

from __future__ import annotations

from asyncio import Lock, Semaphore, sleep

import attrs
import pytest
from tests.adapters.sql.places import shared_url
from tests.testing.test_blocking import AwaitableStore

from registrazione.adapters.memory import MemoryStore
from registrazione.adapters.sql import AsyncSqlStore
from registrazione.ports.stores import StaleVersion
from registrazione.testing.blocking import BlockingStore, EventLoop
from registrazione.testing.builders import a_letter, an_account, creation, one_change, replacement
from registrazione.testing.laws import kit, store_cancellation
from registrazione.testing.laws.kit import LawBroken
from registrazione.testing.laws.stores import MORE_STORE_LAWS, check_law

LAWS = {law.name: law for law in MORE_STORE_LAWS if law.group == "cancellation"}
each_law = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)


@pytest.fixture
def loop():
    """Run an event loop in a thread."""
    loop = EventLoop()
    yield loop
    loop.close()


class Tearing(AwaitableStore):
    """Writes the accounts, lets others in, and only then posts the letters."""

    async def commit(self, change):
        """Commit in two steps."""
        self._store.commit(attrs.evolve(change, letters=(), audit=()))
        await sleep(0)
        self._store.commit(attrs.evolve(change, writes=()))


class Locking(AwaitableStore):
    """Keeps its lock, when whoever has it goes away."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()

    async def commit(self, change):
        """Commit under the lock."""
        await self._lock.acquire()
        await sleep(0)
        try:
            self._store.commit(change)
        finally:
            self._lock.release()


class Losing(AwaitableStore):
    """Takes letters off the queue, lets others in, and only then notes the lease."""

    async def outbox_take(self, *arguments):
        """Take in two steps."""
        kept = self._store._letters
        self._store._letters = {}
        await sleep(0)
        self._store._letters = kept
        return self._store.outbox_take(*arguments)


class Leaking(AwaitableStore):
    """Has four connections, and does not get those back whose readers went away."""

    def __init__(self) -> None:
        super().__init__()
        self._room = Semaphore(4)

    async def load(self, account_id):
        """Load on one of the connections."""
        await self._room.acquire()
        await sleep(0)
        account = self._store.load(account_id)
        self._room.release()
        return account

    async def search(self, *arguments):
        """Search on one of them."""
        await self._room.acquire()
        await sleep(0)
        page = self._store.search(*arguments)
        self._room.release()
        return page


@each_law
def test_a_store_that_does_each_thing_at_once_keeps(law, loop) -> None:
    """Where nothing is awaited in the middle, nothing is torn."""
    assert check_law(law, lambda: BlockingStore(AwaitableStore(), loop)).reason is None


@each_law
def test_the_awaitable_store_keeps(law, loop, tmp_path_factory, monkeypatch) -> None:
    """On PostgreSQL a call that goes away leaves its transaction undone, and its connection."""
    monkeypatch.setattr(store_cancellation, "MOST_TURNS", 50)
    url = shared_url("postgresql", tmp_path_factory.mktemp("postgresql"))

    async def opened():
        return AsyncSqlStore.open(url)

    store = loop.wait_for(opened())
    try:
        assert check_law(law, lambda: BlockingStore(store, loop)).reason is None
    finally:
        loop.wait_for(store.close())


@pytest.mark.parametrize(
    ("faulty", "name", "reason"),
    [
        (Tearing, "cancelled_commit", "half of a cancelled commit is there"),
        (Locking, "cancelled_commit", "a call does not return"),
        (Losing, "cancelled_taking", "a letter is lost"),
        (Leaking, "cancelled_reading", "a call does not return"),
    ],
)
def test_a_faulty_store_is_noticed(faulty, name, reason, loop, monkeypatch) -> None:
    """Each leaves something behind, and a law says what."""
    if reason == "a call does not return":
        monkeypatch.setattr(kit, "PATIENCE", 0.1)
    outcome = check_law(LAWS[name], lambda: BlockingStore(faulty(), loop))

    assert outcome.broken
    assert reason in outcome.reason


def test_a_store_that_is_not_awaited_is_told_so() -> None:
    """The laws say nothing of a blocking store."""
    outcome = check_law(LAWS["cancelled_commit"], MemoryStore)

    assert outcome.reason == "its calls are not awaited, and so cannot be cancelled"


def test_what_a_call_raises_in_time_is_raised(loop) -> None:
    """An error of the store is told as one, not as a call that does not return."""
    store = BlockingStore(AwaitableStore(), loop)
    store.commit(one_change(creation(an_account())))

    with pytest.raises(StaleVersion):
        store_cancellation._in_time(lambda: store.commit(one_change(creation(an_account()))))


def test_a_call_is_cut_off(loop) -> None:
    """A call that had the time comes to its end, or to its error; another one is passed over."""
    store = BlockingStore(AwaitableStore(), loop)
    change = one_change(creation(an_account()))

    assert not store.cut_off(0, "commit", change)
    assert store.load("account-1") is None
    assert store.cut_off(5, "commit", change)
    assert store.load("account-1") is not None
    with pytest.raises(StaleVersion):
        store.cut_off(5, "commit", change)


def test_what_a_cancelled_call_raises_is_passed_over(loop) -> None:
    """Some drivers answer a cancellation with an error of their own."""

    class Answering(AwaitableStore):
        async def load(self, account_id):
            """Wait, and make something else of the cancellation."""
            try:
                await sleep(10)
            finally:
                raise StaleVersion

    assert not BlockingStore(Answering(), loop).cut_off(1, "load", "account-1")


def test_a_commit_may_come_late(loop) -> None:
    """Who finds the account changed meanwhile reads it again, for a while."""
    store = BlockingStore(AwaitableStore(), loop)
    store.commit(one_change(creation(an_account()), letters=(a_letter(),)))
    load = store.load
    store.load = lambda name: attrs.evolve(load(name), version=7)

    with pytest.raises(LawBroken, match="stale again and again"):
        store_cancellation._change(store, "account-1")
    store.load = load
    store_cancellation._change(store, "account-1")
    assert store.load("account-1") == replacement(an_account()).account


def test_a_call_that_never_ends_is_cancelled_a_number_of_times(loop, monkeypatch) -> None:
    """A slow store is not waited for: its calls are cancelled as often as that makes sense."""
    monkeypatch.setattr(store_cancellation, "MOST_TURNS", 1)

    class Slow(AwaitableStore):
        async def commit(self, change):
            """Take two turns more."""
            for _ in range(3):
                await sleep(0)
            self._store.commit(change)

        async def outbox_take(self, *arguments):
            """Take two turns more."""
            for _ in range(3):
                await sleep(0)
            return self._store.outbox_take(*arguments)

    for law in LAWS.values():
        assert check_law(law, lambda: BlockingStore(Slow(), loop)).reason is None
