"""What the SQL store costs above the bare driver: the same statements, side by side.

Run it with ``python benchmarks/storage.py [rounds]``: on SQLite, and on PostgreSQL where there is
a server (``tests/databases.py`` looks for one). Both sides write the same rows and read the same
snapshots; only the road between differs. The figures are the client's CPU time, the best of all
rounds, and the two sides take turns within each round.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import Dialect
from sqlalchemy.dialects import sqlite

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.databases import maybe_postgresql_url

from registrazione.adapters.sql import SqlStore, rows
from registrazione.adapters.sql.commits import Commit
from registrazione.adapters.sql.driver import Statement
from registrazione.adapters.sql.one_trip import OneTrip
from registrazione.adapters.sql.statements import Statements
from registrazione.core.account import Account
from registrazione.core.records import Change, Key, Write
from registrazione.testing.builders import a_letter, a_record, an_account

REALM = "benchmark"
BATCH = 200
GOAL = 2.5
Operation = Callable[[int], object]


class BareDriver:
    """What somebody would write by hand: one connection, no checks, no pool, no errors."""

    def __init__(self, connection: Any, dialect: Dialect) -> None:
        """Take a connection that is in no transaction."""
        self.connection = connection
        self.sql = Statements(dialect)

    def run(self, statement: Statement, row: dict[str, Any]) -> Any:
        """Execute a statement."""
        return self.connection.execute(statement.text, statement.bind(row))

    def load(self, account_id: str) -> Account:
        """Load an account."""
        (data,) = self.run(self.sql.load, {"account_id": account_id}).fetchone()
        return rows.read(Account, data)

    def find(self, key: Key) -> list[Account]:
        """Look an account up by a key."""
        found = self.run(self.sql.find, rows.key_digest(key)).fetchall()
        return [rows.read(Account, data) for (data,) in found]

    def commit(self, change: Change) -> None:
        """Write one account with what goes with it."""
        commit = Commit(change)
        (write,) = commit.writes
        row = {**(write.row or {}), **write.where}
        self.connection.execute("BEGIN IMMEDIATE")
        if write.expected:
            self.run(self.sql.replace_same, {**row, "mark": row["keys_mark"]})
        else:
            self.run(self.sql.create, {**row, "id": write.account_id})
            for key in write.keys:
                self.run(self.sql.add_key, key.columns(write.account_id))
        records = self.sql.record
        self.run(records.of(len(commit.audit)), records.row(commit.audit))
        for letter in commit.letters:
            self.run(self.sql.post, letter)
        self.connection.execute("COMMIT")


class BarePostgresql(BareDriver):
    """The same on PostgreSQL, where a commit is one statement."""

    def __init__(self, connection: Any, dialect: Dialect) -> None:
        """Take a connection that is in no transaction."""
        super().__init__(connection, dialect)
        self.trip = OneTrip(dialect)

    def commit(self, change: Change) -> None:
        """Write one account with what goes with it."""
        ask = next(self.trip.script(Commit(change)))
        self.connection.execute(ask.text, ask.parameters).fetchall()


def bare_sqlite(path: Path) -> BareDriver:
    """Open a file with the settings of the store."""
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")
    return BareDriver(connection, sqlite.dialect())


def bare_postgresql(url: str) -> BarePostgresql:
    """Connect to a database; whole numbers are of one type, as in the store."""
    import psycopg  # noqa: PLC0415 - an extra
    from psycopg.types.numeric import Int8Dumper  # noqa: PLC0415 - an extra
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg  # noqa: PLC0415

    connection = psycopg.connect(url, autocommit=True)
    connection.adapters.register_dumper(int, Int8Dumper)
    return BarePostgresql(connection, PGDialect_psycopg())


def account(number: int) -> Account:
    """Return an account of usual size."""
    return an_account(
        f"account-{number}",
        realm=REALM,
        version=1,
        codice_fiscale="RSSMRA80A01H501U",
        username=f"mario.rossi.{number}",
        email=f"mario.rossi.{number}@example.it",
        values={"name": "Mario", "surname": "Rossi", "birth_place": "H501", "sex": "M"},
    )


def change(number: int, expected: int = 0) -> Change:
    """Return a registration, or with ``expected`` a later change of it."""
    value = attrs.evolve(account(number), version=expected + 1)
    claim = Key(REALM, "username", str(value.username))
    keys = {claim, Key(REALM, "email", str(value.email)), Key(REALM, "submission", f"s{number}")}
    return Change(
        writes=(
            Write(
                account_id=value.id,
                expected=expected,
                account=value,
                keys=frozenset(keys),
                claims=frozenset({claim}),
            ),
        ),
        audit=(a_record(account_id=value.id),),
        letters=() if expected else (a_letter(f"letter-{number}", account_id=value.id),),
    )


def seconds(operation: Operation, numbers: range) -> float:
    """Return the CPU time that an operation takes, per call."""
    start = time.process_time()
    for number in numbers:
        operation(number)
    return (time.process_time() - start) / len(numbers)


def operations(store: SqlStore | BareDriver) -> dict[str, Operation]:
    """Return what is measured, the writes first because the reads need them."""
    return {
        "commit (new)": lambda n: store.commit(change(n)),
        "commit (change)": lambda n: store.commit(change(n, expected=1)),
        "load": lambda n: store.load(f"account-{n}"),
        "find": lambda n: store.find(Key(REALM, "email", f"mario.rossi.{n}@example.it")),
    }


def measure(store: SqlStore, bare: BareDriver, rounds: int) -> dict[str, tuple[float, float]]:
    """Return the best times of each operation: the store's and the driver's."""
    sides = operations(store), operations(bare)
    best: dict[str, tuple[float, float]] = {}
    for turn in range(rounds):
        numbers = range(turn * BATCH, (turn + 1) * BATCH)
        for name in sides[0]:
            times = [seconds(side[name], numbers) for side in sides]
            before = best.get(name, (1.0, 1.0))
            best[name] = min(before[0], times[0]), min(before[1], times[1])
    store.close()
    bare.connection.close()
    return best


def report(title: str, best: dict[str, tuple[float, float]]) -> None:
    """Print a table."""
    print(f"{title:<16}{'store':>10}{'driver':>10}{'ratio':>8}")
    for name, (store, driver) in best.items():
        ratio = store / driver
        verdict = "met" if ratio <= GOAL else "missed"
        print(
            f"{name:<16}{store * 1e6:>7.0f} us{driver * 1e6:>7.0f} us{ratio:>8.2f}"
            f"  (at most {GOAL}: {verdict})"
        )


def main() -> None:
    """Print a table for each database."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        store_path, bare_path = Path(folder, "store.db"), Path(folder, "bare.db")
        store = SqlStore.open(f"sqlite:///{store_path}", create=True)
        SqlStore.open(f"sqlite:///{bare_path}", create=True).close()
        report("SQLite", measure(store, bare_sqlite(bare_path), rounds))
    urls = maybe_postgresql_url(), maybe_postgresql_url()
    if urls[0] is None or urls[1] is None:
        print("There is no PostgreSQL here.")
        return
    for url in urls:
        SqlStore.open(url, create=True).close()
    report("PostgreSQL", measure(SqlStore.open(urls[0]), bare_postgresql(urls[1]), rounds))


if __name__ == "__main__":
    main()
