"""Stores whose fault shows only when two are at work: each keeps every law of one at a time."""

# ruff: noqa: D102 - each class says what is wrong with it; its methods are the port's.

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import Any

import attrs

from registrazione.adapters.memory import MemoryStore
from registrazione.core.records import (
    AuditRecord,
    Change,
    Write,
)
from registrazione.ports.stores import StaleVersion, StoreUnavailable

_MOMENT = 0.05


class _WithoutLock(MemoryStore):
    """Commits step by step, and leaves it to its subclasses what is locked."""

    def write(self, writes: Sequence[Write]) -> None:
        """Write some accounts down."""
        for write in writes:
            self._free(write.account_id)
        for write in writes:
            self._put(write)

    def append(self, change: Change) -> None:
        """Write the records and the letters down."""
        for record in change.audit:
            self._audit[record.account_id].append(record)
        self._letters.update({letter.id: letter for letter in change.letters})


class SwapsInTwoSteps(_WithoutLock):
    """Compares the versions under a lock and writes under a lock, but not under the same one."""

    def commit(self, change: Change) -> None:
        with self._lock:
            self._check_versions(change)
        with self._lock:
            self._check_claims(change)
            self.write(change.writes)
            self.append(change)


class ClaimsInTwoSteps(_WithoutLock):
    """Looks whether a claim is free, and takes it a moment later."""

    def commit(self, change: Change) -> None:
        with self._lock:
            self._check_versions(change)
            self._check_claims(change)
        with self._lock:
            self._check_versions(change)
            self.write(change.writes)
            self.append(change)


class CreatesInTwoSteps(_WithoutLock):
    """Asks for the account first and creates it then; only replacements take one step."""

    def commit(self, change: Change) -> None:
        with self._lock:
            self._check_versions(change)
        old = tuple(write for write in change.writes if write.expected)
        with self._lock:
            self._check_versions(attrs.evolve(change, writes=old))
            self._check_claims(change)
            self.write(change.writes)
            self.append(change)


class RevivesInTwoSteps(_WithoutLock):
    """Compares the version of an account that is written, and writes over what is there by then."""

    def commit(self, change: Change) -> None:
        with self._lock:
            self._check_versions(change)
        if all(write.account for write in change.writes):
            with self._lock:
                self._check_claims(change)
                self.write(change.writes)
                self.append(change)
        else:
            super().commit(change)


class ShowsAccountsFirst(_WithoutLock):
    """Ends its transaction with the accounts, and begins another for letters and records."""

    def commit(self, change: Change) -> None:
        with self._lock:
            self._check_versions(change)
            self._check_claims(change)
            self.write(change.writes)
        with self._lock:
            self.append(change)


class ShowsLettersFirst(_WithoutLock):
    """Posts the letters of a change that is good, and then carries it out."""

    def commit(self, change: Change) -> None:
        with self._lock:
            self._check_versions(change)
            self._check_claims(change)
            self._letters.update({letter.id: letter for letter in change.letters})
        super().commit(attrs.evolve(change, letters=()))


class PostsForLosers(_WithoutLock):
    """Posts letters while it looks whether the change is good, and takes them back if it lost."""

    def commit(self, change: Change) -> None:
        with self._lock:
            self._check_versions(change)
            self._check_claims(change)
            self._letters.update({letter.id: letter for letter in change.letters})
        with self._lock:
            self._check_versions(change)
            self._check_claims(change)
            self.write(change.writes)
            self.append(attrs.evolve(change, letters=()))


class ShowsOneByOne(_WithoutLock):
    """Checks a change as a whole, and shows its accounts one after the other."""

    def commit(self, change: Change) -> None:
        with self._lock:
            self._check_versions(change)
            self._check_claims(change)
            for write in change.writes:
                self._free(write.account_id)
        for write in change.writes:
            with self._lock:
                self._put(write)
        with self._lock:
            self.append(change)


class ShowsUncommitted(_WithoutLock):
    """Writes first, and takes everything back if the change was not good."""

    def commit(self, change: Change) -> None:
        with self._lock:
            rows, holders = dict(self._rows), dict(self._holders)
            self._check_versions(change)
            self._rows |= {
                w.account_id: self._rows[w.account_id] for w in change.writes if w.expected
            }
        with self._lock:
            for write in change.writes:
                if not write.expected and write.account_id not in rows:
                    self._put(attrs.evolve(write, claims=frozenset()))
        with self._lock:
            for write in change.writes:
                if not write.expected:
                    self._free(write.account_id)
            self._check_versions(change)
            self._check_claims(change)
            self.write(change.writes)
            self.append(change)
            holders.clear()


