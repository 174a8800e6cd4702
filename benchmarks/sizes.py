"""Does the SQL store stay as quick when there are many accounts?

Run it with ``python benchmarks/sizes.py [sizes]``, for instance ``10000 100000``; without sizes
it takes these and 1,000,000, which is minutes of filling. It measures on SQLite, and on PostgreSQL
where there is a server (``tests/databases.py`` looks for one). Each size has a database of its
own; they take turns, so that a busy moment of the machine hits all alike. Look-ups and commits are
the median by the clock, in the best of all rounds.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import attrs

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.databases import maybe_postgresql_url

from registrazione.adapters.sql import SqlStore
from registrazione.adapters.sql.commits import Commit
from registrazione.adapters.sql.schema import metadata
from registrazione.core.account import Account
from registrazione.core.evolve import keys_of
from registrazione.core.records import Change, Criteria, Key
from registrazione.core.states import AccountState
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

REALM = "benchmark"
SIZES = (10_000, 100_000)
CHUNK = 50_000
ROUNDS = 8
CALLS = 150
EXPIRED = 500
# One account in twenty waits for its activation, and ever more of them too long.
WAITS_EVERY = 20
GROWTH = {"sqlite": 1.3, "postgresql": 1.5}
IDLE_GOAL = 0.5e-3


def account(number: int) -> Account:
    """Return an account of usual size; one in twenty expires a minute after the one before."""
    waits = number % WAITS_EVERY == 0
    return an_account(
        f"account-{number}",
        realm=REALM,
        version=1,
        state=AccountState.AWAITING_LINK if waits else AccountState.ACTIVE,
        created_at=NOON + timedelta(seconds=number),
        due_at=NOON + timedelta(minutes=number // WAITS_EVERY + 1) if waits else None,
        codice_fiscale=codice_fiscale(number),
        username=f"mario.rossi.{number}",
        email=f"mario.rossi.{number}@example.it",
        values={"name": "Mario", "surname": "Rossi", "birth_place": "H501", "sex": "M"},
    )


def codice_fiscale(number: int) -> str:
    """Return something of that length; the store does not look at it."""
    return f"RSSMRA{number:010}"


def registration(number: int) -> Change:
    """Return what a form becomes: an account, its keys, a record, a letter if it waits."""
    made = account(number)
    keys = keys_of(made)
    claims = [key for key in keys if key.kind in {"username", "codice_fiscale"}]
    letters = (a_letter(f"letter-{number}", account_id=made.id),) if made.due_at else ()
    audit = (a_record(account_id=made.id),)
    return one_change(creation(made, keys=keys, claims=claims), audit=audit, letters=letters)


def chunks(size: int) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """Return the rows of all tables in parts, as the store would write them."""
    for start in range(0, size, CHUNK):
        tables: dict[str, list[dict[str, Any]]] = {name.name: [] for name in metadata.sorted_tables}
        for number in range(start, min(start + CHUNK, size)):
            commit = Commit(registration(number))
            (write,) = commit.writes
            tables["registrazione_accounts"].append({"id": write.account_id, **(write.row or {})})
            tables["registrazione_keys"] += [key.columns(write.account_id) for key in write.keys]
            tables["registrazione_audit"] += commit.audit
            tables["registrazione_outbox"] += commit.letters
        # In the order of the index: a third of the time.
        tables["registrazione_keys"].sort(key=lambda row: row["digest"])
        yield tables


def fill_sqlite(cursor: Any, size: int) -> None:
    """Fill a file; nobody minds here if it is lost in a power cut."""
    for setting in ("synchronous = OFF", "cache_size = -1000000", "foreign_keys = OFF"):
        cursor.execute(f"PRAGMA {setting}")
    for tables in chunks(size):
        cursor.execute("BEGIN")
        for name, rows in tables.items():
            if rows:
                places = ", ".join("?" * len(rows[0]))
                text = f"INSERT INTO {name} ({', '.join(rows[0])}) VALUES ({places})"  # noqa: S608
                cursor.executemany(text, [list(row.values()) for row in rows])
        cursor.execute("COMMIT")


def fill_postgresql(cursor: Any, size: int) -> None:
    """Fill a database, and let it look at what is in it, as it would by itself in time."""
    for tables in chunks(size):
        for name, rows in tables.items():
            if rows:
                with cursor.copy(f"COPY {name} ({', '.join(rows[0])}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(list(row.values()))
    cursor.execute("VACUUM ANALYZE")


@contextmanager
def raw_cursor(url: str) -> Iterator[Any]:
    """Lend a cursor of the driver, on a connection that the store does not use afterwards."""
    store = SqlStore.open(url, create=True)
    with closing(store), closing(store._database._engine.raw_connection()) as connection:  # noqa: SLF001
        yield connection.cursor()


def fill(url: str, size: int) -> None:
    """Make the tables and fill them."""
    with raw_cursor(url) as cursor:
        (fill_sqlite if url.startswith("sqlite") else fill_postgresql)(cursor, size)


def bytes_of(url: str) -> int:
    """Return what a database takes on the disk."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))
    with raw_cursor(url) as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


