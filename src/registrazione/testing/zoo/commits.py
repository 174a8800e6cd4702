"""Stores that commit wrongly, or read back something else than was committed."""

# ruff: noqa: D102 - each class says what is wrong with it; its methods are the port's.

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import normalize

import attrs

from registrazione.adapters.memory import MemoryStore
from registrazione.core.account import Account
from registrazione.core.records import (
    Change,
    Write,
)
from registrazione.ports.stores import StaleVersion, StoreError


class LosesUpdates(MemoryStore):
    """Compares no version once an account is there: the last one to write wins."""

    def _check_versions(self, change: Change) -> None:
        for write in change.writes:
            if write.expected and write.account_id not in self._rows:
                raise StaleVersion
            if not write.expected and write.account_id in self._rows:
                raise StaleVersion


class CreatesOver(MemoryStore):
    """Takes expected version 0 for "whatever is there"."""

    def _check_versions(self, change: Change) -> None:
        super()._check_versions(
            attrs.evolve(change, writes=tuple(w for w in change.writes if w.expected))
        )


class TakesOlderForGood(MemoryStore):
    """Refuses only what is older than the stored version."""

    def _check_versions(self, change: Change) -> None:
        for write in change.writes:
            row = self._rows.get(write.account_id)
            if write.expected < (row.account.version if row and row.account else 0):
                raise StaleVersion


class ErasesWithoutLooking(MemoryStore):
    """Compares versions, but not when it erases."""

    def _check_versions(self, change: Change) -> None:
        kept = tuple(write for write in change.writes if write.account)
        super()._check_versions(attrs.evolve(change, writes=kept))


class CommitsWriteByWrite(MemoryStore):
    """Checks and writes one account after the other: half of a change may stay."""

    def commit(self, change: Change) -> None:
        for write in change.writes:
            super().commit(Change(writes=(write,)))
        super().commit(Change(letters=change.letters, audit=change.audit))


class PostsTooEarly(MemoryStore):
    """Puts letters into the outbox before it knows whether the change is good."""

    def commit(self, change: Change) -> None:
        self._letters.update({letter.id: letter for letter in change.letters})
        super().commit(change)


class RecordsTooEarly(MemoryStore):
    """Writes the audit trail before it knows whether the change is good."""

    def commit(self, change: Change) -> None:
        for record in change.audit:
            self._audit[record.account_id].append(record)
        super().commit(attrs.evolve(change, audit=()))


class ErasesHistory(MemoryStore):
    """Throws the audit trail away with the account."""

    def commit(self, change: Change) -> None:
        super().commit(change)
        for write in change.writes:
            if write.account is None:
                self._audit.pop(write.account_id, None)


class FreezesLoads(MemoryStore):
    """Loads an account from a cache that nobody empties."""

    def __init__(self) -> None:
        super().__init__()
        self._loaded: dict[str, Account | None] = {}

    def load(self, account_id: str) -> Account | None:
        return self._loaded.setdefault(account_id, super().load(account_id))


class StoresNothing(MemoryStore):
    """Says that all is well."""

    def commit(self, change: Change) -> None:
        """Do nothing."""


class ExpectsSomething(MemoryStore):
    """Does not know what to do with an empty change."""

    def commit(self, change: Change) -> None:
        if not (change.writes or change.letters or change.audit):
            raise StoreError("nothing to do")
        super().commit(change)


class ComposesAccents(MemoryStore):
    """Brings text into a form that it thinks better."""

    def load(self, account_id: str) -> Account | None:
        account = super().load(account_id)
        values = account.values.items() if account else ()
        composed = {name: normalize("NFC", value) for name, value in values}
        return account and attrs.evolve(account, values=composed)


class TrimsKeys(MemoryStore):
    """Drops the spaces around the value of a key where it stores it."""

    def _put(self, write: Write) -> None:
        trimmed = frozenset(attrs.evolve(key, value=key.value.strip()) for key in write.claims)
        super()._put(attrs.evolve(write, keys=trimmed, claims=trimmed))


