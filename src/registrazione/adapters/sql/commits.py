"""One change, one transaction: the statements of a commit in the order that the laws ask for."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import attrs

from registrazione.adapters.sql.driver import (
    Duplicate,
    Script,
    Statement,
    changed,
    each,
    rows,
)
from registrazione.adapters.sql.rows import (
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
from registrazione.adapters.sql.statements import MOST_ROWS, Insertion, Statements
from registrazione.core.records import Change, Write
from registrazione.ports.stores import ClaimTaken, StaleVersion


@attrs.frozen
class AccountWrite:
    """A write as rows.

    Args:
        account_id: Which account.
        expected: The version that was read; 0 for a new account.
        row: Its columns from now on, without the id; ``None`` erases it.
        keys: Its keys from now on, sorted by kind.
    """

    account_id: str
    expected: int
    row: Row | None
    keys: list[KeyRow]

    @classmethod
    def of(cls, write: Write) -> AccountWrite:
        """Write everything down that the write consists of."""
        if write.account is None:
            return cls(write.account_id, write.expected, None, [])
        keys = key_rows(write)
        row = {**account_row(write.account), "keys_mark": mark_of(keys)}
        return cls(write.account_id, write.expected, row, keys)

    @property
    def where(self) -> Row:
        """What the stored account has to be like."""
        return {"account_id": self.account_id, "expected": self.expected}


class Commit:
    """A change as rows, made ready before the transaction begins: a lock is held briefly.

    Attributes:
        writes: The accounts, in one order for all changes, so that no two changes wait for each
            other in a circle.
        audit: Rows of the audit trail.
        letters: Rows of the outbox.
    """

    def __init__(self, change: Change) -> None:
        """Write everything down that the change consists of.

        Raises:
            SnapshotError: A value cannot be written down.
        """
        self.writes: list[AccountWrite] = sorted(
            map(AccountWrite.of, change.writes), key=attrgetter("account_id")
        )
        self.audit: list[Row] = [audit_row(record) for record in change.audit]
        self.letters: list[Row] = [letter_row(letter) for letter in change.letters]

    def in_steps(self, sql: Statements) -> Script[None]:
        """Write it down statement by statement.

        Every version is compared before any claim, because staleness is reported first, and
        every claim is freed before any is taken, because a change may exchange them.

        On the common path, one account whose keys are still the same, it takes one statement for
        the account, one for its audit records and one for its letters.

        Raises:
            StaleVersion: An account is not at the expected version.
            ClaimTaken: Another account holds a claim.
        """
        freed: list[Row] = []
        added: list[tuple[KeyRow, Row]] = []
        raised: list[tuple[KeyRow, Row]] = []
        for write in self.writes:
            keys = KeyChanges.between((yield from _swap(sql, write)), set(write.keys))
            freed += [key.columns(write.account_id) for key in keys.dropped]
            added += [(key, key.columns(write.account_id)) for key in keys.added]
            raised += [(key, key.columns(write.account_id)) for key in keys.raised]
        yield from each(sql.drop_key, freed)
        yield from together(sql.add_keys, [row for key, row in added if not key.claimed])
        # Claims one by one, to know which is taken, and in one order for all changes.
        claims = [(key, row, sql.add_key) for key, row in added if key.claimed]
        claims += [(key, row, sql.claim_key) for key, row in raised]
        for key, row, statement in sorted(claims, key=lambda claim: kind_first(claim[0])):
            yield from _claim(statement, key, row)
        yield from together(sql.record, self.audit)
        yield from each(sql.post, self.letters)


def together(insertion: Insertion, many: Sequence[Row]) -> Script[None]:
    """Insert rows, as many with one statement as it takes.

    Raises:
        Duplicate: A unique key is taken.
    """
    for start in range(0, len(many), MOST_ROWS):
        part = many[start : start + MOST_ROWS]
        yield from changed(insertion.of(len(part)), insertion.row(part))


def _swap(sql: Statements, write: AccountWrite) -> Script[set[KeyRow]]:
    """Create, replace or erase an account; return the keys that are to be looked at.

    Raises:
        StaleVersion: Its version is not the expected one.
    """
    if write.row is None:
        # Its keys and claims go with it: the database sees to that.
        count = yield from changed(sql.erase, write.where)
    elif not write.expected:
        return (yield from _create(sql, write))
    else:
        row = {**write.where, **write.row}
        if (yield from changed(sql.replace_same, {**row, "mark": row["keys_mark"]})):
            return set(write.keys)
        count = yield from changed(sql.replace, row)
    if not count:
        raise StaleVersion
    if write.row is None:
        return set()
    found = yield from rows(sql.keys_of, write.where)
    return {KeyRow("", bytes(digest), bool(claimed)) for digest, claimed in found}


def _create(sql: Statements, write: AccountWrite) -> Script[set[KeyRow]]:
    """Create an account; there are no keys of it yet.

    Raises:
        StaleVersion: It is there already.
    """
    try:
        yield from changed(sql.create, {"id": write.account_id, **(write.row or {})})
    except Duplicate:
        raise StaleVersion from None
    return set()


def _claim(statement: Statement, key: KeyRow, row: Row) -> Script[None]:
    """Take a claim.

    Raises:
        ClaimTaken: Another account holds it.
    """
    try:
        yield from changed(statement, row)
    except Duplicate:
        raise ClaimTaken(key.kind) from None
