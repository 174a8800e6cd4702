"""Clock, randomness and keys: what makes the same command end differently tomorrow."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, runtime_checkable

from registrazione.core.secret import Secret
from registrazione.core.tokens import TokenClaims


@runtime_checkable
class Clock(Protocol):
    """Tell the time. Law: the answer is aware and in UTC."""

    def now(self) -> datetime:
        """Return the present time."""
        ...


@runtime_checkable
class Randomness(Protocol):
    """Draw random bytes. Law: from a cryptographic source."""

    def draw(self, size: int) -> bytes:
        """Return ``size`` fresh bytes."""
        ...


@runtime_checkable
class Vault(Protocol):
    """Sign, read and derive with keys that nobody else sees.

    Laws: ``read_token`` gives back exactly what ``sign_token`` was given, for the one spelling
    that it returned, and ``None`` for everything else, of whatever type; tokens of one purpose
    are nothing for another; ``derive`` is a function of its arguments; the newest key signs,
    all of them read; no token tells a codice fiscale, a name or an address.
    """

    def sign_token(
        self, purpose: str, account_id: str, epoch: int, extra: str, issued_at: datetime
    ) -> str:
        """Return a token, the same for the same arguments and key."""
        ...

    def read_token(self, purpose: str, token: str) -> TokenClaims | None:
        """Return what the token says, or ``None`` if it is not genuine."""
        ...

    def newest_key(self) -> str:
        """Return the id of the key that signs and derives now."""
        ...

    def derive(self, kind: str, account_id: str, generation: int, key_id: str) -> bytes | None:
        """Return 32 bytes made of key and arguments, or ``None`` when that key has retired."""
        ...

    def fingerprint(self, kind: str, value: Secret) -> str:
        """Return a keyed digest, for counting attempts by something nobody may read."""
        ...
