"""A procrastinate application with the timers of two portals, as a worker process imports it."""

from __future__ import annotations

import os

from procrastinate import App, PsycopgConnector
from tests.contrib.task_portal import CALLED, PERIODIC, opener

from registrazione.contrib._timers import NAMES
from registrazione.contrib.procrastinate import tasks_for

NEVER = dict.fromkeys(NAMES)
EVERY_SECOND = "* * * * * *"


def application(conninfo):
    """Return the application and the tasks of the portal that is asked."""
    made = App(connector=PsycopgConnector(conninfo=conninfo))
    tasks = tasks_for(made, opener(CALLED), schedule=NEVER)
    soon = {**NEVER, "deliver_outbox": EVERY_SECOND}
    tasks_for(made, opener(PERIODIC), prefix="polis", schedule=soon)
    return made, tasks


app = application(os.environ["QUEUE"])[0] if "QUEUE" in os.environ else None
