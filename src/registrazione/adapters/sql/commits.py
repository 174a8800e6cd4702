"""One change, one transaction: the statements of a commit in the order that the laws ask for."""

from __future__ import annotations

from operator import itemgetter

from registrazione.adapters.sql.driver import Row, Session
from registrazione.adapters.sql.rows import (
    KeyRow,
    account_row,
    audit_row,
    key_row_columns,
    key_rows,
    letter_row,
)
from registrazione.adapters.sql.statements import Statements
from registrazione.core.records import Change
from registrazione.ports.stores import ClaimTaken, StaleVersion


class Commit:
    """A change as rows, made ready before the transaction begins: a lock is held briefly."""

    def __init__(self, change: Change, statements: Statements) -> None:
        """Write everything down that the change consists of.

        Raises:
            SnapshotError: A value cannot be written down.
        """
        self._sql = statements
        # Always in one order, so that two changes never wait for each other in a circle.
        self._writes = [
            (
                write.account_id,
                write.expected,
                account_row(write.account) if write.account else None,
            )
            for write in sorted(change.writes, key=lambda write: write.account_id)
        ]
        self._keys = key_rows(change)
        self._audit = [audit_row(record) for record in change.audit]
        self._letters = [letter_row(letter) for letter in change.letters]

    def carry_out(self, session: Session) -> None:
        """Write it within the transaction of ``session``.

        Every version is compared before any claim, because staleness is reported first, and
        every claim is freed before any is taken, because a change may exchange them.

        Raises:
            StaleVersion: An account is not at the expected version.
            ClaimTaken: Another account holds a claim.
        """
        stored: set[KeyRow] = set()
        for account_id, expected, row in self._writes:
            if not self._swap(session, account_id, expected, row):
                raise StaleVersion
            if row is not None and expected:
                stored.update(session.rows(self._sql.keys_of, {"account_id": account_id}))
        freed = [key_row_columns(key) for key in stored - self._keys]
        session.execute_each(self._sql.drop_key, freed)
        self._add(session, self._keys - stored)
        session.execute_each(self._sql.record, self._audit)
        session.execute_each(self._sql.post, self._letters)

    def _swap(self, session: Session, account_id: str, expected: int, row: Row | None) -> bool:
        """Create, replace or erase an account; ``False`` if its version is not the expected."""
        where = {"account_id": account_id, "expected": expected}
        if row is None:
            # Its keys and claims go with it: the database sees to that.
            return session.execute(self._sql.erase, where).rowcount == 1
        if expected:
            return session.execute(self._sql.replace, {**where, **row}).rowcount == 1
        return session.insert(self._sql.create, {"id": account_id, **row})

    def _add(self, session: Session, keys: set[KeyRow]) -> None:
        """Write keys down; claims one by one, to know which is taken."""
        plain = [key_row_columns(key) for key in keys if not key[-1]]
        session.execute_each(self._sql.add_key, plain)
        for key in sorted((key for key in keys if key[-1]), key=itemgetter(2)):
            if not session.insert(self._sql.add_key, key_row_columns(key)):
                raise ClaimTaken(key[2])
