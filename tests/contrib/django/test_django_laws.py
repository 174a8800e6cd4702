"""The store on Django's ORM keeps every law, on SQLite and on PostgreSQL."""

from __future__ import annotations

from functools import partial

import pytest

from registrazione.contrib.django.asynchronous import AsyncDjangoStore
from registrazione.contrib.django.store import DjangoStore
from registrazione.testing.blocking import BlockingStore, EventLoop
from registrazione.testing.laws.stores import MORE_STORE_LAWS, STORE_LAWS, check_law

LAWS = {law.name: law for law in (*STORE_LAWS, *MORE_STORE_LAWS) if not law.on_request}
each_law = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)


@each_law
def test_the_law_is_kept_on_sqlite(law, default) -> None:
    """Each law of the port holds in a file of SQLite."""
    outcome = check_law(law, DjangoStore)

    assert outcome.kept, outcome.reason


@each_law
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


@each_law
def test_the_law_is_kept_for_those_who_await(law, default, loop) -> None:
    """The awaitable store keeps each law, whatever number of tasks call it at once."""
    outcome = check_law(law, lambda: BlockingStore(AsyncDjangoStore(), loop))

    assert outcome.kept, outcome.reason
