"""Servers that somebody has set otherwise, servers that only read, and tables that take long."""

from __future__ import annotations

from urllib.parse import quote

import attrs
import pytest
from sqlalchemy import text
from tests.adapters.sql.places import KINDS, SERVERS, shared_url
from tests.adapters.sql.test_sql_servers import EMAIL, OPENERS, USERNAME

from registrazione.adapters.sql import SqlStore
from registrazione.adapters.sql.commits import Commit
from registrazione.adapters.sql.driver import Duplicate
from registrazione.adapters.sql.one_trip import OneTrip
from registrazione.core.records import Key
from registrazione.ports.stores import ClaimTaken, StoreUnavailable
from registrazione.testing.builders import an_account, creation, one_change

BOTH = one_change(creation(an_account("first")), creation(an_account("second")))
FORM = Key("standard", "form", "ABCD")


def set_to(url, **settings) -> str:
    """Return the address of a PostgreSQL database that somebody has set otherwise."""
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return f"{url}?options={quote(options)}"


@pytest.fixture(params=["postgresql", "awaiting"])
def opened(request, tmp_path):
    """Return what opens an empty store on a PostgreSQL database that is set otherwise."""
    url, stores = shared_url("postgresql", tmp_path), []

    def open_it(**settings):
        stores.append(OPENERS[request.param](set_to(url, **settings)))
        return stores[-1]

    yield open_it
    for store in stores:
        store.close()


def test_the_claim_is_named_however_bytes_are_written(opened) -> None:
    """A server that writes bytes in the old way says all the same which claim is taken."""
    store = opened(bytea_output="escape")
    store.commit(one_change(creation(an_account(), claims=[USERNAME])))

    with pytest.raises(ClaimTaken) as taken:
        store.commit(one_change(creation(an_account("late"), claims=[EMAIL, USERNAME])))
    assert taken.value.kind == "username"


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ("uq_registrazione_keys_claim Key (claim)=(\\326\\001) already exists.", "email"),
        ("pk_registrazione_keys None", None),
    ],
    ids=["other letters", "another key"],
)
def test_a_claim_is_taken_even_where_nobody_says_which(detail, expected) -> None:
    """Behind a pooler our settings may not reach the server; any other key is no claim."""
    claims = {"claims": [USERNAME, EMAIL], "keys": [FORM]}
    commit = Commit(one_change(creation(an_account(), **claims)))
    script = OneTrip(SqlStore.open("sqlite://")._database.dialect).script(commit)
    next(script)

    with pytest.raises(ClaimTaken if expected else Duplicate) as taken:
        script.throw(Duplicate(detail))
    assert getattr(taken.value, "kind", None) == expected


def test_the_isolation_is_what_the_store_relies_on(tmp_path) -> None:
    """Whatever is usual at the server: nobody is refused for having read too early."""
    url = shared_url("postgresql", tmp_path)
    store = SqlStore.open(set_to(url, default_transaction_isolation="serializable"))
    isolation = store._database.inspect(lambda c: c.scalar(text("SHOW transaction_isolation")))
    store.close()

    assert isolation == "read committed"


def test_a_server_that_only_reads_is_unavailable(opened) -> None:
    """After a fail-over the old primary answers still: whoever writes is not left with it."""
    store = opened(default_transaction_read_only="on")
    before = store.load("first")

    for change in (BOTH, one_change(creation(an_account()))):
        with pytest.raises(StoreUnavailable):
            store.commit(change)
    inside = getattr(store, "store", store)._database
    kept = inside._engine.pool.checkedin() if isinstance(store, SqlStore) else len(inside.idle)
    assert (before, kept) == (None, 0)


def test_a_mariadb_server_that_only_reads_is_unavailable(tmp_path, monkeypatch) -> None:
    """The same where it is told with another number."""
    store = SqlStore.open(shared_url("mariadb", tmp_path))
    reading = attrs.evolve(store._database._manners, begin="START TRANSACTION READ ONLY")
    monkeypatch.setattr(store._database, "_manners", reading)

    with pytest.raises(StoreUnavailable):
        store.commit(BOTH)
    kept = store._database._engine.pool.checkedin()
    store.close()
    assert kept == 0


# -- tables ---------------------------------------------------------------------------------

_LIMITS = {
    "postgresql": "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')",
    "mariadb": "SELECT @@max_statement_time, @@lock_wait_timeout",
}


@pytest.mark.parametrize("kind", SERVERS)
def test_a_migration_takes_as_long_as_it_takes(kind, tmp_path) -> None:
    """A million rows are not carried over within the time that a person waits; locks come in it."""
    store = SqlStore.open(shared_url(kind, tmp_path), timeout=5.0)
    found = []

    def look(connection) -> None:
        driver = connection.connection.dbapi_connection
        patience = driver.patience if kind == "postgresql" else driver._read_timeout
        found.append((*map(str, connection.exec_driver_sql(_LIMITS[kind]).one()), patience))

    store._database.inspect(look)
    store._database.alter(look)
    store._database.inspect(look)
    store.close()

    usual, meanwhile, afterwards = found
    assert usual == afterwards
    assert (
        usual
        == {
            "postgresql": ("5s", "0", 6.0),
            "mariadb": ("5.0", "5", 6.0),
        }[kind]
    )
    assert (
        meanwhile
        == {
            "postgresql": ("0", "5s", None),
            "mariadb": ("0.0", "5", None),
        }[kind]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_tables_that_somebody_else_is_at_work_on(kind, tmp_path, monkeypatch) -> None:
    """Who does not get the lock in time leaves them alone, and says why."""
    store = SqlStore.open(shared_url(kind, tmp_path))
    busy = attrs.evolve(store._database._manners, lock="SELECT 0")
    done = []

    with monkeypatch.context() as patched:
        patched.setattr(store._database, "_manners", busy)
        with pytest.raises(StoreUnavailable, match="somebody else"):
            store._database.alter(done.append)
    store._database.alter(lambda _: done.append("alone"))
    store.close()

    assert done == ["alone"]
