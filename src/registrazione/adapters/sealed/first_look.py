"""Stores that cannot be looked into when a portal is opened: they are at the first call.

What is awaited cannot be asked while a portal is opened, and what is lazy does not want to be. A
store whose data are not as the settings say would find nobody, and register everybody again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from registrazione.adapters.sealed.heads import SAMPLE
from registrazione.core.account import Account
from registrazione.core.records import Criteria, Page
from registrazione.ports.stores import AccountStore

Look = Callable[[Iterable[Account]], None]
"""Raises a :class:`~registrazione.adapters.sealed.heads.Misfit` if accounts are not as told."""

_METHODS = (
    "load",
    "find",
    "commit",
    "search",
    "history",
    "outbox_take",
    "outbox_settle",
    "outbox_list",
)


class _FirstLook:
    """What both stores have in common: everything but the waiting."""

    def __init__(self, inner: Any, realm: str, look: Look) -> None:  # noqa: ANN401 - either protocol
        self.inner: Any = inner
        self._everybody = Criteria(realm=realm)
        self._look = look
        self._looked = False

    def __repr__(self) -> str:
        """Name the store inside by its class."""
        return f"<{type(self.inner).__name__}, to be looked into>"

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store inside has
        """Return what is no method of the port as the store inside has it."""
        return getattr(self.inner, name)

    def _see(self, oldest: Page[Account]) -> None:
        """Look at the oldest accounts; while there is none, nothing is known."""
        self._look(oldest.items)
        self._looked = bool(oldest.items)


class FirstLook(_FirstLook):
    """Look into a store before its first call is passed on, and refuse it if it does not fit.

    The port :class:`~registrazione.ports.AccountStore`. A store that does not answer is asked
    again by the next call.

    Args:
        inner: The store.
        realm: Whose accounts are looked at.
        look: Looks at the oldest of them.
    """

    def look(self) -> None:
        """Look into the store, unless that was done.

        Raises:
            Misfit: Its data are not as the settings say.
            StoreError: The store does not answer.
        """
        if not self._looked:
            self._see(self.inner.search(self._everybody, None, SAMPLE))


class AsyncFirstLook(_FirstLook):
    """The same around an :class:`~registrazione.ports.AsyncAccountStore`."""

    async def look(self) -> None:
        """See :meth:`FirstLook.look`."""
        if not self._looked:
            self._see(await self.inner.search(self._everybody, None, SAMPLE))


def _blocking(name: str) -> Callable[..., Any]:
    @wraps(getattr(AccountStore, name))
    def method(self: FirstLook, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - the port's
        self.look()
        return getattr(self.inner, name)(*arguments, **named)

    return method


def _awaited(name: str) -> Callable[..., Any]:
    @wraps(getattr(AccountStore, name))
    async def method(self: AsyncFirstLook, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as above
        await self.look()
        return await getattr(self.inner, name)(*arguments, **named)

    return method


for _name in _METHODS:
    setattr(FirstLook, _name, _blocking(_name))
    setattr(AsyncFirstLook, _name, _awaited(_name))


def looked_into(store: Any, realm: str, look: Look) -> Any:  # noqa: ANN401 - either protocol
    """Return a store that is looked into at its first call.

    Args:
        store: With blocking or with awaitable methods.
        realm: Whose accounts are looked at.
        look: Looks at the oldest of them.
    """
    kind = AsyncFirstLook if iscoroutinefunction(store.search) else FirstLook
    return kind(bare(store), realm, look)


def bare(store: Any) -> Any:  # noqa: ANN401 - either protocol
    """Return the store itself, without the first look at it."""
    return store.inner if isinstance(store, _FirstLook) else store
