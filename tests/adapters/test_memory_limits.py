"""Counting attempts in memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.adapters.limits import MemoryRateLimiter
from registrazione.ports import RateLimiter

NOW = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_attempts_within_the_limit_pass():
    """Three are allowed: the fourth is not, nor the fifth."""
    limiter = MemoryRateLimiter()

    assert isinstance(limiter, RateLimiter)
    assert [limiter.hit("login", "k", 3, HOUR, NOW) for _ in range(5)] == [True] * 3 + [False] * 2


def test_a_limit_of_none_lets_nothing_pass():
    """Zero is a limit like any other."""
    assert not MemoryRateLimiter().hit("login", "k", 0, HOUR, NOW)


def test_scopes_keys_and_windows_are_counted_apart():
    """One person's attempts, or attempts at one thing, do not use up another's."""
    limiter = MemoryRateLimiter()
    counted = [("a", "x", HOUR), ("a", "y", HOUR), ("b", "x", HOUR), ("a", "x", 2 * HOUR)]

    assert all(limiter.hit(scope, key, 1, window, NOW) for scope, key, window in counted)
    assert not any(limiter.hit(scope, key, 1, window, NOW) for scope, key, window in counted)


def test_a_new_window_counts_anew():
    """The last moment of a window is not the first of the next; an earlier clock counts apart."""
    limiter = MemoryRateLimiter()
    late = NOW + HOUR - timedelta(microseconds=1)

    assert limiter.hit("a", "x", 1, HOUR, NOW)
    assert not limiter.hit("a", "x", 1, HOUR, late)
    assert limiter.hit("a", "x", 1, HOUR, NOW + HOUR)
    assert not limiter.hit("a", "x", 1, HOUR, late)


@pytest.mark.parametrize("window", [timedelta(), -HOUR])
def test_a_window_has_a_length(window):
    """Otherwise nothing could be counted in it."""
    with pytest.raises(ValueError, match="a window has a length"):
        MemoryRateLimiter().hit("a", "x", 1, window, NOW)


def test_a_limiter_has_room():
    """A limiter that keeps nothing would allow everything."""
    with pytest.raises(ValueError, match="at least one counter"):
        MemoryRateLimiter(capacity=0)


@given(st.lists(st.text(max_size=3), max_size=60))
def test_its_memory_is_bounded(keys):
    """However many keys come, no more than the capacity are kept, the latest among them."""
    limiter = MemoryRateLimiter(capacity=5)
    for key in keys:
        limiter.hit("a", key, 1, HOUR, NOW)

    assert len(limiter._counters) == min(5, len(set(keys)))
    assert all(not limiter.hit("a", key, 1, HOUR, NOW) for key in keys[-1:])


def test_counting_is_atomic():
    """Law: of 800 attempts in 8 threads exactly 100 are within the limit."""
    limiter = MemoryRateLimiter()
    with ThreadPoolExecutor(8) as threads:
        passed = list(threads.map(lambda _: limiter.hit("a", "x", 100, HOUR, NOW), range(800)))

    assert passed.count(True) == 100
