"""The machine that compares a store with the one in memory."""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from registrazione.adapters.memory import MemoryStore
from registrazione.adapters.sql import SqlStore
from registrazione.core.records import Change
from registrazione.testing.agreement import StoresAgree, store_machine
from registrazione.testing.builders import a_record
from registrazione.testing.laws.kit import LawBroken
from registrazione.testing.zoo import ZOO

FAULTS = {fault.name: fault.open_store for fault in ZOO}
FEW = settings(max_examples=15, stateful_step_count=15, deadline=None)
MANY = settings(
    max_examples=200,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    report_multiple_bugs=False,
)


@pytest.mark.parametrize(
    "open_store",
    [MemoryStore, lambda: SqlStore.open("sqlite://", create=True)],
    ids=["memory", "sqlite"],
)
def test_shipped_stores_agree(open_store) -> None:
    """Whatever is done to both, the store in memory and the other one answer alike."""
    machine = store_machine(open_store)

    assert issubclass(machine, StoresAgree)
    run_state_machine_as_test(machine, settings=FEW)


@pytest.mark.parametrize("name", ["LosesUpdates", "TurnsHistory"])
def test_a_faulty_store_is_told(name) -> None:
    """A store that differs is found out, without a law that speaks of its fault."""
    with pytest.raises(LawBroken, match="instead of"):
        run_state_machine_as_test(store_machine(FAULTS[name]), settings=MANY)


def test_a_difference_is_noticed_by_every_look() -> None:
    """Two stores that differ are told apart at the next look."""
    machine = store_machine(MemoryStore)()
    machine.stores[0].commit(Change(audit=(a_record(account_id="a"),)))

    with pytest.raises(LawBroken):
        machine.same_accounts()


def test_a_machine_needs_a_store() -> None:
    """The machine itself compares nothing."""
    with pytest.raises(NotImplementedError):
        StoresAgree()
