"""What a store may declare: how much of the contract it keeps, and what it can do beyond it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

DURABLE = "durable"
"""What was committed is there when the store is closed and opened again."""

SHARED = "shared"
"""Several processes may have the store open at the same time."""

AWAITABLE = "awaitable"
"""Its methods are awaited, which nobody has to declare: it is seen."""

CAPABILITIES = frozenset({DURABLE, SHARED})
"""The capabilities that a store declares, and that laws ask for."""

_PREFIX = "level-"


class Level(IntEnum):
    """How much of its contract a store keeps; each level holds those before it.

    A registrar needs the last one. The others are for the way there.
    """

    COMMITS = 1
    """Accounts are committed, compared, replaced, and read back as they were."""
    CLAIMS = 2
    """Claims have one holder; accounts are found and searched; the history is told."""
    OUTBOX = 3
    """Letters are committed with the rest, taken, settled and listed."""
    CONCURRENCY = 4
    """All of that holds whatever other threads do at the same moment."""

    @property
    def words(self) -> str:
        """What the level is about."""
        return _WORDS[self]

    @property
    def capability(self) -> str:
        """The word by which a back-end declares that it goes no further than this."""
        return f"{_PREFIX}{self.value}"


_WORDS = {
    Level.COMMITS: "values and commits",
    Level.CLAIMS: "claims and queries",
    Level.OUTBOX: "outbox",
    Level.CONCURRENCY: "concurrency",
}


def declared_level(capabilities: Iterable[str]) -> Level:
    """Return the level that a back-end declares.

    Args:
        capabilities: Those of its :class:`~registrazione.plugins.Backend`. ``level-2`` says
            that it goes no further than level 2; without such a word it keeps the whole contract.
    """
    words = set(capabilities)
    lowest = (level for level in Level if level.capability in words)
    return next(lowest, Level.CONCURRENCY)
