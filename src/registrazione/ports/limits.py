"""Rate limits, breach lists and places: three questions with a short answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Protocol, runtime_checkable

from registrazione.core.secret import Secret


@runtime_checkable
class RateLimiter(Protocol):
    """Count attempts in fixed windows. Law: counting is atomic under any number of threads."""

    def hit(self, scope: str, key: str, limit: int, window: timedelta, now: datetime) -> bool:
        """Count one attempt; tell whether it is still within ``limit`` per ``window``."""
        ...


@runtime_checkable
class BreachList(Protocol):
    """Know the passwords that were stolen elsewhere. Law: the password never leaves whole."""

    def contains(self, password: Secret) -> bool:
        """Tell whether the password is known; ``False`` as well when the list cannot tell."""
        ...


@runtime_checkable
class Places(Protocol):
    """Know where people can be born. Laws: pure, frozen, one load under any number of threads."""

    def exists(self, code: str) -> bool:
        """Tell whether the Belfiore code is or was in use."""
        ...

    def existed_on(self, code: str, day: date) -> bool:
        """Tell whether the place existed on that day."""
        ...

    def same_place(self, one: str, other: str) -> bool:
        """Tell whether two codes are two times of one place."""
        ...

    def predecessor(self, typed: str, decoded: str) -> bool:
        """Tell whether ``decoded`` is a ceased state that ``typed`` succeeded."""
        ...
