"""An asynchronous store as a blocking one, so that the same laws are checked on it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Thread, local
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

Hold = Callable[[str], Callable[[], None] | None]
"""Asked at each ``await``, with its place; returns what is to happen there first, if anything."""

_thread = local()


class EventLoop:
    """An event loop in a thread of its own, for callers that block."""

    def __init__(self) -> None:
        """Start the thread."""
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def wait_for(self, awaitable: Awaitable[T]) -> T:
        """Return what is awaited; any number of threads may wait at the same time."""
        return asyncio.run_coroutine_threadsafe(_awaited(held(awaitable)), self._loop).result()

    def close(self) -> None:
        """End the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextmanager
def held_at_awaits(hold: Hold) -> Generator[None]:
    """Ask at each ``await`` of what this thread waits for whether it is to be held there."""
    _thread.hold = hold
    try:
        yield
    finally:
        _thread.hold = None


def held(awaitable: Awaitable[T]) -> Awaitable[T]:
    """Return the same to be awaited, held on the way if this thread is asked whether it is."""
    hold: Hold | None = getattr(_thread, "hold", None)
    return awaitable if hold is None else _Held(awaitable, hold)


class _Held(Awaitable[T]):
    """Something to be awaited that is held on the way, while the event loop goes on."""

    def __init__(self, awaitable: Awaitable[T], hold: Hold) -> None:
        """Remember both."""
        self._awaitable = awaitable
        self._hold = hold

    def __await__(self) -> Generator[Any, Any, T]:
        """Go from await to await."""
        steps = self._awaitable.__await__()
        try:
            waited = next(steps)
            while True:
                meanwhile = self._hold(self._place())
                if meanwhile is not None:
                    loop = asyncio.get_running_loop()
                    yield from loop.run_in_executor(None, meanwhile).__await__()
                try:
                    yield waited
                except BaseException as error:  # noqa: BLE001 - it belongs to what is awaited
                    waited = steps.throw(error)
                else:
                    waited = next(steps)
        except StopIteration as end:
            result: T = end.value
            return result

    def _place(self) -> str:
        """Say which line of the method waits."""
        frame = getattr(self._awaitable, "cr_frame", None)
        line = f":{frame.f_lineno}" if frame else ""
        return f"an await of {getattr(self._awaitable, '__qualname__', 'the store')}{line}"


class BlockingStore:
    """Call an asynchronous store from threads; the port :class:`~registrazione.ports.AccountStore`.

    Args:
        store: The asynchronous store, opened in ``loop``.
        loop: Where it runs.
    """

    def __init__(self, store: AsyncAccountStore, loop: EventLoop) -> None:
        """Remember both."""
        self.store = store
        self.loop = loop

    def cut_off(self, turns: int, method: str, *arguments: object) -> bool:
        """Call a method, and cancel the call after some turns of the event loop.

        Args:
            turns: How many.
            method: Its name.
            arguments: What it is given.

        Returns:
            Whether it came to its end before; if not, whatever it raises is passed over.
        """

        async def call() -> bool:
            task: asyncio.Future[object] = asyncio.ensure_future(
                getattr(self.store, method)(*arguments)
            )
            for _ in range(turns):
                await asyncio.sleep(0)
            ended: bool = task.done()
            task.cancel()
            await asyncio.wait([task])
            if ended:
                task.result()
            elif not task.cancelled():
                task.exception()
            return ended

        return self.loop.wait_for(call())

    def load(self, account_id: str) -> Account | None:
        """See :meth:`registrazione.ports.AccountStore.load`."""
        return self.loop.wait_for(self.store.load(account_id))

    def find(self, key: Key) -> tuple[Account, ...]:
        """See :meth:`registrazione.ports.AccountStore.find`."""
        return self.loop.wait_for(self.store.find(key))

    def commit(self, change: Change) -> None:
        """See :meth:`registrazione.ports.AccountStore.commit`."""
        self.loop.wait_for(self.store.commit(change))

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        """See :meth:`registrazione.ports.AccountStore.search`."""
        return self.loop.wait_for(self.store.search(criteria, cursor, limit))

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        """See :meth:`registrazione.ports.AccountStore.history`."""
        return self.loop.wait_for(self.store.history(account_id))

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        """See :meth:`registrazione.ports.AccountStore.outbox_take`."""
        return self.loop.wait_for(self.store.outbox_take(profile, now, limit, lease))

    def outbox_settle(self, message: OutboxMessage) -> bool:
        """See :meth:`registrazione.ports.AccountStore.outbox_settle`."""
        return self.loop.wait_for(self.store.outbox_settle(message))

    def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        """See :meth:`registrazione.ports.AccountStore.outbox_list`."""
        return self.loop.wait_for(self.store.outbox_list(states, cursor, limit))


async def close_store(store: object) -> None:
    """Close an asynchronous store by its ``aclose`` or ``close``, if it has one."""
    close = getattr(store, "aclose", None) or getattr(store, "close", None)
    closing = close() if close is not None else None
    if inspect.isawaitable(closing):
        await closing


def _awaited(awaitable: Awaitable[T]) -> Coroutine[Any, Any, T]:
    """Return a coroutine that awaits."""

    async def wait() -> T:
        return await awaitable

    return wait()
