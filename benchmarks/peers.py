"""What it costs to sign up, confirm and sign in, beside other libraries, in one run.

Run it with ``python benchmarks/peers.py [rounds]``, in an environment that has the library, Flask,
Django, Starlette and httpx. Every peer is installed in an environment of its own, made once in a
cache folder (``PEERS_CACHE``, or ``registrazione-peers`` in the user's cache).

Everybody goes through their framework's own test client, as a browser would: opens the form, sends
it with its token against forgery, and goes where that leads. Passwords are hashed with the cheapest
hash that each has; SQLite is a file that writes its journal ahead. The rounds take turns, and each
figure is the median of all rounds: CPU time of the whole process, user and system. Statements are
counted at the driver, in a run of their own; those that begin and end transactions, and settings,
apart.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent / "peers"
LIBRARY = HERE.parents[1] / "src"
STEPS = ("sign_up", "confirm", "sign_in")
ROUNDS = 5


class Way(NamedTuple):
    """One way of signing up.

    Args:
        name: What it is called in the table.
        script: Its script, in the folder ``peers``.
        requirements: What is installed for it; nothing for ours.
        beside: Which of ours it is compared with.
    """

    name: str
    script: str
    requirements: tuple[str, ...] = ()
    beside: str = ""


WAYS = (
    Way("registrazione in Django", "ours_in_django"),
    Way(
        "django-allauth",
        "with_allauth",
        ("django-allauth==65.21.1", "Django==5.2.19"),
        "registrazione in Django",
    ),
    Way(
        "django-registration",
        "with_django_registration",
        ("django-registration==5.2.1", "Django==5.2.19"),
        "registrazione in Django",
    ),
    Way("registrazione in Flask", "ours_in_flask"),
    Way(
        "Flask-Security-Too",
        "with_flask_security",
        ("Flask-Security-Too[common,fsqla]==5.9.2", "Flask==3.1.3", "SQLAlchemy==2.1.9"),
        "registrazione in Flask",
    ),
    Way("registrazione headless", "ours_headless"),
    Way(
        "fastapi-users",
        "with_fastapi_users",
        (
            "fastapi-users[sqlalchemy]==15.0.5",
            "fastapi==0.165.0",
            "SQLAlchemy==2.0.58",
            "aiosqlite==0.22.1",
            "httpx==0.28.1",
        ),
        "registrazione headless",
    ),
)


def cache() -> Path:
    """Return the folder in which the environments are."""
    usual = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return Path(os.environ.get("PEERS_CACHE", usual / "registrazione-peers"))


def python_for(way: Way) -> str:
    """Return the interpreter of a way, in an environment that is made if it is not there yet."""
    if not way.requirements:
        return sys.executable
    folder = cache() / way.script
    python, done = folder / "bin" / "python", folder / "requirements.txt"
    wanted = "\n".join(way.requirements)
    if not done.exists() or done.read_text(encoding="utf-8") != wanted:
        print(f"installing {way.name} …", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        command = [python, "-m", "pip", "install", "--quiet", *way.requirements]
        subprocess.run(command, check=True)  # noqa: S603 - pip, in an environment of its own
        done.write_text(wanted, encoding="utf-8")
    return str(python)


def is_there(way: Way) -> bool:
    """Tell whether a peer is installed, or can be."""
    try:
        python_for(way)
    except subprocess.CalledProcessError:
        print(f"left out, because it cannot be installed: {way.name}", file=sys.stderr)
        return False
    return True


def measured(way: Way, *options: str) -> dict[str, Any]:
    """Run the script of a way in a process of its own; return what it prints."""
    done = subprocess.run(  # noqa: S603 - a script of this folder
        [python_for(way), str(HERE / f"{way.script}.py"), *options],
        env={**os.environ, "PYTHONPATH": "" if way.requirements else str(LIBRARY)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{way.name}:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(rounds: int) -> None:
    """Measure everybody, and print a table."""
    ways = [way for way in WAYS if is_there(way)]
    counted = {way.name: measured(way, "--count") for way in ways}
    runs: dict[str, list[dict[str, float]]] = {way.name: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            runs[way.name].append(measured(way))
    taken = {
        name: {step: statistics.median(run[step] for run in several) for step in STEPS}
        for name, several in runs.items()
    }
    whole = {name: sum(steps.values()) for name, steps in taken.items()}
    heads = ("", *STEPS, "CPU ms", "beside ours", "statements", "and transactions")
    print(f"| {' | '.join(heads)} |")
    print("|---|---|---|---|---|---|---|---|")
    for way in ways:
        cpu = " | ".join(f"{taken[way.name][step]:.1f}" for step in STEPS)
        ratio = f"{whole[way.name] / whole[way.beside]:.2f}" if way.beside else "1"
        steps = [counted[way.name][step] for step in STEPS]
        each = " + ".join(str(sent) for sent, _ in steps)
        control = sum(control for _, control in steps)
        total = sum(sent for sent, _ in steps)
        print(
            f"| {way.name} | {cpu} | {whole[way.name]:.1f} | {ratio} | {each} = {total} "
            f"| {control} |"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS)
