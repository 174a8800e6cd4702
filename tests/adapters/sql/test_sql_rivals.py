"""Two processes want the same thing of one database, again and again: one of them gets it."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from tests.adapters.sql import rivals
from tests.adapters.sql.places import KINDS, shared_url

from registrazione.adapters.sql import SqlStore
from registrazione.core.records import Key, LetterState
from registrazione.ports.stores import ClaimTaken, StaleVersion
from registrazione.testing.builders import (
    NOON,
    PORTAL,
    a_letter,
    an_account,
    creation,
    one_change,
    replacement,
)
from registrazione.testing.laws.kit import parts, race
from registrazione.testing.laws.store_outbox import LEASE

ROUNDS = int(os.environ.get("REGISTRAZIONE_ROUNDS", "150"))
LOSERS = {"claim": "taken", "create": "stale", "change": "stale"}


@pytest.fixture(params=KINDS)
def url(request, tmp_path):
    """Return the address of an empty database with tables, on each kind."""
    return shared_url(request.param, tmp_path)


def start(kind: str, me: str, url: str) -> subprocess.Popen[str]:
    """Start a rival."""
    return subprocess.Popen(
        [sys.executable, str(Path(rivals.__file__)), kind, me, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )


def play(processes: list[subprocess.Popen[str]], turn: int) -> list[str]:
    """Tell all rivals a round at once, and return what each says of it."""
    for each in processes:
        each.stdin.write(f"{turn}\n")
    return [each.stdout.readline().strip() for each in processes]


@pytest.mark.parametrize("kind", LOSERS)
def test_one_of_two_processes_wins(url, kind) -> None:
    """Each round has one winner and one who is told so, and only the winner's letter is there."""
    store = SqlStore.open(url)
    store.commit(one_change(creation(an_account("shared"))))
    processes = [start(kind, me, url) for me in ("a", "b")]
    results = [sorted(play(processes, turn)) for turn in range(ROUNDS)]
    for each in processes:
        each.communicate()
    letters = [
        letter.id
        for page in parts(lambda cursor: store.outbox_list((LetterState.QUEUED,), cursor, 1_000))
        for letter in page
    ]
    store.close()

    assert results == [sorted([LOSERS[kind], "won"])] * ROUNDS
    assert sorted(int(letter.split("-")[1]) for letter in letters) == list(range(ROUNDS))


def test_crossing_changes_all_happen(url) -> None:
    """Eight writers who exchange claims of the same accounts never see a deadlock."""
    store = SqlStore.open(url, timeout=60)
    names = ["first", "second", "third"]
    claims = [Key("standard", "username", name) for name in names]
    store.commit(
        one_change(
            *(creation(an_account(n), claims=[c]) for n, c in zip(names, claims, strict=True))
        )
    )

    def exchange(number: int) -> int:
        done = 0
        for turn in range(10):
            pair = [names[(number + turn) % 3], names[(number + turn + 1) % 3]]
            read = [store.load(name) for name in pair]
            wanted = [claims[(number + turn + 1) % 3], claims[(number + turn) % 3]]
            writes = [replacement(a, claims=[c]) for a, c in zip(read, wanted, strict=True)]
            try:
                store.commit(one_change(*writes))
            except (StaleVersion, ClaimTaken):
                continue
            done += 1
        return done

    results = race([partial(exchange, number) for number in range(8)])
    holders = [store.find(claim)[0].id for claim in claims]
    store.close()

    assert [result for result in results if isinstance(result, Exception)] == []
    assert sum(results) > 0
    assert sorted(holders) == sorted(names)


def test_workers_of_several_machines_share_a_queue(url) -> None:
    """Four stores, as four machines have them, take every letter once between them."""
    stores = [SqlStore.open(url, timeout=60) for _ in range(4)]
    names = [f"letter-{number}" for number in range(40)]
    stores[0].commit(one_change(letters=tuple(a_letter(name) for name in names)))

    def work(store: SqlStore) -> list[str]:
        mine: list[str] = []
        while taken := store.outbox_take(PORTAL, NOON, 3, LEASE):
            mine += [letter.id for letter in taken]
        return mine

    results = race([partial(work, store) for store in stores])
    for store in stores:
        store.close()

    assert sorted(name for result in results for name in result) == sorted(names)
