"""Delivery: every letter goes once, or is accounted for, whatever fails on the way."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.service.letter_world import NOON, letter, person, writer

from registrazione.adapters.memory import MemoryStore
from registrazione.core.records import LetterState
from registrazione.ports import MailerUnavailable, MailRefused, StoreUnavailable
from registrazione.service.delivery import (
    BACK_OFF,
    LEASE,
    MOST_ATTEMPTS,
    DeliveryReport,
    OutboxSettle,
    SendEnvelope,
    deliver,
    resend_dead,
)
from registrazione.service.driver import run, run_async
from registrazione.service.message import to_bytes
from registrazione.testing.builders import creation, one_change
from registrazione.testing.fakes import ManualClock, RecordingMailer

LATE = timedelta(days=1)
PORTAL = "scuola"


def world(*letters, accounts=None, script=(), store=None):
    """Return ports with an outbox that holds these letters."""
    store = store or MemoryStore()
    accounts = [person()] if accounts is None else accounts
    writes = [creation(account) for account in accounts]
    store.commit(one_change(*writes, letters=letters))
    return SimpleNamespace(
        store=store, mailer=RecordingMailer(script), letters=writer(), clock=ManualClock(NOON)
    )


def letters_of(ports, *states):
    """Return the letters of the outbox in these states, or all."""
    return ports.store.outbox_list(states or tuple(LetterState), None, 100).items


def stopped_at(flow, ports, question):
    """Run a flow up to the first question of a type, leave it unanswered, and let go."""
    asked = next(flow)
    while not isinstance(asked, question):
        answer = getattr(getattr(ports, asked.port), asked.method)(*asked.arguments())
        asked = flow.send(answer)
    flow.close()
    return asked


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


# -- crashes and other workers --------------------------------------------------------------


def test_a_worker_killed_before_sending_loses_nothing():
    """The lease ends, and the next worker sends the letter."""
    ports = world(letter("reset"))
    stopped_at(deliver(PORTAL), ports, SendEnvelope)

    during = run(deliver(PORTAL), ports)
    ports.clock.advance(LEASE)
    after = run(deliver(PORTAL), ports)

    assert (during, after) == (DeliveryReport(), DeliveryReport(sent=1))
    assert len(ports.mailer.sent) == 1


def test_a_worker_killed_after_sending_sends_the_same_again():
    """The one case in which a letter goes twice: with one identity, byte for byte."""
    ports = world(letter("credentials"))
    stopped_at(deliver(PORTAL), ports, OutboxSettle)

    ports.clock.advance(LEASE)
    report = run(deliver(PORTAL), ports)

    assert report == DeliveryReport(sent=1)
    first, second = ports.mailer.sent
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert to_bytes(first.message) == to_bytes(second.message)


def test_letters_whose_lease_has_ended_are_left_to_others():
    """A slow mailer must not make this worker send what another one has by now."""
    ports = world(letter("reset"), letter("reset", letter_id="second"))
    seen = []

    def slow(message):
        ports.clock.advance(LEASE)
        seen.append(message.id)

    report = run(deliver(PORTAL, most=2, progress=slow), ports)

    assert report == DeliveryReport(sent=1)
    assert seen == ["letter-1"]
    assert [stored.id for stored in letters_of(ports, LetterState.QUEUED)] == ["second"]


def test_a_letter_that_somebody_else_took_over_is_theirs_to_count():
    """Settling comes too late: nothing is written, and nothing is counted twice."""
    ports = world(letter("reset"))
    settle, others = ports.store.outbox_settle, []

    def too_late(message):
        ports.store.outbox_settle = settle
        ports.clock.advance(LEASE)
        others.append(run(deliver(PORTAL), ports))
        return settle(message)

    ports.store.outbox_settle = too_late

    assert run(deliver(PORTAL), ports) == DeliveryReport()
    assert others == [DeliveryReport(sent=1)]


def test_without_the_store_the_run_ends():
    """Nothing could be settled: the error goes out, and the letters come back with the lease."""
    ports = world(letter("reset"))
    loading, ports.store.load = ports.store.load, unavailable

    with pytest.raises(StoreUnavailable):
        run(deliver(PORTAL), ports)
    ports.store.load = loading
    ports.clock.advance(LEASE)

    assert run(deliver(PORTAL), ports) == DeliveryReport(sent=1)


def unavailable(account_id):
    """Fail as a store that is not there."""
    raise StoreUnavailable


OUTCOMES = st.sampled_from(
    [None, MailRefused("550"), MailerUnavailable("451"), MailerUnavailable("timeout")]
)


@given(st.integers(0, 6), st.lists(OUTCOMES, max_size=40), st.integers(1, 4))
def test_every_letter_comes_to_an_end_and_is_counted_once(number, script, batch):
    """Whatever the mailer does: sent exactly once, or given up, and the reports add up."""
    names = {f"letter-{n}" for n in range(number)}
    ports = world(*(letter("reset", letter_id=name) for name in sorted(names)), script=script)
    reports = []

    while letters_of(ports, LetterState.QUEUED):
        reports.append(run(deliver(PORTAL, batch=batch), ports))
        ports.clock.advance(LATE)

    ended = letters_of(ports, LetterState.SENT, LetterState.DEAD)
    sent = [envelope.message["Message-ID"] for envelope in ports.mailer.sent]
    assert {message.id for message in ended} == names
    assert len(sent) == len(set(sent)) == sum(report.sent for report in reports)
    assert sum(report.sent + report.dead for report in reports) == number
    attempts = sum(report.sent + report.dead + report.postponed for report in reports)
    assert attempts == len(ports.mailer.attempts)


# -- dead letters ---------------------------------------------------------------------------


def test_dead_letters_are_put_back_for_a_new_start():
    """An operator's "send again": as if it had never been tried, from now on."""
    ports = world(letter("reset"), script=[MailRefused("550")])
    run(deliver(PORTAL), ports)
    ports.clock.advance(LATE)

    assert run(resend_dead(), ports) == 1
    (stored,) = letters_of(ports)
    assert (stored.state, stored.attempts, stored.error) == (LetterState.QUEUED, 0, "")
    assert stored.not_before == NOON + LATE
    assert run(deliver(PORTAL), ports) == DeliveryReport(sent=1)


def test_only_the_dead_letters_that_were_named_are_put_back():
    """Others stay dead, and what is not dead is not touched."""
    refused = [MailRefused("550")] * 2
    names = ("one", "two", "sent")
    ports = world(*(letter("reset", letter_id=name) for name in names), script=refused)
    run(deliver(PORTAL), ports)

    assert run(resend_dead(["two", "sent", "unheard-of"]), ports) == 1
    states = {stored.id: stored.state for stored in letters_of(ports)}
    assert states == {
        "one": LetterState.DEAD,
        "two": LetterState.QUEUED,
        "sent": LetterState.SENT,
    }


def test_dead_letters_are_found_on_every_page():
    """However many there are, all of them come back."""
    dead = letter("reset", state=LetterState.DEAD, attempts=3)
    ports = world(*(attrs.evolve(dead, id=f"letter-{number}") for number in range(250)))

    assert run(resend_dead(), ports) == 250
    assert not letters_of(ports, LetterState.DEAD)
