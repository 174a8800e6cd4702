"""The store on Django's ORM keeps every law, on SQLite and on PostgreSQL, encrypted or not.

To hold a flow at every line of the store's code takes most of the time: on PostgreSQL, and for
those who await, it is done where REGISTRAZIONE_ROUNDS is set. The code is the same.
"""

from __future__ import annotations

import os
from functools import partial

import pytest

from registrazione.adapters.sealed import AsyncSealedStore, Keyring, SealedStore
from registrazione.contrib.django.asynchronous import AsyncDjangoStore
from registrazione.contrib.django.store import DjangoStore
from registrazione.testing.blocking import BlockingStore, EventLoop
from registrazione.testing.laws import schedules
from registrazione.testing.laws.levels import AWAITABLE, Level
from registrazione.testing.laws.stores import MORE_STORE_LAWS, STORE_LAWS, check_law

THOROUGH = "REGISTRAZIONE_ROUNDS" in os.environ
LAWS = {law.name: law for law in (*STORE_LAWS, *MORE_STORE_LAWS) if not law.on_request}
RING = Keyring(["of the tests, with 32 bytes or more"])
SEQUENTIAL = {name: law for name, law in LAWS.items() if law.level is not Level.CONCURRENCY}
QUICK = {name: law for name, law in LAWS.items() if THOROUGH or law.group != "pauses"}
BLOCKING = {name: law for name, law in LAWS.items() if AWAITABLE not in law.needs}
each_law = pytest.mark.parametrize("law", BLOCKING.values(), ids=BLOCKING)
each_quick_blocking_law = pytest.mark.parametrize(
    "law", [law for name, law in QUICK.items() if name in BLOCKING], ids=lambda law: law.name
)
each_quick_law = pytest.mark.parametrize("law", QUICK.values(), ids=QUICK)
each_sequential_law = pytest.mark.parametrize("law", SEQUENTIAL.values(), ids=SEQUENTIAL)


@each_law
def test_the_law_is_kept_on_sqlite(law, default, monkeypatch) -> None:
    """Each law of the port holds in a file of SQLite."""
    if not THOROUGH:
        monkeypatch.setattr(schedules, "MOST_PAUSES", 40)
    outcome = check_law(law, DjangoStore)

    assert outcome.kept, outcome.reason


@each_quick_blocking_law
def test_the_law_is_kept_on_postgresql(law, postgresql) -> None:
    """Each law of the port holds on PostgreSQL."""
    outcome = check_law(law, partial(DjangoStore, "postgresql"))

    assert outcome.kept, outcome.reason


@pytest.fixture(scope="module")
def loop():
    """Run an event loop in a thread of its own."""
    loop = EventLoop()
    yield loop
    loop.close()


@each_quick_law
def test_the_law_is_kept_for_those_who_await(law, default, loop) -> None:
    """The awaitable store keeps each law, whatever number of tasks call it at once."""
    outcome = check_law(law, lambda: BlockingStore(AsyncDjangoStore(), loop))

    assert outcome.kept, outcome.reason


@each_sequential_law
def test_the_law_is_kept_encrypted(law, default) -> None:
    """Each law that needs no rival holds with everything personal encrypted."""
    outcome = check_law(law, lambda: SealedStore(DjangoStore(), RING))

    assert outcome.kept, outcome.reason


@each_sequential_law
def test_the_law_is_kept_encrypted_for_those_who_await(law, default, loop) -> None:
    """So it does where the store is awaited."""
    store = AsyncSealedStore(AsyncDjangoStore(), RING)
    outcome = check_law(law, lambda: BlockingStore(store, loop))

    assert outcome.kept, outcome.reason
