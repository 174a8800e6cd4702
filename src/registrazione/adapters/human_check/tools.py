"""What the checks that sign something work with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Self

import attrs

from registrazione.adapters.once import MemoryOnceOnly
from registrazione.ports import Clock, OnceOnly, Randomness, Vault

LIFETIME = timedelta(minutes=20)
"""For how long a challenge is good: time to read a page, and to come back from a telephone call."""


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
