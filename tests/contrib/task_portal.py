"""Two portals whose timers run in a task queue: what tests and the workers' processes share."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Condition

from tests.smtp_server import Sink
from tests.world import BASE_URL, KEY, World

from registrazione import Registrar

ROOT = Path(__file__).parents[2]
CALLED, PERIODIC = "unimi-external", "polis"
"""Procedures: one whose tasks are asked for, and one whose tasks come by themselves."""
PATIENCE = 60
"""Seconds until a worker that does nothing counts as broken."""


class Counter(Sink):
    """A mail server that tells when enough letters have come."""

    def __init__(self):
        super().__init__()
        self._changed = Condition()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        """Take a letter."""
        answer = await super().handle_DATA(server, session, envelope)
        with self._changed:
            self._changed.notify_all()
        return answer

    def letters(self, number):
        """Wait for so many letters, and return the recipient of each that came."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.envelopes) >= number, PATIENCE)
        return sorted(recipient for letter in self.envelopes for recipient in letter.rcpt_tos)


def opener(profile):
    """Return what opens a portal's registrar in a worker, as the environment says."""

    def opened():
        return Registrar.open(
            profile=profile,
            storage=os.environ[f"STORAGE_{profile}"],
            mailer=os.environ["MAILER"],
            secret_keys=[KEY],
            base_url=BASE_URL,
            human_check="none",
        )

    return opened


def portals(folder):
    """Return a world for each procedure, on databases in a folder."""
    return {
        profile: World(profile, storage=f"sqlite:///{folder}/{profile}.db")
        for profile in (CALLED, PERIODIC)
    }


def environ(folder, port, **more):
    """Return the environment of a worker."""
    storages = {f"STORAGE_{name}": f"sqlite:///{folder}/{name}.db" for name in (CALLED, PERIODIC)}
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(part for part in sys.path if part),
        "MAILER": f"smtp://127.0.0.1:{port}",
        **storages,
        **more,
    }


@contextmanager
def worker(*command, env):
    """Run a worker in a process of its own, and stop it as an operator would."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=PATIENCE)
    assert b"Traceback" not in said, said.decode()
