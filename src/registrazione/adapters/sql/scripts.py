"""What each method of the store asks of the database, for callers of both colours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from registrazione.adapters.positions import (
    AFTER_ALL_TIME,
    cursor_of,
    microseconds,
    page_of,
    position_of,
)
from registrazione.adapters.sql.driver import Script, changed, each, rows
from registrazione.adapters.sql.rows import key_digest, letter_of, read, settled_row
from registrazione.adapters.sql.statements import Statements, states_row
from registrazione.core.account import Account
from registrazione.core.records import (
    AuditRecord,
    Criteria,
    Key,
    LetterState,
    OutboxMessage,
    Page,
)
from registrazione.core.states import AccountState


def load(sql: Statements, account_id: str) -> Script[Account | None]:
    """Return the account, or ``None``."""
    found = yield from rows(sql.load, {"account_id": account_id})
    return read(Account, found[0][0]) if found else None


def find(sql: Statements, key: Key) -> Script[tuple[Account, ...]]:
    """Return the accounts that carry this key, the holder first, then by age."""
    found = yield from rows(sql.find, key_digest(key))
    return tuple([read(Account, data) for (data,) in found])


def search(
    sql: Statements, criteria: Criteria, cursor: str | None, limit: int
) -> Script[Page[Account]]:
    """Return accounts by age, oldest first, in parts of at most ``limit``."""
    after, after_id = position_of(cursor)
    row = {
        "realm": criteria.realm,
        "created_before": _or_never(criteria.created_before),
        "due_before": _or_never(criteria.due_before),
        "unused_since": _or_never(criteria.unused_since),
        "after": after,
        "after_id": after_id,
        "limit": limit + 1,
        **states_row(criteria.states or AccountState, AccountState),
    }
    found = yield from rows(sql.search if criteria.due_before is None else sql.search_due, row)
    accounts = [(read(Account, data), cursor_of(at, name)) for data, at, name in found]
    return page_of(accounts, limit)


def history(sql: Statements, account_id: str) -> Script[tuple[AuditRecord, ...]]:
    """Return the account's audit records, oldest first."""
    found = yield from rows(sql.history, {"account_id": account_id})
    return tuple([read(AuditRecord, data) for (data,) in found])


def outbox_take(
    sql: Statements, profile: str, now: datetime, limit: int, lease: timedelta
) -> Script[tuple[OutboxMessage, ...]]:
    """Take a procedure's queued letters whose ``not_before`` has come, oldest first."""
    until = microseconds(now + lease)
    row = {"profile": profile, "now": microseconds(now), "limit": limit, "until": until}
    if sql.take_due is not None:
        taken = yield from rows(sql.take_due, row)
        return tuple([letter_of(*columns) for _, *columns in sorted(taken)])
    waiting = yield from rows(sql.waiting, row)
    yield from each(sql.take, [{"seq": seq, "until": until} for seq, *_ in waiting])
    return tuple([letter_of(data, until, tried + 1) for _, data, _, tried in waiting])


def outbox_settle(sql: Statements, message: OutboxMessage) -> Script[bool]:
    """Write a taken letter back, unless somebody else has taken it since."""
    statement = sql.settle if message.attempts else sql.send_again
    where = {"letter_id": message.id, "attempts_taken": message.attempts}
    count = yield from changed(statement, {**where, **settled_row(message)})
    return count == 1


def outbox_list(
    sql: Statements, states: Sequence[LetterState], cursor: str | None, limit: int
) -> Script[Page[OutboxMessage]]:
    """Return letters in these states, oldest first, in parts of at most ``limit``."""
    after, _ = position_of(cursor)
    if not states:
        return Page(items=())
    row = {"after": after, "limit": limit + 1, **states_row(states, LetterState)}
    found = yield from rows(sql.letters, row)
    letters = [(letter_of(*columns), cursor_of(seq)) for seq, *columns in found]
    return page_of(letters, limit)


def _or_never(at: datetime | None) -> int:
    """Return the bound of a search, or one that everything is within."""
    return AFTER_ALL_TIME if at is None else microseconds(at)