class RestoresEverything(_WithoutLock):
    """Takes a refused change back by restoring what was there before, other people's work too."""

    def commit(self, change: Change) -> None:
        with self._lock:
            rows = dict(self._rows)
            letters = dict(self._letters)
        try:
            super().commit(change)
        except Exception:
            with self._lock:
                self._rows = rows
                self._letters = letters
            raise


class KeepsScratch(_WithoutLock):
    """Keeps the change that it works on in a place that all threads share."""

    _current: Change = Change()

    def commit(self, change: Change) -> None:
        self._current = change
        with self._lock:
            change = self._current
            self._check_versions(change)
            self._check_claims(change)
            self.write(change.writes)
            self.append(change)


class RewritesHistory(_WithoutLock):
    """Reads the history, adds a record to it, and writes it back."""

    def commit(self, change: Change) -> None:
        records = {name: list(self._audit.get(name, ())) for name in _named(change.audit)}
        for record in change.audit:
            records[record.account_id].append(record)
        super().commit(attrs.evolve(change, audit=()))
        self._audit.update(records)


class RewritesOutbox(_WithoutLock):
    """Reads the outbox, adds letters to it, and writes it back."""

    def commit(self, change: Change) -> None:
        letters = dict(self._letters)
        super().commit(attrs.evolve(change, letters=()))
        letters.update({letter.id: letter for letter in change.letters})
        self._letters = letters


class LocksInAnyOrder(_WithoutLock):
    """Locks the accounts of a change in the order of its writes, so that two may block each other.

    It gives up after a moment, as a database does that notices.
    """

    def __init__(self) -> None:
        super().__init__()
        self._locks: dict[str, Lock] = {}

    def commit(self, change: Change) -> None:
        with self._held([write.account_id for write in change.writes]):
            super().commit(change)

    @contextmanager
    def _held(self, names: Sequence[str]) -> Generator[None]:
        held: list[Lock] = []
        try:
            for name in names:
                lock = self._locks.setdefault(name, Lock())
                if not lock.acquire(timeout=_MOMENT):
                    raise StoreUnavailable("deadlock")
                held.append(lock)
            yield
        finally:
            for lock in held:
                lock.release()


class TurnsAway(_WithoutLock):
    """Lets one writer in and turns the others away, instead of letting them wait."""

    def __init__(self) -> None:
        super().__init__()
        self._door = Lock()

    def commit(self, change: Change) -> None:
        if not self._door.acquire(blocking=False):
            raise StoreUnavailable("database is locked")
        try:
            super().commit(change)
        finally:
            self._door.release()


class MistakesLosers(_WithoutLock):
    """Answers with a stale version, where two want the same claim at the same moment."""

    def commit(self, change: Change) -> None:
        before = dict(self._holders)
        with self._lock:
            self._check_versions(change)
            wanted = {claim for write in change.writes for claim in write.claims}
            changed = {write.account_id for write in change.writes}
            raced = {c for c in wanted if self._holders.get(c) != before.get(c)}
            if raced and not {self._holders.get(c) for c in raced} <= changed:
                raise StaleVersion  # pragma: no cover - in the middle of a meeting
            self._check_claims(change)
            self.write(change.writes)
            self.append(change)


def _named(audit: Sequence[AuditRecord]) -> set[str | None]:
    """Return whose records these are."""
    return {record.account_id for record in audit}


class LocksOneByOne(MemoryStore):
    """Locks accounts in the order in which a change names them, until somebody gives up."""

    def __init__(self) -> None:
        super().__init__()
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)

    def commit(self, change: Change) -> None:
        with ExitStack() as held:
            for write in change.writes:
                lock = self._locks[write.account_id]
                if not lock.acquire(timeout=0.1):
                    raise StoreUnavailable("deadlock")
                held.callback(lock.release)
            super().commit(change)


FAULTS: Mapping[type[Any], str] = {
    SwapsInTwoSteps: "pause_in_change",
    ClaimsInTwoSteps: "pause_in_claim",
    CreatesInTwoSteps: "pause_in_creation",
    RevivesInTwoSteps: "pause_in_erasure",
    ShowsAccountsFirst: "pause_in_reading",
    ShowsLettersFirst: "pause_in_reading",
    PostsForLosers: "pause_in_claim",
    ShowsOneByOne: "pause_in_reading",
    ShowsUncommitted: "pause_in_reading",
    RestoresEverything: "pause_in_claim",
    KeepsScratch: "pause_in_posting",
    RewritesHistory: "pause_in_posting",
    RewritesOutbox: "pause_in_posting",
    LocksInAnyOrder: "pause_in_crossing",
    TurnsAway: "pause_in_change",
    MistakesLosers: "pause_in_claim",
    LocksOneByOne: "pause_in_crossing",
}
