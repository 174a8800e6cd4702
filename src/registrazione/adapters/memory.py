"""A store in memory: for tests and demonstrations, and as the contract spelled out in code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from threading import Lock

import attrs

from registrazione.adapters.positions import (
    MOST_FOUND,
    age,
    cursor_of,
    page_of,
    position_of,
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
from registrazione.ports.stores import ClaimTaken, StaleVersion


@attrs.frozen
class _Row:
    """An account with its keys and claims."""

    account: Account
    keys: frozenset[Key]
    claims: frozenset[Key]


class MemoryStore:
    """Keep everything in dicts under one lock; it ends with the process.

    It keeps every law of :class:`~registrazione.ports.AccountStore`.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._lock = Lock()
        self._rows: dict[str, _Row] = {}
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
            found = [self._rows[name].account for name in self._carriers.get(key, ())]
        found.sort(key=lambda account: (account.id != holder, age(account)))
        return tuple(found[:MOST_FOUND])

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
        start = position_of(cursor)
        with self._lock:
            accounts = [row.account for row in self._rows.values()]
        found = sorted([a for a in accounts if _meets(a, criteria) and age(a) > start], key=age)
        return page_of([(a, cursor_of(*age(a))) for a in found[: limit + 1]], limit)

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
                attrs.evolve(letter, attempts=letter.attempts + 1, not_before=now + lease)
                for letter in islice(self._due_letters(profile, now), limit)
            )
            self._letters.update({letter.id: letter for letter in taken})
        return taken

    def outbox_settle(self, message: OutboxMessage) -> bool:
        """Write a taken letter back, unless somebody else has taken it since."""
        with self._lock:
            stored = self._letters.get(message.id)
            if stored is None or message.attempts not in (0, stored.attempts):
                return False
            self._letters[message.id] = message
            return True

    def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        """Return letters in these states, oldest first, in parts of at most ``limit``."""
        start, _ = position_of(cursor)
        with self._lock:
            letters = list(enumerate(self._letters.values()))
        found = ((m, cursor_of(n)) for n, m in letters if m.state in states and n > start)
        return page_of(list(islice(found, limit + 1)), limit)

    def _check_versions(self, change: Change) -> None:
        """Refuse a change that was decided on something older than what is here."""
        for write in change.writes:
            row = self._rows.get(write.account_id)
            if write.expected != (row.account.version if row else 0):
                raise StaleVersion

    def _check_claims(self, change: Change) -> None:
        """Refuse a claim that an account outside of the change holds, or two within it want."""
        changed = {None, *(write.account_id for write in change.writes)}
        wanted = [claim for write in change.writes for claim in write.claims]
        for claim in sorted(wanted, key=lambda claim: claim.kind):
            if self._holders.get(claim) not in changed or wanted.count(claim) > 1:
                raise ClaimTaken(claim.kind)

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
        row = _Row(write.account, write.keys | write.claims, write.claims)
        self._rows[write.account_id] = row
        for key in row.keys:
            self._carriers[key].add(write.account_id)
        for claim in row.claims:
            self._holders[claim] = write.account_id

    def _due_letters(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        """Yield the letters that may be taken, in the order in which they were committed."""
        for letter in self._letters.values():
            queued = letter.state is LetterState.QUEUED and letter.profile == profile
            if queued and letter.not_before <= now:
                yield letter


def _meets(account: Account, criteria: Criteria) -> bool:
    """Tell whether the account is among those looked for."""
    due, created = criteria.due_before, criteria.created_before
    unused, used = criteria.unused_since, account.last_used_at
    return (
        account.realm == criteria.realm
        and (not criteria.states or account.state in criteria.states)
        and (due is None or (account.due_at is not None and account.due_at <= due))
        and (created is None or account.created_at <= created)
        and (unused is None or used is None or used < unused)
    )
