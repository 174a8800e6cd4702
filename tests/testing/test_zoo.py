"""The zoo proves the laws: each faulty store is killed, and each law kills."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import attrs
import pytest

from registrazione.adapters.memory import MemoryStore
from registrazione.core.records import Change, Criteria, Key
from registrazione.ports.stores import StaleVersion, StoreError
from registrazione.testing.builders import (
    NOON,
    PORTAL,
    a_letter,
    an_account,
    creation,
    erasure,
    one_change,
    replacement,
)
from registrazione.testing.laws.schedules import _Run
from registrazione.testing.laws.stores import MORE_STORE_LAWS, STORE_LAWS, check_law
from registrazione.testing.zoo import ZOO
from registrazione.testing.zoo.caches import TakesSettled

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


def ordinary_life(store):
    """Yield what is done to a store in an ordinary life, wrong turns included."""
    key, other = Key("r", "email", "a@example.it"), Key("r", "email", "b@example.it")
    account = an_account("a", realm="r")
    yield partial(store.load, "nobody")
    yield partial(store.find, other)
    yield partial(store.search, Criteria(realm="r"), None, 5)
    yield partial(store.outbox_settle, a_letter("unknown"))
    yield partial(store.commit, one_change(creation(account, claims=[key]), letters=[a_letter()]))
    yield partial(store.commit, one_change(creation(account)))
    yield partial(store.commit, one_change(creation(an_account("b", realm="r"), claims=[key])))
    for version in (1, 0, 7):
        behind = attrs.evolve(account, version=version)
        yield partial(store.commit, one_change(replacement(behind, claims=[key, other])))
    yield partial(store.commit, one_change(replacement(an_account("nobody", realm="r"))))
    yield partial(store.load, "a")
    yield partial(store.find, key)
    yield partial(store.outbox_take, PORTAL, NOON, 5, timedelta(minutes=1))
    yield partial(store.commit, one_change(erasure(attrs.evolve(account, version=2))))


# Those of the races wait for each other, and by themselves for nothing.
ALONE = [f for f in ZOO if not f.concurrent and LAWS[f.killed_by[0]].group != "races"]


@pytest.mark.parametrize("fault", ALONE, ids=lambda fault: fault.name)
def test_a_faulty_store_is_a_store(fault) -> None:
    """Beside its fault it can be lived with: it answers, or refuses as a store does."""
    answers = 0
    strange = []
    for call in ordinary_life(fault.open_store()):
        try:
            call()
            answers += 1
        except StoreError:
            pass
        except Exception as error:  # noqa: BLE001 - which ones is the question
            strange.append(type(error).__name__)

    assert answers >= 5
    assert len(set(strange)) <= 1, strange


NEED_TO_REPLACE = {
    "order_of_activations",
    "order_of_changes",
    "order_of_crossing",
    "order_of_erasure",
    "order_of_hand_over",
    "order_of_proofs",
    "order_of_reading",
    "order_of_versions",
}
NEED_TO_RUN_DRY = {"order_of_taking", "order_of_settling"}


class Late(MemoryStore):
    """Turns away whoever replaces anything."""

    def commit(self, change: Change) -> None:
        """Say that somebody was faster."""
        if any(write.expected for write in change.writes):
            raise StaleVersion
        super().commit(change)


class Endless(MemoryStore):
    """Hands the same letters out for ever."""

    def outbox_take(self, profile, now, limit, lease):
        """Take them, and lay them back."""
        taken = super().outbox_take(profile, now, limit, timedelta(0))
        return taken or tuple(self._letters.values())[:limit]

    def outbox_settle(self, message):
        """Settle nothing."""
        return True


@pytest.mark.parametrize(
    "law", [law for law in STORE_LAWS if law.group == "orders"], ids=lambda law: law.name
)
def test_nobody_tries_for_ever(law) -> None:
    """A store that turns everybody away, or has letters without end, stops no law from ending."""
    broken = {store for store in (Late, Endless) if check_law(law, store).broken}

    assert (Late in broken) == (law.name in NEED_TO_REPLACE)
    assert (Endless in broken) == (law.name in NEED_TO_RUN_DRY)


def test_a_letter_that_somebody_has_is_left_to_them() -> None:
    """Between looking and taking another worker came: even this faulty store sees that."""
    store = TakesSettled()
    store.commit(one_change(letters=[a_letter()]))
    queued = list(store._due_letters(PORTAL, NOON))
    assert queued
    store.outbox_take(PORTAL, NOON, 5, timedelta(minutes=1))
    store._due_letters = lambda _profile, _now: queued

    assert store.outbox_take(PORTAL, NOON, 5, timedelta(minutes=1)) == ()


def test_who_has_come_to_an_end_is_not_moved() -> None:
    """An actor without a call stays where it is."""
    run = _Run(iter(()))
    run.begin()
    run.step()

    assert (run.call, run.result) == (None, None)
