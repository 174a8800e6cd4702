"""SQLite: how it is opened so that it is durable, and that writers wait instead of failing."""

from __future__ import annotations

import os
from pathlib import Path
from sqlite3 import Connection as DriverConnection
from typing import Any

from sqlalchemy import URL, QueuePool, create_engine, event

from registrazione.adapters.sql.database import Database
from registrazione.adapters.sql.driver import Manners
from registrazione.ports.stores import StoreUnavailable

CONNECTIONS = 8

MANNERS: Manners = Manners(
    # Begin as a writer: a transaction that began as a reader cannot become one when another
    # writer was faster; it fails at once, however long the timeout.
    begin="BEGIN IMMEDIATE",
    one_writer=True,
    # A confirmed registration outlives a power cut: the letter about it may be out already.
    lasting="PRAGMA synchronous = FULL",
    # Who took a letter, or has sent it, need not: it is sent again, as after any other death.
    passing="PRAGMA synchronous = NORMAL",
)

_SETTINGS = (
    # Readers and the writer do not wait for each other.
    "PRAGMA journal_mode = WAL",
    MANNERS.lasting,
    "PRAGMA foreign_keys = ON",
    # What is erased is overwritten, and does not lie about in the file's free pages.
    "PRAGMA secure_delete = ON",
)


def open_sqlite(url: URL, *, create: bool, timeout: float, **options: Any) -> Database:  # noqa: ANN401 - SQLAlchemy's own
    """Open a database file, or one in memory.

    Args:
        url: ``sqlite:///path``, or ``sqlite://`` for memory.
        create: Make the file if it is missing, readable by its owner alone.
        timeout: Seconds to wait for a lock or a connection.
        options: What else ``sqlalchemy.create_engine`` is to know.

    Raises:
        StoreUnavailable: The file is missing and not to be made, or cannot be made.
    """
    in_memory = url.database in {None, "", ":memory:"}
    if not in_memory:
        _provide_file(Path(str(url.database)), create=create)
    settings: dict[str, Any] = {
        "hide_parameters": True,
        "poolclass": QueuePool,
        # A database in memory is its one connection: the pool hands it from thread to thread.
        "pool_size": 1 if in_memory else CONNECTIONS,
        "max_overflow": 0,
        "pool_timeout": timeout,
        "connect_args": {
            "timeout": timeout,
            "check_same_thread": False,
            # The driver opens no transaction of its own.
            "isolation_level": None,
        },
    }
    engine = create_engine(url, **{**settings, **options})
    event.listen(engine, "connect", _prepare)
    return Database(engine, MANNERS, timeout=timeout, in_process=in_memory)


def _prepare(connection: DriverConnection, _record: object) -> None:
    """Set a new connection up."""
    for setting in _SETTINGS:
        connection.execute(setting)


def _provide_file(path: Path, *, create: bool) -> None:
    """See to it that the file is there; SQLite gives its companions the same permissions."""
    if path.exists():
        return
    if not create:
        raise StoreUnavailable("there is no such database: is its path right?")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError:
        raise StoreUnavailable(
            "the database cannot be created: does its folder exist, and may files be made there?"
        ) from None
