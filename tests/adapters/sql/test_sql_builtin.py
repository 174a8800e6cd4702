"""The databases as back-ends that a URL names."""

from __future__ import annotations

import pytest
from tests.databases import mariadb_url, postgresql_url

from registrazione.adapters.sql import SqlStore
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
