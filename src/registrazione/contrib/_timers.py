"""What task queues have in common: the timers as functions of numbers that return numbers.

No task carries a person's data, neither on its way to a worker nor back: what is to be done stands
in the store, and a task only says that it is time to look. So a task may be lost, come twice, or
run beside another one, and a queue that somebody reads tells nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from threading import Lock

import attrs

from registrazione.registrar import Registrar
from registrazione.service.rounds import RoundReport

Counts = dict[str, int]
"""What a task returns: how many, by what became of them."""
RegistrarFactory = Callable[[], Registrar]
"""Opens a registrar; called once in each process, when its first task runs."""

MOST = 500
"""So many letters a task sends at most, so that a worker that is to stop need not wait for long."""

NAMES = ("deliver_outbox", "expire_due", "warn_expiring_passwords", "cancel_unused")


class Timers:
    """The four timers, on a registrar that each process opens for itself.

    A connection must not be shared with a process that was forked off, as task queues do.

    Args:
        factory: Opens the registrar.
    """

    def __init__(self, factory: RegistrarFactory) -> None:
        """Open nothing yet."""
        self._factory = factory
        self._opened: tuple[int, Registrar] | None = None
        self._lock = Lock()

    def deliver_outbox(self, most: int) -> Counts:
        """Send the letters that are due, and count them by what became of them."""
        return dict(attrs.asdict(self._registrar().deliver_outbox(most=most)))

    def expire_due(self) -> Counts:
        """End what was not activated or used in time (UNI-06)."""
        return _counts(self._registrar().expire_due())

    def warn_expiring_passwords(self) -> Counts:
        """Write to everybody whose password is about to expire (POL-17)."""
        return _counts(self._registrar().warn_expiring_passwords())

    def cancel_unused(self) -> Counts:
        """Cancel what nobody used for the profile's time (UNI-19)."""
        return _counts(self._registrar().cancel_unused())

    def _registrar(self) -> Registrar:
        """Return the registrar of this process."""
        with self._lock:
            if self._opened is None or self._opened[0] != os.getpid():
                self._opened = (os.getpid(), self._factory())
            return self._opened[1]


def check_names(chosen: Mapping[str, object]) -> None:
    """Make sure that a schedule is for timers that there are.

    Raises:
        ValueError: One of its names is none.
    """
    unknown = chosen.keys() - set(NAMES)
    if unknown:
        raise ValueError(f"there is no timer {', '.join(sorted(unknown))}: {', '.join(NAMES)}")


def _counts(report: RoundReport) -> Counts:
    """Return what a round did without saying to whom."""
    return {"seen": report.seen, "done": report.done}
