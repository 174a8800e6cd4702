"""Every statement is answered from an index: time does not grow with the number of accounts."""

from __future__ import annotations

import json
import re

import pytest
from tests.adapters.sql.places import shared_url

from registrazione.adapters.sql import SqlStore, one_trip
from registrazione.adapters.sql.commits import Commit
from registrazione.core.records import Key
from registrazione.testing.builders import (
    NOON,
    a_letter,
    a_record,
    an_account,
    creation,
    erasure,
    one_change,
    replacement,
)

EXPECTED = {
    "load": "registrazione_accounts USING INDEX sqlite_autoindex_registrazione_accounts_1 (id=?)",
    "find": "registrazione_keys USING PRIMARY KEY (digest=?)",
    "search": "registrazione_accounts USING INDEX ix_registrazione_accounts_age (realm=? AND",
    "search_due": "registrazione_accounts USING INDEX ix_registrazione_accounts_due (realm=? AND",
    "replace": "registrazione_accounts USING INDEX sqlite_autoindex_registrazione_accounts_1",
    "replace_same": "registrazione_accounts USING INDEX sqlite_autoindex_registrazione_accounts_1",
    "erase": "registrazione_keys USING COVERING INDEX ix_registrazione_keys_account",
    "keys_of": "registrazione_keys USING INDEX ix_registrazione_keys_account (account_id=?)",
    "claim_key": "registrazione_keys USING PRIMARY KEY (digest=? AND account_id=?)",
    "drop_key": "registrazione_keys USING PRIMARY KEY (digest=? AND account_id=?)",
    "history": "registrazione_audit USING INDEX ix_registrazione_audit_account (account_id=?)",
    "waiting": "registrazione_outbox USING INDEX ix_registrazione_outbox_queue (profile=? AND",
    "take_due": "registrazione_outbox USING COVERING INDEX ix_registrazione_outbox_queue",
    "take": "registrazione_outbox USING INTEGER PRIMARY KEY (rowid=?)",
    "settle": "registrazione_outbox USING INDEX sqlite_autoindex_registrazione_outbox_1 (id=?)",
    "send_again": "registrazione_outbox USING INDEX sqlite_autoindex_registrazione_outbox_1",
    "letters": "registrazione_outbox USING COVERING INDEX ix_registrazione_outbox_state (state=?",
}
INSERTS = {"create", "add_key", "add_keys", "record", "post"}

# What each statement is answered by on the servers.
INDEXES = {
    "load": {"pk_registrazione_accounts", "PRIMARY"},
    "find": {"pk_registrazione_keys", "PRIMARY"},
    "search": {"ix_registrazione_accounts_age"},
    "search_due": {"ix_registrazione_accounts_due"},
    "replace": {"pk_registrazione_accounts", "PRIMARY"},
    "replace_same": {"pk_registrazione_accounts", "PRIMARY"},
    "erase": {"pk_registrazione_accounts", "PRIMARY"},
    "keys_of": {"ix_registrazione_keys_account"},
    "claim_key": {"pk_registrazione_keys", "PRIMARY", "ix_registrazione_keys_account"},
    "drop_key": {"pk_registrazione_keys", "PRIMARY", "ix_registrazione_keys_account"},
    "history": {"ix_registrazione_audit_account"},
    # MariaDB takes either: its queue is a part of the whole index in both.
    "waiting": {"ix_registrazione_outbox_queue", "ix_registrazione_outbox_state"},
    "take_due": {"ix_registrazione_outbox_queue"},
    "take": {"pk_registrazione_outbox", "PRIMARY"},
    "settle": {"uq_registrazione_outbox_id"},
    "send_again": {"uq_registrazione_outbox_id"},
    "letters": {"ix_registrazione_outbox_state"},
}
MANY = 3_000
_COUNT = {
    "postgresql": f"generate_series(1, {MANY}) AS n(seq)",
    "mariadb": f"(SELECT seq FROM seq_1_to_{MANY}) AS n",  # noqa: S608 - a number
}


