"""What the checks that sign something work with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Protocol, Self

import attrs

from registrazione.ports import Clock, Randomness, Vault

LIFETIME = timedelta(minutes=20)
"""For how long a challenge is good: time to read a page, and to come back from a telephone call."""


class OnceOnly(Protocol):
    """Remember what was used. Law: of two calls with one key, at most one is told true."""

    def spend(self, key: str, until: datetime, now: datetime) -> bool:
        """Use a key that is worth nothing after ``until``; tell whether it was not used before."""
        ...


class MemoryOnceOnly:
    """Remember in this process what was used, for as long as it matters.

    Several processes each accept a response once: where that is too often, give the checks one
    that all of them share.

    Args:
        capacity: The most keys kept. When there are more, the one that was kept longest is
            forgotten.
    """

    __slots__ = ("_capacity", "_lock", "_until")

    def __init__(self, capacity: int = 100_000) -> None:
        """Start with nothing used."""
        self._capacity = capacity
        self._until: dict[str, datetime] = {}
        self._lock = Lock()

    def spend(self, key: str, until: datetime, now: datetime) -> bool:
        """Use a key; tell whether it was not used before."""
        with self._lock:
            if key in self._until:
                return False
            # Dictionaries keep the order of insertion, and all challenges last equally long: what
            # came first has run out first.
            for oldest in list(self._until):
                if self._until[oldest] >= now and len(self._until) < self._capacity:
                    break
                del self._until[oldest]
            self._until[key] = until
            return True


@attrs.frozen(kw_only=True)
class Tools:
    """The ports that a check needs, and its memory.

    Args:
        vault: Signs challenges, so that nothing of them has to be kept.
        clock: Tells how old they are.
        randomness: Makes no two of them alike.
        once: Remembers which were used.
    """

    vault: Vault
    clock: Clock
    randomness: Randomness
    once: OnceOnly = attrs.field(factory=MemoryOnceOnly)

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> Self:
        """Return the tools that a registrar gives to the factories of human checks.

        Args:
            settings: Holds ``vault``, ``clock`` and ``randomness``; ``human_check_once`` is a
                memory that several processes share.

        Raises:
            ValueError: One is missing.
        """
        found = {name: settings.get(name) for name in ("vault", "clock", "randomness")}
        missing = [name for name, part in found.items() if part is None]
        if missing:
            raise ValueError(f"this human check needs {', '.join(missing)}")
        shared: Any = settings.get("human_check_once")
        parts: dict[str, Any] = {**found, "once": shared or MemoryOnceOnly()}
        return cls(**parts)

    def nonce(self) -> str:
        """Return a name that no other challenge has."""
        return self.randomness.draw(16).hex()
