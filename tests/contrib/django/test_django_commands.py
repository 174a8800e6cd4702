"""The commands of ``manage.py``, and what they print where somebody is watching."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from tests.contrib.django.portal import Portal
from tests.world import MARIO

from registrazione.core.states import AccountState


class Terminal(StringIO):
    """A stream that somebody looks at."""

    def isatty(self):
        """Return true."""
        return True


def run(name, *arguments, watched=False):
    """Run a command; return what it prints, and what it prints beside that."""
    out = Terminal() if watched else StringIO()
    err = StringIO()
    call_command(f"registrazione_{name}", *arguments, stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue()


@pytest.fixture
def portal(default):
    """Return a portal."""
    with Portal() as portal:
        yield portal


def test_letters_are_delivered(portal) -> None:
    """What is due goes out, and is counted by what became of it."""
    portal.confirmed()
    said = run("deliver", "--language", "it")
    again = run("deliver", "--language", "en")

    assert said[0].startswith("1 spedite, 0 annullate")
    assert again == ("0 sent, 0 void, 0 to be tried again, 0 given up, 0 taken by others", "")
    assert len(portal.mailer.sent) == 1


def test_so_many_letters_are_delivered(portal) -> None:
    """A number bounds them."""
    portal.confirmed()

    assert run("deliver", "--most", "1", "--language", "en")[0].startswith("1 sent")


def test_registrations_that_were_not_activated_end(portal) -> None:
    """The round that is to be run every few minutes."""
    account = portal.confirmed().account
    portal.wait(hours=25)

    assert run("expire", "--language", "it") == ("1 esaminati, 1 conclusi", "")
    assert portal.reload(account).state is AccountState.EXPIRED


def test_accounts_that_nobody_uses_are_cancelled(portal) -> None:
    """The dry run lists them, and does nothing."""
    account = portal.active()
    portal.clock.advance(timedelta(days=3 * 366))
    dry = run("cancel_unused", "--dry-run", "--language", "en")
    before = portal.reload(account).state
    done = run("cancel_unused", "--language", "en")

    assert dry == (f"{account.id}\n1 looked at, 1 to be cancelled", "")
    assert before is AccountState.ACTIVE
    assert done == ("1 looked at, 1 cancelled", "")
    assert portal.reload(account).state is AccountState.CANCELLED


def test_a_procedure_may_cancel_nobody(default) -> None:
    """That is said, and not counted."""
    with Portal("standard"):
        said, _ = run("cancel_unused", "--language", "en")

    assert said == "standard cancels no account for not being used."


def test_people_are_warned_of_an_old_password(default) -> None:
    """The round that is to be run daily."""
    with Portal("polis") as portal:
        portal.signed_in()
        portal.clock.advance(timedelta(days=175))
        said, _ = run("warn", "--language", "it")

    assert said == "1 esaminati, 1 avvisati"


def test_a_check_asks_the_store(portal) -> None:
    """Beyond Django's own check: tables, keys, letters."""
    portal.confirmed()
    said, _ = run("check", "--language", "en")

    assert said.splitlines() == [
        "unimi-external: the registrar opens, and the database answers to the keys that are set.",
        "Letters that wait: 1. Letters given up: 0.",
    ]


def test_a_check_says_what_is_wrong(default) -> None:
    """In one line, with a status that scripts see."""
    with Portal(storage="django://empty"), pytest.raises(CommandError, match="migrate them"):
        run("check")


def test_a_round_says_what_is_wrong_with_the_store(default) -> None:
    """Whoever sits at the machine reads more than that there is no service."""
    with Portal(storage="django://empty"), pytest.raises(CommandError, match="does not answer"):
        run("expire")


def test_a_store_that_cannot_be_checked_is_read(default) -> None:
    """Not every store looks after itself."""
    with Portal(storage="memory://"):
        assert "answers" in run("check", "--language", "en")[0]


def test_settings_that_cannot_be_used_are_told(default) -> None:
    """No traceback for a misspelt name."""
    with Portal(), pytest.raises(CommandError, match="has no 'school'"):
        run("expire", "--procedure", "school")


@pytest.mark.parametrize(("name", "shown"), [("deliver", "\r1"), ("expire", "\r1")])
def test_progress_is_shown_to_whoever_watches(portal, name, shown) -> None:
    """On a terminal a count runs beside the result; nowhere else."""
    portal.confirmed()
    _, beside = run(name, watched=name == "deliver")
    portal.wait(hours=25)
    _, watched = run("expire", watched=True)

    assert beside.startswith("\r1") is (name == "deliver")
    assert watched.startswith(shown)


def test_the_language_is_the_projects(portal) -> None:
    """Where none is asked for."""
    assert run("expire")[0] in {"0 esaminati, 0 conclusi", "0 looked at, 0 done"}


def test_nothing_personal_is_printed(portal) -> None:
    """What is printed ends in logs."""
    portal.active()
    portal.clock.advance(timedelta(days=3 * 366))
    printed = "".join(run("cancel_unused", "--dry-run", watched=True))

    assert MARIO.cf not in printed
    assert MARIO.email() not in printed
