"""What was used, so that it is not used again: in this process, or for all of a machine.

On several machines write the one method of :class:`~registrazione.ports.OnceOnly`: Redis does it
with ``SET key 1 NX EXAT until``, a database with a unique column.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from threading import Lock


class MemoryOnceOnly:
    """Remember in this process what was used, for as long as it matters.

    Several processes each accept the same once: where that is too often, give them
    :class:`FileOnceOnly`, or one of your own that all of them share.

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


class FileOnceOnly:
    """Remember for all processes of one machine what was used, in an SQLite file.

    It outlives restarts. What it keeps are digests.

    Args:
        path: The file; it is made at once.
    """

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        """Prepare the file."""
        self._path = path
        with closing(self._opened()) as connection, connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS used (name BLOB PRIMARY KEY, until REAL) WITHOUT ROWID"
            )

    def spend(self, key: str, until: datetime, now: datetime) -> bool:
        """Use a key; tell whether it was not used before."""
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
        with closing(self._opened()) as connection, connection:
            connection.execute("DELETE FROM used WHERE until < ?", (now.timestamp(),))
            added = connection.execute(
                "INSERT OR IGNORE INTO used VALUES (?, ?)", (digest, until.timestamp())
            )
            return added.rowcount == 1

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=30)
