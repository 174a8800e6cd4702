"""Tables of every earlier version, with accounts in them, become those of today: everywhere."""

from __future__ import annotations

import json
from functools import partial

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from tests.adapters.sql.places import KINDS, SERVERS, fresh_url

from registrazione.adapters.memory import MemoryStore
from registrazione.adapters.rows import account_row
from registrazione.adapters.sealed import Keyring, SealedStore, re_encrypt
from registrazione.adapters.sql import SqlStore, migrations
from registrazione.adapters.sql.schema import REVISION, VERSION_TABLE, metadata
from registrazione.core.evolve import claims_of, keys_of
from registrazione.core.records import Key
from registrazione.ports.stores import ClaimTaken, StoreError
from registrazione.profiles import load
from registrazione.testing.builders import an_account, creation, one_change, replacement
from registrazione.testing.laws.kit import race

MANY = 1_001
"""More than are carried over at a time."""
CLAIM, SHARED = Key("standard", "username", "Marìa "), Key("standard", "email", "m@example.it")

_ACCOUNT = (
    "INSERT INTO registrazione_accounts (id, realm, profile, state, version, created_at, due_at, "
    "last_used_at, data) VALUES (:id, :realm, :profile, :state, :version, :created_at, :due_at, "
    ":last_used_at, :data)"
)
_KEY = (
    "INSERT INTO registrazione_keys (realm, kind, value, account_id, claimed) "
    "VALUES (:realm, :kind, :value, :account_id, :claimed)"
)


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    """Return a store without tables on each database."""
    store = SqlStore.open(fresh_url(request.param, tmp_path))
    yield store
    store.close()


def key_row(account_id: str, key: Key, *, claimed: bool):
    """Return a key as the first version wrote it."""
    columns = {"realm": key.realm, "kind": key.kind, "value": key.value}
    return {**columns, "account_id": account_id, "claimed": claimed}


def fill_0001(connection, many=MANY) -> None:
    """Make the tables of the first version, and accounts in them."""
    migrations.upgrade(connection, "0001")
    accounts = [an_account(f"account-{number:04}") for number in range(many)]
    connection.execute(
        text(_ACCOUNT), [{"id": account.id, **account_row(account)} for account in accounts]
    )
    own = [
        key_row(account.id, Key("standard", "email", f"{account.id}@x.it"), claimed=True)
        for account in accounts
    ]
    shared = [key_row(accounts[n].id, SHARED, claimed=n == many - 1) for n in (0, many - 1)]
    claim = key_row(accounts[7].id, CLAIM, claimed=True)
    connection.execute(text(_KEY), [*own, *shared, claim])


def test_from_0001(store) -> None:
    """Every account is found by what it was found by, and holds what it held."""
    store._database.alter(fill_0001)
    before = store.revision()
    store.migrate()
    last = an_account(f"account-{MANY - 1:04}")

    assert (before, store.revision()) == ("0001", REVISION)
    for number in range(MANY):
        name = f"account-{number:04}"
        key = Key("standard", "email", f"{name}@x.it")
        assert store.find(key) == (an_account(name),)
    assert store.find(SHARED) == (last, an_account("account-0000"))
    assert store.find(CLAIM) == (an_account("account-0007"),)
    with pytest.raises(ClaimTaken):
        store.commit(one_change(creation(an_account("new"), claims=[CLAIM])))
    store.commit(one_change(replacement(last, keys=[SHARED])))
    store.commit(one_change(creation(an_account("new"), claims=[SHARED])))
    assert store.find(SHARED)[0] == an_account("new")


def test_encrypted_data_from_0001(store) -> None:
    """What was encrypted under the first version opens, and is found by its keys."""
    profile, keyring = load("standard"), Keyring(["k" * 32])
    maria = an_account(realm=profile.realm, email="maria@example.it", values={"name": "Marìa"})
    kept = []
    inside = MemoryStore()
    inside.commit = kept.append
    SealedStore(inside, keyring).commit(
        one_change(creation(maria, keys=keys_of(maria), claims=claims_of(maria, profile)))
    )
    (write,) = kept[0].writes

    def fill(connection) -> None:
        migrations.upgrade(connection, "0001")
        connection.execute(text(_ACCOUNT), {"id": maria.id, **account_row(write.account)})
        keys = [key_row(maria.id, key, claimed=key in write.claims) for key in write.keys]
        connection.execute(text(_KEY), keys)

    store._database.alter(fill)
    store.migrate()
    sealed = SealedStore(store, keyring)
    sealed.check(profile.realm)
    (key,) = keys_of(maria)

    assert sealed.find(key) == (maria,)
    assert re_encrypt(sealed, profile).current == 1
    assert store.find(key) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_processes_may_migrate_at_the_same_time(kind, tmp_path) -> None:
    """One of them does it, and the others find that it is done."""
    url = fresh_url(kind, tmp_path)
    stores = [SqlStore.open(url, timeout=60) for _ in range(3)]
    stores[0]._database.alter(partial(fill_0001, many=10))

    assert race([store.migrate for store in stores]) == [None] * 3
    assert {store.revision() for store in stores} == {REVISION}
    assert stores[0].find(CLAIM) == (an_account("account-0007"),)
    for each in stores:
        each.close()


def test_nothing_of_the_old_tables_is_left(store) -> None:
    """After the migration Alembic finds nothing to change, and no table too many."""
    store._database.alter(fill_0001)
    store.migrate()

    def differences(connection):
        options = {
            "version_table": VERSION_TABLE,
            # MariaDB has numbers for truth values, and no word of its own for what may be longer.
            "compare_type": False,
        }
        context = MigrationContext.configure(connection, opts=options)
        return compare_metadata(context, metadata)

    assert store._database.inspect(differences) == []


def test_tables_of_a_later_version_are_left_alone(store) -> None:
    """An old program does not touch what a newer one has made, and says why."""
    store.migrate()

    def mark(connection) -> None:
        connection.execute(text("UPDATE registrazione_version SET version_num = '9999'"))

    store._database.alter(mark)

    with pytest.raises(StoreError, match="later version"):
        store.migrate()
    with pytest.raises(StoreError, match="migrate"):
        store.check()

    assert store.revision() == "9999"


@pytest.mark.parametrize("kind", SERVERS)
def test_processes_may_start_at_the_same_time(kind, tmp_path) -> None:
    """Several that open the same new database make its tables once between them."""
    url = fresh_url(kind, tmp_path)

    def start(number: int) -> str | None:
        store = SqlStore.open(url, create=True)
        store.commit(one_change(creation(an_account(f"account-{number}"))))
        revision = store.revision()
        store.close()
        return revision

    assert race([partial(start, number) for number in range(4)]) == [REVISION] * 4


def test_snapshots_are_the_same_everywhere(store) -> None:
    """What is in the column ``data`` is JSON in ASCII, whatever the database."""
    store.migrate()
    account = an_account(values={"name": "Niccolò 😀"})
    store.commit(one_change(creation(account)))
    found = store._database.inspect(
        lambda connection: connection.execute(
            text("SELECT data FROM registrazione_accounts")
        ).scalar()
    )

    assert found.isascii()
    assert json.loads(found)["values"] == {"name": "Niccolò 😀"}
