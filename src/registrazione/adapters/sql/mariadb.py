"""MariaDB: strict, exact, and never waiting for ever (extra ``mariadb``)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Connection, create_engine

from registrazione.adapters.sql.database import Database, ping_when_idle
from registrazione.adapters.sql.driver import Manners

CONNECTIONS = 8

_DEADLOCK = 1213

_READ_ONLY = ((1290,), (1792,), (1836,))

_LOCK = "CONCAT('registrazione ', MD5(DATABASE()))"
"""The name of a lock, which all databases of a server have in common."""


def open_mariadb(url: URL, *, timeout: float, **options: Any) -> Database:  # noqa: ANN401 - SQLAlchemy's own
    """Open a database on a MariaDB server from 10.6 on.

    Args:
        url: ``mariadb+pymysql://user:password@host/name``.
        timeout: Seconds to wait for a connection, a lock, or an answer.
        options: What else ``sqlalchemy.create_engine`` is to know.
    """
    settings: dict[str, Any] = {
        "hide_parameters": True,
        "pool_size": CONNECTIONS,
        "max_overflow": 0,
        "pool_timeout": timeout,
        "pool_use_lifo": True,
        # What has to be undone is undone where it failed, without another trip for every reader.
        "pool_reset_on_return": None,
        "connect_args": {
            "autocommit": True,
            "charset": "utf8mb4",
            "connect_timeout": max(1, round(min(timeout, 10))),
            # A little longer than the server's own limits, which tell more.
            "read_timeout": timeout * 1.2,
            "write_timeout": timeout * 1.2,
            "init_command": _session(timeout),
        },
    }
    engine = create_engine(url, **{**settings, **options})
    ping_when_idle(engine)
    return Database(engine, _manners(timeout), timeout=timeout)


def _session(timeout: float) -> str:
    """Return what sets a new connection up."""
    return (
        # A text that is too long, or a number that is too large, is refused and not cut.
        "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', "
        # No locks on what is not there: fewer deadlocks, and every statement sees the newest.
        "SESSION tx_isolation = 'READ-COMMITTED', "
        f"SESSION innodb_lock_wait_timeout = {max(1, round(timeout))}, "
        f"SESSION lock_wait_timeout = {max(1, round(timeout))}, "
        f"SESSION max_statement_time = {timeout}"
    )


def _manners(timeout: float) -> Manners:
    """Return how MariaDB wants to be treated."""
    return Manners(
        begin="START TRANSACTION",
        # Altering tables ends every transaction, so that only a lock by name is held.
        lock=f"SELECT GET_LOCK({_LOCK}, {max(1, round(timeout))})",
        unlock=f"DO RELEASE_LOCK({_LOCK})",
        take_time=_take_time,
        given_up=_given_up,
        away=_away,
    )


def _take_time(connection: Connection) -> None:
    """Let statements take as long as they take; locks have to come in time all the same."""
    connection.exec_driver_sql("SET SESSION max_statement_time = 0")
    driver: Any = connection.connection.driver_connection
    # PyMySQL has no other word for it.
    driver._read_timeout = None  # noqa: SLF001 - as above


def _away(error: Exception) -> bool:
    """Tell whether the server only reads, as one that others are copied from no more."""
    return error.args[:1] in _READ_ONLY


def _given_up(error: Exception) -> bool:
    """Tell whether the server has undone a transaction for another's sake.

    A lock that did not come in time (1205) is not meant: who has waited that long is told.
    """
    return error.args[:1] == (_DEADLOCK,)
