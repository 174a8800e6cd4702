"""The store, awaitable: its calls run in the thread that Django has for the code of a request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async

from registrazione.contrib.django.store import DjangoStore
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

P = ParamSpec("P")
T = TypeVar("T")


class AsyncDjangoStore:
    """Keep everything in a database of the Django project, from asynchronous views.

    Each call is Django's ``sync_to_async(…, thread_sensitive=True)``: it uses the connection
    that the project's own calls use, sees what they wrote in an open transaction, and Django
    closes it at the end of the request. Calls of one request wait for each other. Its laws are
    those of :class:`~registrazione.contrib.django.store.DjangoStore`, and so are its arguments.
    """

    def __init__(self, using: str = "default") -> None:
        """Stand on a database of the project; nothing is opened yet."""
        self._store = DjangoStore(using)

    async def check(self) -> None:
        """See :meth:`DjangoStore.check`."""
        await _in_its_thread(self._store.check)

    async def load(self, account_id: str) -> Account | None:
        """See :meth:`DjangoStore.load`."""
        return await _in_its_thread(self._store.load, account_id)

    async def find(self, key: Key) -> tuple[Account, ...]:
        """See :meth:`DjangoStore.find`."""
        return await _in_its_thread(self._store.find, key)

    async def commit(self, change: Change) -> None:
        """See :meth:`DjangoStore.commit`."""
        await _in_its_thread(self._store.commit, change)

    async def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        """See :meth:`DjangoStore.search`."""
        return await _in_its_thread(self._store.search, criteria, cursor, limit)

    async def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        """See :meth:`DjangoStore.history`."""
        return await _in_its_thread(self._store.history, account_id)

    async def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        """See :meth:`DjangoStore.outbox_take`."""
        return await _in_its_thread(self._store.outbox_take, profile, now, limit, lease)

    async def outbox_settle(self, message: OutboxMessage) -> bool:
        """See :meth:`DjangoStore.outbox_settle`."""
        return await _in_its_thread(self._store.outbox_settle, message)

    async def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        """See :meth:`DjangoStore.outbox_list`."""
        return await _in_its_thread(self._store.outbox_list, states, cursor, limit)


async def _in_its_thread(method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return await sync_to_async(method, thread_sensitive=True)(*args, **kwargs)
