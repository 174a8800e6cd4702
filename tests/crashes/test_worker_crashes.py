"""Workers on one outbox: killed anywhere, or many at once, and every letter arrives."""

from __future__ import annotations

from collections import Counter
from email import message_from_bytes
from random import Random

import pytest
from tests.crashes.actors import Killed, rounds
from tests.smtp_server import Sink, smtp_server

from registrazione.core.records import LetterState

AFTER_THE_LEASE = 11
"""Minutes after which nobody holds a letter any more that a dead worker has taken."""
WORKERS, LETTERS = 3, 45


@pytest.fixture
def sink():
    """A mail server on the loopback interface that takes everything."""
    return Sink()


@pytest.fixture
def port(sink):
    """Where it listens."""
    with smtp_server(sink) as port:
        yield port


def identities(sink):
    """Return the letters that arrived by their ``Message-ID``, each as its copies."""
    found = {}
    for envelope in sink.envelopes:
        name = message_from_bytes(envelope.content)["Message-ID"]
        found.setdefault(name, []).append((*envelope.rcpt_tos, envelope.content))
    sink.envelopes.clear()
    return found


def registered(actor, url):
    """Let two people register; return the identities that their letters must have."""
    return {f"<{name}@example.it>" for name in actor.call("working.register", url=url)}


def states(actor, url):
    """Return how many letters are in which state."""
    return Counter(state for _, _, state in actor.call("working.letters_in", url=url))


@pytest.mark.requirement("IOL-20", "POL-16")
def test_a_worker_killed_anywhere_loses_no_letter(actors, shelf, sink, port) -> None:
    """Before, between and after all its calls: each letter arrives, under one identity."""
    actor = actors[0]
    url = shelf.empty()
    registered(actor, url)
    report, length, sent = actor.call("working.deliver", url=url, port=port, minutes=0, at=0)
    assert report["sent"] == len(identities(sink)) == 2

    number = min(rounds(4), length)
    points = Random(2).sample(range(1, length + 1), number)  # noqa: S311 - no secret
    repeated = []
    for at in (*points, sent[0] + 1):
        url = shelf.empty()
        expected = registered(actor, url)
        with pytest.raises(Killed):
            actor.call("working.deliver", url=url, port=port, minutes=0, at=at)
        actor.call("working.deliver", url=url, port=port, minutes=AFTER_THE_LEASE, at=0)

        arrived = identities(sink)
        assert arrived.keys() == expected
        assert all(len(set(copies)) == 1 for copies in arrived.values())
        assert states(actor, url) == {LetterState.SENT: 2}
        repeated.append(sum(len(copies) - 1 for copies in arrived.values()))

    # It was killed with a letter out and not settled, too; there is one such letter at most.
    assert set(repeated) == {0, 1}


def test_nobody_sends_a_letter_again_before_the_lease_ends(actors, shelf, sink, port) -> None:
    """What a dead worker has taken may still be on its way."""
    url = shelf.empty()
    registered(actors[0], url)
    with pytest.raises(Killed):
        # Somewhere in the conversation about the first letter.
        actors[0].call("working.deliver", url=url, port=port, minutes=0, at=60)
    identities(sink)

    too_early, *_ = actors[1].call("working.deliver", url=url, port=port, minutes=9, at=0)

    assert not any(too_early.values())
    assert not identities(sink)


def test_workers_share_an_outbox_without_double_work(actors, shelf, sink, port) -> None:
    """Three at once: every letter is sent by one of them, and the reports add up."""
    url = shelf.empty()
    names = [f"letter-{number}" for number in range(LETTERS)]
    actors[0].call("working.write_letters", url=url, names=names)

    for actor in actors:
        actor.begin("working.deliver", url=url, port=port, minutes=0, at=0)
    reports = [actor.answer()[0] for actor in actors]

    arrived = identities(sink)
    assert arrived.keys() == {f"<{name}@example.it>" for name in names}
    assert {len(copies) for copies in arrived.values()} == {1}
    assert sum((Counter(report) for report in reports), Counter()) == {"sent": LETTERS}
    assert states(actors[0], url) == {LetterState.SENT: LETTERS}
