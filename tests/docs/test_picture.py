"""The picture of the first page of the documentation is the one that the tables draw."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import attrs
import pytest
from tools import draw_machine
from tools.draw_machine import PICTURE, PICTURED

from registrazione import machine_picture
from registrazione.core.machine import ACCOUNT
from registrazione.core.profile import Federation, Gate
from registrazione.core.states import AccountState
from registrazione.machine_picture import GROUP, STYLE, arrows_of, draw, routes, states_of
from registrazione.profiles import NAMES, load

SVG = "{http://www.w3.org/2000/svg}"


def words_of(picture: str) -> set[str]:
    """Return every piece of text in a picture."""
    return {text.text or "" for text in ET.fromstring(picture).iter(f"{SVG}text")}  # noqa: S314 - our own


def test_the_committed_picture_is_the_drawn_one() -> None:
    """`python tools/draw_machine.py` was run after the last change of the tables."""
    assert PICTURE.read_text(encoding="utf-8") == draw(load(PICTURED))


@pytest.mark.parametrize("name", NAMES)
def test_every_procedure_can_be_drawn(name) -> None:
    """A picture is well-formed, and has the words of every state and every event."""
    profile = load(name)

    words = words_of(draw(profile))

    assert {word for state in states_of(profile) for word in state.split("_")} <= words
    assert {event for events in arrows_of(profile).values() for event in events} <= words


def test_no_transition_is_left_out() -> None:
    """What the table says of a procedure with every gate is in the picture, arrow by arrow."""
    profile = attrs.evolve(load("polis"), gates=tuple(Gate), four_eyes=True)

    arrows = arrows_of(profile)

    drawn = {
        (source, event, to)
        for (start, to), events in arrows.items()
        for event in events
        for source in ([s for s in ACCOUNT if _before(s)] if start == GROUP else [start])
    }
    wanted = {
        (source, re.sub(r"(?<!^)(?=[A-Z])", " ", event.__name__).lower(), to)
        for source, row in ACCOUNT.items()
        for event, to in row.items()
    }
    assert drawn == wanted


def _before(state: str) -> bool:
    return state == "claim" or state.startswith("awaiting_")


def test_without_providers_nobody_is_vouched_for() -> None:
    """A procedure without SPID has no arrow for it."""
    alone = attrs.evolve(load("polis"), federation=Federation())

    assert "identity vouched" in words_of(draw(load("polis")))
    assert "identity vouched" not in words_of(draw(alone))


def test_a_first_look_is_drawn_where_two_are_wanted() -> None:
    """Only a procedure with four eyes has the event of the first look."""
    careful = attrs.evolve(load("polis"), four_eyes=True)

    assert "seen in person" in words_of(draw(careful))
    assert "seen in person" not in words_of(draw(load("polis")))


def test_an_arrow_without_a_place_is_an_error() -> None:
    """A transition that nobody has thought a place for is not left out silently."""
    arrows = {("expired", "active"): ["revived"]}

    with pytest.raises(KeyError):
        list(machine_picture.draw_arrows(arrows, machine_picture.places_of(load("polis"))))
    assert ("expired", "active") not in routes()


def test_the_script_writes_where_it_is_told(tmp_path, capsys) -> None:
    """Another procedure can be drawn into another file."""
    draw_machine.main("unimi-external", str(tmp_path / "picture.svg"))

    assert (tmp_path / "picture.svg").read_text(encoding="utf-8") == draw(load("unimi-external"))
    assert capsys.readouterr().out == "picture.svg: unimi-external\n"


def test_the_present_state_stands_out() -> None:
    """Exactly one box of a picture is lit, and it is the one that was asked for."""
    picture = draw(load("polis"), lit=AccountState.AWAITING_PRESENCE)

    boxes = [box.get("class") for box in ET.fromstring(picture).iter(f"{SVG}rect")]  # noqa: S314 - our own

    assert [box for box in boxes if box and "lit" in box.split()] == ["box waiting lit"]
    assert " lit" not in draw(load("polis")).replace(STYLE, "")
