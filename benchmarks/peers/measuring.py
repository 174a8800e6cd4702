"""How every flow is measured: the CPU time of each step, and its SQL statements at the driver.

A script of this folder makes a flow, which is three functions that take a number, and hands it to
:func:`main`. It is imported first: with ``--count`` it watches SQLite before anybody opens it.
"""

from __future__ import annotations

import atexit
import json
import shutil
import sqlite3
import sqlite3.dbapi2
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FLOWS = 60
WARM = 8
PASSWORD = "quattro Cavalli verdi 17 lune"
COUNTING = "--count" in sys.argv
FOLDER = Path(tempfile.mkdtemp(prefix="peers-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
WAL = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"
_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")

_seen: list[str] = []
_connect = sqlite3.connect


def _watched(*args: Any, **kwargs: Any) -> sqlite3.Connection:
    connection = _connect(*args, **kwargs)
    connection.set_trace_callback(_seen.append)
    return connection


if COUNTING:
    sqlite3.connect = sqlite3.dbapi2.connect = _watched


def address(number: int) -> str:
    """Return the address of a person."""
    return f"person{number}@mail.example.com"


def main(flow: Mapping[str, Callable[[int], None]]) -> None:
    """Go through the flow again and again, and print what each step took.

    Args:
        flow: What to do for one person, by step.
    """
    measure = _counted if COUNTING else _timed
    for number in range(WARM):
        for step in flow.values():
            step(number)
    print(json.dumps(measure(flow)))


def _timed(flow: Mapping[str, Callable[[int], None]]) -> dict[str, float]:
    """Return the median of the process's CPU milliseconds, all of its threads."""
    taken: dict[str, list[float]] = {name: [] for name in flow}
    for number in range(WARM, WARM + FLOWS):
        for name, step in flow.items():
            began = time.process_time()
            step(number)
            taken[name].append((time.process_time() - began) * 1000)
    return {name: statistics.median(values) for name, values in taken.items()}


def _counted(flow: Mapping[str, Callable[[int], None]]) -> dict[str, list[int]]:
    """Return how many statements a step sends, and how many more begin and end transactions."""
    counted: dict[str, list[int]] = {}
    for name, step in flow.items():
        _seen.clear()
        step(WARM)
        sent = [statement.lstrip().upper() for statement in _seen]
        sent = [statement for statement in sent if not statement.startswith("--")]
        if "--show" in sys.argv:
            print(name, *sent, sep="\n  ", file=sys.stderr)
        control = sum(statement.startswith(_CONTROL) for statement in sent)
        counted[name] = [len(sent) - control, control]
    return counted