class ForgetsParameters(MemoryStore):
    """Keeps letters without what their text needs."""

    def commit(self, change: Change) -> None:
        letters = tuple(attrs.evolve(letter, params={}) for letter in change.letters)
        super().commit(attrs.evolve(change, letters=letters))


class RevivesNothing(MemoryStore):
    """Never lets an identifier be used again."""

    def __init__(self) -> None:
        super().__init__()
        self._erased: set[str] = set()

    def commit(self, change: Change) -> None:
        if any(write.account_id in self._erased for write in change.writes):
            raise StaleVersion
        super().commit(change)
        self._erased |= {write.account_id for write in change.writes if not write.account}


class ReplacesNothing(MemoryStore):
    """Creates an account where there is none to be replaced."""

    def _check_versions(self, change: Change) -> None:
        there = tuple(write for write in change.writes if write.account_id in self._rows)
        super()._check_versions(attrs.evolve(change, writes=there))


class LosesFields(MemoryStore):
    """Has no column for who identified the person."""

    def load(self, account_id: str) -> Account | None:
        account = super().load(account_id)
        return account and attrs.evolve(account, identification=None)


class LosesSecondWrite(MemoryStore):
    """Carries only the first account of a change out."""

    def commit(self, change: Change) -> None:
        super().commit(attrs.evolve(change, writes=change.writes[:1]))


class RoundsTimes(MemoryStore):
    """Keeps times to the second, as some databases do."""

    def load(self, account_id: str) -> Account | None:
        account = super().load(account_id)
        if account is None or account.last_used_at is None:
            return account
        return attrs.evolve(account, last_used_at=account.last_used_at.replace(microsecond=0))


class LosesZones(MemoryStore):
    """Gives times back without their zone."""

    def load(self, account_id: str) -> Account | None:
        account = super().load(account_id)
        if account is None or account.last_used_at is None:
            return account
        return attrs.evolve(account, last_used_at=account.last_used_at.replace(tzinfo=None))


class TakesEmptyForMissing(MemoryStore):
    """Stores an empty text as nothing, as some databases do."""

    def load(self, account_id: str) -> Account | None:
        account = super().load(account_id)
        return account and attrs.evolve(account, username=account.username or None)


class CutsText(MemoryStore):
    """Stores no more than what fits into a column."""

    def load(self, account_id: str) -> Account | None:
        account = super().load(account_id)
        values = {name: value[:255] for name, value in account.values.items()} if account else {}
        return account and attrs.evolve(account, values=values)


class RaisesOnUnknown(MemoryStore):
    """Takes an account that is not there for an error."""

    def load(self, account_id: str) -> Account | None:
        return self._rows[account_id].account


FAULTS: Mapping[type[MemoryStore], str] = {
    LosesUpdates: "stale_version",
    CreatesOver: "created_once",
    TakesOlderForGood: "version_ahead",
    ErasesWithoutLooking: "erase_compares",
    CommitsWriteByWrite: "taken_leaves_nothing",
    PostsTooEarly: "stale_leaves_nothing",
    RecordsTooEarly: "stale_leaves_nothing",
    ErasesHistory: "erase",
    FreezesLoads: "replace",
    StoresNothing: "commit_then_load",
    ExpectsSomething: "empty_change",
    ComposesAccents: "difficult_text",
    TrimsKeys: "keys_with_difficult_text",
    ForgetsParameters: "letters_and_records",
    RevivesNothing: "erased_may_return",
    ReplacesNothing: "missing_is_not_replaced",
    LosesFields: "every_field",
    LosesSecondWrite: "several_writes",
    RoundsTimes: "microseconds",
    LosesZones: "time_zones",
    TakesEmptyForMissing: "empty_is_not_missing",
    CutsText: "long_text",
    RaisesOnUnknown: "unknown_account",
}
