"""The timers as Celery's tasks: on a real Redis and a real RabbitMQ, in real worker processes."""

from __future__ import annotations

import json
import os
import re
from collections import Counter as Tally
from datetime import timedelta

import pytest
from tests.contrib.brokers import rabbitmq, redis
from tests.contrib.task_portal import CALLED, PATIENCE, PERIODIC, Counter, environ, portals, worker
from tests.smtp_server import smtp_server
from tests.world import ANNA, LUCA, MARIO

from registrazione.contrib._timers import MOST, NAMES, Timers
from registrazione.service.delivery import DeliveryReport
from registrazione.service.rounds import RoundReport

celery = pytest.importorskip("celery", reason="Celery is not installed")

from tests.contrib.celery_portal import NEVER, application, put_down  # noqa: E402

from registrazione.contrib.celery import tasks_for  # noqa: E402

PERSONAL = re.compile(r"@|rossi|bianchi|[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]", re.IGNORECASE)


@pytest.fixture(scope="module", params=[redis, rabbitmq], ids=["redis", "rabbitmq"])
def broker(request, tmp_path_factory):
    """A broker on this machine, for as long as the tests with it run."""
    with request.param(tmp_path_factory.mktemp("broker")) as url:
        yield url


class Script:
    """A registrar that reports what it is told to."""

    def deliver_outbox(self, most):
        """Send as many as asked for."""
        return DeliveryReport(sent=most, dead=1)

    def expire_due(self):
        """Tell of accounts."""
        return RoundReport(seen=3, done=2, accounts=("one", "two"))

    warn_expiring_passwords = cancel_unused = expire_due


class Empty(Script):
    """A registrar with nothing to send."""

    def deliver_outbox(self, most):
        """Send nothing."""
        return DeliveryReport()


@pytest.fixture
def app():
    """An application that is connected to nothing."""
    made = celery.Celery("portal", set_as_current=False)
    yield made
    made.close()


# -- tasks and schedule ---------------------------------------------------------------------


def test_each_timer_is_a_task_that_answers_in_numbers(app) -> None:
    """What is kept of a run names no account; only numbers go in."""
    tasks = tasks_for(app, Script)

    assert tasks.deliver_outbox()["sent"] == MOST
    assert tasks.deliver_outbox(7) == {
        "sent": 7,
        "void": 0,
        "postponed": 0,
        "dead": 1,
        "overtaken": 0,
    }
    for name in NAMES[1:]:
        assert getattr(tasks, name)() == {"seen": 3, "done": 2}
    assert {f"registrazione.{name}" for name in NAMES} <= app.tasks.keys()


def test_applications_of_one_process_do_not_get_each_others_tasks(app) -> None:
    """Each application has tasks on its own registrar, whatever their names."""
    other = celery.Celery("other", set_as_current=False)
    theirs, ours = tasks_for(other, Empty), tasks_for(app, Script)

    assert (theirs.deliver_outbox()["sent"], ours.deliver_outbox()["sent"]) == (0, MOST)
    assert app.tasks["registrazione.deliver_outbox"]()["sent"] == MOST
    other.close()


def test_no_task_is_ever_pickled(app) -> None:
    """Whatever the application does elsewhere, and whatever the options say."""
    app.conf.task_serializer = "pickle"
    tasks = tasks_for(app, Script, options={"time_limit": 600, "serializer": "pickle"})

    assert {getattr(tasks, name).serializer for name in NAMES} == {"json"}
    assert {getattr(tasks, name).time_limit for name in NAMES} == {600}
    assert {getattr(tasks, name).ignore_result for name in NAMES} == {True}


@pytest.mark.requirement("UNI-06", "UNI-19", "POL-17")
def test_every_timer_has_its_usual_time(app) -> None:
    """Letters each minute, ends every five, warnings daily, cancellations in January."""
    app.conf.beat_schedule = {"mine": {"task": "mine", "schedule": 1}}
    tasks_for(app, Script)

    entries = app.conf.beat_schedule
    assert entries.keys() == {"mine", *(f"registrazione.{name}" for name in NAMES)}
    often = {name: entries[f"registrazione.{name}"] for name in NAMES[:2]}
    assert {name: entry["schedule"] for name, entry in often.items()} == {
        "deliver_outbox": timedelta(minutes=1),
        "expire_due": timedelta(minutes=5),
    }
    assert [entry["options"] for entry in often.values()] == [{"expires": 60.0}, {"expires": 300.0}]
    january = entries["registrazione.cancel_unused"]["schedule"]
    assert (january.month_of_year, january.day_of_month, january.hour) == ({1}, {15}, {3})
    assert entries["registrazione.warn_expiring_passwords"]["schedule"].hour == {5}


