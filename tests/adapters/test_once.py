"""What was used is not used again: by threads, by processes, after a restart."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from registrazione.adapters.once import FileOnceOnly, MemoryOnceOnly
from registrazione.ports import OnceOnly

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["memory", "file"])
def once(request, tmp_path):
    """A memory that has seen nothing."""
    return MemoryOnceOnly() if request.param == "memory" else FileOnceOnly(tmp_path / "used.db")


def test_a_key_is_spent_once(once):
    """Another one is another one."""
    assert isinstance(once, OnceOnly)
    assert once.spend("a", NOON + MINUTE, NOON)
    assert not once.spend("a", NOON + MINUTE, NOON)
    assert once.spend("b\udc80", NOON + MINUTE, NOON)


def test_a_key_is_remembered_up_to_its_instant(once):
    """Not a moment less; afterwards it is worth nothing, and may be forgotten."""
    assert once.spend("a", NOON + MINUTE, NOON)

    assert not once.spend("a", NOON + 3 * MINUTE, NOON + MINUTE)
    once.spend("b", NOON + 9 * MINUTE, NOON + 2 * MINUTE)
    assert once.spend("a", NOON + 9 * MINUTE, NOON + 2 * MINUTE)


def test_of_many_at_once_one_is_first(once):
    """Two presses of a button are one answer."""
    start, told = threading.Barrier(8), []

    def spend():
        start.wait()
        told.append(once.spend("a", NOON + MINUTE, NOON))

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == [False] * 7 + [True]


def test_the_memory_has_no_more_than_it_has_room_for():
    """The oldest is forgotten, though it would still count."""
    once = MemoryOnceOnly(capacity=2)
    for number, key in enumerate("abc"):
        assert once.spend(key, NOON + MINUTE * (number + 1), NOON)

    assert not once.spend("b", NOON + MINUTE * 2, NOON)
    assert once.spend("d", NOON + MINUTE * 9, NOON + MINUTE * 8)
    assert once.spend("b", NOON + MINUTE * 9, NOON + MINUTE * 8)


def test_a_file_outlives_its_process_and_names_nobody(tmp_path):
    """Another process knows what was used; whoever reads the file learns nothing."""
    path = tmp_path / "used.db"
    assert FileOnceOnly(path).spend("an answer of Mario", NOON + MINUTE, NOON)

    assert not FileOnceOnly(path).spend("an answer of Mario", NOON + MINUTE, NOON)
    assert b"Mario" not in path.read_bytes()
