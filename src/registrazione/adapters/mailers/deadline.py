"""A time-out for a whole conversation, where the library only knows one for each word."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Timer
from typing import Self


class Deadline:
    """Cut a connection when its time is over.

    A socket's own time-out starts anew with every byte: a peer that sends one byte a second is
    never late. Here the connection is shut down from outside, and whoever waits for it wakes up.

    Args:
        seconds: From entering the ``with`` block to the cut.
    """

    __slots__ = ("_timer", "_wire", "passed")

    def __init__(self, seconds: float) -> None:
        """Set the timer; it starts with the ``with`` block."""
        self.passed: bool = False
        """Whether the time is over."""
        self._wire: socket.socket | None = None
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    def watch(self, connection: socket.socket) -> None:
        """Cut this connection when the time comes, whatever is wrapped around it meanwhile."""
        self._wire = connection.dup()
        if self.passed:
            self._cut()

    def __enter__(self) -> Self:
        """Start the timer."""
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the timer and let the connection go."""
        self._timer.cancel()
        self._timer.join()
        if self._wire is not None:
            self._wire.close()

    def _cut(self) -> None:
        self.passed = True
        if self._wire is not None:
            with suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)
