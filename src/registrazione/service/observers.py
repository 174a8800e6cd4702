"""Those who are told what happened, after it is committed; they cannot veto."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Sequence
from threading import Lock

from registrazione.core.records import AuditRecord
from registrazione.ports import Observer

logger: logging.Logger = logging.getLogger("registrazione")

_MOST_WAITING = 10_000
_MOST_TRIES = 3


class Observers:
    """Tell every observer; a failing one is logged, and told again with the next event.

    Args:
        observers: Callables that take an audit record.
    """

    def __init__(self, observers: Iterable[Observer] = ()) -> None:
        """Keep the observers."""
        self._observers = tuple(observers)
        self._waiting: deque[tuple[Observer, AuditRecord, int]] = deque(maxlen=_MOST_WAITING)
        self._lock = Lock()

    def notify(self, records: Sequence[AuditRecord]) -> None:
        """Tell everybody of the records, and once more of those that somebody failed on."""
        with self._lock:
            again = list(self._waiting)
            self._waiting.clear()
        for observer, record, tries in again:
            self._tell(observer, record, tries)
        for record in records:
            for observer in self._observers:
                self._tell(observer, record, 0)

    def _tell(self, observer: Observer, record: AuditRecord, tries: int) -> None:
        """Tell one observer of one record."""
        try:
            observer(record)
        except Exception as error:  # noqa: BLE001 - an observer must not break a registration
            # The type alone: an observer's own text may hold what must not be logged.
            logger.warning(
                "observer %r failed on %s with %s", observer, record.event, type(error).__name__
            )
            if tries + 1 < _MOST_TRIES:
                with self._lock:
                    self._waiting.append((observer, record, tries + 1))
