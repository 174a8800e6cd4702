"""The commands as programs: pipes, signals, statuses, what is loaded."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest
from tests.cli.shell import start

WELL, ILL = b'{"username": "mario.rossi"}\n', b'{"username": "m"}\n'


def test_each_line_is_answered_in_order_and_in_ascii() -> None:
    """As many answers as lines, in their order, nothing else, and nothing beyond ASCII."""
    lines = [b'{"username": "nome%d"}' % n for n in range(10_000)]
    lines[5000] = b'{"username": "\\ud800"}'

    done = start("check", "username")
    out, err = done.communicate(b"\n".join(lines))

    assert (done.returncode, err) == (1, b"")
    answers = [json.loads(line) for line in out.decode("ascii").splitlines()]
    assert [a["normalised"] for a in answers] == [
        None if n == 5000 else f"nome{n}" for n in range(10_000)
    ]


@pytest.mark.parametrize(
    ("arguments", "typed", "status", "lines"),
    [
        (("username",), b"", 0, 0),
        (("username",), WELL, 0, 1),
        (("username",), WELL + ILL + WELL, 1, 3),
        (("username",), WELL + b"nonsense", 1, 2),
        (("username",), b"\n", 1, 1),
        (("username",), b'{"username": "' + b"a" * 1_000_000 + b'"}\n' + WELL, 1, 2),
        (("username", "--profile", "nonsense"), WELL, 2, 0),
        (("username", "--language", "de"), WELL, 2, 0),
        (("nonsense",), WELL, 2, 0),
        ((), WELL, 2, 0),
    ],
)
def test_the_status_tells_how_the_lines_were(arguments, typed, status, lines) -> None:
    """0: all in order; 1: some are not; 2: misused, and nothing on standard output."""
    done = start("check", *arguments)
    out, err = done.communicate(typed)

    assert (done.returncode, out.count(b"\n")) == (status, lines)
    assert bool(err) is (status == 2)


def test_an_answer_does_not_wait_for_the_next_line() -> None:
    """Whoever asks line by line gets each answer at once; Ctrl-C then ends it in silence."""
    done = start("check", "username")
    assert done.stdin
    assert done.stdout
    done.stdin.write(WELL)
    done.stdin.flush()
    first = json.loads(done.stdout.readline())
    done.send_signal(signal.SIGINT)
    out, err = done.communicate()

    assert first["ok"] is True
    assert (done.returncode, out, err) == (130, b"", b"\n")


def test_a_reader_that_goes_away_is_no_malfunction() -> None:
    """When nobody reads any more, the command ends in silence with the status of SIGPIPE."""
    done = start("check", "username")
    assert done.stdin
    assert done.stdout
    assert done.stderr
    done.stdout.close()
    done.stdin.write(WELL)
    done.stdin.close()

    assert done.stderr.read() == b""
    assert done.wait() == 141
    done.stderr.close()


@pytest.mark.parametrize("command", [("profiles", "show", "polis"), ("diagram", "polis")])
def test_whole_pages_may_go_unread(command) -> None:
    """A page that nobody reads ends in silence as well."""
    done = start(*command)
    assert done.stdout
    assert done.stderr
    done.stdout.close()

    assert done.stderr.read() == b""
    assert done.wait() == 141
    done.communicate()


@pytest.mark.parametrize(("redirected", "status"), [("<&-", 0), (">&-", 1), ("2>&-", 1)])
def test_closed_streams_are_empty_ones(redirected, status) -> None:
    """Without standard input there is nothing to answer; without an output it goes nowhere."""
    command = f'exec "{sys.executable}" -m registrazione check username {redirected}'
    done = subprocess.run(["sh", "-c", command], input=ILL, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (status, b"")


def test_checking_loads_no_more_than_it_needs() -> None:
    """A password of a procedure without word lists is checked without any heavy library."""
    child = (
        "import sys, json; from registrazione.cli import main\n"
        "sys.argv = ['registrazione', 'check', 'password', '--profile', 'mim-students']\n"
        "try: main()\n"
        "except SystemExit: print(json.dumps(list(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", child],
        input=b'{"password": "Passw0rd"}',
        capture_output=True,
        check=True,
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))

    heavy = {"rich", "pluggy", "zxcvbn", "codicefiscale", "email_validator", "sqlalchemy", "jinja2"}
    assert "click" in loaded
    assert not loaded & heavy
