"""Stores whose reading, searching or queueing fails only when two are at work.

Each keeps every law of one at a time.
"""

# ruff: noqa: D102 - each class says what is wrong with it; its methods are the port's.

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs

from registrazione.adapters.bookkeeping import in_order
from registrazione.adapters.memory import MemoryStore
from registrazione.core.account import Account
from registrazione.core.records import (
    Change,
    Criteria,
    Key,
    LetterState,
    OutboxMessage,
    Page,
    Write,
)


class FillsCacheLate(MemoryStore):
    """Fills its cache with what it has read, after somebody else has emptied it."""

    def __init__(self) -> None:
        super().__init__()
        self._cache: dict[str, Account] = {}

    def load(self, account_id: str) -> Account | None:
        if account_id in self._cache:
            return self._cache[account_id]
        account = super().load(account_id)
        if account is not None:
            self._cache[account_id] = account
        return account

    def commit(self, change: Change) -> None:
        super().commit(change)
        for write in change.writes:
            self._cache.pop(write.account_id, None)


class EmptiesCacheEarly(FillsCacheLate):
    """Empties its cache before the commit, so that a reader fills it with the old again."""

    def commit(self, change: Change) -> None:
        for write in change.writes:
            self._cache.pop(write.account_id, None)
        with self._lock:
            pass
        MemoryStore.commit(self, change)
        for write in change.writes:
            if write.account is None or not write.expected:
                self._cache.pop(write.account_id, None)


class FindsThenLoads(MemoryStore):
    """Looks the identifiers up first and the accounts then, which may be gone by now."""

    def find(self, key: Key) -> tuple[Account, ...]:
        with self._lock:
            names = [account for account, row in self._rows.items() if key in row.keys]
        found = [self._rows[name] for name in names]
        return in_order(found, self._holders.get(key))


class ComparesWithItsOwnRead(MemoryStore):
    """Compares the stored version with what was loaded last, by whomever it was."""

    def __init__(self) -> None:
        super().__init__()
        self._read: dict[str, int] = {}

    def load(self, account_id: str) -> Account | None:
        account = super().load(account_id)
        if account is not None:
            self._read[account_id] = account.version
        return account

    def commit(self, change: Change) -> None:
        writes = [self._as_read(write) for write in change.writes]
        try:
            super().commit(attrs.evolve(change, writes=tuple(writes)))
        finally:
            for write in change.writes:
                self._read.pop(write.account_id, None)

    def _as_read(self, write: Write) -> Write:
        read = self._read.get(write.account_id, 0)
        # One step behind what was loaded: the last reader is taken for the writer.
        if not write.expected or read <= write.expected or read - write.expected > 1:
            return write
        return attrs.evolve(
            write,
            expected=read,
            account=write.account and attrs.evolve(write.account, version=read + 1),
        )


class SearchesWithOneCursor(MemoryStore):
    """Keeps one answer open, and goes on with it whoever asks for the next part."""

    def __init__(self) -> None:
        super().__init__()
        self._open: Criteria | None = None

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        if cursor is None or self._open is None:
            self._open = criteria
        return super().search(self._open, cursor, limit)


class TakesInTwoSteps(MemoryStore):
    """Chooses letters, and notes a moment later that they are taken."""

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        with self._lock:
            chosen = list(self._due_letters(profile, now))[:limit]
        taken = tuple(
            attrs.evolve(m, attempts=m.attempts + 1, not_before=now + lease) for m in chosen
        )
        with self._lock:
            self._letters.update({letter.id: letter for letter in taken})
        return taken


class SettlesInTwoSteps(MemoryStore):
    """Looks who has a letter, and writes to it a moment later."""

    def outbox_settle(self, message: OutboxMessage) -> bool:
        with self._lock:
            stored = self._letters.get(message.id)
        if stored is None or message.attempts not in (0, stored.attempts):
            return False
        with self._lock:
            self._letters[message.id] = message
        return True


class TakesSettled(MemoryStore):
    """Writes a taken letter over what somebody has settled since it was chosen."""

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        with self._lock:
            chosen = [m.id for m in self._due_letters(profile, now)][:limit]
        taken: list[OutboxMessage] = []
        for name in chosen:
            with self._lock:
                letter = self._letters[name]
                if letter.not_before <= now:
                    letter = attrs.evolve(
                        letter,
                        state=LetterState.QUEUED,
                        attempts=letter.attempts + 1,
                        not_before=now + lease,
                    )
                    self._letters[name] = letter
                    taken.append(letter)
        return tuple(taken)


class LeasesByWorker(MemoryStore):
    """Notes the lease and counts the attempt in two steps."""

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        with self._lock:
            chosen = list(self._due_letters(profile, now))[:limit]
            counted = [attrs.evolve(m, attempts=m.attempts + 1) for m in chosen]
            self._letters.update({letter.id: letter for letter in counted})
        with self._lock:
            taken = tuple(
                attrs.evolve(self._letters[m.id], not_before=now + lease) for m in counted
            )
            self._letters.update({letter.id: letter for letter in taken})
        return taken


class FindsInTwoSteps(MemoryStore):
    """Finds who carries a key, and then reads what has become of them meanwhile."""

    def find(self, key: Key) -> tuple[Account, ...]:
        with self._lock:
            holder = self._holders.get(key)
            names = sorted(self._carriers.get(key, ()))
        with self._lock:
            rows = [self._rows[name] for name in names if name in self._rows]
        return in_order(rows, holder)


class SearchesInTwoSteps(MemoryStore):
    """Finds what meets the criteria, and then reads what has become of it meanwhile."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        page = super().search(criteria, cursor, limit)
        now = [self.load(account.id) for account in page.items]
        return attrs.evolve(page, items=tuple(account for account in now if account))


FAULTS: Mapping[type[Any], str] = {
    FillsCacheLate: "pause_between_versions",
    EmptiesCacheEarly: "pause_between_versions",
    FindsThenLoads: "pause_in_proof",
    ComparesWithItsOwnRead: "order_of_changes",
    SearchesWithOneCursor: "order_of_searching",
    TakesInTwoSteps: "pause_in_taking",
    SettlesInTwoSteps: "pause_in_settling",
    TakesSettled: "pause_in_settling",
    LeasesByWorker: "pause_in_taking",
    FindsInTwoSteps: "pause_in_reading",
    SearchesInTwoSteps: "pause_in_reading",
}
