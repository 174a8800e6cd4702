"""The laws of the store: our stores keep them, and stores with a fault do not.

To hold a flow at every line of the store's code takes most of the time. The store in memory and
SQLite in a file are held with every run, the others where REGISTRAZIONE_ROUNDS is set.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from registrazione.adapters.memory import MemoryStore
from registrazione.adapters.sql import SqlStore
from registrazione.ports.stores import AccountStore
from registrazione.testing.laws import schedules
from registrazione.testing.laws.kit import Law
from registrazione.testing.laws.stores import STORE_LAWS, check_law, run_laws

THOROUGH = "REGISTRAZIONE_ROUNDS" in os.environ
LAWS = {law.name: law for law in STORE_LAWS}
QUICK_LAWS = [law for law in STORE_LAWS if THOROUGH or law.group != "pauses"]
each_law = pytest.mark.parametrize("law", STORE_LAWS, ids=LAWS)


@each_law
def test_the_store_in_memory_keeps(law) -> None:
    """The reference implementation keeps each law."""
    assert check_law(law, MemoryStore).reason is None


@pytest.mark.parametrize("law", QUICK_LAWS, ids=lambda law: law.name)
def test_sqlite_in_memory_keeps(law) -> None:
    """The SQL store keeps each law in memory, where one connection serves all threads."""
    outcome = check_law(law, lambda: SqlStore.open("sqlite://", create=True))

    assert outcome.reason is None


@each_law
def test_sqlite_in_a_file_keeps(law, tmp_path, monkeypatch) -> None:
    """The SQL store keeps each law in a file, where threads have connections of their own."""
    if not THOROUGH:
        monkeypatch.setattr(schedules, "MOST_PAUSES", 40)
    url = f"sqlite:///{tmp_path / 'accounts.db'}"
    outcome = check_law(law, lambda: SqlStore.open(url, create=True))

    assert outcome.reason is None


def test_the_laws_may_share_a_store() -> None:
    """One store that all laws have been at is as good as a new one for each."""
    store = MemoryStore()
    outcomes = run_laws(lambda: store, QUICK_LAWS)

    assert [outcome.name for outcome in outcomes if not outcome.kept] == []
    assert [outcome.name for outcome in outcomes] == [law.name for law in QUICK_LAWS]


def test_every_law_has_a_sentence_and_a_name_of_its_own() -> None:
    """Reports and documentation can speak of each law."""
    assert len(LAWS) == len(STORE_LAWS) >= 25
    assert all(law.sentence.endswith(".") for law in STORE_LAWS)


def test_the_contract_is_what_the_type_says() -> None:
    """Both stores have every method of the port."""
    assert isinstance(MemoryStore(), AccountStore)
    assert issubclass(SqlStore, AccountStore)


def test_an_error_breaks_a_law_and_stops_nothing() -> None:
    """A store that raises what it likes is reported, and the next law is checked."""

    def open_badly() -> AccountStore:
        raise OSError("no disk")

    laws = [LAWS["erase"], LAWS["lease"]]
    outcomes = run_laws(open_badly, laws)

    assert [outcome.reason for outcome in outcomes] == ["it raised OSError: no disk"] * 2


def test_what_a_law_opens_is_closed() -> None:
    """A store that holds a connection gets the chance to give it back, however the law ends."""
    closed: list[bool] = []

    class Closing(MemoryStore):
        def close(self) -> None:
            closed.append(True)

    def break_after_opening(open_store) -> None:
        open_store()
        open_store()
        raise AssertionError("an error of the law itself")

    outcome = check_law(Law("broken", "Breaks.", break_after_opening), Closing)

    assert closed == [True, True]
    assert outcome.reason == "it raised AssertionError: an error of the law itself"


def test_the_laws_need_no_test_framework() -> None:
    """An adapter's author can check the laws with nothing but this library."""
    code = (
        "import sys; import registrazione.testing.laws.stores; "
        "import registrazione.testing, registrazione.testing.zoo; "
        "print(*{'pytest', 'hypothesis', 'sqlalchemy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []
