"""An outbox with letters in it, and whatever a delivery needs around it."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from tests.service.letter_world import NOON, person, writer

from registrazione.adapters.memory import MemoryStore
from registrazione.core.records import LetterState
from registrazione.service.delivery import (
    SPREAD,
)
from registrazione.testing.builders import creation, one_change
from registrazione.testing.fakes import ManualClock, RecordingMailer

LATE = timedelta(days=1)
LONGEST = 1 + 1 / SPREAD
PORTAL = "scuola"


def world(*letters, accounts=None, script=(), store=None):
    """Return ports with an outbox that holds these letters."""
    store = store or MemoryStore()
    accounts = [person()] if accounts is None else accounts
    writes = [creation(account) for account in accounts]
    store.commit(one_change(*writes, letters=letters))
    return SimpleNamespace(
        store=store,
        mailer=RecordingMailer(script),
        letters=writer(),
        clock=ManualClock(NOON),
        randomness=Dice(0),
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


class Dice:
    """Randomness that always falls on the same side."""

    def __init__(self, byte):
        """Fall on this byte."""
        self._byte = byte

    def draw(self, size):
        """Return it as often as it is asked for."""
        return bytes([self._byte]) * size
