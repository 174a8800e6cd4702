"""A store in dicts: the whole contract of registrazione's account stores on one page.

A *row* is the write that was carried out last for an account: the account with its keys and claims.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from registrazione import plugins, ports
from registrazione.adapters import bookkeeping
from registrazione.core import account, records


class DictStore(bookkeeping.OneAtATime):
    """Keep everything in dicts; one lock lets one thread in at a time."""

    def __init__(self) -> None:
        """Start empty."""
        self.rows: dict[str, records.Write] = {}
        self.letters: dict[str, records.OutboxMessage] = {}
        self.audit: list[records.AuditRecord] = []

    def load(self, account_id: str) -> account.Account | None:
        """Return the account, or ``None``."""
        return self.rows[account_id].account if account_id in self.rows else None

    def find(self, key: records.Key) -> tuple[account.Account, ...]:
        """Return the accounts that carry this key, the holder first, then by age."""
        return bookkeeping.find(key, self.rows.values())

    def commit(self, change: records.Change) -> None:
        """Check everything first, then write everything down."""
        bookkeeping.check(change, self.rows)
        self.rows |= {write.account_id: write for write in change.writes}
        self.letters |= {letter.id: letter for letter in change.letters}
        self.audit += change.audit

    def search(
        self, criteria: records.Criteria, cursor: str | None, limit: int
    ) -> records.Page[account.Account]:
        """Return accounts by age, oldest first, in parts of at most ``limit``."""
        return bookkeeping.accounts_page(self.rows.values(), criteria, cursor, limit)

    def history(self, account_id: str) -> tuple[records.AuditRecord, ...]:
        """Return the account's audit records, oldest first."""
        return tuple(record for record in self.audit if record.account_id == account_id)

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[records.OutboxMessage, ...]:
        """Take letters that are due, oldest first, so that no other worker takes them meanwhile."""
        return bookkeeping.take(self.letters, profile, now, limit, lease)

    def outbox_settle(self, message: records.OutboxMessage) -> bool:
        """Write a taken letter back, unless somebody else has taken it since."""
        settled = message.settles(self.letters.get(message.id))
        self.letters |= {message.id: message} if settled else {}
        return settled

    def outbox_list(
        self, states: Sequence[records.LetterState], cursor: str | None, limit: int
    ) -> records.Page[records.OutboxMessage]:
        """Return letters in these states, oldest first, in parts of at most ``limit``."""
        return bookkeeping.letters_page(self.letters.values(), states, cursor, limit)


@plugins.hookimpl
def registrazione_stores() -> Iterable[plugins.Backend[ports.AccountStore]]:
    """Return the store, to be chosen as ``storage="dict://"``."""
    return [plugins.Backend(plugins.ACCOUNT_STORE, "dict", lambda *_, **__: DictStore())]
