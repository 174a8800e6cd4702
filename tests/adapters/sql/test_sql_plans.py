"""Every statement is answered from an index: time does not grow with the number of accounts."""

from __future__ import annotations

import pytest

from registrazione.adapters.sql import SqlStore

EXPECTED = {
    "load": "registrazione_accounts USING INDEX sqlite_autoindex_registrazione_accounts_1 (id=?)",
    "find": "registrazione_keys USING PRIMARY KEY (realm=? AND kind=? AND value=?)",
    "search": "registrazione_accounts USING INDEX ix_registrazione_accounts_age (realm=? AND",
    "search_due": "registrazione_accounts USING INDEX ix_registrazione_accounts_due (realm=? AND",
    "replace": "registrazione_accounts USING INDEX sqlite_autoindex_registrazione_accounts_1",
    "erase": "registrazione_keys USING COVERING INDEX ix_registrazione_keys_account",
    "keys_of": "registrazione_keys USING INDEX ix_registrazione_keys_account (account_id=?)",
    "drop_key": "registrazione_keys USING",
    "history": "registrazione_audit USING INDEX ix_registrazione_audit_account (account_id=?)",
    "waiting": "registrazione_outbox USING INDEX ix_registrazione_outbox_queue (profile=? AND",
    "take": "registrazione_outbox USING INTEGER PRIMARY KEY (rowid=?)",
    "settle": "registrazione_outbox USING INDEX sqlite_autoindex_registrazione_outbox_1 (id=?)",
    "send_again": "registrazione_outbox USING INDEX sqlite_autoindex_registrazione_outbox_1",
    "letters": "registrazione_outbox USING INTEGER PRIMARY KEY (rowid>?)",
}
INSERTS = {"create", "add_key", "record", "post"}


@pytest.fixture(scope="module")
def plans():
    """Return SQLite's plan for each statement of the store."""
    store = SqlStore.open("sqlite://", create=True)
    found: dict[str, list[str]] = {}
    with store._database.reading() as session:
        cursor = session._connection.cursor()
        for name, statement in vars(store._sql).items():
            nothing = [None] * statement.text.count("?")
            rows = cursor.execute(f"EXPLAIN QUERY PLAN {statement.text}", nothing).fetchall()
            found[name] = [row[3] for row in rows]
    store.close()
    return found


def test_every_statement_is_looked_at(plans) -> None:
    """A new statement has to be thought about here."""
    assert set(plans) == set(EXPECTED) | INSERTS


@pytest.mark.parametrize("name", EXPECTED)
def test_no_table_is_scanned(plans, name) -> None:
    """No statement reads a table from one end to the other."""
    assert not [step for step in plans[name] if "SCAN" in step]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_index_made_for_it_is_used(plans, name) -> None:
    """Each statement is answered by the index that was made for it."""
    assert [step for step in plans[name] if f"SEARCH {EXPECTED[name]}" in step]


@pytest.mark.parametrize("name", ["search", "waiting", "history", "letters"])
def test_the_index_gives_the_order_too(plans, name) -> None:
    """What may be long is read in its order; nothing has to be sorted for the first part."""
    assert not [step for step in plans[name] if "TEMP B-TREE" in step]
