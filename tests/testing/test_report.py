"""What is said of a store: levels, groups, capabilities."""

from __future__ import annotations

import json
from functools import partial
from threading import Event

import pytest

from registrazione.adapters.memory import MemoryStore
from registrazione.adapters.sql import SqlStore
from registrazione.testing import Level, examine
from registrazione.testing import report as reports
from registrazione.testing.laws import schedules
from registrazione.testing.laws.kit import outcome_of
from registrazione.testing.laws.levels import CAPABILITIES, declared_level
from registrazione.testing.laws.stores import MORE_STORE_LAWS, STORE_LAWS
from registrazione.testing.report import Report, why_not
from registrazione.testing.zoo import ZOO

FAULTS = {fault.name: fault.open_store for fault in ZOO}
PAUSE = "pause_in_activation"
FEW = 10
"""What a report is made of takes long in full; whether the laws are kept is tested elsewhere."""


class _NoOutbox(MemoryStore):
    """Has no outbox yet."""

    outbox_take = outbox_settle = outbox_list = None  # type: ignore[assignment]


class _NoClaims(_NoOutbox):
    """Only knows accounts by their identifiers."""

    find = search = history = None  # type: ignore[assignment]

    def _check_claims(self, change):
        """Check nothing."""


def test_the_store_in_memory_reaches_the_last_level(monkeypatch) -> None:
    """Everything is kept that every store has to keep; what needs more is not checked."""
    monkeypatch.setattr(schedules, "MOST_PAUSES", FEW)
    report = examine(MemoryStore)

    assert report.in_order
    assert report.reached is report.declared is Level.CONCURRENCY
    assert [row.not_applicable for row in report.groups if row.not_applicable] == [3, 3, 3]
    assert sum(row.kept for row in report.groups) == len(STORE_LAWS)


def test_a_durable_store_is_checked_for_it(tmp_path, monkeypatch) -> None:
    """A file is opened again, and its laws count."""
    monkeypatch.setattr(reports, "STORE_LAWS", STORE_LAWS[:FEW])
    url = f"sqlite:///{tmp_path}/accounts.db"
    report = examine(
        partial(SqlStore.open, url, create=True), capabilities={*CAPABILITIES, "level-3"}
    )

    assert report.in_order, report.first_broken
    assert [row.not_applicable for row in report.groups if row.name == "durability"] == [0]
    assert [row.not_applicable for row in report.groups if row.name == "stress"] == [3]


@pytest.mark.parametrize(
    ("store", "level"),
    [(_NoClaims, Level.COMMITS), (_NoOutbox, Level.CLAIMS)],
)
def test_a_store_on_the_way_reaches_its_level(store, level) -> None:
    """The laws of a level ask for nothing that belongs to a later one."""
    report = examine(store, capabilities={level.capability})

    assert report.in_order, report.first_broken
    assert report.reached is level


def test_a_store_for_one_thread_reaches_the_third_level(monkeypatch) -> None:
    """Where nothing but the threads' laws are broken the level before is reached."""
    laws = [law for law in STORE_LAWS if law.group != "pauses" or law.name == PAUSE]
    monkeypatch.setattr(reports, "STORE_LAWS", laws)
    report = examine(FAULTS["SwapsInTwoSteps"])

    assert report.reached is Level.OUTBOX
    assert report.first_broken is not None
    assert report.first_broken.name == PAUSE
    assert not report.in_order


def test_a_store_that_keeps_nothing_reaches_nothing() -> None:
    """No level is reached if the first is not; the counts say how much is broken."""
    laws = [law for law in STORE_LAWS if law.level is Level.COMMITS]
    outcomes = tuple(outcome_of(law, reason="nothing is there") for law in laws)
    report = Report(Level.CONCURRENCY, frozenset(), outcomes)

    assert report.reached is None
    assert [row.broken for row in report.groups if row.name == "commits"] != [0]
    assert report.as_dict()["reached_level"] == 0
    assert {law["outcome"] for law in report.as_dict()["laws"]} == {"broken"}


def test_a_report_is_json() -> None:
    """Everything of a report goes through JSON, in three words for the outcomes."""
    told = json.loads(json.dumps(examine(_NoOutbox, capabilities={"level-2"}).as_dict()))

    assert told["in_order"] is True
    assert (told["declared_level"], told["reached_level"]) == (2, 2)
    assert {law["outcome"] for law in told["laws"]} == {"kept", "not applicable"}


def test_a_law_says_why_it_is_not_checked() -> None:
    """What is wanting is named: a capability, a level, or that somebody asks."""
    (law, *_) = [law for law in MORE_STORE_LAWS if law.on_request]

    assert why_not(law, set(), Level.CONCURRENCY) == "the store does not declare shared"
    assert why_not(law, {"shared"}, Level.COMMITS) == "the store declares level 1 only"
    assert why_not(law, {"shared"}, Level.CONCURRENCY) == "checked on request only"
    assert why_not(law, {"shared"}, Level.CONCURRENCY, stress=True) is None


def test_levels_are_declared_by_a_word() -> None:
    """Without a word the whole contract is meant; of two words the lower one counts."""
    assert declared_level([]) is Level.CONCURRENCY
    assert declared_level(["durable", "level-3", "level-2"]) is Level.CLAIMS
    assert Level.COMMITS.words == "values and commits"


def test_each_law_stands_at_its_level() -> None:
    """Levels and groups are declared in one table; no law is left without."""
    assert {law.level for law in STORE_LAWS} == set(Level)
    assert all(law.group for law in (*STORE_LAWS, *MORE_STORE_LAWS))
    assert all("\n" not in law.headline for law in STORE_LAWS)


def test_a_call_that_does_not_return_is_not_waited_for(monkeypatch) -> None:
    """The first such law has the whole patience, another one has little; the rest are checked."""
    monkeypatch.setattr(reports, "_LITTLE_PATIENCE", 0.5)
    never = Event()

    class Waiting(MemoryStore):
        """Has no answer to changes of nothing, or of much."""

        def commit(self, change):
            """Wait."""
            if len(change.writes) in {0, 3}:
                never.wait(60)
            super().commit(change)

    report = examine(Waiting, capabilities={"level-1"}, patience=1.5)
    never.set()
    broken = {outcome.name: outcome.reason for outcome in report.outcomes if outcome.broken}

    assert broken == {
        "empty_change": "a call does not return, in 1.5 seconds",
        "several_writes": "a call does not return, in 0.5 seconds",
    }


def test_a_blocking_store_is_not_cancelled() -> None:
    """The report says why those laws say nothing of it."""
    (law,) = (law for law in MORE_STORE_LAWS if law.name == "cancelled_commit")

    assert why_not(law, (), Level.CONCURRENCY) == "the store is not asynchronous"
    assert why_not(law, {"awaitable"}, Level.CONCURRENCY) is None
