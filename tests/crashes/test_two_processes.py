"""Two processes at the same account at the same time: one wins, and no letter is lost."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from tests.crashes.actors import PATIENCE, rounds
from tests.crashes.shelves import check
from tests.crashes.working import CONTESTS

LOSES_WITH = {
    "claim": {"registration.person_known", "token.used"},
    "activate": {"token.used"},
    "change": {"password.old_wrong"},
}
"""What the other one is told: whoever comes just after it, and whoever decides anew, the same."""


@pytest.mark.requirement("UNI-06", "UNI-17")
def test_one_of_two_wins_and_every_letter_arrives(actors, shelf, tmp_path) -> None:
    """Same person, same link, same password: one gets it, the other is told why, at any speed."""
    url, fifos = shelf.empty(), [str(tmp_path / name) for name in ("first", "second")]
    for fifo in fifos:
        os.mkfifo(fifo)
    number = rounds(90 if shelf.kind == "postgresql" else 30)
    both = actors[:2]
    for place, actor in enumerate(both):
        actor.begin("working.contend", url=url, number=place, fifos=fifos, contests=number)
    (first, sent), (second, sent_too) = [actor.answer(PATIENCE + number) for actor in both]

    for place, pair in enumerate(zip(first, second, strict=True)):
        assert pair.count("won") == 1
        assert set(pair) - {"won"} <= LOSES_WITH[CONTESTS[place % len(CONTESTS)]]
    check(url)
    letters = actors[0].call("working.letters_in", url=url)
    held = Counter(CONTESTS[place % len(CONTESTS)] for place in range(number))
    assert Counter(kind for _, kind, _ in letters) == {
        "activation": 2 * held["claim"] + held["activate"],
        "activated": held["claim"] + held["activate"],
        "password_changed": held["change"],
    }
    identities = [f"<{name}@example.it>" for name, _, state in letters if state == "sent"]
    assert sorted(sent + sent_too) == sorted(identities)
    assert {state for _, _, state in letters} <= {"sent", "void"}
