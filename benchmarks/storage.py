"""What the SQL store costs above the bare driver: the same statements, side by side.

Run it with ``python benchmarks/storage.py [rounds]``. Both sides work on SQLite files of the same
kind, write the same rows and read the same snapshots; only the road between differs. The figures
are CPU time, the best of all rounds, and the two sides take turns within each round.
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
from sqlalchemy.dialects import sqlite

from registrazione.adapters.sql import SqlStore, rows
from registrazione.adapters.sql.driver import Statement
from registrazione.adapters.sql.statements import Statements
from registrazione.core.account import Account
from registrazione.core.records import Change, Key, Write
from registrazione.testing.builders import a_letter, a_record, an_account

REALM = "benchmark"
BATCH = 200
Operation = Callable[[int], object]


class BareDriver:
    """What somebody would write by hand, without checks, pool or errors."""

    def __init__(self, path: Path) -> None:
        """Open the file with the settings of the store."""
        self.connection = sqlite3.connect(path, isolation_level=None)
        for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self.connection.execute(f"PRAGMA {setting}")
        self.sql = Statements(sqlite.dialect())

    def run(self, statement: Statement, row: dict[str, Any]) -> sqlite3.Cursor:
        """Execute a statement."""
        return self.connection.execute(statement.text, statement.bind(row))

    def load(self, account_id: str) -> Account:
        """Load an account."""
        (data,) = self.run(self.sql.load, {"account_id": account_id}).fetchone()
        return rows.read(Account, data)

    def find(self, key: Key) -> list[Account]:
        """Look an account up by a key."""
        found = self.run(self.sql.find, rows.key_columns(key)).fetchall()
        return [rows.read(Account, data) for (data,) in found]

    def commit(self, change: Change) -> None:
        """Write one account with what goes with it."""
        (write,) = change.writes
        row = rows.account_row(write.account)
        self.connection.execute("BEGIN IMMEDIATE")
        if write.expected:
            where = {"account_id": write.account_id, "expected": write.expected}
            self.run(self.sql.replace, {**where, **row})
            self.run(self.sql.keys_of, {"account_id": write.account_id}).fetchall()
        else:
            self.run(self.sql.create, {"id": write.account_id, **row})
            for key in rows.key_rows(change):
                self.run(self.sql.add_key, rows.key_row_columns(key))
        for record in change.audit:
            self.run(self.sql.record, rows.audit_row(record))
        for letter in change.letters:
            self.run(self.sql.post, rows.letter_row(letter))
        self.connection.execute("COMMIT")


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


def measure(folder: Path, rounds: int) -> dict[str, tuple[float, float]]:
    """Return the best times of each operation: the store's and the driver's."""
    store = SqlStore.open(f"sqlite:///{folder / 'store.db'}", create=True)
    SqlStore.open(f"sqlite:///{folder / 'bare.db'}", create=True).close()
    sides = operations(store), operations(BareDriver(folder / "bare.db"))
    best: dict[str, tuple[float, float]] = {}
    for turn in range(rounds):
        numbers = range(turn * BATCH, (turn + 1) * BATCH)
        for name in sides[0]:
            times = [seconds(side[name], numbers) for side in sides]
            before = best.get(name, (1.0, 1.0))
            best[name] = min(before[0], times[0]), min(before[1], times[1])
    store.close()
    return best


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        best = measure(Path(folder), rounds)
    print(f"{'':<16}{'store':>10}{'driver':>10}{'ratio':>8}")
    for name, (store, driver) in best.items():
        print(f"{name:<16}{store * 1e6:>7.0f} us{driver * 1e6:>7.0f} us{store / driver:>8.2f}")


if __name__ == "__main__":
    main()