@attrs.define
class Measured:
    """A filled database and its best times so far, in seconds."""

    url: str
    size: int
    store: SqlStore
    best: dict[str, float] = attrs.field(factory=dict)
    chance: random.Random = attrs.field(factory=lambda: random.Random(4))  # noqa: S311
    created: int = 0

    def note(self, name: str, took: float) -> None:
        """Remember a time if it is the best."""
        self.best[name] = min(took, self.best.get(name, took))

    def some(self) -> list[int]:
        """Return some accounts that are active, and stay so."""
        step = WAITS_EVERY
        parts = [self.chance.randrange(self.size // step) * step for _ in range(CALLS)]
        return [part + self.chance.randrange(1, step) for part in parts]

    def clock(self, name: str, actions: list[Callable[[], object]]) -> None:
        """Do some things, and note the median."""
        took: list[float] = []
        for action in actions:
            start = time.perf_counter()
            action()
            took.append(time.perf_counter() - start)
        self.note(name, median(took))

    def find(self, kind: str, value: str) -> Callable[[], object]:
        """Return a look-up."""
        key = Key(REALM, kind, value)
        return lambda: self.store.find(key)

    def commit(self, change: Change) -> Callable[[], object]:
        """Return a commit."""
        return lambda: self.store.commit(change)

    def turn(self) -> None:
        """Measure what happens all day."""
        chosen = self.some()
        self.clock(
            "by codice fiscale", [self.find("codice_fiscale", codice_fiscale(n)) for n in chosen]
        )
        self.clock("by username", [self.find("username", f"mario.rossi.{n}") for n in chosen])
        numbers = range(self.size + self.created, self.size + self.created + CALLS)
        self.created += CALLS
        self.clock("commit (new)", [self.commit(registration(n)) for n in numbers])
        self.clock("commit (change)", [self.commit(self.later(n)) for n in set(chosen)])
        idle = Criteria(realm=REALM, due_before=NOON)
        search: Callable[[], object] = lambda: self.store.search(idle, None, EXPIRED)  # noqa: E731
        self.clock("anything to purge?", [search] * CALLS)

    def later(self, number: int) -> Change:
        """Return a small change of an account, whatever has happened to it."""
        found = self.store.load(f"account-{number}")
        assert found is not None
        keys = keys_of(found)
        claims = [key for key in keys if key.kind in {"username", "codice_fiscale"}]
        write = replacement(found, keys=keys, claims=claims, failures=found.failures + 1)
        return one_change(write, audit=(a_record(account_id=found.id),))

    def purge(self) -> None:
        """Find the accounts that expired and erase them, one commit each, as a round does."""
        due = Criteria(realm=REALM, due_before=NOON + timedelta(minutes=EXPIRED))
        start = time.perf_counter()
        found = self.store.search(due, None, EXPIRED).items
        for each in found:
            self.store.commit(one_change(erasure(each), audit=(a_record(account_id=each.id),)))
        self.note("purge of 500", time.perf_counter() - start)
        assert len(found) == EXPIRED


def measure(urls: list[str], sizes: list[int]) -> list[Measured]:
    """Fill the databases and measure them in turns."""
    databases: list[Measured] = []
    for url, size in zip(urls, sizes, strict=True):
        start = time.perf_counter()
        fill(url, size)
        print(f"  {size:,} accounts filled in {time.perf_counter() - start:.0f} s", flush=True)
        databases.append(Measured(url, size, SqlStore.open(url)))
    for _ in range(ROUNDS):
        for each in databases:
            each.turn()
    for each in databases:
        each.purge()
        each.store.close()
    return databases


def report(kind: str, databases: list[Measured]) -> None:
    """Print the table and whether the goals are met."""
    print(f"{kind:<20}" + "".join(f"{each.size:>12,}" for each in databases) + f"{'ratio':>8}")
    first, last = databases[0], databases[-1]
    for name in first.best:
        times = "".join(f"{each.best[name] * 1e6:>9,.0f} us" for each in databases)
        ratio = last.best[name] / first.best[name]
        goal = ""
        if name.startswith(("by", "commit")):
            goal = f"  (at most {GROWTH[kind]}: {_verdict(ratio <= GROWTH[kind])})"
        elif name.startswith("anything"):
            goal = f"  (at most 0.5 ms: {_verdict(last.best[name] <= IDLE_GOAL)})"
        print(f"{name:<20}{times}{ratio:>8.2f}{goal}")
    sizes = "".join(f"{bytes_of(each.url) / 2**20:>9,.0f} MB" for each in databases)
    print(f"{'on disk':<20}{sizes}", flush=True)


def _verdict(met: bool) -> str:  # noqa: FBT001 - the word for it
    """Say whether a goal is met."""
    return "met" if met else "missed"


def main() -> None:
    """Print a table for each database."""
    sizes = sorted(int(size) for size in sys.argv[1:]) or list(SIZES)
    with tempfile.TemporaryDirectory() as folder:
        files = [f"sqlite:///{folder}/accounts-{size}.db" for size in sizes]
        report("sqlite", measure(files, sizes))
    servers = [maybe_postgresql_url() for _ in sizes]
    urls = [url for url in servers if url is not None]
    if len(urls) < len(sizes):
        print("There is no PostgreSQL here.")
        return
    report("postgresql", measure(urls, sizes))


if __name__ == "__main__":
    main()
