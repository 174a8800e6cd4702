"""The machine's own clock."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """Tell the time of the machine; the port :class:`~registrazione.ports.Clock`."""

    __slots__ = ()

    def now(self) -> datetime:
        """Return the present time in UTC."""
        return datetime.now(UTC)
