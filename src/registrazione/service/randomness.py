"""The machine's own source of random bytes."""

from __future__ import annotations

import secrets


class SystemRandomness:
    """Draw from the operating system; the port :class:`~registrazione.ports.Randomness`.

    It is the cryptographic source that ASVS 5.0 11.5.1 asks for.
    """

    __slots__ = ()

    def draw(self, size: int) -> bytes:
        """Return ``size`` fresh bytes."""
        return secrets.token_bytes(size)