@pytest.fixture(scope="module")
def plans():
    """Return SQLite's plan for each statement of the store."""
    store = SqlStore.open("sqlite://", create=True)
    found: dict[str, list[str]] = {}
    connection = store._database._engine.raw_connection()
    cursor = connection.cursor()
    for name, statement in vars(store._sql).items():
        nothing = [None] * statement.text.count("?")
        rows = cursor.execute(f"EXPLAIN QUERY PLAN {statement.text}", nothing).fetchall()
        found[name] = [row[3] for row in rows]
    connection.close()
    store.close()
    return found


def test_every_statement_is_looked_at(plans) -> None:
    """A new statement has to be thought about here."""
    assert set(plans) == set(EXPECTED) | INSERTS == set(INDEXES) | INSERTS


@pytest.mark.parametrize("name", EXPECTED)
def test_no_table_is_scanned(plans, name) -> None:
    """No statement reads a table from one end to the other."""
    assert not [step for step in plans[name] if "SCAN registrazione" in step]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_index_made_for_it_is_used(plans, name) -> None:
    """Each statement is answered by the index that was made for it."""
    assert [step for step in plans[name] if f"SEARCH {EXPECTED[name]}" in step]


@pytest.mark.parametrize("name", ["search", "waiting", "history"])
def test_the_index_gives_the_order_too(plans, name) -> None:
    """What may be long is read in its order; nothing has to be sorted for the first part."""
    assert not [step for step in plans[name] if "TEMP B-TREE" in step]


def filled(kind: str, folder) -> SqlStore:
    """Return a store with so many accounts that a scan would be noticed; one in fifty is due."""
    store = SqlStore.open(shared_url(kind, folder))
    connection = store._database._engine.raw_connection()
    cursor = connection.cursor()
    text = "CONCAT('account-', n.seq)"
    tables = {
        "accounts": f"{text}, 'standard', 'standard', 'active', 1, n.seq, "
        "CASE WHEN n.seq % 50 = 0 THEN n.seq END, NULL, '{}', NULL",
        "keys": f"{_digest(kind)}, {text}, {_digest(kind)}",
        "audit": f"n.seq, {text}, n.seq, 'begun', '{{}}'",
        "outbox": f"n.seq, {text}, {text}, 'standard', "
        "CASE WHEN n.seq % 50 = 0 THEN 'queued' ELSE 'sent' END, n.seq, 1, '{}'",
    }
    for table, columns in tables.items():
        name = f"registrazione_{table}"
        cursor.execute(f"INSERT INTO {name} SELECT {columns} FROM {_COUNT[kind]}")  # noqa: S608
        cursor.execute(f"ANALYZE {name}" if kind == "postgresql" else f"ANALYZE TABLE {name}")
    connection.close()
    return store


def _digest(kind: str) -> str:
    """Return the words for a digest of a number."""
    if kind == "postgresql":
        return "sha256(CAST(CAST(n.seq AS text) AS bytea))"
    return "UNHEX(SHA2(n.seq, 256))"


@pytest.fixture(scope="module")
def server_plans(request, tmp_path_factory):
    """Return each statement's plan on a server, as it would say it."""
    kind = request.param
    store = filled(kind, tmp_path_factory.mktemp(kind))
    connection = store._database._engine.raw_connection()
    cursor = connection.cursor()
    found: dict[str, str] = {}
    for name, text in texts(store).items():
        # Explained as it is executed; the query is undone.
        cursor.execute("BEGIN")
        if kind == "postgresql":
            found[name] = _explained(cursor, text, _typed(text))
        else:
            cursor.execute(f"EXPLAIN FORMAT=JSON {text}", _typed(text))
            found[name] = cursor.fetchone()[0]
        connection.rollback()
    connection.close()
    store.close()
    return found


def texts(store) -> dict[str, str]:
    """Return what a store says to its server, by name."""
    known = {name: vars(store._sql)[name] for name in INDEXES}
    return {name: statement.text for name, statement in known.items() if statement is not None}


