"""An asynchronous store as a blocking one, so that the same laws are checked on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from datetime import datetime, timedelta
from threading import Thread
from typing import Any, TypeVar

from registrazione.core.account import Account
from registrazione.core.records import (
    AuditRecord,
    Change,
    Criteria,
    Key,
    LetterState,
    OutboxMessage,
    Page,
)
from registrazione.ports.stores import AsyncAccountStore

T = TypeVar("T")


class EventLoop:
    """An event loop in a thread of its own, for callers that block."""

    def __init__(self) -> None:
        """Start the thread."""
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def wait_for(self, awaitable: Awaitable[T]) -> T:
        """Return what is awaited; any number of threads may wait at the same time."""
        return asyncio.run_coroutine_threadsafe(_awaited(awaitable), self._loop).result()

    def close(self) -> None:
        """End the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class BlockingStore:
    """Call an asynchronous store from threads; the port :class:`~registrazione.ports.AccountStore`.

    Args:
        store: The asynchronous store, opened in ``loop``.
        loop: Where it runs.
    """

    def __init__(self, store: AsyncAccountStore, loop: EventLoop) -> None:
        """Remember both."""
        self._store = store
        self._wait = loop.wait_for

    def load(self, account_id: str) -> Account | None:
        """See :meth:`registrazione.ports.AccountStore.load`."""
        return self._wait(self._store.load(account_id))

    def find(self, key: Key) -> tuple[Account, ...]:
        """See :meth:`registrazione.ports.AccountStore.find`."""
        return self._wait(self._store.find(key))

    def commit(self, change: Change) -> None:
        """See :meth:`registrazione.ports.AccountStore.commit`."""
        self._wait(self._store.commit(change))

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        """See :meth:`registrazione.ports.AccountStore.search`."""
        return self._wait(self._store.search(criteria, cursor, limit))

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        """See :meth:`registrazione.ports.AccountStore.history`."""
        return self._wait(self._store.history(account_id))

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        """See :meth:`registrazione.ports.AccountStore.outbox_take`."""
        return self._wait(self._store.outbox_take(profile, now, limit, lease))

    def outbox_settle(self, message: OutboxMessage) -> bool:
        """See :meth:`registrazione.ports.AccountStore.outbox_settle`."""
        return self._wait(self._store.outbox_settle(message))

    def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        """See :meth:`registrazione.ports.AccountStore.outbox_list`."""
        return self._wait(self._store.outbox_list(states, cursor, limit))


def _awaited(awaitable: Awaitable[T]) -> Coroutine[Any, Any, T]:
    """Return a coroutine that awaits."""

    async def wait() -> T:
        return await awaitable

    return wait()
