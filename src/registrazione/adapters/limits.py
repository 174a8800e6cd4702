"""Counting attempts in this process alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock
from typing import ClassVar

from registrazione.adapters.windows import window_of


class MemoryRateLimiter:
    """Count attempts in fixed windows; the port :class:`~registrazione.ports.RateLimiter`.

    Windows start at multiples of their length since 1970, so that at most twice the limit fits
    into any stretch of that length. The counters live in this process: several processes each
    allow the limit (ASVS 5.0 6.3.1; the accounts' own lock is kept in the store). One limit for
    all of them is :class:`~registrazione.adapters.shared_limits.SharedRateLimiter`'s.

    Args:
        capacity: The most counters kept. When there are more, the oldest is forgotten.

    Raises:
        ValueError: There is no room for a counter.
    """

    quick: ClassVar[bool] = True
    """It answers in microseconds: no thread is asked for it."""

    __slots__ = ("_capacity", "_counters", "_lock")

    def __init__(self, capacity: int = 100_000) -> None:
        """Start with nothing counted."""
        if capacity < 1:
            raise ValueError("a limiter needs room for at least one counter")
        self._capacity = capacity
        self._counters: dict[tuple[str, str, timedelta, int], int] = {}
        self._lock = Lock()

    def hit(self, scope: str, key: str, limit: int, window: timedelta, now: datetime) -> bool:
        """Count one attempt; tell whether it is still within ``limit`` per ``window``.

        Args:
            scope: What is attempted.
            key: Who or what is counted, as a fingerprint.
            limit: How many attempts are allowed in one window.
            window: Length of a window.
            now: The present time.

        Raises:
            ValueError: The window has no length.
        """
        counter = (scope, key, window, window_of(window, now))
        with self._lock:
            if counter not in self._counters and len(self._counters) >= self._capacity:
                # Dictionaries keep the order of insertion: the first is the oldest.
                del self._counters[next(iter(self._counters))]
            count = self._counters.get(counter, 0) + 1
            self._counters[counter] = count
        return count <= limit