def _explained(cursor, text: str, row) -> str:
    """Return a plan of PostgreSQL's that holds for any parameters."""
    cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    cursor.execute(f"EXPLAIN (FORMAT JSON) {text}", row)
    return json.dumps(cursor.fetchone()[0])


def _typed(text: str):
    """Return parameters for a statement, of the right types."""
    numbers = {"expected", "limit", "number", "now", "attempts", "attempts_taken", "not_before"}
    numbers |= {"seq", "until", "after", "version", "created_at", "due_at", "last_used_at"}
    numbers |= {"created_before", "due_before", "unused_since"}
    row = {}
    for name in set(re.findall(r"%\((\w+)\)s", text)):
        row[name] = 7 if name in numbers else b"x" * 32 if name == "digest" else "x"
    states = ("sent", "queued") if "registrazione_outbox" in text else ("active", "suspended")
    usual = {"realm": "standard", "profile": "standard", "account_id": "account-7"}
    usual |= {"letter_id": "account-7", "state_0": states[0], "state_1": states[1]}
    never = {"created_before": 10**15, "unused_since": 10**15, "now": 10**15}
    return {**row, **usual, **never, "limit": 10, "due_before": 1000}


@pytest.mark.parametrize("server_plans", ["postgresql", "mariadb"], indirect=True)
@pytest.mark.parametrize("name", INDEXES)
def test_no_server_scans_a_table(server_plans, name) -> None:
    """PostgreSQL and MariaDB answer each statement from the index that was made for it."""
    if name == "take_due" and name not in server_plans:
        # MariaDB does not tell what an update has changed, and takes in two.
        assert "take" in server_plans
        return
    plan = server_plans[name]
    used = set(re.findall(r'"(?:Index Name|key)": "([^"]+)"', plan))

    assert used & INDEXES[name], plan
    assert "Seq Scan" not in plan
    scanned = re.findall(r'"table_name": "(\w+)",\s*"access_type": "ALL"', plan)
    assert not [table for table in scanned if table.startswith("registrazione")]


def test_mariadb_makes_no_table_on_the_disk(tmp_path) -> None:
    """Nothing is gathered or sorted with its long texts: MariaDB does that on the disk."""
    store = filled("mariadb", tmp_path)
    connection = store._database._engine.raw_connection()
    cursor = connection.cursor()
    made: dict[str, int] = {}
    for name, text in texts(store).items():
        cursor.execute("BEGIN")
        cursor.execute("FLUSH STATUS")
        cursor.execute(text, _typed(text))
        cursor.execute("SHOW STATUS LIKE 'Created_tmp_disk_tables'")
        made[name] = int(cursor.fetchone()[1])
        connection.rollback()
    connection.close()
    store.close()

    assert made == dict.fromkeys(made, 0)
    assert set(INDEXES) - set(made) == {"take_due"}


def test_a_commit_in_one_trip_scans_nothing(tmp_path) -> None:
    """Nor does any part of PostgreSQL's one statement."""
    store = filled("postgresql", tmp_path)
    key = Key("standard", "email", "maria@example.it")
    extras = {"audit": (a_record(at=NOON),), "letters": (a_letter(),)}
    changes = [
        one_change(creation(an_account(), claims=[key]), **extras),
        one_change(replacement(an_account(), claims=[key]), **extras),
        one_change(erasure(an_account()), **extras),
    ]
    connection = store._database._engine.raw_connection()
    cursor = connection.cursor()
    plans = []
    for change in changes:
        (ask,) = [next(store._trip.script(Commit(change)))]
        cursor.execute("BEGIN")
        plans.append(_explained(cursor, ask.text, ask.parameters))
        connection.rollback()
    connection.close()
    store.close()

    assert not [plan for plan in plans if "Seq Scan" in plan]
    assert len({one_trip._swap_of(Commit(change).writes[0]) for change in changes}) == 3
