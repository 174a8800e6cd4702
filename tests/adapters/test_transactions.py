"""The log of what was asked and answered: whoever alters it is seen, and nobody else reads it."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from registrazione.adapters.transactions import (
    Entry,
    Evidence,
    LogBroken,
    TransactionLog,
    _months_before,
)
from registrazione.core.secret import Secret

NOW = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
KEY = Secret("k" * 32)


class MovedClock:
    """A clock that a test moves."""

    def __init__(self):
        self.at = NOW

    def now(self):
        return self.at

    def go_on(self, **lapse):
        self.at += timedelta(**lapse)


@pytest.fixture
def clock():
    """A clock of one's own."""
    return MovedClock()


@pytest.fixture
def log(tmp_path, clock):
    """An empty log."""
    return TransactionLog(tmp_path / "log.db", KEY, clock)


def written(log, count=3):
    """Write a few records."""
    for number in range(count):
        log.keep(Entry(kind="response", exchange=f"_{number}", message=b"<secret/>"))


def test_what_was_kept_is_found(log):
    """By exchange and by every ID, byte for byte, and not without the key."""
    log.keep(Entry(kind="authorization", exchange="a", message=b"Trovamala \xff"))
    ids = {"token": "t-1", "other": "x"}
    log.keep(Entry(kind="token", exchange="a", ids=ids, message=b"two"))
    log.keep(Entry(kind="authorization", exchange="b", message=b"three"))

    assert isinstance(log, Evidence)
    assert [one.entry.message for one in log.records("a")] == [b"Trovamala \xff", b"two"]
    (found,) = log.records("t-1")
    assert (found.entry.kind, found.entry.ids, found.at) == ("token", ids, NOW)
    assert [one.number for one in log.records()] == [1, 2, 3]
    assert list(log.records("token")) == []
    assert b"Trovamala" not in log._path.read_bytes()
    assert "Trovamala" not in repr(next(log.records("a")))


ALTERATIONS = {
    "moment": ("UPDATE transactions SET at = at - 1 WHERE number = 2", 2),
    "names": ("UPDATE transactions SET ids = '{}' || ids WHERE number = 2", 2),
    "message": ("UPDATE transactions SET sealed = x'00' WHERE number = 2", 2),
    "order": ("UPDATE transactions SET number = 9 WHERE number = 1", 9),
    "gap": ("DELETE FROM transactions WHERE number = 2", 3),
}


@pytest.mark.parametrize("name", sorted(ALTERATIONS))
def test_an_alteration_breaks_the_chain(log, name):
    """Whoever has the file and not the key cannot alter it unseen."""
    written(log)
    statement, number = ALTERATIONS[name]
    with sqlite3.connect(log._path) as connection:
        connection.execute("DROP TRIGGER unaltered")
        connection.execute(statement)
    connection.close()

    with pytest.raises(LogBroken) as caught:
        log.check()
    assert caught.value.number == number


def test_the_end_cannot_be_cut_off_unseen(log):
    """Not where its head was noted elsewhere."""
    assert log.head() == (0, b"")
    assert log.check(log.head()) == 0
    written(log)
    head = log.head()
    assert log.check(head) == 3
    with sqlite3.connect(log._path) as connection:
        connection.execute("DELETE FROM transactions WHERE number = 3")
    connection.close()

    assert log.check() == 2
    with pytest.raises(LogBroken):
        log.check(head)


def test_records_are_not_altered(log):
    """The file itself refuses."""
    written(log)
    with (
        sqlite3.connect(log._path) as connection,
        pytest.raises(sqlite3.IntegrityError, match="not altered"),
    ):
        connection.execute("UPDATE transactions SET at = 0")
    connection.close()


def test_another_key_reads_nothing(log, clock):
    """Neither the chain nor a message."""
    written(log)
    other = TransactionLog(log._path, Secret("o" * 32), clock)

    with pytest.raises(LogBroken):
        list(other.records())
    other._chaining = log._chaining
    with pytest.raises(LogBroken):
        list(other.records())


def test_a_short_key_is_refused(tmp_path, clock):
    """It would seal nothing."""
    with pytest.raises(ValueError, match="32"):
        TransactionLog(tmp_path / "log.db", Secret("short"), clock)


def test_records_go_after_24_months(log, clock):
    """To the second; the chain holds afterwards, and goes on from the newest."""
    written(log, 2)
    clock.at = datetime(2028, 11, 5, 9, 0, tzinfo=UTC)
    assert log.purge() == 0
    written(log, 1)
    clock.go_on(seconds=1)

    assert log.purge() == 2
    assert log.check() == 1
    clock.go_on(days=2_000)
    assert log.purge() == 0
    written(log, 1)
    assert log.check() == 2


def test_months_before_a_long_month_exist():
    """The 31st becomes the 28th: every month has one."""
    assert _months_before(datetime(2026, 3, 31, tzinfo=UTC), 1).day == 28
    assert _months_before(datetime(2026, 1, 5, tzinfo=UTC), 24).year == 2024
