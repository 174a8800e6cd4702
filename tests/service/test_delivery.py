"""Delivery: every letter goes once, or is accounted for, whatever fails on the way."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.service.delivery_world import LONGEST, PORTAL, Dice, letters_of, world
from tests.service.letter_world import NOON, letter, person, writer

from registrazione.core.records import LetterState
from registrazione.ports import MailerUnavailable, MailRefused
from registrazione.service.delivery import (
    BACK_OFF,
    MOST_ATTEMPTS,
    DeliveryReport,
    deliver,
)
from registrazione.service.driver import run, run_async
from registrazione.service.message import to_bytes
from registrazione.testing.fakes import SeededRandomness


class BrokenLetters:
    """A writer that fails for one letter, as a host's broken template makes it."""

    def __init__(self, broken):
        """Fail for the letter of that id."""
        self.broken = broken

    def write(self, message, account):
        """Write the letter, or fail with a text that holds an address."""
        if message.id == self.broken:
            text = f"cannot write to {message.to}"
            raise ZeroDivisionError(text)
        return writer().write(message, account)


# -- what becomes of a letter ---------------------------------------------------------------


def test_a_letter_is_sent_and_nothing_personal_stays():
    """After it went, the outbox knows that it went, and no longer where to or why."""
    ports = world(letter("rejected", params={"reason": "Il documento non è leggibile"}))

    report = run(deliver(PORTAL), ports)

    assert report == DeliveryReport(sent=1)
    assert [envelope.recipient for envelope in ports.mailer.sent] == ["anna@example.it"]
    (stored,) = letters_of(ports)
    assert (stored.state, stored.to, dict(stored.params)) == (LetterState.SENT, "", {})
    assert (stored.attempts, stored.error) == (1, "")


def test_a_letter_about_nobody_is_sent_too():
    """There is no account to load for it."""
    ports = world(letter("unknown", account_id=""))

    assert run(deliver(PORTAL), ports) == DeliveryReport(sent=1)


@pytest.mark.requirement("UNI-08")
def test_a_letter_that_was_overtaken_is_not_sent():
    """A newer link made it void: it is settled, without its address."""
    ports = world(letter("activation", epoch=0), accounts=[person(epoch=1)])

    report = run(deliver(PORTAL), ports)

    assert report == DeliveryReport(void=1)
    assert not ports.mailer.attempts
    (stored,) = letters_of(ports)
    assert (stored.state, stored.to, dict(stored.params)) == (LetterState.VOID, "", {})


def test_a_refused_letter_is_given_up_at_once():
    """Trying again is of no use; the address stays, for an operator to correct and resend."""
    ports = world(letter("reset"), script=[MailRefused("550")])

    report = run(deliver(PORTAL), ports)

    assert report == DeliveryReport(dead=1)
    (stored,) = letters_of(ports)
    assert (stored.state, stored.error, stored.to) == (LetterState.DEAD, "550", "anna@example.it")


def test_a_postponed_letter_comes_back_and_is_the_same():
    """What went wrong once goes out a minute later, under the same identity."""
    ports = world(letter("reset"), script=[MailerUnavailable("451")])

    first = run(deliver(PORTAL), ports)
    (stored,) = letters_of(ports)
    too_early = run(deliver(PORTAL), ports)
    ports.clock.advance(BACK_OFF[0])
    second = run(deliver(PORTAL), ports)

    assert (first, too_early, second) == (
        DeliveryReport(postponed=1),
        DeliveryReport(),
        DeliveryReport(sent=1),
    )
    assert (stored.state, stored.error) == (LetterState.QUEUED, "451")
    assert stored.not_before == NOON + BACK_OFF[0]
    assert len({to_bytes(envelope.message) for envelope in ports.mailer.attempts}) == 1


