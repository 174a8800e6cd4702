"""``registrazione story``: on a real database, through a real mail server."""

from __future__ import annotations

import io
import os
import re
import shlex
import sqlite3
import sys
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial

import pytest
from click.testing import CliRunner

from registrazione.cli import story as command
from registrazione.cli.app import cli
from registrazione.cli.errors import Misuse
from registrazione.cli.story import new_database, story
from registrazione.cli.story_screen import WIDTH, StoryScreen
from registrazione.core.refusals import refusal
from registrazione.plugins import MissingExtra
from registrazione.profiles import load as profile
from registrazione.stories import NAMES, Story
from registrazione.stories.base import Stage
from registrazione.stories.mailbox import StoryFailed
from registrazione.testing.fakes import FastHasher

NOW = datetime(2020, 3, 2, tzinfo=UTC)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(cli, ["story", *arguments])


@pytest.fixture
def played(monkeypatch):
    """Let a story of one's own be played instead of a document's."""

    def replace(play):
        chosen = Story(profile=profile("polis"), begins=NOW, play=play)
        monkeypatch.setattr(command, "load", lambda _name: chosen)

    return replace


@pytest.fixture
def fast(monkeypatch):
    """Hash at once, where it does not matter how passwords are hashed."""
    monkeypatch.setattr(command, "Stage", partial(Stage, hasher=FastHasher()))


@pytest.mark.usefixtures("fast")
@pytest.mark.parametrize("name", NAMES)
def test_a_procedure_is_played(run, tmp_path, name):
    """Steps, letters, refusals and history are shown, 100 columns wide and without colours."""
    result = run(name)
    lines = result.output.splitlines()

    assert result.exit_code == 0, result.output
    assert name in lines[1]
    assert "   1 " in result.output
    assert "Subject: " in result.output
    assert "From: " in result.output
    assert "✗ " in result.output
    assert "Storico" in result.output
    assert "requirements touched" in result.output
    assert "\x1b" not in result.output
    assert max(map(len, lines[:-1])) <= WIDTH
    assert (tmp_path / "registrazione-story.db").stat().st_mode & 0o777 == 0o600


def test_all_procedures_are_played(run):
    """All of them fit into one database, hash as they always do, and are counted together."""
    result = run("--quiet")

    assert result.exit_code == 0, result.output
    assert all(name in result.output for name in NAMES)
    assert "│ all " in result.output


@pytest.mark.usefixtures("fast")
def test_quiet(run):
    """Only the steps are shown, and what was counted."""
    result = run("istanze-online", "--quiet")

    assert result.exit_code == 0
    assert "IST-09" in result.output
    assert "Subject: " not in result.output
    assert "✗ " not in result.output
    assert "Storico" not in result.output


@pytest.mark.usefixtures("fast")
def test_the_command_line_that_is_advised(run, monkeypatch):
    """What is printed at the end lists the accounts that the story has left behind."""
    advised = shlex.split(run("polis", "--database", "one two.db").output.splitlines()[-1])
    name, _, value = advised[0].partition("=")
    monkeypatch.setenv(name, value)
    result = CliRunner().invoke(cli, advised[2:])

    assert advised[1] == "registrazione"
    assert result.exit_code == 0, result.output
    assert "active" in result.output


class Terminal(io.StringIO):
    """A terminal of 60 columns that remembers what it shows."""

    def isatty(self):
        """Tell that somebody is watching."""
        return True


