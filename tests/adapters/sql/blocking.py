"""An awaitable store behind blocking methods, so that the laws can be checked on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Thread
from typing import Any


class Blocking:
    """Call a store's coroutines from any thread; they run in an event loop of their own."""

    def __init__(self, store: Any) -> None:
        """Start the loop."""
        self.store = store
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return a method that waits for the store's own."""
        method = getattr(self.store, name)

        def call(*arguments: Any, **named: Any) -> Any:
            return self.run(method(*arguments, **named))

        return call

    def run(self, coroutine: Any) -> Any:
        """Wait for a coroutine."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def close(self) -> None:
        """Close the store and end the loop."""
        self.run(self.store.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
