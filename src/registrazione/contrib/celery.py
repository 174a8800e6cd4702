"""The timers as tasks of Celery (5.3 or later), with entries for its beat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from importlib import import_module
from types import MappingProxyType
from typing import Any, Protocol

import attrs

from registrazione.contrib._timers import MOST, Counts, RegistrarFactory, Timers, check_names

__all__ = ["CeleryApp", "CeleryTasks", "tasks_for"]

_AS_USUAL: Mapping[str, Any] = MappingProxyType({})


class CeleryApp(Protocol):
    """What is needed of a ``celery.Celery``, which has no types of its own."""

    conf: Any

    def task(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - Celery's own
        """Turn a function into a task."""
        ...


@attrs.frozen(kw_only=True)
class CeleryTasks:
    """The tasks, to be called as any other: ``tasks.deliver_outbox.delay()``.

    Args:
        deliver_outbox: Sends what is due; takes ``most``, a number of letters.
        expire_due: Ends what was not activated or used in time (UNI-06).
        warn_expiring_passwords: Writes to whose password is about to expire (POL-17).
        cancel_unused: Cancels what nobody used for the profile's time (UNI-19).
    """

    deliver_outbox: Any
    expire_due: Any
    warn_expiring_passwords: Any
    cancel_unused: Any


def tasks_for(
    app: CeleryApp,
    registrar_factory: RegistrarFactory,
    *,
    prefix: str = "registrazione",
    most: int = MOST,
    schedule: Mapping[str, Any] = _AS_USUAL,
    options: Mapping[str, Any] = _AS_USUAL,
) -> CeleryTasks:
    """Register the timers with a Celery application, and put them into its beat's schedule.

    Args:
        app: The application, configured already.
        registrar_factory: Opens a registrar; called once in each worker process.
        prefix: What the tasks' names begin with; another one for each procedure.
        most: How many letters a task sends at most, unless it is told another number.
        schedule: Other times than the usual ones, by the name of the timer: seconds, a
            ``timedelta``, a ``crontab``, or ``None`` to leave it out. Usual are every minute,
            every five minutes, daily at 5:00, and on 15 January at 3:00.
        options: What Celery is to know of every task, such as ``time_limit``.

    Returns:
        The tasks.

    Raises:
        ValueError: The schedule names something that is no timer.
    """
    check_names(schedule)
    timers = Timers(registrar_factory)

    def deliver_outbox(most: int = most) -> Counts:
        return timers.deliver_outbox(most)

    functions = {
        "deliver_outbox": deliver_outbox,
        "expire_due": timers.expire_due,
        "warn_expiring_passwords": timers.warn_expiring_passwords,
        "cancel_unused": timers.cancel_unused,
    }
    # Numbers only, which need no pickle, whatever the application does elsewhere; and for this
    # application only, where Celery would hand the tasks to every other one of the process.
    common = {"ignore_result": True, **options, "serializer": "json", "shared": False}
    tasks = {
        name: app.task(**{**common, "name": f"{prefix}.{name}"})(function)
        for name, function in functions.items()
    }
    entries = {
        f"{prefix}.{name}": _entry(f"{prefix}.{name}", when)
        for name, when in {**_usual_times(), **schedule}.items()
        if when is not None
    }
    app.conf.beat_schedule = {**(app.conf.beat_schedule or {}), **entries}
    return CeleryTasks(**tasks)


def _usual_times() -> dict[str, Any]:
    """Return when the timers run where nothing else is said."""
    crontab: Any = import_module("celery.schedules").crontab
    return {
        "deliver_outbox": timedelta(minutes=1),
        "expire_due": timedelta(minutes=5),
        "warn_expiring_passwords": crontab(hour=5, minute=0),
        "cancel_unused": crontab(month_of_year=1, day_of_month=15, hour=3, minute=0),
    }


def _entry(task: str, when: Any) -> dict[str, Any]:  # noqa: ANN401 - Celery's own
    """Return an entry of the schedule.

    A task that nobody took until the next one comes is dropped: after a night without workers one
    look into the outbox does what a thousand would.
    """
    period = timedelta(seconds=when) if isinstance(when, int | float) else when
    if not isinstance(period, timedelta):
        return {"task": task, "schedule": when}
    return {"task": task, "schedule": period, "options": {"expires": period.total_seconds()}}
