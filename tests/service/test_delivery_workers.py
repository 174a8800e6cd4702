"""Delivery by workers that die, are stopped, or come late, and letters that were given up."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.service.delivery_world import LATE, PORTAL, letters_of, stopped_at, world
from tests.service.letter_world import NOON, letter

from registrazione.core.records import LetterState
from registrazione.ports import MailerUnavailable, MailRefused, StoreUnavailable
from registrazione.service.delivery import (
    LEASE,
    DeliveryReport,
    OutboxSettle,
    SendEnvelope,
    deliver,
    resend_dead,
)
from registrazione.service.driver import run
from registrazione.service.message import to_bytes

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

    assert report == DeliveryReport(sent=1, overtaken=1)
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

    assert run(deliver(PORTAL), ports) == DeliveryReport(overtaken=1)
    assert others == [DeliveryReport(sent=1)]


class Enough(BaseException):
    """Whoever watches wants the run to end."""


def enough(_message):
    """End the run."""
    raise Enough


def test_a_run_that_is_ended_gives_back_what_it_has_not_sent():
    """Who stops a worker between two letters does not make the others wait for the lease."""
    names = ("one", "two", "three")
    ports = world(*(letter("reset", letter_id=name) for name in names))

    with pytest.raises(Enough):
        run(deliver(PORTAL, progress=enough), ports)

    waiting = letters_of(ports, LetterState.QUEUED)
    assert [(stored.id, stored.not_before) for stored in waiting] == [
        ("two", NOON),
        ("three", NOON),
    ]
    assert run(deliver(PORTAL), ports) == DeliveryReport(sent=2)
    assert len(ports.mailer.sent) == 3


def test_a_run_that_is_ended_without_a_store_leaves_its_letters_to_the_lease():
    """What cannot be given back is not lost, and the reason for the end is not covered up."""
    ports = world(letter("reset"), letter("reset", letter_id="second"))
    settle = ports.store.outbox_settle

    def away(message):
        if message.id == "second":
            raise StoreUnavailable
        return settle(message)

    ports.store.outbox_settle = away
    with pytest.raises(Enough):
        run(deliver(PORTAL, progress=enough), ports)
    ports.store.outbox_settle = settle

    assert run(deliver(PORTAL), ports) == DeliveryReport()
    ports.clock.advance(LEASE)
    assert run(deliver(PORTAL), ports) == DeliveryReport(sent=1)


def test_reports_are_added_up():
    """The letters of two rounds are those of one and those of the other, outcome by outcome."""
    first = DeliveryReport(sent=1, void=2, postponed=3, dead=4, overtaken=5)
    second = DeliveryReport(sent=10, dead=20, overtaken=30)

    assert first + second == DeliveryReport(sent=11, void=2, postponed=3, dead=24, overtaken=35)
    assert (first.taken, (first + second).taken) == (15, 75)


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
