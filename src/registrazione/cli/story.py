"""``registrazione story``: a procedure from first page to last, on a real store and mail server."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import click

from registrazione.cli.errors import Misuse
from registrazione.cli.story_screen import StoryScreen, Tally
from registrazione.core.refusals import Refusal
from registrazione.core.texts import LANGUAGES
from registrazione.plugins import needs_extra
from registrazione.refusals import text_of
from registrazione.stories import NAMES, Story, load
from registrazione.stories.base import HELP_DESK, Stage
from registrazione.stories.mailbox import Mailbox, StoryFailed
from registrazione.stories.settings import BASE_URL, DATABASE, KEYS

_MARK = 0x53544F52
"""``STOR``: what SQLite's ``application_id`` is in a database that a story has made."""
_COMPANIONS = ("", "-wal", "-shm", "-journal")


@click.command()
@click.argument("profile", metavar="[PROFILE]", type=click.Choice([*NAMES, "all"]), default="all")
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    default=DATABASE,
    show_default=True,
    help="The SQLite file that is played on; one left by an earlier story is made anew.",
)
@click.option("--quiet", is_flag=True, help="Show the steps, without letters and refusals.")
def story(profile: str, database: Path, *, quiet: bool) -> None:
    """Play a procedure, or all, from first page to last.

    Every step is shown with the requirements that it fulfils, every letter as it arrives and every
    refusal in its words. The accounts are in a real database, the letters go through a real mail
    server on this machine, and the passwords are hashed as they always are. Only the clock is
    moved by hand. PROFILE is one that `registrazione profiles` lists, and by default all of them.

    Exit status: 0 the story went as its document says, 1 it did not.
    """
    with needs_extra("demo"):
        from registrazione.stories.post_office import PostOffice

    storage = new_database(database)
    screen = StoryScreen(quiet=quiet)
    names = list(NAMES) if profile == "all" else [profile]
    mailbox = Mailbox()
    with PostOffice(mailbox) as office:
        tallies = [_played(load(name), storage, mailbox, office.url, screen) for name in names]
    screen.summary(tallies)
    screen.advice("To look at what is in the database now:", accounts_command(names[0], storage))


def _played(
    chosen: Story, storage: str, mailbox: Mailbox, mailer: str, screen: StoryScreen
) -> Tally:
    """Play one story, show the account's history, and return what was counted."""
    before = len(mailbox.letters())
    screen.title(chosen.profile)
    with Stage(
        chosen.profile,
        chosen.begins,
        storage=storage,
        mailbox=mailbox,
        mailer=mailer,
        audience=screen,
    ) as stage:
        try:
            account_id = chosen.play(stage)
        except (StoryFailed, Refusal) as reason:
            raise click.ClickException(_told(chosen, stage, reason)) from None
        seen = stage.registrar.history(operator=HELP_DESK, account_id=account_id)
        screen.history(seen.history)
    return Tally(
        name=chosen.profile.name,
        steps=len(stage.steps),
        letters=len(mailbox.letters()) - before,
        requirements=frozenset(r for step in stage.steps for r in step.requirements),
    )


def _told(chosen: Story, stage: Stage, reason: StoryFailed | Refusal) -> str:
    """Say where a story went wrong, and how."""
    if isinstance(reason, Refusal):
        words = "; ".join(f"{text_of(f, LANGUAGES[0])} [{f.code}]" for f in reason.faults)
        reason = StoryFailed(f"it was refused: {words}")
    last = stage.steps[-1] if stage.steps else None
    where = f"step {last.number} («{last.words}»)" if last else "before its first step"
    return f"{chosen.profile.name}, {where}: {reason}"


def new_database(path: Path) -> str:
    """Return the address of a new, empty database in place of an earlier story's.

    Args:
        path: Where it is.

    Raises:
        Misuse: Something else is there, or no file can be made there.
    """
    if path.exists() and not _is_of_a_story(path):
        raise Misuse(f"{path} was not made by a story, and is left alone: name another --database")
    try:
        for companion in _COMPANIONS:
            path.with_name(path.name + companion).unlink(missing_ok=True)
        path.touch(mode=0o600)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA application_id = {_MARK}")
    except (OSError, sqlite3.Error):
        raise Misuse(f"{path}: a database cannot be made there") from None
    return f"sqlite:///{path}"


def _is_of_a_story(path: Path) -> bool:
    """Tell whether a file is a database that a story has made, or empty."""
    if path.stat().st_size == 0:
        return True
    try:
        with closing(sqlite3.connect(path)) as connection:
            (mark,) = connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.Error:
        return False
    return bool(mark == _MARK)


def _program() -> str:
    """Return what this program is to be called by: its path, where its name alone finds nothing."""
    called = sys.argv[0]
    if Path(called).name != "registrazione" or shutil.which("registrazione") is not None:
        return "registrazione"
    return os.path.relpath(called)


def accounts_command(profile: str, storage: str) -> str:
    """Return the command line that lists what a story has left behind.

    Args:
        profile: Whose accounts are listed.
        storage: Address of the database.
    """
    if storage == f"sqlite:///{DATABASE}":
        return shlex.join([_program(), "accounts", "list", "--profile", profile])
    command = [_program(), "accounts", "list", "--profile", profile, "--storage", storage]
    command += ["--mailer", "console://", "--base-url", BASE_URL]
    return f"REGISTRAZIONE_SECRET_KEYS={shlex.quote(KEYS[0])} {shlex.join(command)}"
