"""An asynchronous store, called from threads that block."""

from __future__ import annotations

from asyncio import sleep

import pytest

from registrazione.adapters.memory import MemoryStore
from registrazione.ports.stores import AccountStore, StaleVersion
from registrazione.testing.blocking import BlockingStore, EventLoop, close_store
from registrazione.testing.builders import an_account, creation, one_change
from registrazione.testing.laws.stores import STORE_LAWS, check_law

SOME = [law for law in STORE_LAWS if law.group in {"outbox", "orders", "races"}]


class AwaitableStore:
    """The store in memory, whose answers have to be awaited."""

    def __init__(self) -> None:
        self._store = MemoryStore()

    def __getattr__(self, name):
        method = getattr(self._store, name)

        async def call(*arguments):
            await sleep(0)
            return method(*arguments)

        return call


@pytest.fixture
def loop():
    """Run an event loop in a thread."""
    loop = EventLoop()
    yield loop
    loop.close()


@pytest.mark.parametrize("law", SOME, ids=lambda law: law.name)
def test_an_asynchronous_store_keeps(law, loop) -> None:
    """The laws hold through the event loop, whichever thread asks."""
    assert check_law(law, lambda: BlockingStore(AwaitableStore(), loop)).reason is None


def test_answers_and_errors_come_back(loop) -> None:
    """What the store answers is returned, what it raises is raised."""
    store = BlockingStore(AwaitableStore(), loop)
    account = an_account()
    store.commit(one_change(creation(account)))

    assert isinstance(store, AccountStore)
    assert store.load(account.id) == account
    assert store.history(account.id) == ()
    with pytest.raises(StaleVersion):
        store.commit(one_change(creation(account)))


@pytest.mark.parametrize("name", ["aclose", "close"])
def test_an_asynchronous_store_is_closed(loop, name) -> None:
    """Whether it is closed by a coroutine or at once; one that cannot be closed is left alone."""
    closed: list[str] = []

    class Closing:
        pass

    async def aclose():
        closed.append("aclose")

    store = Closing()
    setattr(store, name, aclose if name == "aclose" else lambda: closed.append("close"))
    loop.wait_for(close_store(store))
    loop.wait_for(close_store(Closing()))

    assert closed == [name]
