"""What encryption costs: the store in SQLite with and without it, side by side.

Run it with ``python benchmarks/encryption.py [rounds]``. The figures are CPU time, the best of
all rounds, and the two stores take turns within each round.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from registrazione.adapters.sealed import Keyring, SealedStore
from registrazione.adapters.sql import SqlStore
from registrazione.core.evolve import keys_of
from registrazione.core.records import Change, Key, Write
from registrazione.core.states import AccountState
from registrazione.ports import AccountStore
from registrazione.testing.builders import a_letter, a_record, an_account

REALM = "benchmark"
BATCH = 200
RING = Keyring(["a key for a benchmark, of forty letters-"])


def change(number: int, expected: int = 0) -> Change:
    """Return what a form of usual size becomes: an account, its keys, a letter, a record."""
    account = an_account(
        f"account-{number}",
        realm=REALM,
        version=expected + 1,
        state=AccountState.ACTIVE,
        codice_fiscale=f"RSSMRA80A01H{number:03}U",
        username=f"mario.rossi.{number}",
        email=f"mario.rossi.{number}@example.it",
        values={
            "name": "Mario",
            "surname": "Rossi",
            "birth_date": "1980-01-01",
            "birth_place": "H501",
            "sex": "M",
            "phone": "+39 333 1234567",
        },
    )
    write = Write(
        account_id=account.id,
        expected=expected,
        account=account,
        keys=keys_of(account),
        claims=frozenset(key for key in keys_of(account) if key.kind == "username"),
    )
    letter = a_letter(f"letter-{number}-{expected}", account_id=account.id, to=account.email)
    record = a_record(account_id=account.id)
    return Change(writes=(write,), letters=(letter,), audit=(record,))


def seconds(action: Callable[[int], object]) -> float:
    """Return the CPU time of one call, in the mean of a batch."""
    start = time.process_time()
    for number in range(BATCH):
        action(number)
    return (time.process_time() - start) / BATCH


def measure(store: AccountStore) -> dict[str, float]:
    """Return what each operation costs on an empty store."""

    def find(number: int) -> object:
        return store.find(Key(REALM, "email", f"mario.rossi.{number}@example.it"))

    return {
        "create": seconds(lambda number: store.commit(change(number))),
        "replace": seconds(lambda number: store.commit(change(number, expected=1))),
        "load": seconds(lambda number: store.load(f"account-{number}")),
        "find": seconds(find),
    }


def main(rounds: int) -> None:
    """Print both, and the ratio."""
    best: dict[tuple[str, str], float] = {}
    sizes: dict[str, int] = {}
    for _ in range(rounds):
        for kind in ("plain", "sealed"):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "accounts.db"
                inner = SqlStore.open(f"sqlite:///{path}", create=True)
                store = inner if kind == "plain" else SealedStore(inner, RING)
                for operation, cost in measure(store).items():
                    known = best.get((kind, operation), cost)
                    best[kind, operation] = min(known, cost)
                inner.close()
                sizes[kind] = path.stat().st_size
    print(f"{'':8} {'plain':>10} {'sealed':>10} {'ratio':>6}")
    for operation in ("create", "replace", "load", "find"):
        plain, sealed = best["plain", operation], best["sealed", operation]
        print(f"{operation:8} {plain * 1e6:7.0f} µs {sealed * 1e6:7.0f} µs {sealed / plain:6.2f}")
    plain_size, sealed_size = sizes["plain"], sizes["sealed"]
    ratio = sealed_size / plain_size
    print(f"{'size':8} {plain_size:>10} {sealed_size:>10} {ratio:6.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
