"""The small crew that does all slow hashing, with a bounded queue before it."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TypeVar

import attrs

from registrazione.ports import HasherBusy

T = TypeVar("T")


class HashPool:
    """Run expensive work in few threads and shed what is too much (ASVS 5.0 15.1.3).

    Few threads bound the memory that hashes take together: a semaphore around the callers'
    threads would not, because each thread keeps its own share of memory afterwards. A bounded
    queue answers "try again" at once, where an unbounded one would answer after minutes.

    Args:
        workers: Number of threads; by default one per processor.
        queue: How many may wait; by default 32 per thread.

    Raises:
        ValueError: There is no worker, or the queue is negative.
    """

    __slots__ = ("_crew", "_queue", "_workers")

    def __init__(self, workers: int | None = None, queue: int | None = None) -> None:
        """Prepare the crew; its threads start with the first work."""
        self._workers = (os.cpu_count() or 1) if workers is None else workers
        self._queue = 32 * self._workers if queue is None else queue
        if self._workers < 1 or self._queue < 0:
            raise ValueError("a pool needs at least one worker and a queue of 0 or more")
        self._crew = self._hire()

    def run(self, work: Callable[[], T]) -> T:
        """Return what ``work`` returns, once one of the threads has done it.

        Raises:
            HasherBusy: The queue is full, or the pool is closed.
        """
        if self._crew.process != os.getpid():
            # A fork copies the pool but none of its threads: nobody would ever do the work.
            self._crew = self._hire()
        crew = self._crew
        if not crew.places.acquire(blocking=False):
            raise HasherBusy
        try:
            future = crew.executor.submit(work)
        except RuntimeError:
            crew.places.release()
            raise HasherBusy from None
        future.add_done_callback(lambda _: crew.places.release())
        return future.result()

    def close(self) -> None:
        """Finish what is queued and end the threads; closing twice changes nothing."""
        self._crew.executor.shutdown()

    def _hire(self) -> _Crew:
        return _Crew(
            process=os.getpid(),
            executor=ThreadPoolExecutor(self._workers, thread_name_prefix="registrazione-hash"),
            places=BoundedSemaphore(self._workers + self._queue),
        )


@attrs.frozen(kw_only=True)
class _Crew:
    """The threads of one process, and the places in front of them."""

    process: int
    executor: ThreadPoolExecutor
    places: BoundedSemaphore
