"""The store around a store, for blocking calls and for awaited ones."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, overload

import attrs

from registrazione.adapters.sealed.heads import SAMPLE
from registrazione.adapters.sealed.keys import Keyring, SealingKey
from registrazione.adapters.sealed.sealing import Sealing
from registrazione.core.account import Account
from registrazione.core.records import (
    AuditRecord,
    Change,
    Criteria,
    Key,
    LetterState,
    OutboxMessage,
    Page,
    Write,
)
from registrazione.ports import Randomness
from registrazione.ports.stores import AccountStore, AsyncAccountStore, StoreError
from registrazione.service.randomness import SystemRandomness

logger: logging.Logger = logging.getLogger("registrazione")


class _Sealed:
    """What both stores have in common: everything but the waiting."""

    def __init__(self, inner: Any, keys: Keyring, randomness: Randomness | None = None) -> None:  # noqa: ANN401 - either protocol
        self.inner: Any = inner
        self.sealing: Sealing = Sealing(keys, randomness or SystemRandomness())
        self._indexes: dict[str, SealingKey] = {}

    def __repr__(self) -> str:
        """Name the store inside by its class."""
        return f"<{type(self).__name__} around {type(self.inner).__name__}>"

    @property
    def lazy(self) -> bool:
        """Whether the store inside is to be left alone until somebody needs it."""
        return bool(getattr(self.inner, "lazy", False))

    def _learn(self, realm: str, oldest: Page[Account]) -> SealingKey:
        """Return the key that a realm is looked up with, and remember what accounts tell.

        While there is no account, another process with other keys may write the first one:
        nothing is remembered.
        """
        found = self.sealing.index_of(oldest.items)
        if found is None:
            return self.sealing.keys.oldest
        self._indexes[realm] = found
        return found

    def _change(self, change: Change, indexes: dict[str, SealingKey]) -> Change:
        """Return the change as the store inside carries it out."""
        return attrs.evolve(
            change,
            writes=tuple([self._write(write, indexes) for write in change.writes]),
            letters=tuple([self.sealing.seal(letter) for letter in change.letters]),
        )

    def _write(self, write: Write, indexes: dict[str, SealingKey]) -> Write:
        """Return one write with everything personal sealed."""
        account = write.account
        if account is None:
            return attrs.evolve(write, keys=frozenset(), claims=frozenset())
        blind = {key: indexes[key.realm].blind(key) for key in write.keys | write.claims}
        return attrs.evolve(
            write,
            account=self.sealing.seal(account, indexes[account.realm]),
            keys=frozenset([blind[key] for key in write.keys]),
            claims=frozenset([blind[key] for key in write.claims]),
        )

    def _accounts(self, page: Page[Account]) -> Page[Account]:
        """Return a page with every account opened."""
        return attrs.evolve(page, items=tuple([self.sealing.open(one) for one in page.items]))

    def _letters(self, letters: Sequence[OutboxMessage]) -> tuple[OutboxMessage, ...]:
        """Return letters opened."""
        return tuple([self.sealing.open(letter) for letter in letters])

    def _taken(self, letters: Sequence[OutboxMessage]) -> Iterator[OutboxMessage]:
        """Yield those letters that open.

        The others stay taken until their lease ends: one letter must not hold up its neighbours,
        and it may open next time, when its key is back.
        """
        for letter in letters:
            try:
                yield self.sealing.open(letter)
            except StoreError as error:
                logger.warning("the letter %s stays where it is: %s", letter.id, error)


class SealedStore(_Sealed):
    """Encrypt what a store keeps; the port :class:`~registrazione.ports.AccountStore`.

    It keeps every law that the store inside keeps.

    Args:
        inner: The store that keeps everything.
        keys: The keys.
        randomness: Where nonces come from; by default the operating system.
    """

    inner: AccountStore

    def load(self, account_id: str) -> Account | None:
        """Return the account, or ``None``.

        Raises:
            StoreError: Its data do not open.
        """
        found = self.inner.load(account_id)
        return None if found is None else self.sealing.open(found)

    def find(self, key: Key) -> tuple[Account, ...]:
        """Return the accounts that carry this key, the holder first, then by age."""
        found = self.inner.find(self._index(key.realm).blind(key))
        return tuple([self.sealing.open(account) for account in found])

    def commit(self, change: Change) -> None:
        """Carry the change out, whole.

        Raises:
            StaleVersion: Somebody else was faster.
            ClaimTaken: Somebody else holds a claim.
            StoreUnavailable: It may or may not have happened.
        """
        indexes = {realm: self._index(realm) for realm in realms_of(change)}
        self.inner.commit(self._change(change, indexes))

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        """Return accounts by age, oldest first, in parts of at most ``limit``."""
        return self._accounts(self.inner.search(criteria, cursor, limit))

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        """Return the account's audit records, oldest first."""
        return self.inner.history(account_id)

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        """Take a procedure's queued letters whose ``not_before`` has come, oldest first.

        A letter that does not open stays in the queue, and the log names it.
        """
        return tuple(self._taken(self.inner.outbox_take(profile, now, limit, lease)))

    def outbox_settle(self, message: OutboxMessage) -> bool:
        """Write a taken letter back, unless somebody else has taken it since."""
        return self.inner.outbox_settle(self.sealing.seal(message))

    def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        """Return letters in these states, oldest first, in parts of at most ``limit``."""
        page = self.inner.outbox_list(states, cursor, limit)
        return attrs.evolve(page, items=self._letters(page.items))

    def check(self, *realms: str) -> None:
        """Make sure that the store answers, and that the accounts of these realms are sealed.

        Raises:
            StoreUnavailable: The store inside does not answer.
            StoreError: There are data from before encryption, or their key is missing.
        """
        check = getattr(self.inner, "check", None)
        if check is not None:
            check()
        for realm in realms:
            self.check_keys(realm)

    def check_keys(self, realm: str) -> None:
        """Make sure that the oldest accounts of a realm are sealed, with keys that are there.

        Raises:
            Misfit: They are not; the text says what to do.
            StoreError: The store inside does not answer.
        """
        oldest = self._oldest(realm)
        self._learn(realm, oldest)
        self.sealing.check_keys(oldest.items)

    def close(self) -> None:
        """Close the store inside, if it can be closed."""
        close = getattr(self.inner, "close", None)
        if close is not None:
            close()

    def _index(self, realm: str) -> SealingKey:
        """Return the key that a realm is looked up with."""
        return self._indexes.get(realm) or self._learn(realm, self._oldest(realm))

    def _oldest(self, realm: str) -> Page[Account]:
        """Return the oldest accounts of a realm, as they stand in the store inside."""
        return self.inner.search(Criteria(realm=realm), None, SAMPLE)


