"""The commands that timers run, and the worker that empties the outbox."""

from __future__ import annotations

import json
import signal
from datetime import timedelta

import attrs
import pytest
from tests.cli.shell import start
from tests.world import ANNA, MARIO

from registrazione.cli import deliver as command
from registrazione.cli.deliver import in_words
from registrazione.cli.errors import told
from registrazione.cli.output import Counter, bar
from registrazione.core.records import LetterState
from registrazione.core.refusals import refusal
from registrazione.ports import StoreUnavailable
from registrazione.service.delivery import DeliveryReport
from registrazione.testing.builders import a_letter

YEARS = timedelta(days=365 * 3)


# -- rounds ---------------------------------------------------------------------------------


def test_the_machine_is_told_what_is_wrong_with_the_store() -> None:
    """The public reads that there is no service; whoever runs a round reads why."""
    refused = refusal("service.unavailable")
    assert told(refused) is None

    refused.__cause__ = StoreUnavailable("the tables are missing")
    assert told(refused).message == "the store: the tables are missing"


@pytest.mark.requirement("UNI-06")
def test_what_was_not_activated_in_time_ends(place) -> None:
    """``expire`` ends a registration whose link nobody used."""
    there = place(before=timedelta(days=2))
    account = there.world.confirmed().account

    assert there.run("expire").stdout == "1 looked at, 1 done\n"
    assert there.world.reload(account).state == "expired"


@pytest.mark.requirement("POL-17")
def test_whose_password_is_about_to_expire_is_written_to(place) -> None:
    """``warn`` writes once to whoever has to change the password soon."""
    there = place("polis", before=timedelta(days=170))
    there.world.active(MARIO)

    assert there.run("warn").stdout == "1 looked at, 1 written to\n"
    assert there.run("warn").stdout == "0 looked at, 0 written to\n"


@pytest.mark.requirement("UNI-19")
def test_what_nobody_used_is_listed_and_then_cancelled(place) -> None:
    """``--dry-run`` names the accounts and leaves them alone; without it they are cancelled."""
    there = place(before=YEARS)
    ids = {there.world.active(person).id for person in (MARIO, ANNA)}

    dry = there.run("cancel-unused", "--dry-run")

    assert set(dry.stdout.split()) == ids
    assert dry.stderr == "2 of 2 would be cancelled\n"
    assert there.run("cancel-unused").stdout == "2 looked at, 2 cancelled\n"
    assert there.run("cancel-unused", "--dry-run").stdout == ""


def test_a_procedure_that_cancels_nothing_says_so(place) -> None:
    """Where unused accounts stay, nothing is done, and that is in order."""
    result = place("polis").run("cancel-unused")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "polis cancels no account for not being used.\n"


# -- delivery -------------------------------------------------------------------------------


def test_letters_are_sent_once(place) -> None:
    """``deliver`` sends what is due, and says what became of it; ``--most`` bounds it."""
    there = place()
    for person in (MARIO, ANNA):
        there.world.confirmed(person)

    assert there.run("deliver", "--most", "1").stdout == "1 sent, 0 void, 0 postponed, 0 dead\n"
    assert there.run("deliver").stdout == "1 sent, 0 void, 0 postponed, 0 dead\n"
    assert there.run("deliver").stdout == "0 sent, 0 void, 0 postponed, 0 dead\n"
    assert len(there.letters()) == 2


@pytest.mark.parametrize("option", [("--most", "0"), ("--every", "0"), ("--every", "soon")])
def test_numbers_that_make_no_sense_are_a_misuse(place, option) -> None:
    """Neither no letters at all nor no time in between can be meant."""
    assert place().run("deliver", *option).exit_code == 2


@pytest.mark.parametrize(("asked", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_worker_stays_until_it_is_told_to_go(place, asked, status) -> None:
    """``--forever`` sends what comes, and ends between two letters when a signal asks for it."""
    there = place()
    there.world.confirmed(MARIO)
    worker = there.start("deliver", "--forever", "--every", "0.05")
    assert worker.stdout
    first = worker.stdout.readline()
    there.world.confirmed(ANNA)
    second = worker.stdout.readline()
    worker.send_signal(asked)
    out, err = worker.communicate()

    assert first == second == b"1 sent, 0 void, 0 postponed, 0 dead\n"
    assert (worker.returncode, out) == (status, b"")
    assert err == (b"\n" if status else b"")
    assert len(there.letters()) == 2


class Registrar:
    """Stands for a registrar with a script: what each delivery does."""

    def __init__(self, *script) -> None:
        """Keep the script."""
        self._script = list(script)

    def deliver_outbox(self, *, most, progress):
        """Do what is next."""
        return self._script.pop(0)(most, progress)


@pytest.fixture
def work(monkeypatch):
    """Let a worker work through a script, and be told to stop at its end."""

    def run(*script):
        def last(_most, _progress):
            signal.raise_signal(signal.SIGTERM)
            return DeliveryReport()

        desk = type("Desk", (), {"registrar": Registrar(*script, last)})()
        command._work(desk, 0.001, 7)

    return run


def test_a_worker_waits_for_a_store_that_is_away(work, capsys) -> None:
    """A store that does not answer is no reason to go."""

    def away(_most, _progress):
        raise StoreUnavailable

    work(away, lambda most, _: DeliveryReport(sent=most))

    assert capsys.readouterr() == (
        "7 sent, 0 void, 0 postponed, 0 dead\n",
        "Not now: the store does not answer\n",
    )


def test_a_worker_stops_after_the_letter_in_hand(work, capsys) -> None:
    """Told to stop in the midst of many letters, it sends the one in hand and no other."""
    sent = []

    def many(_most, progress):
        for number in range(5):
            if number == 2:
                signal.raise_signal(signal.SIGTERM)
            sent.append(number)
            progress(a_letter(state=LetterState.SENT))
        return DeliveryReport(sent=5)

    work(many)

    assert sent == [0, 1, 2]
    assert capsys.readouterr().out == "3 sent, 0 void, 0 postponed, 0 dead\n"


def test_a_second_signal_is_not_held_back(work) -> None:
    """Whoever is in a hurry asks twice."""

    def twice(_most, _progress):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        work(twice)

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_report_is_one_line() -> None:
    """Every outcome is counted, those that did not happen as well."""
    report = DeliveryReport(sent=1, void=2, postponed=3, dead=4)

    assert in_words(report) == "1 sent, 2 void, 3 postponed, 4 dead"
    late = attrs.evolve(report, overtaken=5)
    assert in_words(late) == "1 sent, 2 void, 3 postponed, 4 dead, 5 overtaken"


# -- bars -----------------------------------------------------------------------------------


def test_nobody_watching_sees_no_bar(capsys) -> None:
    """Where standard error is no terminal, nothing is drawn on it."""
    with bar("Letters", 3) as counter:
        counter.add()
        counter.reached(3)

    assert isinstance(counter, Counter)
    assert capsys.readouterr() == ("", "")


def test_results_are_for_programs_too(place) -> None:
    """What a round prints is one line that a program can read, whatever is drawn beside it."""
    there = place()
    process = start("expire", **there.environ)
    out, err = process.communicate()

    assert (process.returncode, err) == (0, b"")
    assert json.loads(out.split()[0]) == 0
