"""What has been used, so that it is not used again (SAML Profiles 4.1.4.5).

The memory has to be shared by all processes that take answers: one for each worker would let an
answer in once for each worker.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Protocol, runtime_checkable

from registrazione.ports import Clock


@runtime_checkable
class ReplayMemory(Protocol):
    """Remember what was used.

    Laws: of all who add the same identifier, in whatever thread, process or machine, one is told
    that it was absent; an identifier is remembered up to its instant at least. Redis does it
    with ``SET identifier 1 NX EXAT instant``, a database with a unique column.
    """

    def add_if_absent(self, identifier: str, until: datetime) -> bool:
        """Remember an identifier; return whether it was absent.

        Args:
            identifier: Any text.
            until: When it may be forgotten.
        """
        ...


class ReplaysInProcess:
    """A :class:`ReplayMemory` for one process, which forgets when that ends.

    Args:
        clock: Tells what may be forgotten.
    """

    __slots__ = ("_clock", "_lock", "_until")

    def __init__(self, clock: Clock) -> None:
        """Remember nothing yet."""
        self._clock = clock
        self._until: dict[str, datetime] = {}
        self._lock = Lock()

    def add_if_absent(self, identifier: str, until: datetime) -> bool:
        """Remember an identifier; return whether it was absent."""
        now = self._clock.now()
        with self._lock:
            for lapsed in [key for key, ends in self._until.items() if ends <= now]:
                del self._until[lapsed]
            if identifier in self._until:
                return False
            self._until[identifier] = until
            return True


class ReplaysInFile:
    """A :class:`ReplayMemory` for all processes of one machine, in an SQLite file.

    It outlives restarts. What it keeps are digests, of nothing that names a person.

    Args:
        path: The file; it is made at first use.
        clock: Tells what may be forgotten.
    """

    __slots__ = ("_clock", "_path")

    def __init__(self, path: Path, clock: Clock) -> None:
        """Prepare the file."""
        self._path, self._clock = path, clock
        with closing(self._opened()) as connection, connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS used (name BLOB PRIMARY KEY, until REAL) WITHOUT ROWID"
            )

    def add_if_absent(self, identifier: str, until: datetime) -> bool:
        """Remember an identifier; return whether it was absent."""
        digest = hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).digest()
        with closing(self._opened()) as connection, connection:
            now = self._clock.now().timestamp()
            connection.execute("DELETE FROM used WHERE until <= ?", (now,))
            added = connection.execute(
                "INSERT OR IGNORE INTO used VALUES (?, ?)", (digest, until.timestamp())
            )
            return added.rowcount == 1

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=30)
