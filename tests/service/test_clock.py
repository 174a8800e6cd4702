"""The machine's clock."""

from __future__ import annotations

from datetime import UTC, datetime

from registrazione.ports import Clock
from registrazione.service.clock import SystemClock


def test_it_tells_the_present_time_in_utc():
    """The answer is aware, in UTC, and lies between two looks at another clock."""
    before = datetime.now(UTC)
    now = SystemClock().now()
    after = datetime.now(UTC)

    assert before <= now <= after
    assert now.tzinfo is UTC
    assert isinstance(SystemClock(), Clock)
