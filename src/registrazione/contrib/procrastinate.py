"""The timers as tasks of procrastinate (3.0 or later), deferred periodically by its workers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import attrs
from procrastinate import Blueprint
from procrastinate.tasks import Task

from registrazione.contrib._timers import MOST, Counts, RegistrarFactory, Timers, check_names

__all__ = ["USUAL_TIMES", "ProcrastinateTasks", "tasks_for"]

USUAL_TIMES: Mapping[str, str] = MappingProxyType(
    {
        "deliver_outbox": "* * * * *",
        "expire_due": "*/5 * * * *",
        "warn_expiring_passwords": "0 5 * * *",
        "cancel_unused": "0 3 15 1 *",
    }
)
"""When the timers run where nothing else is said, in cron's words and in UTC."""

_AS_USUAL: Mapping[str, Any] = MappingProxyType({})

TimerTask = Task[..., Counts, ...]


@attrs.frozen(kw_only=True)
class ProcrastinateTasks:
    """The tasks, to be deferred as any other: ``tasks.deliver_outbox.defer()``.

    Args:
        deliver_outbox: Sends what is due; takes ``most``, a number of letters.
        expire_due: Ends what was not activated or used in time (UNI-06).
        warn_expiring_passwords: Writes to whose password is about to expire (POL-17).
        cancel_unused: Cancels what nobody used for the profile's time (UNI-19).
    """

    deliver_outbox: TimerTask
    expire_due: TimerTask
    warn_expiring_passwords: TimerTask
    cancel_unused: TimerTask


def tasks_for(
    app: Blueprint,
    registrar_factory: RegistrarFactory,
    *,
    prefix: str = "registrazione",
    most: int = MOST,
    schedule: Mapping[str, str | None] = _AS_USUAL,
    queue: str = "default",
) -> ProcrastinateTasks:
    """Register the timers with an application or blueprint of procrastinate.

    While one periodic run still waits for a worker, no second one joins it in the queue.

    Args:
        app: The application, or a blueprint of it.
        registrar_factory: Opens a registrar; called once in each worker process.
        prefix: What the tasks' names begin with; another one for each procedure.
        most: How many letters a task sends at most, unless it is told another number.
        schedule: Other times than :data:`USUAL_TIMES`, by the name of the timer: cron's words,
            or ``None`` to leave it out.
        queue: Where the tasks wait.

    Returns:
        The tasks.

    Raises:
        ValueError: The schedule names something that is no timer.
    """
    check_names(schedule)
    timers = Timers(registrar_factory)

    # Whoever defers a task periodically tells it when that was.
    def deliver_outbox(timestamp: int = 0, most: int = most) -> Counts:  # noqa: ARG001
        return timers.deliver_outbox(most)

    def expire_due(timestamp: int = 0) -> Counts:  # noqa: ARG001
        return timers.expire_due()

    def warn_expiring_passwords(timestamp: int = 0) -> Counts:  # noqa: ARG001
        return timers.warn_expiring_passwords()

    def cancel_unused(timestamp: int = 0) -> Counts:  # noqa: ARG001
        return timers.cancel_unused()

    functions = (deliver_outbox, expire_due, warn_expiring_passwords, cancel_unused)
    times = {**USUAL_TIMES, **schedule}

    def registered(function: Callable[..., Counts]) -> TimerTask:
        name, cron = f"{prefix}.{function.__name__}", times[function.__name__]
        task: TimerTask = app.task(name=name, queue=queue)(function)
        if cron is not None:
            app.periodic(cron=cron, queueing_lock=name)(task)
        return task

    return ProcrastinateTasks(**{function.__name__: registered(function) for function in functions})