def test_the_waiting_grows_and_comes_to_an_end():
    """1, 5, 15, 60, 180 and 360 minutes, and after the twelfth attempt the letter is given up."""
    ports = world(letter("reset"), script=[MailerUnavailable("timeout")] * MOST_ATTEMPTS)
    waits = []

    while run(deliver(PORTAL), ports).postponed:
        (stored,) = letters_of(ports)
        waits.append((stored.not_before - ports.clock.now()) // timedelta(minutes=1))
        ports.clock.set(stored.not_before)

    assert waits == [1, 5, 15, 60, 180, *[360] * 6]
    (stored,) = letters_of(ports)
    assert (stored.state, stored.error) == (LetterState.DEAD, "timeout")
    assert stored.attempts == MOST_ATTEMPTS


@pytest.mark.parametrize("error", [MailRefused, MailerUnavailable])
def test_a_mailers_text_does_not_get_into_the_outbox(error):
    """A code is short; a server's sentence, which may name the mailbox, is left out."""
    ports = world(letter("reset"), script=[error("550 no such user anna@example.it")])

    run(deliver(PORTAL), ports)

    (stored,) = letters_of(ports)
    assert stored.error == error.__name__


def test_one_broken_letter_does_not_hold_up_the_others():
    """An unexpected error counts as a failure of its letter, under the name of its class."""
    ports = world(*(letter("reset", letter_id=name) for name in ("one", "two", "three")))
    ports.letters = BrokenLetters("two")

    report = run(deliver(PORTAL), ports)

    assert report == DeliveryReport(sent=2, postponed=1)
    (stored,) = letters_of(ports, LetterState.QUEUED)
    assert (stored.id, stored.error) == ("two", "ZeroDivisionError")


def test_a_letter_of_another_procedure_is_left_to_its_own_worker():
    """Portals that share a store (POL-15) do not write each other's letters, nor count them."""
    ports = world(letter("reset", profile="altra"))

    assert run(deliver(PORTAL), ports) == DeliveryReport()
    assert letters_of(ports)[0].attempts == 0
    assert run(deliver("altra"), ports) == DeliveryReport(postponed=1)
    assert letters_of(ports)[0].error == "UnknownProfile"


def test_a_letter_that_nobody_ever_came_back_from_is_given_up():
    """If every worker that takes it dies, the next one does not try."""
    ports = world(letter("reset", attempts=MOST_ATTEMPTS))

    assert run(deliver(PORTAL), ports) == DeliveryReport(dead=1)
    assert letters_of(ports)[0].error == "interrupted"
    assert not ports.mailer.attempts


@given(st.integers(0, 255), st.integers(1, MOST_ATTEMPTS - 1))
def test_chance_makes_a_wait_longer_by_a_quarter_at_most(byte, attempt):
    """What failed together comes back one after the other, and nothing comes too early."""
    ports = world(letter("reset", attempts=attempt - 1), script=[MailerUnavailable("451")])
    ports.randomness = Dice(byte)

    run(deliver(PORTAL), ports)

    (stored,) = letters_of(ports)
    least = BACK_OFF[min(attempt, len(BACK_OFF)) - 1]
    assert least <= stored.not_before - NOON <= least * LONGEST
    assert (stored.not_before - NOON == least) == (byte == 0)


def test_letters_that_failed_together_do_not_come_back_together():
    """A mail server that returns is not met by everything that it has missed, at one time."""
    names = [f"letter-{number}" for number in range(5)]
    script = [MailerUnavailable("451")] * 5
    ports = world(*(letter("reset", letter_id=name) for name in names), script=script)
    ports.randomness = SeededRandomness()

    run(deliver(PORTAL), ports)

    assert len({stored.not_before for stored in letters_of(ports)}) == 5


# -- batches --------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [None, 0, 1, 3, 7, 8, 20])
def test_as_many_as_asked_for_are_sent_oldest_first(most):
    """Batches go on until nothing is left, or until the bound."""
    names = [f"letter-{number}" for number in range(8)]
    ports = world(*(letter("reset", letter_id=name) for name in names))

    report = run(deliver(PORTAL, most=most, batch=3), ports)

    expected = names if most is None else names[:most]
    assert report.sent == len(expected)
    sent = [envelope.message["Message-ID"] for envelope in ports.mailer.sent]
    assert sent == [f"<{name}@portale.example.it>" for name in expected]


@pytest.mark.parametrize(("most", "looks"), [(20, 1), (1, 1), (None, 2)])
def test_a_bounded_run_looks_no_further_than_it_has_to(most, looks, monkeypatch):
    """Behind a response the store is asked once for a letter; a worker asks until none is left."""
    ports = world(letter("reset"))
    take, asked = ports.store.outbox_take, []

    def counted(*arguments):
        asked.append(arguments)
        return take(*arguments)

    monkeypatch.setattr(ports.store, "outbox_take", counted)

    assert run(deliver(PORTAL, most=most), ports).sent == 1
    assert len(asked) == looks


def test_progress_is_told_of_settled_letters_only():
    """Whoever watches sees what the outbox keeps, not what was sent."""
    ports = world(letter("reset"), letter("reset", letter_id="second"))
    seen = []

    run(deliver(PORTAL, progress=seen.append), ports)

    assert [(message.id, message.state, message.to) for message in seen] == [
        ("letter-1", LetterState.SENT, ""),
        ("second", LetterState.SENT, ""),
    ]


def test_the_async_driver_runs_the_same_flow():
    """One flow, two drivers, one result."""
    ports = world(letter("reset"), letter("activation", letter_id="void", epoch=9))

    report = asyncio.run(run_async(deliver(PORTAL), ports))

    assert report == DeliveryReport(sent=1, void=1)
