"""A store with the project behind it: users follow accounts, and signals follow commits."""

from __future__ import annotations

import logging
from asyncio import to_thread
from collections import deque
from functools import partial
from inspect import iscoroutinefunction
from threading import Lock
from typing import Any

from registrazione.adapters.sealed.first_look import bare
from registrazione.adapters.sealed.store import SealedStore
from registrazione.contrib.django import orm
from registrazione.contrib.django.asynchronous import AsyncDjangoStore
from registrazione.contrib.django.database import Database
from registrazione.contrib.django.signals import tell
from registrazione.contrib.django.store import DjangoStore
from registrazione.contrib.django.users import Users
from registrazione.core.records import Change

logger: logging.Logger = logging.getLogger("registrazione")

_MOST_WAITING = 10_000
_MOST_TRIES = 3


def followed(store: Any, *, procedure: str, users: Users | None, awaited: bool) -> Any:  # noqa: ANN401 - of either kind
    """Return the store with the project behind it.

    Args:
        store: A store, sealed or not.
        procedure: Name of the procedure, for the signals.
        users: Who keeps the users; ``None``: nobody.
        awaited: Whether the store is for asynchronous code.
    """
    inner = bare(store.inner if isinstance(store, SealedStore) else store)
    if isinstance(inner, DjangoStore):
        beside: Any = FollowedStore(store, Together(procedure, users, inner.using))
        return AsyncDjangoStore.around(beside) if awaited else beside
    afterwards = Afterwards(procedure, users)
    kind = AsyncFollowedStore if awaited else FollowedStore
    return kind(store, afterwards)


class Together:
    """Does what follows from a change in one transaction with it.

    Args:
        procedure: Name of the procedure.
        users: Who keeps the users.
        using: The database of the store. Where the users are in another one, theirs is committed
            second.
    """

    def __init__(self, procedure: str, users: Users | None, using: str) -> None:
        """Remember who is to be told."""
        self._procedure = procedure
        self._users = users
        self._using = using

    def commit(self, store: Any, change: Change) -> None:  # noqa: ANN401 - of either kind
        """Commit a change, and let users and signals follow."""
        users = self._users
        if users is None or not users.concerns(change):
            store.commit(change)
            self._tell(change)
            return

        def all_of_it() -> None:
            store.commit(change)
            users.follow(change)
            self._tell(change)

        if users.using == self._using:
            Database(self._using).transact(all_of_it)
            return
        with Database(users.using).writing(), Database(self._using).writing():
            all_of_it()

    def _tell(self, change: Change) -> None:
        told = partial(tell, self._procedure, change.audit)
        orm.on_commit(told, using=self._using, robust=True)


class Afterwards:
    """Does what follows from a change right after it, for a store outside of the project.

    What fails is logged, and tried again with the next changes; a user that is missing still is
    made when the person signs in.

    Args:
        procedure: Name of the procedure.
        users: Who keeps the users.
    """

    def __init__(self, procedure: str, users: Users | None) -> None:
        """Remember who is to be told."""
        self._procedure = procedure
        self._users = users
        self._waiting: deque[tuple[Change, int]] = deque(maxlen=_MOST_WAITING)
        self._lock = Lock()

    def commit(self, store: Any, change: Change) -> None:  # noqa: ANN401 - of either kind
        """Commit a change, and let users and signals follow."""
        store.commit(change)
        self.follow(change)

    def follow(self, change: Change) -> None:
        """Let users and signals follow a change that is committed."""
        if self._users is not None and self._users.concerns(change):
            with self._lock:
                due = [*self._waiting, (change, 0)]
                self._waiting.clear()
            for earlier, tries in due:
                self._try(self._users, earlier, tries)
        tell(self._procedure, change.audit)

    def _try(self, users: Users, change: Change, tries: int) -> None:
        """Let users follow a change, or remember that they have not."""
        try:
            with Database(users.using).writing():
                users.follow(change)
        except Exception as error:  # noqa: BLE001 - the change is committed: nobody can veto it
            # The type alone: the text may hold what must not be logged.
            logger.warning("no user could follow a change: %s", type(error).__name__)
            if tries + 1 < _MOST_TRIES:
                with self._lock:
                    self._waiting.append((change, tries + 1))


class FollowedStore:
    """A store whose commits are followed; all else it does as the store inside does.

    Args:
        inner: The store.
        follower: What follows.
    """

    def __init__(self, inner: Any, follower: Together | Afterwards) -> None:  # noqa: ANN401 - any store
        """Keep both."""
        self.inner: Any = inner
        self._follower = follower

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any method of the port
        return getattr(self.inner, name)

    def commit(self, change: Change) -> None:
        """Carry the change out, and what follows from it."""
        self._follower.commit(self.inner, change)


class AsyncFollowedStore:
    """The same around a store outside of the project, for asynchronous code.

    Args:
        inner: The store, with awaitable methods or with blocking ones.
        follower: What follows.
    """

    def __init__(self, inner: Any, follower: Afterwards) -> None:  # noqa: ANN401 - any store
        """Keep both."""
        self.inner: Any = inner
        self._follower = follower

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any method of the port
        return getattr(self.inner, name)

    async def commit(self, change: Change) -> None:
        """Carry the change out, and what follows from it."""
        commit = self.inner.commit
        if iscoroutinefunction(commit):
            await commit(change)
        else:
            await to_thread(commit, change)
        await orm.sync_to_async(self._follower.follow)(change)
