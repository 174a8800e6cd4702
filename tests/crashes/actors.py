"""Processes that do one thing and end, or are killed at a chosen call to the database.

An actor is a process with everything imported, from which others are forked off: so that a process
of its own costs milliseconds, and may be killed as often as one likes.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from contextlib import suppress
from functools import wraps
from importlib import import_module
from inspect import iscoroutinefunction
from pathlib import Path
from threading import Timer

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds until a process that does not end counts as stuck, as one in a deadlock is."""
ROUNDS = "REGISTRAZIONE_ROUNDS"
"""Environment variable: how often the tests of this folder try, instead of their own number."""


def rounds(usual):
    """Return how often something is tried."""
    return int(os.environ.get(ROUNDS, usual))


class Killed(Exception):  # noqa: N818 - what the test has asked for
    """The process was killed before it could answer."""


class Actor:
    """Does things in processes of their own, one after the other."""

    def __init__(self):
        """Start the process that the others are forked off from."""
        self._prepared = set()
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crashes.actors"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def begin(self, function, **arguments):
        """Have a function of this folder called, named as ``module.function``."""
        self._send(function, arguments)

    def prepare(self, function):
        """Have a function called in the process itself, once: others inherit what it leaves."""
        if function not in self._prepared:
            self._prepared.add(function)
            self._send(function, None)
            self.answer()

    def _send(self, function, arguments):
        self._process.stdin.write(json.dumps([function, arguments]) + "\n")
        self._process.stdin.flush()

    def answer(self, patience=PATIENCE):
        """Wait for what it returns, so many seconds.

        Raises:
            Killed: The process was killed.
            AssertionError: It failed; the text shows how.
        """
        timer = Timer(patience, self._kill)
        timer.start()
        line = self._process.stdout.readline()
        timer.cancel()
        assert line, "the process does not answer: it waits for something that does not come"
        told = json.loads(line)
        if told["status"] == -signal.SIGKILL:
            raise Killed
        assert told["status"] == 0, told["said"]
        return json.loads(told["said"])

    def call(self, function, **arguments):
        """Have a function called, and return what it returns."""
        self.begin(function, **arguments)
        return self.answer()

    def close(self):
        """End the process, and whatever it may be waiting for."""
        self._kill()
        self._process.communicate()

    def _kill(self):
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


class Fuse:
    """Kills its process at the n-th tick."""

    def __init__(self):
        """Kill nobody yet."""
        self.ticks = 0
        self._at = 0

    def light(self, at):
        """Start to count; 0 kills nobody."""
        self.ticks = 0
        self._at = at

    def tick(self):
        """Count, and perhaps end everything."""
        self.ticks += 1
        if self.ticks == self._at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, method):
        """Return a method that ticks before it begins and after it has ended."""

        @wraps(method)
        def ticking(*args, **kwargs):
            self.tick()
            result = method(*args, **kwargs)
            self.tick()
            return result

        @wraps(method)
        async def ticking_awaited(*args, **kwargs):
            self.tick()
            result = await method(*args, **kwargs)
            self.tick()
            return result

        return ticking_awaited if iscoroutinefunction(method) else ticking

    def watch(self, owner, *names):
        """Make methods of a class tick."""
        for name in names:
            setattr(owner, name, self.around(getattr(owner, name)))


def watch_database(fuse):
    """Make every call of a database driver tick, in this process and from now on."""
    import sqlite3

    class Cursor(sqlite3.Cursor):
        execute = fuse.around(sqlite3.Cursor.execute)
        executemany = fuse.around(sqlite3.Cursor.executemany)

    class Connection(sqlite3.Connection):
        commit = fuse.around(sqlite3.Connection.commit)
        rollback = fuse.around(sqlite3.Connection.rollback)

        def cursor(self, factory=Cursor):
            return super().cursor(factory)

    connect = sqlite3.dbapi2.connect
    sqlite3.dbapi2.connect = lambda *args, **more: connect(*args, factory=Connection, **more)
    if base := sys.modules.get("django.db.backends.sqlite3.base"):
        fuse.watch(base.SQLiteCursorWrapper, "execute", "executemany")
    with suppress(ImportError):
        _watch_postgresql(fuse)
    with suppress(ImportError):
        _watch_mariadb(fuse)


def _watch_postgresql(fuse):
    """Make the calls of psycopg tick, and the time between question and answer."""
    import psycopg

    for cursor in (psycopg.Cursor, psycopg.AsyncCursor):
        fuse.watch(cursor, "execute", "executemany")
    for connection in (psycopg.Connection, psycopg.AsyncConnection):
        fuse.watch(connection, "commit", "rollback")
        connection.wait = _waiting(connection.wait, fuse)


def _waiting(wait, fuse):
    """Return psycopg's method that waits, with a tick in between; awaitable if it was."""
    return lambda self, steps, *how, **more: wait(self, _asked(steps, fuse), *how, **more)


def _watch_mariadb(fuse):
    """Make the calls of PyMySQL tick, and the time between question and answer."""
    import pymysql

    fuse.watch(pymysql.cursors.Cursor, "execute", "executemany")
    fuse.watch(pymysql.connections.Connection, "_execute_command", "commit", "rollback")


def _asked(steps, fuse):
    """Tick once between question and answer, while the server is at work."""
    try:
        step = next(steps)
        fuse.tick()
        while True:
            step = steps.send((yield step))
    except StopIteration as end:
        return end.value


def _one_thing(function, arguments):
    """Do one thing in this process and end it; return status and what was said."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            said = json.dumps(_function(function)(**arguments))
            status = 0
        except BaseException:  # noqa: BLE001 - whatever it is, the test shows it
            said = traceback.format_exc()
        with os.fdopen(writing, "w", encoding="utf-8") as out:
            out.write(said)
        os._exit(status)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as said:
        text = said.read()
    _, status = os.waitpid(child, 0)
    return {"status": os.waitstatus_to_exitcode(status), "said": text}


def _main():
    """Do what standard input asks for, line by line."""
    for line in sys.stdin:
        function, arguments = json.loads(line)
        if arguments is None:
            _function(function)()
            done = {"status": 0, "said": "null"}
        else:
            done = _one_thing(function, arguments)
        print(json.dumps(done), flush=True)  # noqa: T201


def _function(name):
    """Return a function of this folder."""
    module, _, function = name.rpartition(".")
    return getattr(import_module(f"tests.crashes.{module}"), function)


if __name__ == "__main__":
    _main()
