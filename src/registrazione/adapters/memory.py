"""A store in memory: for tests and demonstrations, and as the contract spelled out in code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from threading import Lock

import attrs

from registrazione.adapters.bookkeeping import (
    accounts_page,
    check_claims,
    check_versions,
    in_order,
    letters_page,
)
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


class MemoryStore:
    """Keep everything in dicts under one lock; it ends with the process.

    It keeps every law of :class:`~registrazione.ports.AccountStore`.
    """

    volatile = True
    """Nothing of it outlives the process, so that nothing of it needs to be encrypted."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = Lock()
        self._rows: dict[str, Write] = {}
        self._carriers: defaultdict[Key, set[str]] = defaultdict(set)
        self._holders: dict[Key, str] = {}
        self._audit: defaultdict[str | None, list[AuditRecord]] = defaultdict(list)
        self._letters: dict[str, OutboxMessage] = {}

    def load(self, account_id: str) -> Account | None:
        """Return the account, or ``None``."""
        with self._lock:
            row = self._rows.get(account_id)
        return row.account if row else None

    def find(self, key: Key) -> tuple[Account, ...]:
        """Return the accounts that carry this key, the holder first, then by age."""
        with self._lock:
            holder = self._holders.get(key)
            carriers = [self._rows[name] for name in self._carriers.get(key, ())]
        return in_order(carriers, holder)

    def commit(self, change: Change) -> None:
        """Carry the change out, whole: everything is checked before anything is written."""
        with self._lock:
            self._check_versions(change)
            self._check_claims(change)
            for write in change.writes:
                self._free(write.account_id)
            for write in change.writes:
                self._put(write)
            for record in change.audit:
                self._audit[record.account_id].append(record)
            for letter in change.letters:
                self._letters[letter.id] = letter

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        """Return accounts by age, oldest first, in parts of at most ``limit``."""
        with self._lock:
            rows = list(self._rows.values())
        return accounts_page(rows, criteria, cursor, limit)

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        """Return the account's audit records, oldest first."""
        with self._lock:
            return tuple(self._audit.get(account_id, ()))

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        """Take a procedure's queued letters whose ``not_before`` has come, oldest first."""
        with self._lock:
            taken = tuple(
                letter.leased(now, lease)
                for letter in islice(self._due_letters(profile, now), limit)
            )
            self._letters.update({letter.id: letter for letter in taken})
        return taken

    def outbox_settle(self, message: OutboxMessage) -> bool:
        """Write a taken letter back, unless somebody else has taken it since."""
        with self._lock:
            settled = message.settles(self._letters.get(message.id))
            if settled:
                self._letters[message.id] = message
        return settled

    def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        """Return letters in these states, oldest first, in parts of at most ``limit``."""
        with self._lock:
            letters = list(self._letters.values())
        return letters_page(letters, states, cursor, limit)

    def _check_versions(self, change: Change) -> None:
        """Refuse a change that was decided on something older than what is here."""
        check_versions(change, self._rows)

    def _check_claims(self, change: Change) -> None:
        """Refuse a claim that an account outside of the change holds, or two within it want."""
        check_claims(change, self._holders)

    def _free(self, account_id: str) -> None:
        """Forget an account, its keys and its claims."""
        row = self._rows.pop(account_id, None)
        if row is None:
            return
        for key in row.keys:
            self._carriers[key].discard(account_id)
        for claim in row.claims:
            del self._holders[claim]

    def _put(self, write: Write) -> None:
        """Write an account down, unless the change erases it."""
        if write.account is None:
            return
        row = attrs.evolve(write, keys=write.keys | write.claims)
        self._rows[write.account_id] = row
        for key in row.keys:
            self._carriers[key].add(write.account_id)
        for claim in row.claims:
            self._holders[claim] = write.account_id

    def _due_letters(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        """Yield the letters that may be taken, in the order in which they were committed."""
        for letter in self._letters.values():
            if letter.is_due(profile, now):
                yield letter
