"""A port in a wrapper: its calls counted, and failing where a test wants it to."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from threading import Lock
from typing import Any


class Wrapped:
    """Pass every call on; count it, and fail before or after it by the script.

    Args:
        port: What is wrapped.
    """

    def __init__(self, port: Any) -> None:
        """Start with nothing counted and no script."""
        self._port = port
        self._lock = Lock()
        self.calls: Counter[str] = Counter()
        """How often each method was called."""
        self.before: dict[str, deque[Exception | None]] = {}
        """Errors for the next calls of a method, raised before anything is done."""
        self.after: dict[str, deque[Exception | None]] = {}
        """Errors for the next calls of a method, raised once it is done."""

    def script(self, when: str, method: str, *outcomes: Exception | None) -> None:
        """Say what becomes of the next calls: an error, or ``None`` for nothing odd."""
        getattr(self, when)[method] = deque(outcomes)

    def __getattr__(self, name: str) -> Any:
        """Return the method of the port, watched."""
        method: Callable[..., Any] = getattr(self._port, name)
        if not callable(method):
            return method

        def watched(*arguments: Any, **more: Any) -> Any:
            with self._lock:
                self.calls[name] += 1
            self._fail(self.before, name)
            result = method(*arguments, **more)
            self._fail(self.after, name)
            return result

        return watched

    @staticmethod
    def _fail(script: dict[str, deque[Exception | None]], name: str) -> None:
        outcomes = script.get(name)
        outcome = outcomes.popleft() if outcomes else None
        if outcome is not None:
            raise outcome
