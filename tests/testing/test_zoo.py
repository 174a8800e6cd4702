"""The zoo proves the laws: each faulty store is killed, and each law kills."""

from __future__ import annotations

from functools import partial

import pytest

from registrazione.adapters.memory import MemoryStore
from registrazione.testing.laws.stores import MORE_STORE_LAWS, STORE_LAWS, check_law
from registrazione.testing.zoo import ZOO

LAWS = {law.name: law for law in STORE_LAWS}
KILLS = [(fault, name) for fault in ZOO for name in fault.killed_by]
ONE_AT_A_TIME = [law for law in STORE_LAWS if law.group not in {"orders", "pauses", "races"}]


@pytest.mark.parametrize(
    ("fault", "name"), [pytest.param(*kill, id=f"{kill[0].name}-{kill[1]}") for kill in KILLS]
)
def test_a_fault_is_noticed(fault, name) -> None:
    """Each faulty store breaks the law that speaks of its fault, and the reason says how."""
    outcome = check_law(LAWS[name], fault.open_store)

    assert outcome.broken
    assert outcome.reason


def test_every_law_notices_a_fault() -> None:
    """No law is there for show: for each there is a store that breaks it."""
    assert set(LAWS) - {name for _, name in KILLS} == set()


@pytest.mark.parametrize("law", MORE_STORE_LAWS, ids=lambda law: law.name)
def test_laws_of_capabilities_notice_a_store_that_has_none(law) -> None:
    """A store in memory is neither durable nor shared: it is itself the faulty store here."""
    assert check_law(law, MemoryStore).broken


@pytest.mark.parametrize(
    "fault", [fault for fault in ZOO if fault.concurrent], ids=lambda fault: fault.name
)
def test_a_concurrent_fault_hides_from_one_at_a_time(fault) -> None:
    """Only the laws of two at work notice it: the others see a store that is in order."""
    broken = [law.name for law in ONE_AT_A_TIME if check_law(law, fault.open_store).broken]

    assert broken == []


def test_the_zoo_is_large_and_labelled() -> None:
    """There are many, each with a name of its own and a sentence that says what is wrong."""
    assert len({fault.name for fault in ZOO}) == len(ZOO) >= 60
    assert all(fault.sentence.partition("\n")[0].endswith(".") for fault in ZOO)
    assert sum(fault.concurrent for fault in ZOO) >= 20


def test_a_fault_breaks_few_other_laws() -> None:
    """A law that is broken for another's fault would send its reader astray."""
    (fault,) = [fault for fault in ZOO if fault.name == "TurnsHistory"]
    check = partial(check_law, open_store=fault.open_store)

    assert [law.name for law in ONE_AT_A_TIME if check(law).broken] == ["history_in_order"]
