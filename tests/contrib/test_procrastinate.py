"""The timers as procrastinate's tasks: on a real PostgreSQL, in a real worker process."""

from __future__ import annotations

import pytest
from tests.contrib.task_portal import CALLED, PERIODIC, Counter, environ, portals, worker
from tests.databases import postgresql_url
from tests.smtp_server import smtp_server
from tests.world import ANNA, LUCA, MARIO

from registrazione.contrib._timers import MOST, NAMES
from registrazione.service.delivery import DeliveryReport
from registrazione.service.rounds import RoundReport

procrastinate = pytest.importorskip("procrastinate", reason="procrastinate is not installed")

from procrastinate import testing  # noqa: E402
from tests.contrib.procrastinate_portal import NEVER, application  # noqa: E402

from registrazione.contrib.procrastinate import USUAL_TIMES, tasks_for  # noqa: E402


class Script:
    """A registrar that reports what it is told to."""

    def deliver_outbox(self, most):
        """Send as many as asked for."""
        return DeliveryReport(sent=most)

    def expire_due(self):
        """Tell of accounts."""
        return RoundReport(seen=3, done=2, accounts=("one", "two"))

    warn_expiring_passwords = cancel_unused = expire_due


@pytest.fixture
def app():
    """An application whose queue is in memory."""
    return procrastinate.App(connector=testing.InMemoryConnector())


def times(app):
    """Return when each task is deferred periodically."""
    found = app.periodic_registry.periodic_tasks.values()
    return {entry.task.name: entry.cron for entry in found}


def test_each_timer_is_a_task_that_answers_in_numbers(app) -> None:
    """Only numbers go in and come out: no account is named."""
    tasks = tasks_for(app, Script)

    assert tasks.deliver_outbox()["sent"] == MOST
    assert tasks.deliver_outbox(most=7)["sent"] == 7
    assert tasks.deliver_outbox(1_700_000_000)["sent"] == MOST
    for name in NAMES[1:]:
        assert getattr(tasks, name)() == {"seen": 3, "done": 2}
    assert {f"registrazione.{name}" for name in NAMES} <= app.tasks.keys()


@pytest.mark.requirement("UNI-06", "UNI-19", "POL-17")
def test_every_timer_has_its_usual_time(app) -> None:
    """Letters each minute, ends every five, warnings daily, cancellations in January."""
    tasks_for(app, Script)

    assert times(app) == {f"registrazione.{name}": cron for name, cron in USUAL_TIMES.items()}
    assert USUAL_TIMES.keys() == set(NAMES)


def test_times_may_be_others_and_procedures_several(app) -> None:
    """``None`` leaves a timer out of the schedule, not out of the tasks."""
    tasks_for(app, Script, prefix="one", schedule={**NEVER, "expire_due": "0 * * * *"})
    tasks = tasks_for(app, Script, prefix="two", schedule=NEVER, queue="letters")

    assert times(app) == {"one.expire_due": "0 * * * *"}
    assert tasks.cancel_unused.name == "two.cancel_unused"
    assert tasks.cancel_unused.queue == "letters"


def test_a_time_for_no_timer_is_refused(app) -> None:
    """A slip of the pen would leave the letters where they are."""
    with pytest.raises(ValueError, match=r"there is no timer deliver: deliver_outbox"):
        tasks_for(app, Script, schedule={"deliver": "* * * * *"})


def test_a_job_names_nobody(app) -> None:
    """What stands in the queue is a name and, where it was given, a number."""
    tasks = tasks_for(app, Script)
    with app.open():
        tasks.deliver_outbox.defer()
        tasks.deliver_outbox.defer(most=5)

    jobs = app.connector.jobs.values()
    assert [(job["task_name"], job["args"]) for job in jobs] == [
        ("registrazione.deliver_outbox", {}),
        ("registrazione.deliver_outbox", {"most": 5}),
    ]


def test_letters_go_out_in_a_worker_process(tmp_path) -> None:
    """Asked for many times at once, each letter goes once; the periodic task does it unasked."""
    url = postgresql_url()
    worlds, sink = portals(tmp_path), Counter()
    for person in (MARIO, ANNA, LUCA):
        worlds[CALLED].confirmed(person)
        worlds[PERIODIC].confirmed(person)
    app, tasks = application(url)
    where = ["--app", "tests.contrib.procrastinate_portal.app", "worker", "--concurrency", "4"]
    with app.open(), smtp_server(sink) as port:
        app.schema_manager.apply_schema()
        for _ in range(6):
            tasks.deliver_outbox.defer(most=1)
        with worker("procrastinate", *where, env=environ(tmp_path, port, QUEUE=url)):
            recipients = sink.letters(6)
        ended = {job.status for job in app.job_manager.list_jobs(task=tasks.deliver_outbox.name)}
    for world in worlds.values():
        world.registrar.close()

    assert recipients == sorted(2 * [person.email() for person in (MARIO, ANNA, LUCA)])
    assert len({letter.content for letter in sink.envelopes}) == 6
    assert ended <= {"succeeded", "todo"}
