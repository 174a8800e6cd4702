"""Counting attempts where all processes see them, on a real Redis and in memory."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from tests.contrib.brokers import redis

from registrazione import AsyncRegistrar, Refusal
from registrazione.adapters.limits import MemoryRateLimiter
from registrazione.adapters.shared_limits import SharedRateLimiter
from registrazione.core.commands import RequestPasswordReset
from registrazione.ports import RateLimiter, StoreUnavailable

NOW = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def in_memory():
    """Addresses of counters of this process."""
    return "memory://"


@pytest.fixture(scope="module")
def on_redis(tmp_path_factory):
    """The address of a Redis that nobody else knows."""
    with redis(tmp_path_factory.mktemp("counters")) as url:
        yield url.replace("redis+socket", "redis+unix")


@pytest.fixture(params=["in_memory", "on_redis"])
def url(request):
    """Where the counters are."""
    return request.getfixturevalue(request.param)


def test_it_counts_as_the_one_in_memory_does(url):
    """Scopes, keys and windows apart; the last moment of a window is not the first of the next."""
    shared, alone = SharedRateLimiter(url), MemoryRateLimiter()
    hits = [
        (scope, key, limit, window, NOW + after)
        for scope in ("a", "b")
        for key in ("x", "y")
        for window in (HOUR, 2 * HOUR)
        for after in (timedelta(), HOUR - timedelta(microseconds=1), HOUR)
        for limit in (2, 2, 0)
    ]

    assert isinstance(shared, RateLimiter)
    assert [shared.hit(*hit) for hit in hits] == [alone.hit(*hit) for hit in hits]


def test_processes_share_one_limit(on_redis):
    """Two limiters, as of two workers, with eight threads between them: five pass, and no more."""
    limiters = [SharedRateLimiter(on_redis), SharedRateLimiter(on_redis)]

    with ThreadPoolExecutor(8) as pool:
        passed = pool.map(lambda n: limiters[n % 2].hit("c", "k", 5, HOUR, NOW), range(40))

    assert sum(passed) == 5


def test_a_window_has_a_length():
    """Otherwise nothing could be counted in it."""
    with pytest.raises(ValueError, match="a window has a length"):
        SharedRateLimiter("memory://").hit("a", "x", 1, timedelta(), NOW)


def test_counters_that_are_awaited_are_refused():
    """They would answer with something that is never false."""
    with pytest.raises(ValueError, match="blocking calls"):
        SharedRateLimiter("async+memory://")


def test_nobody_passes_while_the_counters_are_out_of_reach(tmp_path):
    """What the driver raises is an answer of the contract."""
    limiter = SharedRateLimiter(f"redis+unix://{tmp_path / 'nobody'}")

    with pytest.raises(StoreUnavailable, match="the counters do not answer"):
        limiter.hit("a", "x", 1, HOUR, NOW)


class Broken:
    """Counters out of reach, that note by which thread they are asked."""

    def __init__(self):
        """Know no thread yet."""
        self.threads = []

    def hit(self, *_):
        """Say nothing."""
        self.threads.append(threading.current_thread())
        raise StoreUnavailable("the counters do not answer")


def test_the_person_reads_that_the_service_is_out_of_reach():
    """Not an error of the driver; and the event loop never waits for counters."""
    counters = Broken()
    registrar = AsyncRegistrar.open(
        profile="standard",
        storage="memory://",
        mailer="memory://",
        secret_keys=["k" * 32],
        base_url="https://example.it/registrazione",
        limiter=counters,
    )

    with pytest.raises(Refusal) as caught:
        asyncio.run(registrar.handle(RequestPasswordReset(email="mario@example.it")))

    assert [fault.code for fault in caught.value.faults] == ["service.unavailable"]
    assert len(counters.threads) == 1
    assert threading.main_thread() not in counters.threads


def test_a_mute_server_holds_nobody(tmp_path, monkeypatch):
    """It accepts and never answers; the limit on waiting is the driver's own."""
    monkeypatch.setattr("registrazione.adapters.shared_limits.PATIENCE", 0.05)
    path = tmp_path / "mute"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        limiter = SharedRateLimiter(f"redis+unix://{path}", retry=None)

        with pytest.raises(StoreUnavailable):
            limiter.hit("a", "x", 1, HOUR, NOW)
