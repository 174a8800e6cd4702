"""The bounded crew of hashing threads."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Semaphore, current_thread
from threading import enumerate as all_threads

import pytest

from registrazione.adapters.hash_pool import HashPool
from registrazione.ports import HasherBusy


@pytest.fixture
def pool():
    """One worker and one place to wait."""
    pool = HashPool(workers=1, queue=1)
    yield pool
    pool.close()


def test_work_is_done_in_a_thread_of_the_pool(pool):
    """The result comes back; the caller's thread did not do it."""
    assert pool.run(lambda: current_thread().name).startswith("registrazione-hash")


def test_what_the_work_raises_reaches_the_caller(pool):
    """An error is not lost, and its place in the queue is free again."""
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            pool.run(lambda: 1 // 0)

    assert pool.run(lambda: 1) == 1


def test_a_full_queue_refuses_at_once(pool, monkeypatch):
    """One works, one waits, the third is told to come back; afterwards there is room again."""
    submit, queued, go_on = pool._crew.executor.submit, Semaphore(0), Event()

    def watched(work):
        future = submit(work)
        queued.release()
        return future

    monkeypatch.setattr(pool._crew.executor, "submit", watched)
    with ThreadPoolExecutor(2) as callers:
        first = callers.submit(pool.run, go_on.wait)
        queued.acquire()
        second = callers.submit(pool.run, lambda: "second")
        queued.acquire()
        with pytest.raises(HasherBusy):
            pool.run(lambda: "third")
        go_on.set()

        assert first.result() is True
        assert second.result() == "second"

    assert pool.run(lambda: "fourth") == "fourth"


def test_no_more_threads_work_than_there_are_workers():
    """Sixteen callers, two workers: never more than two pieces of work at a time."""
    pool = HashPool(workers=2, queue=16)
    names = set()
    together = Barrier(2)

    def work():
        names.add(current_thread().name)
        together.wait()

    with ThreadPoolExecutor(16) as callers:
        list(callers.map(pool.run, [work] * 16))
    pool.close()

    assert len(names) == 2


def test_by_default_there_is_a_worker_for_each_processor(monkeypatch):
    """And 32 places to wait for each worker; where the number is unknown there is one."""
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    three = HashPool()
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    one = HashPool()

    assert (three._workers, three._queue) == (3, 96)
    assert (one._workers, one._queue) == (1, 32)


@pytest.mark.parametrize(("workers", "queue"), [(0, 1), (-1, None), (1, -1)])
def test_a_pool_without_room_is_refused(workers, queue):
    """Nothing could ever run in it."""
    with pytest.raises(ValueError, match="at least one worker"):
        HashPool(workers, queue)


def test_a_closed_pool_is_busy(pool):
    """Closing twice is fine; what comes later is refused, and keeps its place free."""
    pool.run(lambda: 1)
    pool.close()
    pool.close()

    for _ in range(5):
        with pytest.raises(HasherBusy):
            pool.run(lambda: 1)


def test_closing_ends_the_threads(pool):
    """No thread is left behind."""
    thread = pool.run(current_thread)
    pool.close()

    assert thread not in all_threads()


def test_a_forked_process_hires_its_own_crew(pool, monkeypatch):
    """The threads stay with the parent; the child starts threads of its own, once."""
    parent = pool.run(current_thread)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    child = pool.run(current_thread)

    assert child is not parent
    assert pool.run(current_thread) is child


FORK = """
import os
from registrazione.adapters.hash_pool import HashPool
pool = HashPool(1)
pool.run(lambda: None)
child = os.fork()
if not child:
    os._exit(pool.run(lambda: 7))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_is_not_left_waiting():
    """A server that forks after the first hash still hashes in its children."""
    done = subprocess.run(
        [sys.executable, "-c", FORK], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout == "7\n"
