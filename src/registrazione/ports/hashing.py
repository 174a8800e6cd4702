"""The password hasher: slow on purpose, bounded in how much of it runs at once."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from registrazione.core.secret import Secret


class HasherBusy(Exception):  # noqa: N818 - an answer of the contract, not a malfunction
    """The queue of hashes is full: ask the person to try again in a moment."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("too many passwords are being checked at once")


@runtime_checkable
class PasswordHasher(Protocol):
    """Hash secrets that people choose.

    Laws: ``verify(s, hash(s))`` is true and ``verify(t, hash(s))`` is false for ``t != s``;
    two hashes of one secret differ; ``verify`` of ``None`` costs what any other does and is
    false; ``tag`` is a function of its arguments and costs what ``hash`` does; no input raises
    anything but ``HasherBusy``; nothing is logged.
    """

    def hash(self, secret: Secret) -> str:
        """Return the encoded hash, with its parameters and salt inside."""
        ...

    def verify(self, secret: Secret, encoded: str | None) -> bool:
        """Tell whether ``secret`` is the one; ``None`` does the same work for nobody."""
        ...

    def needs_rehash(self, encoded: str) -> bool:
        """Tell whether the parameters or the pepper have changed since."""
        ...

    def tag(self, secret: Secret, salt: bytes) -> bytes:
        """Return the same slow hash under a given salt, for remembering past passwords."""
        ...
