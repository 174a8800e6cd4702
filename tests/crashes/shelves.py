"""Databases to crash on, and what must be true of them whatever has happened."""

from __future__ import annotations

import shutil

from sqlalchemy import NullPool, create_engine, func, select, text
from tests.databases import clean, postgresql_url

from registrazione.adapters.sql import SqlStore
from registrazione.adapters.sql.schema import accounts, audit, keys
from registrazione.core.records import Criteria, LetterState
from registrazione.profiles import NAMES, load

KINDS = ("sqlite", "postgresql")
REALMS = sorted({load(name).realm for name in NAMES})


class Shelf:
    """Gives empty databases of one kind.

    Args:
        kind: Which.
        folder: Where files may be made.
    """

    def __init__(self, kind, folder):
        """Make one, to be copied or emptied."""
        self._kind = kind
        self.folder = folder
        self._given = 0
        if kind == "sqlite":
            self._first = f"sqlite:///{folder}/empty.db"
        else:
            self._first = postgresql_url().replace("postgresql:", "postgresql+psycopg:", 1)
        SqlStore.open(self._first, create=True).close()

    def empty(self):
        """Return the address of an empty database; the one that was given before is void."""
        if self._kind == "postgresql":
            clean(self._first)
            return self._first
        self._given += 1
        path = self.folder / f"{self._given}.db"
        shutil.copy(self.folder / "empty.db", path)
        return f"sqlite:///{path}"


def check(url):
    """Make sure that a database is in itself consistent; return the number of audit records."""
    engine = create_engine(url, poolclass=NullPool)
    twice = select(keys.c.claim).where(keys.c.claim.is_not(None))
    twice = twice.group_by(keys.c.claim).having(func.count() > 1)
    nobodys = select(keys.c.digest).where(keys.c.account_id.not_in(select(accounts.c.id)))
    with engine.connect() as connection:
        if url.startswith("sqlite"):
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
            assert not connection.execute(text("PRAGMA foreign_key_check")).all()
        else:
            # A server hears of a client's end a moment later.
            while connection.scalar(_OTHERS):
                connection.rollback()
        assert not connection.execute(twice).all()
        assert not connection.execute(nobodys).all()
        return connection.scalar(select(func.count()).select_from(audit))


_OTHERS = text(
    "SELECT count(*), pg_sleep(0.005) FROM pg_stat_activity WHERE datname = current_database() "
    "AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle'"
)


def contents(store, names, known):
    """Return everything that a store holds, in the words of its contract.

    Args:
        store: The store.
        names: Of all accounts that there may be or have been.
        known: All keys that there may be or have been.
    """
    found = [account for realm in REALMS for account in _pages(store.search, Criteria(realm=realm))]
    found_by = {key: [account.id for account in store.find(key)] for key in known}
    histories = {name: store.history(name) for name in {*names, *(a.id for a in found)}}
    return {
        "accounts": {account.id: account for account in found},
        "keys": {key: ids for key, ids in found_by.items() if ids},
        "histories": {name: history for name, history in histories.items() if history},
        "letters": list(_pages(store.outbox_list, tuple(LetterState))),
    }


def _pages(method, what):
    """Yield what a method returns in parts."""
    cursor = None
    while True:
        page = method(what, cursor, 500)
        yield from page.items
        cursor = page.cursor
        if cursor is None:
            return
