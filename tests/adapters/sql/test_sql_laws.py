"""The laws of the store, on each server and in both colours.

To hold a flow at every line of the store's code takes most of the time, and on servers most of
that is waiting. There it is done where REGISTRAZIONE_ROUNDS is set; SQLite goes through the same
code with every run.
"""

from __future__ import annotations

import os

import pytest
from tests.adapters.sql.blocking import Blocking
from tests.adapters.sql.places import shared_url
from tests.databases import postgresql_url

from registrazione.adapters.sealed import AsyncSealedStore, Keyring
from registrazione.adapters.sql import AsyncSqlStore, SqlStore
from registrazione.testing.laws.levels import Level
from registrazione.testing.laws.stores import STORE_LAWS, check_law

THOROUGH = "REGISTRAZIONE_ROUNDS" in os.environ
LAWS = {law.name: law for law in STORE_LAWS if THOROUGH or law.group != "pauses"}
SEQUENTIAL = {name: law for name, law in LAWS.items() if law.level is not Level.CONCURRENCY}
each_law = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory):
    """Return the address of a PostgreSQL database that the laws share."""
    return shared_url("postgresql", tmp_path_factory.mktemp("postgresql"))


@pytest.fixture(scope="module")
def encrypted():
    """Return the address of another one, where nobody leaves anything readable."""
    url = postgresql_url()
    SqlStore.open(url, create=True).close()
    return url


@pytest.fixture(scope="module")
def mariadb(tmp_path_factory):
    """Return the address of a MariaDB database that the laws share."""
    return shared_url("mariadb", tmp_path_factory.mktemp("mariadb"))


@each_law
def test_postgresql_keeps(law, postgresql) -> None:
    """The SQL store keeps each law on PostgreSQL."""
    assert check_law(law, lambda: SqlStore.open(postgresql)).reason is None


@each_law
def test_mariadb_keeps(law, mariadb) -> None:
    """The SQL store keeps each law on MariaDB."""
    assert check_law(law, lambda: SqlStore.open(mariadb)).reason is None


@each_law
def test_postgresql_keeps_for_those_who_await(law, postgresql) -> None:
    """The awaitable store keeps each law on PostgreSQL."""
    outcome = check_law(law, lambda: Blocking(AsyncSqlStore.open(postgresql)))

    assert outcome.reason is None


@pytest.mark.parametrize("law", SEQUENTIAL.values(), ids=SEQUENTIAL)
def test_postgresql_keeps_encrypted_for_those_who_await(law, encrypted) -> None:
    """The awaitable store keeps each law that needs no rival with everything personal encrypted."""
    ring = Keyring(["of the tests, with 32 bytes or more"])
    outcome = check_law(
        law, lambda: Blocking(AsyncSealedStore(AsyncSqlStore.open(encrypted), ring))
    )

    assert outcome.reason is None
