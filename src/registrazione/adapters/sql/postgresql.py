"""PostgreSQL by way of psycopg 3: prepared statements, and time limits on everything."""

from __future__ import annotations

from typing import Any, TypeVar

import attrs
import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8Dumper
from sqlalchemy import URL, Connection, create_engine, event

from registrazione.adapters.sql.database import Database, ping_when_idle
from registrazione.adapters.sql.driver import Manners

T = TypeVar("T")

CONNECTIONS = 8

_GIVEN_UP = frozenset({"40001", "40P01"})
"""SQLSTATE of a serialisation failure and of a deadlock."""

_READ_ONLY = "25006"
"""SQLSTATE of a statement that would write where the server only reads."""

_LOCK = 0x72656769_73747261

# What the store relies on, whatever somebody has set for the server, the database or the user.
_SETTINGS = (
    r"-c default_transaction_isolation=read\ committed",
    # So that it is told which claim is taken.
    "-c bytea_output=hex",
)


def given_up(error: Any) -> bool:  # noqa: ANN401 - any error of the driver
    """Tell whether the server has undone a transaction for another's sake."""
    return error.sqlstate in _GIVEN_UP


def detail(error: Any) -> str:  # noqa: ANN401 - any error of the driver
    """Return which constraint refused a row, and what it says of the key."""
    return f"{error.diag.constraint_name} {error.diag.message_detail}"


def away(error: Any) -> bool:  # noqa: ANN401 - any error of the driver
    """Tell whether the server only reads, as one that was the primary until a moment ago."""
    return bool(error.sqlstate == _READ_ONLY)


def take_time(connection: Connection) -> None:
    """Let statements take as long as they take; locks have to come in time all the same."""
    connection.exec_driver_sql(
        "SELECT set_config('lock_timeout', current_setting('statement_timeout'), true), "
        "set_config('statement_timeout', '0', true)"
    )
    driver: Any = connection.connection.driver_connection
    driver.patience = None


MANNERS: Manners = Manners(
    begin="BEGIN",
    # It goes with the transaction.
    lock=f"SELECT 1 FROM pg_advisory_xact_lock({_LOCK})",  # noqa: S608 - a number of our own
    take_time=take_time,
    detail=detail,
    given_up=given_up,
    away=away,
)


@attrs.frozen
class Limits:
    """How long anything may take, and how a connection is made accordingly.

    Args:
        timeout: Seconds to wait for a connection, a lock, or an answer.
    """

    timeout: float

    @property
    def patience(self) -> float:
        """Seconds until a server that says nothing at all is given up.

        A little longer than the server's own limit, which tells more.
        """
        return self.timeout * 1.2

    def arguments(self, given: str = "") -> dict[str, Any]:
        """Return what the driver is to know.

        Args:
            given: Options for the server that the address has already.
        """
        whole = max(1, round(self.timeout * 1000))
        keep_alive = max(1, round(min(self.timeout, 30)))
        return {
            # A statement is a transaction unless something else is said.
            "autocommit": True,
            "connect_timeout": max(2, round(min(self.timeout, 10))),
            "keepalives": 1,
            "keepalives_idle": keep_alive,
            "keepalives_interval": max(1, keep_alive // 3),
            "keepalives_count": 3,
            "tcp_user_timeout": whole,
            "options": " ".join(
                (
                    *filter(None, [given]),
                    f"-c statement_timeout={whole}",
                    f"-c idle_in_transaction_session_timeout={whole}",
                    *_SETTINGS,
                )
            ),
        }


class Patient(psycopg.Connection[Any]):
    """A connection that gives a silent server up."""

    patience: float | None = None

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait for an answer, but not for ever."""
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError:
            if is_silent(self):
                self.close()
            raise


def is_silent(connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> bool:
    """Tell whether the server owes an answer still."""
    return connection.pgconn.transaction_status == TransactionStatus.ACTIVE


def prepare(connection: Any, limits: Limits) -> None:  # noqa: ANN401 - of either colour
    """Set a new connection up."""
    connection.patience = limits.patience
    # One type for all whole numbers, so that a statement is prepared once.
    connection.adapters.register_dumper(int, Int8Dumper)


def open_postgresql(url: URL, *, timeout: float, **options: Any) -> Database:  # noqa: ANN401 - SQLAlchemy's own
    """Open a database on a PostgreSQL server.

    Args:
        url: ``postgresql+psycopg://user:password@host/name``.
        timeout: Seconds to wait for a connection, a lock, or an answer.
        options: What else ``sqlalchemy.create_engine`` is to know.
    """
    limits = Limits(timeout)
    settings: dict[str, Any] = {
        "hide_parameters": True,
        "pool_size": CONNECTIONS,
        "max_overflow": 0,
        "pool_timeout": timeout,
        "pool_use_lifo": True,
        "use_native_hstore": False,
        "connect_args": limits.arguments(str(url.query.get("options", ""))),
    }
    engine = create_engine(url, **{**settings, **options})

    def connect(_dialect: object, _record: object, positional: Any, named: Any) -> Patient:  # noqa: ANN401 - SQLAlchemy's
        connection = Patient.connect(*positional, **named)
        prepare(connection, limits)
        return connection

    event.listen(engine, "do_connect", connect)
    ping_when_idle(engine)
    return Database(engine, MANNERS, timeout=timeout)
