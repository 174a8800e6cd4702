"""What the laws of several processes are made of."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from registrazione.adapters.memory import MemoryStore
from registrazione.adapters.sql import SqlStore
from registrazione.ports.stores import ClaimTaken, StaleVersion
from registrazione.testing.builders import a_letter, an_account, creation, one_change
from registrazione.testing.laws import store_stress
from registrazione.testing.laws.kit import LawBroken
from registrazione.testing.laws.store_stress import count_up, deliver, take_names
from registrazione.testing.laws.stores import MORE_STORE_LAWS, check_law

ROUNDS = int(os.environ.get("REGISTRAZIONE_ROUNDS", "20"))
STRESS = [law for law in MORE_STORE_LAWS if law.on_request]


@pytest.mark.parametrize("law", STRESS, ids=lambda law: law.name)
def test_sqlite_serves_several_processes(law, tmp_path, monkeypatch) -> None:
    """A file is shared between processes: no update, claim or letter is lost or doubled."""
    monkeypatch.setattr(store_stress, "ROUNDS", ROUNDS)
    url = f"sqlite:///{tmp_path}/accounts.db"

    assert check_law(law, partial(SqlStore.open, url, create=True)).reason is None


def test_the_work_of_a_process_is_that_of_a_thread() -> None:
    """The same work, done by threads on one store, comes to the same end."""
    store = MemoryStore()
    account = an_account("counted")
    store.commit(one_change(creation(account), letters=(a_letter("one"), a_letter("two"))))
    with ThreadPoolExecutor(3) as pool:
        counted = [pool.submit(count_up, lambda: store, "counted", 20) for _ in range(3)]
        named = [pool.submit(take_names, lambda: store, "realm", 20) for _ in range(3)]

    assert [future.result() for future in counted] == [20] * 3
    assert sum(len(future.result()) for future in named) == 20
    assert deliver(lambda: store) == ["one", "two"]
    stored = store.load("counted")
    assert stored is not None
    assert stored.failures == 60


def test_stale_and_taken_are_tried_again() -> None:
    """A stale write is repeated, a taken name is left to who has it."""

    class Refuses(MemoryStore):
        refusals = 1

        def commit(self, change):
            if self.refusals:
                self.refusals -= 1
                raise self.error
            super().commit(change)

    store = Refuses()
    store.refusals = 0
    store.commit(one_change(creation(an_account("counted"))))
    store.refusals, store.error = 1, StaleVersion()
    assert count_up(lambda: store, "counted", 2) == 2
    store.refusals, store.error = 1, ClaimTaken("username")
    assert take_names(lambda: store, "realm", 2) == ["maria1"]


def test_a_process_does_not_try_for_ever(monkeypatch) -> None:
    """Where every write is stale, the work ends and says how much was done."""

    class AlwaysStale(MemoryStore):
        def _check_versions(self, change):
            raise StaleVersion

    store = AlwaysStale()
    store.load = lambda _: an_account("counted")  # type: ignore[method-assign]
    monkeypatch.setattr(store_stress, "_MOST_ATTEMPTS", 5)

    assert count_up(lambda: store, "counted", 1) == 0


def test_a_function_that_cannot_travel_is_told() -> None:
    """A store opened by a function without a name cannot be opened in another process."""
    store = MemoryStore()

    with pytest.raises(LawBroken, match="cannot be handed to another process"):
        store_stress.law_processes_share_claims(lambda: store)
