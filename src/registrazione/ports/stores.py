"""The store: where accounts, claims, audit records and letters live."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

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


class StoreError(Exception):
    """Base of what a store may raise; the texts hold no personal data."""


class ClaimTaken(StoreError):  # noqa: N818 - an answer of the contract, not a malfunction
    """Another account holds one of the claims of the change.

    Args:
        kind: Kind of the first such claim, in the order of their kinds.
    """

    def __init__(self, kind: str) -> None:
        """Keep the kind; the value stays out of the text."""
        self.kind = kind
        super().__init__(f"a claim of kind {kind!r} is taken")


class StaleVersion(StoreError):  # noqa: N818 - an answer of the contract, not a malfunction
    """An account of the change is no longer at the version that was read."""

    def __init__(self) -> None:
        """Say so; which account is of no use to the caller, who reads everything again."""
        super().__init__("an account was changed by somebody else")


class StoreUnavailable(StoreError):  # noqa: N818 - an answer of the contract, not a malfunction
    """The store does not answer, or not in time; nothing is known of the change's fate."""

    def __init__(self, reason: str = "the store does not answer") -> None:
        """Keep a short reason without personal data."""
        super().__init__(reason)


@runtime_checkable
class AccountStore(Protocol):
    """Keep accounts.

    Laws, each checked by the conformance kit:

    1. ``commit`` is atomic: all of a change is there afterwards, or nothing of it.
    2. ``commit`` compares and swaps: a write whose ``expected`` version is not the stored one
       (0: the account must not exist) raises ``StaleVersion``.
    3. A claim held by one account is never held by another: ``ClaimTaken``. Claims freed and
       taken within one change are exchanged, whatever the order of the writes. Where both
       errors apply, ``StaleVersion`` comes first.
    4. What was committed is read back equal, field by field and each of its own type, and a
       read after a commit sees it. No text holds a NUL character or half a surrogate pair.
       Identifiers, keys, realms and procedures are the same only if they are equal.
    5. Any number of threads may call any method at the same time.
    6. Errors are only those of this module, and their texts hold no personal data.
    7. Of two accounts of one age, any may be the older one, but always the same.
    8. A store takes no decisions: it erases, frees, voids or gives up nothing by itself,
       whatever the state or the age of an account or a letter.
    """

    def load(self, account_id: str) -> Account | None:
        """Return the account, or ``None``."""
        ...

    def find(self, key: Key) -> tuple[Account, ...]:
        """Return the accounts that carry this key, the holder of the claim first, then by age.

        At most 50 of them: more unconfirmed registrations of one person are not of interest.
        """
        ...

    def commit(self, change: Change) -> None:
        """Carry the change out, whole.

        Raises:
            StaleVersion: Somebody else was faster.
            ClaimTaken: Somebody else holds a claim.
            StoreUnavailable: It may or may not have happened.
        """
        ...

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        """Return accounts by age, oldest first, in parts of ``limit``; the last may be shorter.

        Raises:
            StoreError: It is no cursor of this store.
        """
        ...

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        """Return the account's audit records, in the order in which they were committed."""
        ...

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        """Take a procedure's queued letters whose ``not_before`` has come, as many as asked for.

        They come in the order in which they were committed, whatever their dates.

        Those of other procedures stay where they are: portals that share a store each write
        their own letters, with their own words and addresses.

        Each taken letter's ``attempts`` grows by one and its ``not_before`` moves to
        ``now + lease``, atomically, so that no other worker takes it meanwhile and a worker
        that dies loses nothing.
        """
        ...

    def outbox_settle(self, message: OutboxMessage) -> bool:
        """Write a taken letter back with its new ``state``, ``not_before`` and ``error``.

        Returns:
            Whether it was written. It is not where ``attempts`` is no longer the stored one,
            because the lease ran out and somebody else has the letter. An operator's "send
            again" sets ``attempts`` to zero, which is exempt.
        """
        ...

    def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        """Return letters in these states, in parts of ``limit``, as they were committed.

        What was sent or given up stays in the list.
        """
        ...


class AsyncAccountStore(Protocol):
    """The same contract, awaitable. A synchronous store is wrapped in threads where needed.

    A call may be cancelled at each ``await``: what it was about to do is then done whole or not at
    all, and nothing that it held, no lock and no connection, is kept from others.
    """

    async def load(self, account_id: str) -> Account | None:
        """See :meth:`AccountStore.load`."""
        ...

    async def find(self, key: Key) -> tuple[Account, ...]:
        """See :meth:`AccountStore.find`."""
        ...

    async def commit(self, change: Change) -> None:
        """See :meth:`AccountStore.commit`."""
        ...

    async def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        """See :meth:`AccountStore.search`."""
        ...

    async def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        """See :meth:`AccountStore.history`."""
        ...

    async def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        """See :meth:`AccountStore.outbox_take`."""
        ...

    async def outbox_settle(self, message: OutboxMessage) -> bool:
        """See :meth:`AccountStore.outbox_settle`."""
        ...

    async def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        """See :meth:`AccountStore.outbox_list`."""
        ...
