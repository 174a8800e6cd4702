"""What must not be shared with a process that is forked off: connections, and locks that are held.

Servers that load an application once and fork their workers off it (``gunicorn --preload``) would
have two processes read from one socket, and each get the other's answers.
"""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Forked(Protocol):
    """Something with connections."""

    def leave_behind(self) -> None:
        """Leave what the other process goes on to use, and begin anew."""
        ...


_known: WeakSet[Forked] = WeakSet()


def leave_behind_in_forks(one: Forked) -> None:
    """Have ``one`` begin anew in each process that is forked off.

    Args:
        one: It is forgotten when nobody else uses it.
    """
    _known.add(one)


def _leave_behind() -> None:
    for one in list(_known):
        one.leave_behind()


# Windows does not fork.
getattr(os, "register_at_fork", dict)(after_in_child=_leave_behind)
