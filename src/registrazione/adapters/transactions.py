"""The log of transactions that SPID asks for (DPCM 24 October 2014, art. 13): kept for 24 months.

It serves SAML and OpenID Connect alike: what went out and what came in, byte for byte.

Each record is sealed and chained to the one before with keys that the file does not hold: one
that is altered, left out or moved breaks the chain. What the last record was is told by
:meth:`TransactionLog.head`: who notes it elsewhere also sees whether the end was cut off.

It is no application log: it holds whole messages, with personal data, and is for those who answer
for the service.
"""

from __future__ import annotations

import hmac
import json
import secrets
import sqlite3
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

import attrs
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from registrazione.core.secret import Secret
from registrazione.ports import Clock

MONTHS: Final = 24
"""For how long records are kept."""

_LEAST_KEY = 32
_NONCE = 12
_MONTHS_OF_A_YEAR = 12
_LAST_DAY_OF_EVERY_MONTH = 28
_TABLE = """
CREATE TABLE IF NOT EXISTS transactions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    exchange TEXT NOT NULL,
    ids TEXT NOT NULL,
    sealed BLOB NOT NULL,
    before BLOB NOT NULL,
    mac BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS by_exchange ON transactions (exchange);
CREATE TRIGGER IF NOT EXISTS unaltered BEFORE UPDATE ON transactions
BEGIN SELECT RAISE(ABORT, 'records are not altered'); END;
"""
_FOUND = """
SELECT * FROM transactions WHERE :name = '' OR exchange = :name
OR EXISTS (SELECT 1 FROM json_each(ids) WHERE value = :name) ORDER BY number
"""


@attrs.frozen(kw_only=True)
class Entry:
    """One message that went out or came in.

    Args:
        kind: What it is: ``request``, ``response``, ``logout`` in SAML; ``authorization``,
            ``token``, ``userinfo`` in OpenID Connect.
        exchange: What all messages of one sign-in share, such as the ID of the request.
        ids: What else it is found by, such as ``response`` and ``assertion``; names of messages,
            never of people, for they are not sealed.
        message: The message, byte for byte.
    """

    kind: str
    exchange: str
    ids: Mapping[str, str] = attrs.field(factory=dict[str, str])
    message: bytes = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Record:
    """An entry of the log.

    Args:
        number: Its place.
        at: When it was written.
        entry: What it holds.
    """

    number: int
    at: datetime
    entry: Entry


@runtime_checkable
class Evidence(Protocol):
    """Keep what was asked and answered.

    Laws: what was kept is neither altered nor lost for 24 months; ``keep`` raises when it cannot
    keep, and then nobody is signed in.
    """

    def keep(self, entry: Entry) -> None:
        """Keep a message.

        Args:
            entry: The message, and what it is found by.
        """
        ...


class LogBroken(Exception):  # noqa: N818 - what has happened, not who is at fault
    """The log is not what was written.

    Args:
        number: The first record that does not fit; 0 where the end is missing.
    """

    def __init__(self, number: int) -> None:
        """Keep the number."""
        self.number = number
        super().__init__(f"the log is broken at record {number}")


