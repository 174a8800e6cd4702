"""The store, awaitable: its calls run in the thread that Django has for the code of a request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import ParamSpec, Self, TypeVar

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
from registrazione.ports.stores import AccountStore

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
        self._store: AccountStore = DjangoStore(using)

    @classmethod
    def around(cls, store: AccountStore) -> Self:
        """Return a store around a finished one: what is around Django's store, for instance."""
        made = cls.__new__(cls)
        vars(made)["_store"] = store
        return made

    async def check(self, *realms: str) -> None:
        """See :meth:`DjangoStore.check`."""
        await _in_its_thread(_check_of(self._store), *realms)

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


def _check_of(store: AccountStore) -> Callable[..., None]:
    """Return what looks whether a store is in order; the port does not ask for it."""
    check: Callable[..., None] = getattr(store, "check", _nothing)
    return check


def _nothing(*_: object) -> None:
    """Look at nothing."""
