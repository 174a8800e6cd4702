"""Asynchronous stores that let others in where they should not: they are held at each await."""

from __future__ import annotations

from asyncio import Event, sleep
from itertools import islice

import attrs
import pytest
from tests.testing.test_blocking import AwaitableStore

from registrazione.testing.blocking import BlockingStore, EventLoop, held, held_at_awaits
from registrazione.testing.builders import an_account, creation, one_change
from registrazione.testing.laws.stores import STORE_LAWS, check_law

LAWS = {law.name: law for law in STORE_LAWS}
PAUSES = [law for law in STORE_LAWS if law.group == "pauses"]


@pytest.fixture
def loop():
    """Run an event loop in a thread."""
    loop = EventLoop()
    yield loop
    loop.close()


class ChecksFirst(AwaitableStore):
    """Checks a change, lets others in, and writes it."""

    async def commit(self, change):
        """Commit in two steps."""
        store = self._store
        store._check_versions(change)
        store._check_claims(change)
        await sleep(0)
        for write in change.writes:
            store._free(write.account_id)
        for write in change.writes:
            store._put(write)
        store.commit(attrs.evolve(change, writes=()))


class PostsLater(AwaitableStore):
    """Writes the accounts, lets others in, and posts the letters."""

    async def commit(self, change):
        """Commit in two steps."""
        self._store.commit(attrs.evolve(change, letters=()))
        await sleep(0)
        self._store.commit(one_change(letters=change.letters))


class FindsInTwoSteps(AwaitableStore):
    """Finds who carries a key, lets others in, and loads them."""

    async def find(self, key):
        """Find in two steps."""
        names = [account.id for account in self._store.find(key)]
        await sleep(0)
        return tuple(account for account in map(self._store.load, names) if account)


class TakesInTwoSteps(AwaitableStore):
    """Chooses letters, lets others in, and notes the lease."""

    async def outbox_take(self, profile, now, limit, lease):
        """Take in two steps."""
        due = list(islice(self._store._due_letters(profile, now), limit))
        await sleep(0)
        taken = {letter.id: letter.leased(now, lease) for letter in due}
        self._store._letters.update(taken)
        return tuple(taken.values())


class SettlesInTwoSteps(AwaitableStore):
    """Looks who has a letter, lets others in, and settles it."""

    async def outbox_settle(self, message):
        """Settle in two steps."""
        settled = message.settles(self._store._letters.get(message.id))
        await sleep(0)
        self._store._letters |= {message.id: message} if settled else {}
        return settled


@pytest.mark.parametrize(
    ("faulty", "name"),
    [
        (ChecksFirst, "pause_in_claim"),
        (PostsLater, "pause_in_reading"),
        (FindsInTwoSteps, "pause_in_reading"),
        (TakesInTwoSteps, "pause_in_taking"),
        (SettlesInTwoSteps, "pause_in_settling"),
    ],
)
def test_a_store_that_lets_others_in_is_noticed(faulty, name, loop) -> None:
    """Each is held at the await in the middle, and the law says where."""
    outcome = check_law(LAWS[name], lambda: BlockingStore(faulty(), loop))

    assert outcome.broken
    assert "held at an await of " in outcome.reason


@pytest.mark.parametrize("law", PAUSES, ids=lambda law: law.name)
def test_a_store_that_lets_nobody_in_keeps(law, loop) -> None:
    """To be held before and after is no fault."""
    assert check_law(law, lambda: BlockingStore(AwaitableStore(), loop)).reason is None


def test_what_is_held_is_what_it_was(loop) -> None:
    """Answers, errors and cancellations pass through; what is no coroutine has no line."""
    places: list[str] = []
    passed: list[int] = []

    def hold(place):
        places.append(place)
        return lambda: passed.append(len(places))

    class Waiting:
        def __await__(self):
            yield from sleep(0).__await__()
            return "waited"

    store = BlockingStore(AwaitableStore(), loop)
    with held_at_awaits(hold):
        store.commit(one_change(creation(an_account())))
        with pytest.raises(Exception, match="changed by somebody else"):
            store.commit(one_change(creation(an_account())))
        assert loop.wait_for(Waiting()) == "waited"
    assert store.load("account-1") is not None

    assert passed == [1, 2, 3]
    assert places[0].startswith("an await of ")
    assert places[2] == "an await of the store"


def test_an_error_that_comes_from_outside_reaches_what_is_held(loop) -> None:
    """A call that is cancelled while somebody looks at its awaits is cancelled all the same."""

    class Endless(AwaitableStore):
        async def load(self, account_id):
            """Wait for ever."""
            await Event().wait()

    store = BlockingStore(Endless(), loop)
    with held_at_awaits(lambda _: None):
        loading = held(store.store.load("account-1"))

    assert not BlockingStore(_Loads(loading), loop).cut_off(3, "load")


class _Loads:
    """A store that loads one thing."""

    def __init__(self, loading) -> None:
        self._loading = loading

    async def load(self):
        """Await it."""
        return await self._loading
