"""A story played by one process until it is killed, and by another one from there to its end."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from inspect import iscoroutinefunction

from tests.crashes.actors import Fuse, watch_database
from tests.crashes.shelves import check, contents, opened
from tests.stories.stage import AwaitedRegistrar

from registrazione.adapters.memory import MemoryStore
from registrazione.core.records import LetterState
from registrazione.registrar import AsyncRegistrar, Registrar
from registrazione.service.delivery import LEASE
from registrazione.service.message import to_bytes
from registrazione.stories import NAMES, load
from registrazione.stories.base import Stage
from registrazione.stories.mailbox import Mailbox
from registrazione.testing.fakes import FastHasher, SeededRandomness

WRITING = ("commit", "outbox_take", "outbox_settle")
"""The methods of a store that change it."""


UNDISTURBED = {}
"""What each story ends in where nobody is killed; processes that are forked off inherit it."""


def rehearse():
    """Play every story once, which also loads everything that any of them needs."""
    for story in NAMES:
        UNDISTURBED[story] = Memory()
        _play(story, UNDISTURBED[story])


# -- the process that is killed -------------------------------------------------------------


def play(story, url, journal, at, *, awaited=False):
    """Play a story, with blocking or with awaited calls, and be killed at the tick ``at``.

    Returns:
        How many ticks there were, after which of them a letter was to be settled, and at which a
        change was made and not yet acknowledged.
    """
    fuse = Fuse()
    watch_database(fuse)
    store = Noted(opened(url, awaited=awaited), journal, fuse)
    fuse.light(at)
    _play(story, store, awaited=awaited)
    return fuse.ticks, store.settled, store.done


class Noted:
    """A store that notes each change that was acknowledged, where a kill does not reach."""

    volatile = False

    def __init__(self, store, journal, fuse):
        """Open the journal."""
        self.settled = []
        self.done = []
        self._fuse = fuse
        self._store = store
        self._journal = os.open(journal, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def __getattr__(self, name):
        """Return a method of the store."""
        method = getattr(self._store, name)
        if name == "outbox_settle":
            self.settled.append(self._fuse.ticks)
        return self._noting(method) if name in WRITING else method

    def _noting(self, method):
        def call(*args):
            try:
                return method(*args)
            finally:
                self._note()

        async def call_awaited(*args):
            try:
                return await method(*args)
            finally:
                self._note()

        return call_awaited if iscoroutinefunction(method) else call

    def _note(self):
        self.done.append(self._fuse.ticks)
        os.write(self._journal, b".")


# -- the process that goes on ---------------------------------------------------------------


def go_on(story, url, acknowledged):
    """Play a story from where a process was killed, and check everything on the way.

    What the first process has seen is made once more in memory: the same people do the same
    things, with the same dice, up to the last change that was acknowledged. There the database
    must be what memory is, or what memory is after one more change: nothing else. From then on
    the story goes on in the database alone.

    Args:
        story: Its name.
        url: The database that the first process has left.
        acknowledged: How many changes it was told of.

    Returns:
        Whether the change in hand had happened, whether a delivery was broken off, and what a
        story that nobody disturbs would have ended in.
    """
    store = Resumed(opened(url), url, acknowledged)
    restarts, repeated = _play(story, store)
    assert store.live, "the story came to its end before the kill"
    records = check(url)

    undisturbed = UNDISTURBED[story]
    now, then = all_of(store.database, undisturbed), all_of(undisturbed, undisturbed)
    assert not any(letter.state is LetterState.DEAD for letter in now["letters"])
    if not restarts:
        # Nobody can tell that anything has happened.
        assert now == then
        assert records == _lines(undisturbed)
    else:
        assert now["accounts"].keys() == then["accounts"].keys()
        assert [letter.id for letter in now["letters"]] == [one.id for one in then["letters"]]
        assert [letter.state for letter in now["letters"]] == [one.state for one in then["letters"]]
    return {"was_done": store.was_done, "restarts": restarts, "repeated": repeated}


class Memory(MemoryStore):
    """A store in memory that is treated as one that lasts: what it keeps is encrypted, too."""

    volatile = False


class WorkerDied(BaseException):
    """The process was killed while it delivered: nobody goes on with what it had in hand."""


class Resumed:
    """A store in memory up to where a process was killed, and from there on its database.

    Args:
        database: What the process has left.
        url: Where it is.
        acknowledged: After how many changes it takes over.
    """

    volatile = False

    def __init__(self, database, url, acknowledged):
        """Begin in memory."""
        self.database = database
        self.live = False
        self.was_done = False
        self._url = url
        self._memory = Memory()
        self._left = acknowledged

    def __getattr__(self, name):
        """Return a method of the store that it stands for now."""
        method = getattr(self.database if self.live else self._memory, name)
        return self._counting(name, method) if name in WRITING and not self.live else method

    def _counting(self, name, method):
        def call(*args):
            if self._left:
                self._left -= 1
                return method(*args)
            return self._take_over(name, method, args)

        return call

    def _take_over(self, name, method, args):
        """Go over to the database; the change in hand has happened there, or it has not."""
        before = all_of(self._memory, self._memory), _lines(self._memory)
        outcome, error = None, None
        try:
            outcome = method(*args)
        except Exception as raised:  # noqa: BLE001 - a change that is refused is one, too
            error = raised
        after = all_of(self._memory, self._memory), _lines(self._memory)
        found = all_of(self.database, self._memory), check(self._url)
        assert found in (before, after), "a change was carried out by half"
        self.live = True
        self.was_done = found != before
        if name == "outbox_settle" or (name == "outbox_take" and self.was_done):
            raise WorkerDied
        if not self.was_done:
            return getattr(self.database, name)(*args)
        if error is not None:
            raise error
        return outcome


def all_of(store, memory):
    """Return what a store holds of all that memory has ever heard of."""
    return contents(store, [name for name in memory._audit if name], memory._carriers)


def _lines(memory):
    """Return the number of audit records in memory."""
    return sum(len(trail) for trail in memory._audit.values())


# -- both -----------------------------------------------------------------------------------


def _play(story, store, *, awaited=False):
    """Play a story; return how many deliveries were begun anew, and how many letters came twice."""
    told = load(story)
    mailbox, randomness = Letterbox(), SeededRandomness()
    registrars = []

    def opener(**settings):
        if awaited:
            awaitable = AsyncRegistrar.open(**settings, randomness=randomness)
            registrar = AwaitedRegistrar(awaitable, asyncio.new_event_loop())
        else:
            registrar = Registrar.open(**settings, randomness=randomness)
        registrars.append(Persistent(registrar, settings["clock"]))
        return registrars[-1]

    stage = Stage(
        told.profile,
        told.begins,
        storage=store,
        mailbox=mailbox,
        hasher=FastHasher(),
        opener=opener,
    )
    told.play(stage)
    return sum(registrar.restarts for registrar in registrars), mailbox.repeated


class Persistent:
    """A registrar whose worker is started again when it has died."""

    def __init__(self, registrar, clock):
        """Stand for the registrar."""
        self._registrar = registrar
        self._clock = clock
        self.restarts = 0

    def __getattr__(self, name):
        """Return what the registrar has by that name."""
        return getattr(self._registrar, name)

    def deliver_outbox(self):
        """Deliver; the next worker gets what a dead one had in hand when the lease has ended."""
        try:
            return self._registrar.deliver_outbox()
        except WorkerDied:
            self.restarts += 1
            self._clock.go_to(self._clock.now() + LEASE + timedelta(seconds=1))
            return self._registrar.deliver_outbox()


class Letterbox(Mailbox):
    """A mailbox that shows a letter once, however often it came; copies must be the same."""

    def __init__(self):
        """Start with nothing."""
        super().__init__()
        self.repeated = 0
        self._known = {}

    def put(self, recipient, message):
        """Keep a letter, unless it is there."""
        name, text = message["Message-ID"], to_bytes(message)
        if name in self._known:
            assert self._known[name] == (recipient, text), "a copy is not the same letter"
            self.repeated += 1
            return
        self._known[name] = recipient, text
        super().put(recipient, message)
