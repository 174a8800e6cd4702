"""Rate limits, breach lists, mail domains, phones, places: questions with a short answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from registrazione.core.places import Places
from registrazione.core.refusals import Fault
from registrazione.core.secret import Secret

__all__ = ["BreachList", "MailDomains", "Phones", "Places", "RateLimiter"]


@runtime_checkable
class RateLimiter(Protocol):
    """Count attempts in fixed windows. Law: counting is atomic under any number of threads.

    An asynchronous registrar asks it in a thread, unless it has ``quick = True``.
    """

    def hit(self, scope: str, key: str, limit: int, window: timedelta, now: datetime) -> bool:
        """Count one attempt; tell whether it is still within ``limit`` per ``window``.

        Raises:
            StoreUnavailable: What counts does not answer. The person reads that the service is
                out of reach, and nothing was tried.
        """
        ...


@runtime_checkable
class BreachList(Protocol):
    """Know the passwords that were stolen elsewhere. Law: the password never leaves whole."""

    def contains(self, password: Secret) -> bool:
        """Tell whether the password is known; ``False`` as well when the list cannot tell."""
        ...


@runtime_checkable
class MailDomains(Protocol):
    """Know which domains take letters. Law: what cannot be found out counts as ``True``."""

    def accepts(self, domain: str) -> bool:
        """Tell whether anybody takes letters for this domain, in ASCII and lower case."""
        ...


@runtime_checkable
class Phones(Protocol):
    """Know which phone numbers there can be.

    Laws: never raises; its own answer comes back unchanged.
    """

    def normalise(self, number: object, field: str) -> str | Fault:
        """Return the number in its one form, or what makes it none."""
        ...