def test_times_may_be_others_and_procedures_several(app) -> None:
    """Seconds will do as well, and ``None`` leaves a timer out of the schedule, not the tasks."""
    tasks_for(app, Script, prefix="one", schedule={**NEVER, "expire_due": 30})
    tasks = tasks_for(app, Script, prefix="two", schedule=NEVER)

    assert app.conf.beat_schedule == {
        "one.expire_due": {
            "task": "one.expire_due",
            "schedule": timedelta(seconds=30),
            "options": {"expires": 30.0},
        }
    }
    assert tasks.cancel_unused.name == "two.cancel_unused"


def test_a_time_for_no_timer_is_refused(app) -> None:
    """A slip of the pen would leave the letters where they are."""
    with pytest.raises(ValueError, match=r"there is no timer deliver: deliver_outbox"):
        tasks_for(app, Script, schedule={"deliver": 5})


def test_each_process_opens_its_own_registrar(monkeypatch) -> None:
    """Once, at its first task: a connection is not shared with a process that was forked off."""
    opened = []

    def factory():
        opened.append(os.getpid())
        return Script()

    timers = Timers(factory)
    before = list(opened)
    for pid in (1, 1, 2, 2):
        monkeypatch.setattr(os, "getpid", lambda pid=pid: pid)
        timers.deliver_outbox(1)

    assert (before, opened) == ([], [1, 2])


# -- the real thing -------------------------------------------------------------------------


def test_what_waits_in_the_queue_names_nobody(broker, tmp_path) -> None:
    """A task says that it is time to look, in JSON; whoever reads the queue learns nothing."""
    portals(tmp_path)[CALLED].confirmed()
    app, tasks = application(broker)
    # A queue that no other test's beat has put anything into, whichever ran first.
    app.conf.task_default_queue = "looked-into"
    tasks.deliver_outbox.delay()
    tasks.deliver_outbox.delay(5)
    with app.connection_for_read() as connection:
        queue = app.amqp.queues["looked-into"](connection.default_channel)
        waiting = [queue.get(no_ack=True) for _ in range(2)]
        empty = queue.get(no_ack=True) is None
    put_down(app)

    assert empty
    for entry, arguments in zip(waiting, ([], [5]), strict=True):
        assert entry.content_type == "application/json"
        body = entry.body if isinstance(entry.body, str) else bytes(entry.body).decode()
        assert json.loads(body)[:2] == [arguments, {}]
        assert not PERSONAL.search(body)
        assert "rossi" not in json.dumps([entry.headers, entry.properties]).lower()


def test_letters_go_out_in_worker_processes(broker, tmp_path) -> None:
    """Asked for many times at once, each letter goes once; beat does the same unasked."""
    worlds, sink = portals(tmp_path), Counter()
    for person in (MARIO, ANNA, LUCA):
        worlds[CALLED].confirmed(person)
        worlds[PERIODIC].confirmed(person)
    app, tasks = application(broker)
    where = ["-A", "tests.contrib.celery_portal", "worker", "-B"]
    how = ["--schedule", str(tmp_path / "beat"), "--concurrency", "2", "--loglevel", "ERROR"]
    asked = [tasks.deliver_outbox.delay(most=1) for _ in range(6)]
    with smtp_server(sink) as port:
        env = environ(tmp_path, port, BROKER=broker)
        with worker("celery", *where, *how, env=env):
            counts = [result.get(timeout=PATIENCE) for result in asked]
            recipients = sink.letters(6)
    put_down(app)
    for world in worlds.values():
        world.registrar.close()

    assert sum((Tally(count) for count in counts), Tally()) == {"sent": 3}
    assert recipients == sorted(2 * [person.email() for person in (MARIO, ANNA, LUCA)])
    assert len({letter.content for letter in sink.envelopes}) == 6
