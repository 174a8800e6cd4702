"""What settings give as it is or as the path of its file: memories, logs, keys and certificates.

The errors name what is wrong and never what was given: a key may stand where a path was meant.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar, cast

from registrazione.adapters.once import FileOnceOnly, MemoryOnceOnly
from registrazione.adapters.transactions import Evidence, TransactionLog
from registrazione.core.secret import Secret
from registrazione.ports import Clock, OnceOnly

T = TypeVar("T")
_PEM = "-----BEGIN"


def memory(told: object) -> OnceOnly:
    """Return what remembers what was used.

    Args:
        told: It, or the path of its file; ``None``: this process alone.

    Raises:
        ValueError: It is neither.
    """
    if told is None:
        return MemoryOnceOnly()
    return told if isinstance(told, OnceOnly) else _opened("once", told, FileOnceOnly)


def log(told: object, key: object, clock: Clock) -> Evidence | None:
    """Return what keeps messages.

    Args:
        told: It, or the path of its file; ``None``: nobody does.
        key: The key of such a file.
        clock: Tells when a message is kept.

    Raises:
        ValueError: It is neither, or it has no key.
    """
    if told is None or isinstance(told, Evidence):
        return told
    if not key:
        raise ValueError("evidence_key is missing")
    return _opened("evidence", told, lambda path: TransactionLog(path, Secret(key), clock))


def pem(name: str, told: object) -> str:
    """Return PEM.

    Args:
        name: How an error calls it.
        told: It, as text, as bytes or as a :class:`~registrazione.core.secret.Secret` of either,
            with or without words before it; or the path of its file.

    Raises:
        ValueError: It is neither.
    """
    given = told.reveal() if isinstance(told, Secret) else told
    try:
        text = given.decode("ascii") if isinstance(given, bytes) else given
        if isinstance(text, str) and _PEM in text:
            return text
        return Path(cast("str", text)).read_text("ascii")
    except (OSError, TypeError, ValueError):
        # Nothing of the cause: a key may stand where a path was meant.
        message = f"{name}: neither PEM nor a file of it that can be read"
        raise ValueError(message) from None


def private_key(name: str, told: object) -> Secret:
    """Return a private key, in PEM or as a JWK (RFC 7517).

    Args:
        name: How an error calls it.
        told: The key, plain or as a :class:`~registrazione.core.secret.Secret`; or, in PEM, the
            path of its file.

    Raises:
        ValueError: It is none of these.
    """
    given = told.reveal() if isinstance(told, Secret) else told
    return Secret(cast("object", given) if isinstance(given, Mapping) else pem(name, given))


def _opened(name: str, told: object, make: Callable[[Path], T]) -> T:
    """Return what is made of a file."""
    if not isinstance(told, str | Path):
        message = f"{name} is no path"
        raise ValueError(message)  # noqa: TRY004 - a setting
    try:
        return make(Path(told))
    except (OSError, sqlite3.Error):
        message = f"{name}: the file cannot be opened"
        raise ValueError(message) from None
