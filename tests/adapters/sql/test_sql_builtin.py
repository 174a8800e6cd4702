"""The databases as back-ends that a URL names."""

from __future__ import annotations

import asyncio
from inspect import isawaitable

import pytest
from tests.databases import mariadb_url, postgresql_url
from tests.world import BASE_URL, KEY

from registrazione import AsyncRegistrar, SettingsError
from registrazione.adapters.sealed import AsyncSealedStore
from registrazione.adapters.sql import AsyncSqlStore, SqlStore
from registrazione.core.records import Criteria
from registrazione.plugins import ACCOUNT_STORE, PluginCatalogue
from registrazione.ports import StoreUnavailable


@pytest.mark.parametrize("fresh_url", [mariadb_url, postgresql_url])
def test_a_url_opens_a_database_with_its_tables(fresh_url) -> None:
    """A new installation gets its tables, and the store answers."""
    store = PluginCatalogue().build(ACCOUNT_STORE, fresh_url(), settings={})
    try:
        assert isinstance(store, SqlStore)
        assert store.load("nobody") is None
    finally:
        store.close()


def test_a_database_without_tables_is_not_opened(tmp_path) -> None:
    """Who migrates by hand is told, and no connection stays open."""
    url = f"sqlite:///{tmp_path}/accounts.db"
    (tmp_path / "accounts.db").touch()

    with pytest.raises(StoreUnavailable, match="migrate"):
        PluginCatalogue().build(ACCOUNT_STORE, url, settings={"create": False})


def settings(url, **more):
    """Return settings of a registrar on a database."""
    least = {"profile": "standard", "mailer": "memory://", "base_url": BASE_URL}
    return {**least, "storage": url, "secret_keys": [KEY], **more}


async def registered(url, **more):
    """Register somebody with a registrar that is awaited; return its store and the account."""
    async with AsyncRegistrar.open(**settings(url, **more)) as registrar:
        page = await registrar.begin()
        form = {"name": "Maria", "surname": "Bianchi", "email": "maria@example.it"}
        page = await registrar.fill(page.draft, form, consents=["privacy"])
        await registrar.confirm(page.draft)
        store = registrar.parts.store
        found = store.search(Criteria(realm="standard"), None, 9)
        return store, (await found if isawaitable(found) else found).items


@pytest.mark.parametrize("driver", ["", "+psycopg"])
def test_postgresql_is_awaited_by_whoever_can(driver) -> None:
    """The address is enough: tables are made, data encrypted, and nothing runs in threads."""
    url = postgresql_url().replace("postgresql:", f"postgresql{driver}:", 1)
    store, (account,) = asyncio.run(registered(url))

    assert isinstance(store, AsyncSealedStore)
    assert isinstance(store.inner, AsyncSqlStore)
    assert account.email == "maria@example.it"
    with pytest.raises(SettingsError, match=r"^storage: the data are encrypted"):
        AsyncRegistrar.open(**settings(url, encrypt=False))


def test_postgresql_is_awaited_without_encryption() -> None:
    """Where the settings do without."""
    store, _ = asyncio.run(registered(postgresql_url(), encrypt=False))

    assert isinstance(store, AsyncSqlStore)


def test_other_databases_are_called_in_threads(tmp_path) -> None:
    """They have no driver that can be awaited; memory needs none."""
    sqlite, _ = asyncio.run(registered(f"sqlite:///{tmp_path}/accounts.db"))
    asyncio.run(registered("memory://"))

    assert isinstance(sqlite.inner, SqlStore)
