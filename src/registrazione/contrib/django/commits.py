"""One change, one transaction: the statements of a commit in the order that the laws ask for."""

from __future__ import annotations

import attrs

from registrazione.adapters.rows import (
    KeyRow,
    Row,
    account_row,
    audit_row,
    key_rows,
    kind_first,
    letter_row,
    mark_of,
)
from registrazione.contrib.django import orm
from registrazione.core.records import Change, Write
from registrazione.ports.stores import ClaimTaken, StaleVersion


@attrs.frozen
class _Step:
    """One account of a change, as rows; without a row, it is erased."""

    account_id: str
    expected: int
    row: Row | None
    keys: list[KeyRow]


class Commit:
    """A change as rows, made ready before the transaction begins: a lock is held briefly."""

    def __init__(self, change: Change, alias: str) -> None:
        """Write everything down that the change consists of.

        Raises:
            SnapshotError: A value cannot be written down.
        """
        # Always in one order, so that two changes never wait for each other in a circle.
        self._steps = [
            _step(write) for write in sorted(change.writes, key=lambda write: write.account_id)
        ]
        self._records = [orm.AuditRecord(**audit_row(record)) for record in change.audit]
        self._letters = [orm.Letter(**letter_row(letter)) for letter in change.letters]
        self._accounts = orm.accounts.using(alias)
        self._keys = orm.keys.using(alias)
        self._audit = orm.audit.using(alias)
        self._outbox = orm.outbox.using(alias)

    def carry_out(self) -> None:
        """Write it within a transaction.

        Every version is compared before any claim, because staleness is reported first, and
        every claim is freed before any is taken, because a change may exchange them.

        Raises:
            StaleVersion: An account is not at the expected version.
            ClaimTaken: Another account holds a claim.
        """
        for step in self._steps:
            if not self._swap(step):
                raise StaleVersion
        self._change_keys()
        erased = [step.account_id for step in self._steps if step.row is None]
        if erased:
            self._accounts.filter(id__in=erased).delete()
        self._audit.bulk_create(self._records)
        self._outbox.bulk_create(self._letters)

    def _swap(self, step: _Step) -> bool:
        """Create or replace an account; ``False`` if its version is not the expected.

        One that is to be erased only gets a version that nobody expects: its keys go before it.
        """
        if not step.expected and step.row is not None:
            try:
                self._accounts.bulk_create([orm.Account(id=step.account_id, **step.row)])
            except orm.IntegrityError:
                return False
            return True
        found = self._accounts.filter(id=step.account_id, version=step.expected)
        return bool(found.update(**(step.row or {"version": -1})))

    def _change_keys(self) -> None:
        """Delete the keys that accounts have no more, then write the new ones down."""
        stored = self._stored_keys()
        wanted = {
            (step.account_id, key.digest, key.claimed): key
            for step in self._steps
            for key in step.keys
        }
        dropped = [(digest, account_id) for account_id, digest, _ in stored - wanted.keys()]
        if dropped:
            self._keys.filter(pk__in=dropped).delete()
        self._add([(wanted[row], row[0]) for row in wanted.keys() - stored])

    def _stored_keys(self) -> set[tuple[str, bytes, bool]]:
        """Return the keys that accounts have until now: account, digest, whether claimed."""
        names = [step.account_id for step in self._steps if step.expected]
        if not names:
            return set()
        found = self._keys.filter(account_id__in=names)
        rows = found.values_list("account_id", "digest", "claim")
        return {(name, bytes(digest), claim is not None) for name, digest, claim in rows}

    def _add(self, keys: list[tuple[KeyRow, str]]) -> None:
        """Write keys down; claims one by one, to know which is taken."""
        rows = [(key, orm.Key(**key.columns(account_id))) for key, account_id in keys]
        self._keys.bulk_create([row for key, row in rows if not key.claimed])
        claims = [(key, row) for key, row in rows if key.claimed]
        for key, row in sorted(claims, key=lambda pair: kind_first(pair[0])):
            try:
                self._keys.bulk_create([row])
            except orm.IntegrityError:
                raise ClaimTaken(key.kind) from None


def _step(write: Write) -> _Step:
    """Return what one account becomes."""
    if write.account is None:
        return _Step(write.account_id, write.expected, None, [])
    keys = key_rows(write)
    row = {**account_row(write.account), "keys_mark": mark_of(keys)}
    return _Step(write.account_id, write.expected, row, keys)
