"""How the outbox of a procedure stands, in numbers that name nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs

from registrazione.core.questions import Flow, ask
from registrazione.core.records import LetterState, OutboxMessage
from registrazione.service.delivery import OutboxList, ReadClock

_PAGE = 500
_NO_TIME = timedelta(0)


@attrs.frozen(kw_only=True)
class OutboxMetrics:
    """The letters of one procedure that are not done with.

    Args:
        queued: Waiting, those in some worker's hands among them.
        due: Those of them that a worker could take now.
        failing: Those of them that were tried before, and failed.
        dead: Given up, until an operator sends them again.
        oldest: How long ago the oldest of the queued was written.
    """

    queued: int = 0
    due: int = 0
    failing: int = 0
    dead: int = 0
    oldest: timedelta = _NO_TIME


def outbox_metrics(profile: str) -> Flow[OutboxMetrics]:
    """Count the letters of a procedure that are queued or dead, page by page.

    Args:
        profile: Name of the procedure; letters of other portals in the same store do not count.

    Returns:
        What there was; letters may come and go meanwhile.
    """
    now = yield from ask(ReadClock())
    metrics = OutboxMetrics()
    cursor: str | None = None
    while True:
        page = yield from ask(OutboxList((LetterState.QUEUED, LetterState.DEAD), cursor, _PAGE))
        for message in page.items:
            if message.profile == profile:
                metrics = _counted(metrics, message, now)
        cursor = page.cursor
        if cursor is None:
            return metrics


def _counted(metrics: OutboxMetrics, message: OutboxMessage, now: datetime) -> OutboxMetrics:
    """Count one more letter."""
    if message.state is LetterState.DEAD:
        return attrs.evolve(metrics, dead=metrics.dead + 1)
    return attrs.evolve(
        metrics,
        queued=metrics.queued + 1,
        due=metrics.due + (message.not_before <= now),
        failing=metrics.failing + (message.error != ""),
        oldest=max(metrics.oldest, now - message.created_at),
    )
