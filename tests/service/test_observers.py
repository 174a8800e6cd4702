"""Those who are told: of everything, after the commit, and however often they fail."""

from __future__ import annotations

import logging
from threading import Thread

from registrazione.service.observers import Observers
from registrazione.testing.builders import a_record


class Failing:
    """Fail the first few times."""

    def __init__(self, times):
        """Say how often."""
        self.times = times
        self.heard = []

    def __call__(self, record):
        """Fail, or listen."""
        if self.times:
            self.times -= 1
            raise ValueError("mario.rossi@example.it")
        self.heard.append(record.event)


def test_every_observer_hears_every_record_in_order():
    """Nobody is left out."""
    one, two = [], []
    observers = Observers([one.append, two.append])
    records = [a_record(event="a"), a_record(event="b")]
    observers.notify(records)
    observers.notify([])

    assert one == two == records


def test_a_failing_one_is_told_again_and_holds_up_nobody(caplog):
    """With the next event it hears what it missed, first."""
    failing, calm = Failing(1), []
    observers = Observers([failing, calm.append])
    observers.notify([a_record(event="a")])
    assert (failing.heard, len(calm)) == ([], 1)
    observers.notify([a_record(event="b")])

    assert failing.heard == ["a", "b"]
    assert len(calm) == 2
    (line,) = caplog.records
    assert (line.levelno, line.name) == (logging.WARNING, "registrazione")
    assert "failed on a with ValueError" in line.getMessage()
    assert "mario" not in line.getMessage()
    assert line.exc_info is None


def test_who_fails_three_times_is_not_told_of_that_any_more():
    """One record is not told for ever; the next ones are."""
    failing = Failing(3)
    observers = Observers([failing])
    observers.notify([a_record(event="a")])
    observers.notify([])
    observers.notify([])
    observers.notify([])
    observers.notify([a_record(event="b")])

    assert failing.heard == ["b"]


def test_without_observers_nothing_happens():
    """Telling nobody is no work."""
    assert Observers().notify([a_record()]) is None


def test_many_threads_lose_nothing():
    """Whatever runs at the same time: each record is heard once."""
    heard = []
    observers = Observers([heard.append])
    threads = [
        Thread(target=observers.notify, args=([a_record(event=f"e{n}")] * 50,)) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(heard) == 400
