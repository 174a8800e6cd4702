"""A story whose process is killed anywhere can be finished, and nobody can tell."""

from __future__ import annotations

from collections import deque
from random import Random

import pytest
from tests.crashes.actors import Killed, rounds
from tests.crashes.shelves import MORE_KINDS, check

from registrazione.stories import NAMES


def played(actor, shelf, url, story, at=0):
    """Play a story in a process of its own."""
    how = {"journal": str(shelf.folder / "journal"), "awaited": shelf.awaited}
    return actor.call("playing.play", story=story, url=url, at=at, **how)


def killed_at(actor, shelf, story, at):
    """Kill a story at a call to its database; return database and acknowledged changes."""
    url, journal = shelf.empty(), shelf.folder / "journal"
    journal.unlink(missing_ok=True)
    with pytest.raises(Killed):
        played(actor, shelf, url, story, at)
    return url, journal.stat().st_size


@pytest.mark.parametrize("shelf", MORE_KINDS, indirect=True)
@pytest.mark.requirement("IOL-20", "POL-16")
def test_a_story_that_was_killed_anywhere_is_finished(actor, shelf) -> None:
    """Each change is there whole or not at all, and going on leads to the very same end."""
    chance = Random(20)  # noqa: S311 - the same points in each run
    # Each kind of database begins with another story, so that all of them are played.
    names = deque(NAMES)
    names.rotate(-MORE_KINDS.index(shelf.kind))
    lengths, outcomes = {}, []
    for number in range(rounds(4)):
        story = names[number % len(names)]
        if story not in lengths:
            lengths[story] = played(actor, shelf, shelf.empty(), story)
        length, settled, done = lengths[story]
        # Anywhere; between the commit and the news of it; anywhere; with a letter in hand.
        kinds = ([*range(1, length)], done, [*range(1, length)], [tick + 1 for tick in settled])
        at = chance.choice(kinds[number % len(kinds)])
        url, acknowledged = killed_at(actor, shelf, story, at)
        check(url)
        left = {"url": url, "acknowledged": acknowledged}
        outcomes.append(actor.call("playing.go_on", story=story, **left))

    # Kills before, within and after a commit, and while letters were delivered.
    assert {outcome["was_done"] for outcome in outcomes} == {True, False}
    assert sum(outcome["restarts"] for outcome in outcomes) > 0
    assert all(outcome["repeated"] <= outcome["restarts"] for outcome in outcomes)