class TransactionLog:
    """An :class:`Evidence` in an SQLite file, for all processes of one machine.

    Args:
        path: The file; it is made at first use. Who may read it is the operator's to settle.
        key: At least 32 characters, kept apart from the file and from its backups.
        clock: Tells when a record is written, and which are old.
    """

    def __init__(self, path: Path, key: Secret, clock: Clock) -> None:
        """Prepare the file.

        Raises:
            ValueError: The key is too short.
        """
        secret = key.text().encode()
        if len(secret) < _LEAST_KEY:
            raise ValueError("the key of the log has at least 32 characters")
        self._sealing = AESGCM(hmac.digest(secret, b"registrazione: log, sealing", "sha256"))
        self._chaining = hmac.digest(secret, b"registrazione: log, chaining", "sha256")
        self._path, self._clock = path, clock
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            connection.executescript(_TABLE)

    def keep(self, entry: Entry) -> None:
        """Append a message; see :class:`Evidence`."""
        at = self._clock.now().timestamp()
        nonce = secrets.token_bytes(_NONCE)
        ids = json.dumps(dict(entry.ids), sort_keys=True, separators=(",", ":"))
        facts = (entry.kind, entry.exchange, ids)
        sealed = nonce + self._sealing.encrypt(nonce, entry.message, repr(facts).encode())
        with self._writing() as connection:
            number, before = self._last(connection)
            row = (number + 1, at, *facts, sealed, before)
            connection.execute(
                "INSERT INTO transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, self._mac(row)),
            )

    def head(self) -> tuple[int, bytes]:
        """Return number and mark of the last record, to be noted where the log is not."""
        with closing(sqlite3.connect(self._path)) as connection:
            return self._last(connection)

    def records(self, name: str = "") -> Iterator[Record]:
        """Yield what was kept, oldest first; each access is the operator's to justify.

        Args:
            name: Of one exchange, or of a message among its ``ids``; without it, all.

        Raises:
            LogBroken: A record was altered.
        """
        with closing(sqlite3.connect(self._path)) as connection:
            rows = connection.execute(_FOUND, {"name": name}).fetchall()
        for *row, mac in rows:
            number, at, *facts, sealed, _before = row
            if not hmac.compare_digest(self._mac(tuple(row)), mac):
                raise LogBroken(number)
            try:
                message = self._sealing.decrypt(
                    sealed[:_NONCE], sealed[_NONCE:], repr(tuple(facts)).encode()
                )
            except InvalidTag:
                raise LogBroken(number) from None
            kind, exchange, ids = facts
            yield Record(
                number=number,
                at=datetime.fromtimestamp(at, UTC),
                entry=Entry(kind=kind, exchange=exchange, ids=json.loads(ids), message=message),
            )

    def check(self, head: tuple[int, bytes] | None = None) -> int:
        """Go through the whole chain and return how many records there are.

        Args:
            head: A head that was noted: it has to be there still.

        Raises:
            LogBroken: A record is altered, missing or moved.
        """
        with closing(sqlite3.connect(self._path)) as connection:
            rows = connection.execute("SELECT * FROM transactions ORDER BY number").fetchall()
        previous: tuple[int, bytes] | None = None
        marks: dict[int, bytes] = {}
        for *row, mac in rows:
            number, before = row[0], row[-1]
            follows = previous is None or previous == (number - 1, before)
            if not follows or not hmac.compare_digest(self._mac(tuple(row)), mac):
                raise LogBroken(number)
            previous, marks[number] = (number, mac), mac
        if head is not None and head[0] and marks.get(head[0]) != head[1]:
            raise LogBroken(0)
        return len(rows)

    def purge(self) -> int:
        """Forget what is older than 24 months, and return how many records that were.

        The newest record stays, whatever its age: the chain goes on from it.
        """
        oldest = _months_before(self._clock.now(), MONTHS).timestamp()
        with self._writing() as connection:
            gone = connection.execute(
                "DELETE FROM transactions WHERE at < ? AND number < "
                "(SELECT MAX(number) FROM transactions)",
                (oldest,),
            )
            return gone.rowcount

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection]:
        """Yield a connection that nobody else writes beside."""
        with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def _last(self, connection: sqlite3.Connection) -> tuple[int, bytes]:
        found = connection.execute(
            "SELECT number, mac FROM transactions ORDER BY number DESC LIMIT 1"
        ).fetchone()
        return (int(found[0]), bytes(found[1])) if found else (0, b"")

    def _mac(self, row: tuple[object, ...]) -> bytes:
        return hmac.digest(self._chaining, repr(row).encode(), "sha256")


def _months_before(instant: datetime, months: int) -> datetime:
    whole = instant.year * _MONTHS_OF_A_YEAR + instant.month - 1 - months
    return instant.replace(
        year=whole // _MONTHS_OF_A_YEAR,
        month=whole % _MONTHS_OF_A_YEAR + 1,
        day=min(instant.day, _LAST_DAY_OF_EVERY_MONTH),
    )
