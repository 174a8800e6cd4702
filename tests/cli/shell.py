"""Runs commands, in this process and in one of their own, on stores that a world has filled."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from tests.world import BASE_URL, KEY, World

from registrazione.cli.app import cli

OPERATOR = {
    "REGISTRAZIONE_OPERATOR_ID": "op-7",
    "REGISTRAZIONE_ROLE": "secretariat",
    "REGISTRAZIONE_OFFICE": "RMIC80000A",
}


def run(*arguments: str, typed: str | bytes = "", **environ: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli, arguments, input=typed, env=environ)


def start(*arguments: str, **environ: str) -> subprocess.Popen[bytes]:
    """Start a command in a process of its own, with pipes on every side."""
    return subprocess.Popen(
        [sys.executable, "-m", "registrazione", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environ},
    )


class Place:
    """A folder with a store, an outbox, and the settings that lead there.

    Args:
        folder: Where.
        profile: The procedure.
        before: How long ago the world there begins.
    """

    def __init__(self, folder: Path, profile: str, before: dt.timedelta = dt.timedelta(0)) -> None:
        """Open a world on the store."""
        self.storage = f"sqlite:///{folder}/accounts.db"
        self.outbox = folder / "outbox"
        begins = dt.datetime.now(dt.UTC) - before
        if profile == "mim-students":
            begins = dt.datetime(2023, 12, 1, tzinfo=dt.UTC)
        key = KEY.replace(" ", "_")
        self.world = World(profile, at=begins, storage=self.storage, secret_keys=[key])
        self.environ = {
            "REGISTRAZIONE_PROFILE": profile,
            "REGISTRAZIONE_STORAGE": self.storage,
            "REGISTRAZIONE_MAILER": f"file://{self.outbox}",
            "REGISTRAZIONE_BASE_URL": BASE_URL,
            "REGISTRAZIONE_SECRET_KEYS": key,
            **OPERATOR,
        }

    def run(self, *arguments: str, **more: Any) -> Result:
        """Run a command on the store."""
        typed = more.pop("typed", "")
        return run(*arguments, typed=typed, **{**self.environ, **more})

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command on the store."""
        return start(*arguments, **self.environ)

    def letters(self) -> list[str]:
        """Return the files in the outbox."""
        return sorted(path.name for path in self.outbox.glob("*.eml"))