class AsyncSealedStore(_Sealed):
    """The same around an :class:`~registrazione.ports.AsyncAccountStore`."""

    inner: AsyncAccountStore

    async def load(self, account_id: str) -> Account | None:
        """See :meth:`SealedStore.load`."""
        found = await self.inner.load(account_id)
        return None if found is None else self.sealing.open(found)

    async def find(self, key: Key) -> tuple[Account, ...]:
        """See :meth:`SealedStore.find`."""
        index = await self._index(key.realm)
        found = await self.inner.find(index.blind(key))
        return tuple([self.sealing.open(account) for account in found])

    async def commit(self, change: Change) -> None:
        """See :meth:`SealedStore.commit`."""
        indexes = {realm: await self._index(realm) for realm in realms_of(change)}
        await self.inner.commit(self._change(change, indexes))

    async def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        """See :meth:`SealedStore.search`."""
        return self._accounts(await self.inner.search(criteria, cursor, limit))

    async def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        """See :meth:`SealedStore.history`."""
        return await self.inner.history(account_id)

    async def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        """See :meth:`SealedStore.outbox_take`."""
        return tuple(self._taken(await self.inner.outbox_take(profile, now, limit, lease)))

    async def outbox_settle(self, message: OutboxMessage) -> bool:
        """See :meth:`SealedStore.outbox_settle`."""
        return await self.inner.outbox_settle(self.sealing.seal(message))

    async def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        """See :meth:`SealedStore.outbox_list`."""
        page = await self.inner.outbox_list(states, cursor, limit)
        return attrs.evolve(page, items=self._letters(page.items))

    async def check(self, *realms: str) -> None:
        """See :meth:`SealedStore.check`."""
        check = getattr(self.inner, "check", None)
        if check is not None:
            await _done(check())
        for realm in realms:
            await self.check_keys(realm)

    async def check_keys(self, realm: str) -> None:
        """See :meth:`SealedStore.check_keys`."""
        oldest = await self._oldest(realm)
        self._learn(realm, oldest)
        self.sealing.check_keys(oldest.items)

    async def close(self) -> None:
        """See :meth:`SealedStore.close`."""
        close = getattr(self.inner, "close", None)
        if close is not None:
            await _done(close())

    async def _index(self, realm: str) -> SealingKey:
        """Return the key that a realm is looked up with."""
        return self._indexes.get(realm) or self._learn(realm, await self._oldest(realm))

    async def _oldest(self, realm: str) -> Page[Account]:
        """See :meth:`SealedStore._oldest`."""
        return await self.inner.search(Criteria(realm=realm), None, SAMPLE)


@overload
def seal(
    store: AccountStore, keys: Keyring, randomness: Randomness | None = None
) -> SealedStore: ...
@overload
def seal(
    store: AsyncAccountStore, keys: Keyring, randomness: Randomness | None = None
) -> AsyncSealedStore: ...
def seal(
    store: Any, keys: Keyring, randomness: Randomness | None = None
) -> SealedStore | AsyncSealedStore:
    """Put the fitting store around a store; one that is sealed already stays as it is.

    Args:
        store: With blocking or with awaitable methods.
        keys: The keys.
        randomness: Where nonces come from; by default the operating system.
    """
    if isinstance(store, SealedStore | AsyncSealedStore):
        return store
    awaitable = inspect.iscoroutinefunction(store.load)
    return (AsyncSealedStore if awaitable else SealedStore)(store, keys, randomness)


def realms_of(change: Change) -> set[str]:
    """Return the realms that a change writes to."""
    return set(_realms(change))


def _realms(change: Change) -> Iterator[str]:
    for write in change.writes:
        if write.account is not None:
            yield write.account.realm
            yield from (key.realm for key in write.keys | write.claims)


async def _done(result: Any) -> None:  # noqa: ANN401 - whatever the store inside returns
    """Wait for something that may be awaitable."""
    if inspect.isawaitable(result):
        await result
