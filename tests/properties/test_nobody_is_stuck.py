"""From every state that an account can really get into, somebody can lead it on."""

from __future__ import annotations

from functools import cache

import pytest
from tests.properties.walker import NOBODY, Walker
from tests.world import classes_below

from registrazione.core.commands import Begin, Command
from registrazione.core.machine import RULES, Actor

COMMANDS = {cls.name: cls for cls in classes_below(Command) if "name" in vars(cls)}
HOW_MANY = {
    "mim-students": 24,
    "iscrizioni-online": 19,
    "istanze-online": 12,
    "polis": 57,
    "unimi-external": 13,
    "standard": 8,
    "four eyes": 12,
}
"""How many combined states each procedure has; a new one is to be looked at."""
BY_THE_CLOCK = {"expire"}


@cache
def walked(name):
    """Return a walker that has been everywhere, and where that is."""
    walker = Walker(name)
    return walker, walker.walk()


def command_of(action):
    """Return the command behind an action, such as that of ``align_not``."""
    return max((n for n in COMMANDS if action.startswith(n)), key=len)


@pytest.mark.parametrize("name", HOW_MANY)
def test_every_place_is_known(name):
    """As many as were counted, an account's beginning and end among them."""
    _, places = walked(name)

    assert len(places - {NOBODY}) == HOW_MANY[name]
    assert {"active", "cancelled", "expired", "suspended"} <= {place[0] for place in places}


@pytest.mark.requirement("UNI-06", "UNI-12", "UNI-20", "IOL-19", "IOL-20", "POL-16")
@pytest.mark.parametrize("name", HOW_MANY)
def test_nobody_is_stuck(name):
    """From every place the person or a named operator leads back to an account in use.

    The clock does not count: nobody has to wait for something to expire.
    """
    walker, places = walked(name)
    leads = {
        place: {
            target
            for action, targets in walker.moves[place].items()
            if action not in BY_THE_CLOCK
            for target in targets
        }
        for place in places
    }
    good = set(walker.in_use)
    assert good
    while new := {place for place in places - good if leads[place] & good}:
        good |= new

    assert not places - good


@pytest.mark.parametrize("name", HOW_MANY)
def test_every_way_is_somebody_s(name):
    """Whatever led anywhere is a command that the rules give to somebody by name."""
    walker, _ = walked(name)
    for moves in walker.moves.values():
        for action in moves:
            actors = RULES[COMMANDS[command_of(action)]].actors
            assert actors
            assert (Actor.TIMER in actors) is (action in BY_THE_CLOCK)


@pytest.mark.parametrize("name", HOW_MANY)
def test_the_ended_begin_again(name):
    """What has ended holds nothing: the same person registers anew, or nobody ever could."""
    walker, places = walked(name)
    ended = {place for place in places if place[0] in {"", "expired", "cancelled"}}

    assert all(walker.moves[place]["confirm"] for place in ended)
    assert {"expired", "cancelled"} <= set(RULES[Begin].accounts)
