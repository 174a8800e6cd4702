"""A Celery application with the timers of two portals, as a worker process imports it."""

from __future__ import annotations

import os
from contextlib import suppress

from celery import Celery
from tests.contrib.task_portal import CALLED, PERIODIC, opener

from registrazione.contrib._timers import NAMES
from registrazione.contrib.celery import tasks_for

NEVER = dict.fromkeys(NAMES)


def application(broker):
    """Return the application and the tasks of the portal that is asked."""
    # RabbitMQ keeps no results: it sends them back to whoever asked.
    backend = "rpc://" if broker.startswith("amqp") else broker
    made = Celery("portal", broker=broker, backend=backend)
    made.conf.update(worker_hijack_root_logger=False, result_expires=60)
    tasks = tasks_for(made, opener(CALLED), schedule=NEVER, options={"ignore_result": False})
    soon = {**NEVER, "deliver_outbox": 0.2}
    tasks_for(made, opener(PERIODIC), prefix="polis", schedule=soon)
    return made, tasks


def put_down(made):
    """Close what the application has opened, the ways back of its results as well."""
    # A consumer that nothing was asked of has no connection to close.
    with suppress(AttributeError):
        made.backend.result_consumer.stop()
    client = getattr(made.backend, "client", None)
    if client is not None:
        client.connection_pool.disconnect()
    made.close()


app = application(os.environ["BROKER"])[0] if "BROKER" in os.environ else None
