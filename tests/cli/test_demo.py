"""``registrazione demo``: the stories, then the pages, until somebody ends them."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request

from tests.cli.shell import run

from registrazione.cli.demo import _keep_time, _nobody


def test_without_a_terminal_it_ends_after_the_stories(tmp_path, monkeypatch) -> None:
    """So that a script, or CI, is not left waiting."""
    monkeypatch.chdir(tmp_path)

    result = run("demo", "standard")

    assert result.exit_code == 0
    assert "standard" in result.output
    assert "Ctrl+C" not in result.output


def test_it_serves_until_it_is_interrupted(tmp_path) -> None:
    """Every address that it prints answers; Ctrl+C ends it in good order and leaves no file."""
    command = [sys.executable, "-m", "registrazione", "demo", "--skip-stories", "--serve"]
    server = subprocess.Popen(
        [*command, "--port", "0"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    lines = []
    for line in server.stdout:
        lines += re.findall(r"http://127\.0\.0\.1:\d+/\S*", line)
        if len(lines) == 4:
            break

    statuses = []
    for url in lines:
        with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own address
            statuses.append(answer.status)
    server.send_signal(signal.SIGINT)
    server.communicate(timeout=60)

    assert statuses == [200] * 4
    assert server.returncode == 0
    assert not list(tmp_path.iterdir())


def test_a_port_that_is_in_use_is_said(tmp_path, monkeypatch) -> None:
    """With what to do about it, and no traceback."""
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        result = run("demo", "--skip-stories", "--serve", "--port", port)

    assert result.exit_code == 1
    assert "--port" in result.output


def test_nothing_is_answered_before_the_application_is_there() -> None:
    """The port is opened first, because the application has to know it."""
    assert _nobody({}, None) == []


def test_letters_and_timers_are_looked_after_until_it_is_over() -> None:
    """Every registrar, in every round, and no round after the end."""
    done: list[str] = []

    class Kept:
        def expire_due(self) -> None:
            done.append("expired")

        def deliver_outbox(self) -> None:
            done.append("delivered")

    class Over:
        rounds = iter((False, False, True))

        def wait(self, seconds: float) -> bool:
            return next(self.rounds)

    _keep_time([Kept()], Over())

    assert done == ["expired", "delivered"] * 2
