"""Counting attempts where all processes see them: the extra ``limits``."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from limits.storage import Storage, storage_from_string

from registrazione.adapters.windows import counter_of
from registrazione.ports import StoreUnavailable

PATIENCE = 2.0
"""For how long a server may say nothing, in seconds."""

_REDIS = re.compile(r"(redis|valkey)s?(\+unix)?:")


class SharedRateLimiter:
    """Count attempts in Redis, Valkey or Memcached, for all processes together.

    The port :class:`~registrazione.ports.RateLimiter`, with the windows of
    :class:`~registrazione.adapters.limits.MemoryRateLimiter`; the limit is one for whoever asks
    the same counters (ASVS 5.0 6.3.1). Nobody passes while they are out of reach. No connection
    is opened before somebody is counted.

    Args:
        url: Where the counters are, as the package ``limits`` writes it, such as
            ``redis://localhost:6379/1`` or ``memcached://localhost:11211``.
        options: What that package hands on to the driver. A server that says nothing is given
            up after two seconds, where nothing else is said and the driver is one for Redis.

    Raises:
        limits.errors.ConfigurationError: The address is none, or its driver is not installed.
        ValueError: The address is one of those that ``limits`` awaits, ``async+…``.
    """

    __slots__ = ("_storage",)

    def __init__(self, url: str, **options: float | str | bool) -> None:
        """Remember where."""
        told = dict(options)
        if _REDIS.match(url):
            # Without it a mute server holds whoever is counted for ever.
            told = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, **told}
        storage = storage_from_string(url, **told)
        if not isinstance(storage, Storage):
            # An asynchronous registrar asks in a thread.
            raise ValueError("the counters are asked with blocking calls: leave `async+` out")  # noqa: TRY004 - what is wrong is in the text
        self._storage = storage

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
            StoreUnavailable: The counters do not answer.
        """
        counter, seconds = counter_of(scope, key, window, now)
        try:
            return self._storage.incr(counter, seconds) <= limit
        except Exception as error:
            # Each driver has errors of its own.
            raise StoreUnavailable("the counters do not answer") from error
