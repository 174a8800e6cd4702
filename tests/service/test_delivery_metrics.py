"""How the outbox stands: counted right, for one procedure, by either registrar."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.world import ANNA, MARIO, World

from registrazione import AsyncRegistrar
from registrazione.adapters.memory import MemoryStore
from registrazione.core.records import LetterState
from registrazione.ports import MailerUnavailable, MailRefused
from registrazione.service.delivery_metrics import OutboxMetrics, outbox_metrics
from registrazione.service.driver import run
from registrazione.testing.builders import NOON, a_letter, one_change
from registrazione.testing.fakes import ManualClock, RecordingMailer

MINUTES = st.integers(-5, 5).map(lambda number: timedelta(minutes=number))
LETTERS = st.builds(
    a_letter,
    state=st.sampled_from(LetterState),
    profile=st.sampled_from(["standard", "altra"]),
    not_before=MINUTES.map(lambda by: NOON + by),
    created_at=MINUTES.map(lambda by: NOON - timedelta(hours=1) + by),
    error=st.sampled_from(["", "451"]),
)


class Ports:
    """What the count asks: a store and a clock."""

    def __init__(self, letters):
        """Put letters into the outbox."""
        self.clock = ManualClock(NOON)
        self.store = MemoryStore()
        named = [attrs.evolve(letter, id=f"letter-{n}") for n, letter in enumerate(letters)]
        self.store.commit(one_change(letters=tuple(named)))


@given(st.lists(LETTERS, max_size=20))
def test_every_letter_is_counted_where_it_belongs(letters):
    """Sent and void letters are done with, and those of other portals are not ours to count."""
    metrics = run(outbox_metrics("standard"), Ports(letters))

    ours = [letter for letter in letters if letter.profile == "standard"]
    states = Counter(letter.state for letter in ours)
    queued = [letter for letter in ours if letter.state is LetterState.QUEUED]
    ages = [NOON - letter.created_at for letter in queued]
    assert (metrics.queued, metrics.dead) == (states[LetterState.QUEUED], states[LetterState.DEAD])
    assert metrics.due == sum(letter.not_before <= NOON for letter in queued)
    assert metrics.failing == sum(letter.error == "451" for letter in queued)
    assert metrics.oldest == max(ages, default=timedelta(0))


def test_letters_are_counted_on_every_page():
    """However long the queue is."""
    assert run(outbox_metrics("standard"), Ports([a_letter()] * 1201)).queued == 1201


def test_a_registrar_tells_how_its_outbox_stands():
    """One letter failed and waits, one was refused: the numbers say so, before and after."""
    script = [MailerUnavailable("451"), MailRefused("550")]
    world = World(mailer=RecordingMailer(script))
    for person in (MARIO, ANNA):
        world.confirmed(person)
    before = world.registrar.outbox_metrics()
    world.wait(seconds=30)
    world.registrar.deliver_outbox()

    assert before == OutboxMetrics(queued=2, due=2)
    assert world.registrar.outbox_metrics() == OutboxMetrics(
        queued=1, failing=1, dead=1, oldest=timedelta(seconds=30)
    )


def test_the_async_registrar_tells_the_same():
    """One flow, two drivers."""
    world = World()
    world.confirmed()
    awaited = AsyncRegistrar(world.registrar.parts)

    assert asyncio.run(awaited.outbox_metrics()) == world.registrar.outbox_metrics()


@pytest.mark.parametrize("profile", ["standard", "altra"])
def test_an_empty_outbox_has_no_oldest_letter(profile):
    """Nothing waits since no time at all."""
    assert run(outbox_metrics(profile), Ports([])) == OutboxMetrics()
