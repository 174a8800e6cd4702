"""What counts once: answers of providers, and challenges that tell people from programs."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, runtime_checkable


@runtime_checkable
class OnceOnly(Protocol):
    """Remember what was used.

    Laws: of all calls with one key, in whatever thread, process or machine, at most one is told
    true; a key is remembered up to its ``until`` at least.
    """

    def spend(self, key: str, until: datetime, now: datetime) -> bool:
        """Use a key that is worth nothing after ``until``; tell whether it was not used before.

        Args:
            key: Any text; nothing that names a person.
            until: When it may be forgotten.
            now: The present time.
        """
        ...
