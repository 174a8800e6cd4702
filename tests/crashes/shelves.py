"""Databases to crash on, and what must be true of them whatever has happened."""

from __future__ import annotations

import shutil
from contextlib import suppress

from sqlalchemy import NullPool, create_engine, func, make_url, select, text
from tests.databases import clean, mariadb_url, postgresql_url

from registrazione.adapters.sql import AsyncSqlStore, SqlStore
from registrazione.adapters.sql.schema import accounts, audit, keys
from registrazione.core.records import Criteria, LetterState
from registrazione.profiles import NAMES, load

_SERVED = ("sqlite", "postgresql", "mariadb")
KINDS = (*_SERVED, "django", "django-postgresql")
"""The databases of the SQL store, and those of Django's ORM."""
MORE_KINDS = (*_SERVED, "django", "awaited")
"""What stories are played on: also PostgreSQL for those who await."""
REALMS = sorted({load(name).realm for name in NAMES})


class Shelf:
    """Gives empty databases of one kind.

    Args:
        kind: Which.
        folder: Where files may be made.
        actors: Do what this process cannot: it has no Django project.
    """

    def __init__(self, kind, folder, actors):
        """Make one, to be copied or emptied."""
        self.kind = kind
        self.awaited = kind == "awaited"
        self.folder = folder
        self._given = 0
        if kind in {"sqlite", "django"}:
            self._first = f"sqlite:///{folder}/empty.db"
        elif kind == "mariadb":
            self._first = mariadb_url()
        else:
            self._first = postgresql_url().replace("postgresql:", "postgresql+psycopg:", 1)
        if kind.startswith("django"):
            self._first = _DJANGO + self._first
            for actor in actors:
                actor.prepare("shelves.set_django_up")
            actors[0].call("shelves.make_tables", url=self._first)
        else:
            SqlStore.open(self._first, create=True).close()

    def empty(self):
        """Return the address of an empty database; the one that was given before is void."""
        if "sqlite" not in self._first:
            clean(self._first.removeprefix(_DJANGO))
            return self._first
        self._given += 1
        path = self.folder / f"{self._given}.db"
        shutil.copy(self.folder / "empty.db", path)
        return self._first.replace("empty.db", path.name)


_DJANGO = "django+"


def set_django_up():
    """Set a project up whose database is chosen later."""
    import django
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "registrazione.contrib.django",
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ""}},
        LOGGING_CONFIG=None,
    )
    django.setup()
    # Else each process that is forked off would load it.
    from registrazione.contrib.django import store

    assert store


def make_tables(url):
    """Make the tables of a Django project."""
    from django.core.management import call_command
    from django.db import connections

    opened(url)
    call_command("migrate", verbosity=0)
    # What SQLite keeps beside the file goes into it.
    connections.close_all()


def opened(url, *, awaited=False):
    """Open a store."""
    if not url.startswith(_DJANGO):
        return (AsyncSqlStore if awaited else SqlStore).open(url)
    from django.db import connections

    from registrazione.contrib.django.store import DjangoStore

    found = connections.configure_settings({"default": _database(url.removeprefix(_DJANGO))})
    connections.settings["default"] = found["default"]
    with suppress(AttributeError):
        # What stands for another database, though nobody has connected to that one.
        del connections["default"]
    return DjangoStore()


def storage(url):
    """Return what a registrar is to open."""
    return opened(url) if url.startswith(_DJANGO) else url


def _database(url):
    """Return a database as a Django project has it."""
    if url.startswith("sqlite"):
        options = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF",
        }
        named = {"ENGINE": "django.db.backends.sqlite3", "NAME": url.partition("///")[2]}
        return {**named, "OPTIONS": options, "CONN_MAX_AGE": None}
    address = make_url(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.database,
        "USER": address.username or "",
        "PASSWORD": address.password or "",
        "HOST": address.host or address.query.get("host", ""),
        "PORT": address.port or "",
        "CONN_MAX_AGE": None,
    }


def check(url):
    """Make sure that a database is in itself consistent; return the number of audit records."""
    engine = create_engine(url.removeprefix(_DJANGO), poolclass=NullPool)
    twice = select(keys.c.claim).where(keys.c.claim.is_not(None))
    twice = twice.group_by(keys.c.claim).having(func.count() > 1)
    nobodys = select(keys.c.digest).where(keys.c.account_id.not_in(select(accounts.c.id)))
    with engine.connect() as connection:
        if "sqlite" in url:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
            assert not connection.execute(text("PRAGMA foreign_key_check")).all()
        else:
            # A server hears of a client's end a moment later.
            while connection.scalar(_OTHERS[engine.dialect.name]):
                connection.rollback()
        assert not connection.execute(twice).all()
        assert not connection.execute(nobodys).all()
        return connection.scalar(select(func.count()).select_from(audit))


_OTHERS = {
    "postgresql": text(
        "SELECT count(*), pg_sleep(0.005) FROM pg_stat_activity "
        "WHERE datname = current_database() AND backend_type = 'client backend' "
        "AND pid <> pg_backend_pid() AND state <> 'idle'"
    ),
    "mariadb": text(
        "SELECT count(*), sleep(0.005) FROM information_schema.processlist "
        "WHERE db = database() AND id <> connection_id() AND (command <> 'Sleep' "
        "OR id IN (SELECT trx_mysql_thread_id FROM information_schema.innodb_trx))"
    ),
}


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