def test_a_terminal_keeps_its_width(monkeypatch):
    """Where somebody is watching, the terminal's own width is used."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys, "stdout", Terminal())
    StoryScreen(quiet=True).title(profile("polis"))
    lines = sys.stdout.getvalue().splitlines()
    assert "polis" in lines[1]
    assert 50 < max(map(len, re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines)).splitlines())) <= 60


def test_a_terminal_without_accents(monkeypatch):
    """What cannot be shown is replaced; the rest is there."""
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="ascii"))
    StoryScreen(quiet=True).scene("Così è", NOW)
    sys.stdout.flush()
    assert b"Cos? ?  2 marzo 2020" in shown.getvalue()


# -- what can go wrong ----------------------------------------------------------------------


def test_a_story_that_fails(run, played):
    """A step that goes another way is named, and the status says so."""

    def play(stage):
        stage.step("Apre la pagina", "POL-10")
        raise StoryFailed("no letter came to anna@posta.example")

    played(play)
    result = run("polis")
    assert result.exit_code == 1
    assert (
        "Error: polis, step 1 («Apre la pagina»): no letter came to anna@posta.example"
        in result.output
    )


def test_a_story_that_is_refused(run, played):
    """A refusal that no story expects is told in words."""

    def play(_stage):
        raise refusal("window.late")

    played(play)
    result = run("polis")
    assert result.exit_code == 1
    assert (
        "Error: polis, before its first step: it was refused: Il termine per registrarsi è "
        "scaduto. [window.late]" in result.output
    )


def test_without_the_mail_server(run, monkeypatch, tmp_path):
    """Where the extra is not installed, the message says what to type, and nothing is touched."""
    monkeypatch.setitem(sys.modules, "registrazione.stories.post_office", None)
    monkeypatch.delitem(sys.modules, "registrazione.stories.post_office")
    monkeypatch.setitem(sys.modules, "aiosmtpd.controller", None)
    result = run("polis")
    assert result.exit_code == 2
    assert 'pip install "registrazione[demo]"' in result.output
    assert not list(tmp_path.iterdir())
    with pytest.raises(MissingExtra):
        CliRunner().invoke(story, ["polis"], catch_exceptions=False)


@pytest.mark.usefixtures("fast")
def test_an_earlier_story_is_made_anew(run, tmp_path):
    """The file of an earlier story is replaced, with what SQLite keeps beside it."""
    assert run("istanze-online").exit_code == 0
    leftover = tmp_path / "registrazione-story.db-wal"
    leftover.write_bytes(b"left over")
    assert run("istanze-online").exit_code == 0
    assert not leftover.exists() or leftover.read_bytes() != b"left over"


def test_an_empty_file_is_taken(tmp_path):
    """A file that was only just made, as by mktemp, may be played on."""
    path = tmp_path / "accounts.db"
    path.touch()
    assert new_database(path) == f"sqlite:///{path}"


@pytest.mark.parametrize("kind", ["text", "database"])
def test_somebody_elses_file_is_left_alone(run, tmp_path, kind):
    """Neither another file nor another database is removed, and nothing is played."""
    path = tmp_path / "accounts.db"
    if kind == "text":
        path.write_text("my accounts " * 100, encoding="utf-8")
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE mine (id)")
    before = path.read_bytes()
    result = run("polis", "--database", str(path))
    assert result.exit_code == 2
    assert "was not made by a story, and is left alone" in result.output
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there(tmp_path):
    """A database that cannot be made is a clear message."""
    with pytest.raises(Misuse, match="a database cannot be made there"):
        new_database(tmp_path / "nowhere" / "accounts.db")


def test_a_closed_pipe(monkeypatch):
    """Nobody reads any more: the command line gets to know, and ends in silence."""
    read, write = os.pipe()
    os.close(read)
    stream = os.fdopen(write, "w", encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", stream)
    screen = StoryScreen(quiet=False)
    with pytest.raises(BrokenPipeError):
        screen.title(profile("polis"))
    with suppress(BrokenPipeError):
        stream.close()


@pytest.mark.parametrize(
    ("called", "found", "shown"),
    [
        (".venv/bin/registrazione", None, ".venv/bin/registrazione"),
        (".venv/bin/registrazione", "/usr/bin/registrazione", "registrazione"),
        ("__main__.py", None, "registrazione"),
    ],
)
def test_the_advice_calls_the_program_as_it_can_be_called(monkeypatch, called, found, shown):
    """After `make demo` nothing is on the path, so the advice names the program's own file."""
    monkeypatch.setattr(sys, "argv", [called])
    monkeypatch.setattr(command.shutil, "which", lambda _name: found)

    advised = command.accounts_command("polis", "sqlite:///registrazione-story.db")

    assert advised == f"{shown} accounts list --profile polis"
