"""What checks work with: ports that are there, and a memory that stays small."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from tests.adapters.human_check.checks import NOON, still_tools

from registrazione.adapters.human_check.tools import MemoryOnceOnly, Tools

MINUTE = timedelta(minutes=1)


def test_a_key_is_spent_once():
    """Another one is another one."""
    once = MemoryOnceOnly()

    assert once.spend("a", NOON + MINUTE, NOON)
    assert not once.spend("a", NOON + MINUTE, NOON)
    assert once.spend("b", NOON + MINUTE, NOON)


def test_what_is_worth_nothing_any_more_is_forgotten():
    """The memory holds what matters, and no more than it has room for."""
    once = MemoryOnceOnly(capacity=2)
    for number, key in enumerate("abc"):
        assert once.spend(key, NOON + MINUTE * (number + 1), NOON)

    assert not once.spend("b", NOON + MINUTE * 2, NOON)
    assert once.spend("d", NOON + MINUTE * 9, NOON + MINUTE * 8)
    assert once.spend("b", NOON + MINUTE * 9, NOON + MINUTE * 8)


def test_of_many_at_once_one_is_first():
    """Two presses of a button are one answer."""
    once, start, told = MemoryOnceOnly(), threading.Barrier(8), []

    def spend():
        start.wait()
        told.append(once.spend("a", NOON + MINUTE, NOON))

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == [False] * 7 + [True]


def test_tools_come_with_the_settings():
    """A memory that several processes share may come with them."""
    still, shared = still_tools(), MemoryOnceOnly()
    given = {"vault": still.vault, "clock": still.clock, "randomness": still.randomness}

    assert Tools.of({**given, "human_check_once": shared}).once is shared
    assert isinstance(Tools.of(given).once, MemoryOnceOnly)
    with pytest.raises(ValueError, match=r"needs vault, randomness$"):
        Tools.of({"clock": still.clock})
