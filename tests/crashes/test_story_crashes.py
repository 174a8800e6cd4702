"""A story whose process is killed anywhere can be finished, and nobody can tell."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from tests.crashes.actors import Killed, rounds
from tests.crashes.shelves import check

from registrazione.stories import NAMES


def killed_at(actor, shelf, story, at):
    """Kill a story at a call to its database; return database and acknowledged changes."""
    url, journal = shelf.empty(), Path(shelf.folder, "journal")
    journal.unlink(missing_ok=True)
    with pytest.raises(Killed):
        actor.call("playing.play", story=story, url=url, journal=str(journal), at=at)
    return url, journal.stat().st_size


@pytest.mark.requirement("IOL-20", "POL-16")
def test_a_story_that_was_killed_anywhere_is_finished(actor, shelf) -> None:
    """Each change is there whole or not at all, and going on leads to the very same end."""
    chance = Random(20)  # noqa: S311 - the same points in each run
    names = list(NAMES)
    lengths, outcomes = {}, []
    for number in range(rounds(10)):
        story = names[number % len(names)]
        if story not in lengths:
            journal = str(Path(shelf.folder, "journal"))
            lengths[story] = actor.call(
                "playing.play", story=story, url=shelf.empty(), journal=journal, at=0
            )
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
