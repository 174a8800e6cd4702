"""Counting attempts in the project's cache, which all its processes share."""
# mypy: disable-error-code="import-untyped"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from datetime import datetime, timedelta

from asgiref.sync import sync_to_async
from django.core.cache import BaseCache, caches

from registrazione.adapters.windows import counter_of
from registrazione.ports import StoreUnavailable


class CacheRateLimiter:
    """Count attempts in fixed windows; the port :class:`~registrazione.ports.RateLimiter`.

    Windows are those of :class:`~registrazione.adapters.limits.MemoryRateLimiter`. The cache has to
    be one that several processes share and that counts atomically: Redis or Memcached. A counter
    that the cache drops early begins anew; nobody passes while the cache does not answer.

    Args:
        alias: One of the project's ``CACHES``.
    """

    __slots__ = ("_alias",)

    def __init__(self, alias: str = "default") -> None:
        """Remember which cache; it is opened when somebody is counted."""
        self._alias = alias

    @property
    def alias(self) -> str:
        """Return the cache's name in ``CACHES``."""
        return self._alias

    def hit(self, scope: str, key: str, limit: int, window: timedelta, now: datetime) -> bool:
        """Count one attempt; tell whether it is still within ``limit`` per ``window``.

        Args:
            scope: What is attempted.
            key: Who or what is counted, as a fingerprint.
            limit: How many attempts are allowed in one window.
            window: Length of a window.
            now: The present time.

        Raises:
            ValueError: The window has no length.
            StoreUnavailable: The cache does not answer.
        """
        counter, seconds = counter_of(scope, key, window, now)
        cache = caches[self._alias]
        try:
            return _count(cache, counter, seconds) <= limit
        except Exception as error:
            # Each cache has errors of its own.
            raise StoreUnavailable("the cache does not answer") from error


def _count(cache: BaseCache, counter: str, seconds: int) -> int:
    """Add one, and return how many there are."""
    if cache.add(counter, 1, timeout=seconds):
        return 1
    try:
        count: int = cache.incr(counter)
    except ValueError:
        # Dropped between the two: as if this were the first.
        cache.set(counter, 1, timeout=seconds)
        return 1
    return count


class AwaitedLimiter:
    """A limiter that blocks, for asynchronous code: it is asked in a thread.

    Args:
        limiter: The limiter.
    """

    __slots__ = ("_limiter",)

    def __init__(self, limiter: CacheRateLimiter) -> None:
        """Keep the limiter."""
        self._limiter = limiter

    async def hit(self, scope: str, key: str, limit: int, window: timedelta, now: datetime) -> bool:
        """See :meth:`CacheRateLimiter.hit`."""
        found: bool = await sync_to_async(self._limiter.hit)(scope, key, limit, window, now)
        return found
