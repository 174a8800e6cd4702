"""The windows in which attempts are counted, the same for whoever counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def window_of(window: timedelta, now: datetime) -> int:
    """Return the number of the window that a moment falls into, counted since 1970.

    Args:
        window: Length of a window.
        now: The moment.

    Raises:
        ValueError: The window has no length.
    """
    if window <= timedelta():
        raise ValueError("a window has a length")
    return (now - _EPOCH) // window


def counter_of(scope: str, key: str, window: timedelta, now: datetime) -> tuple[str, int]:
    """Return a shared counter's name, and for how many seconds it is kept.

    It outlives its window: the clocks of two machines are not the same.

    Args:
        scope: What is attempted.
        key: Who or what is counted, as a fingerprint.
        window: Length of a window.
        now: The present time.

    Raises:
        ValueError: The window has no length.
    """
    number, seconds = window_of(window, now), int(window.total_seconds())
    return f"registrazione:{scope}:{key}:{seconds}:{number}", 2 * seconds + 1
