"""One change, one transaction: the statements of a commit in the order that the laws ask for."""

from __future__ import annotations

import attrs

from registrazione.adapters.rows import (
    KeyChanges,
    KeyRow,
    Row,
    account_row,
    audit_row,
    key_rows,
    kind_first,
    letter_row,
    mark_of,
)
from registrazione.contrib.django import orm, statements
from registrazione.contrib.django.database import Database
from registrazione.core.records import Change, Write
from registrazione.ports.stores import ClaimTaken, StaleVersion


@attrs.frozen
class _Step:
    """One account of a change, as rows; without a row, it is erased."""

    account_id: str
    expected: int
    row: Row | None
    keys: list[KeyRow]

    @property
    def where(self) -> Row:
        """What the stored account has to be like."""
        return {"account_id": self.account_id, "expected": self.expected}


class Commit:
    """A change as rows, made ready before the transaction begins: a lock is held briefly."""

    def __init__(self, change: Change, database: Database) -> None:
        """Write everything down that the change consists of.

        Raises:
            SnapshotError: A value cannot be written down.
        """
        # Always in one order, so that two changes never wait for each other in a circle.
        self._steps = [
            _step(write) for write in sorted(change.writes, key=lambda write: write.account_id)
        ]
        self._records = [audit_row(record) for record in change.audit]
        self._letters = [letter_row(letter) for letter in change.letters]
        self._database = database

    def carry_out(self) -> None:
        """Write it within a transaction.

        Every version is compared before any claim, because staleness is reported first, and
        every claim is freed before any is taken, because a change may exchange them.

        On the common path, one account whose keys are still the same, it takes one statement for
        the account, one for its audit records and one for its letters.

        Raises:
            StaleVersion: An account is not at the expected version.
            ClaimTaken: Another account holds a claim.
        """
        changes = [
            (step, KeyChanges.between(self._swap(step), set(step.keys))) for step in self._steps
        ]
        for step, keys in changes:
            for key in keys.dropped:
                self._database.changed(statements.DROP_KEY, key.columns(step.account_id))
            if step.row is None:
                self._database.changed(statements.ERASE, step.where)
        self._add(changes)
        self._database.insert(statements.AUDIT, self._records)
        self._database.insert(statements.OUTBOX, self._letters)

    def _swap(self, step: _Step) -> set[KeyRow]:
        """Create or replace an account; return the keys that are to be looked at.

        One that is to be erased only gets a version that nobody expects: its keys go before it.

        Raises:
            StaleVersion: Its version is not the expected one.
        """
        if step.row is None:
            count = self._database.changed(statements.OUTDATE, step.where)
        elif not step.expected:
            return self._create({"id": step.account_id, **step.row})
        else:
            replace, row = statements.replace(step.row), {**step.where, **step.row}
            if self._database.changed(replace + statements.SAME_KEYS, row):
                return set(step.keys)
            count = self._database.changed(replace, row)
        if not count:
            raise StaleVersion
        found = self._database.rows(statements.KEYS_OF, step.where)
        return {KeyRow("", bytes(digest), bool(claimed)) for digest, claimed in found}

    def _create(self, row: Row) -> set[KeyRow]:
        """Create an account; there are no keys of it yet.

        Raises:
            StaleVersion: It is there already.
        """
        try:
            self._database.insert(statements.ACCOUNTS, [row])
        except orm.IntegrityError:
            raise StaleVersion from None
        return set()

    def _add(self, changes: list[tuple[_Step, KeyChanges]]) -> None:
        """Write new keys down; claims one by one, to know which is taken.

        Raises:
            ClaimTaken: Another account holds one.
        """
        added = [(key, step.account_id) for step, keys in changes for key in keys.added]
        raised = [(key, step.account_id) for step, keys in changes for key in keys.raised]
        shared = [key.columns(account_id) for key, account_id in added if not key.claimed]
        self._database.insert(statements.KEYS, shared)
        claims = [(key, account_id) for key, account_id in added + raised if key.claimed]
        for key, account_id in sorted(claims, key=lambda claim: kind_first(claim[0])):
            row = key.columns(account_id)
            try:
                if (key, account_id) in raised:
                    self._database.changed(statements.CLAIM_KEY, row)
                else:
                    self._database.insert(statements.KEYS, [row])
            except orm.IntegrityError:
                raise ClaimTaken(key.kind) from None


def _step(write: Write) -> _Step:
    """Return what one account becomes."""
    if write.account is None:
        return _Step(write.account_id, write.expected, None, [])
    keys = key_rows(write)
    row = {**account_row(write.account), "keys_mark": mark_of(keys)}
    return _Step(write.account_id, write.expected, row, keys)
