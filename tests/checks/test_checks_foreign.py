"""The nations that the installed tables lack, and successions."""

from __future__ import annotations

import datetime as dt

import pytest
from codicefiscale import data

from registrazione.checks.foreign import MISSING_NATIONS, SUCCESSORS, USUAL_NAMES
from registrazione.checks.places import InstalledPlaces

PLACES = InstalledPlaces()
INSTALLED = {row["code"] for row in data.get_countries_data()}
MISSING = {nation.code: nation for nation in MISSING_NATIONS}


@pytest.mark.requirement("MIM-14")
def test_every_nation_of_the_supplement_is_known() -> None:
    """A codice fiscale made with one of these codes raises no doubt, whatever the date."""
    assert len(MISSING) == len(MISSING_NATIONS) == 70
    assert all(PLACES.exists(code) for code in MISSING)
    assert all(PLACES.existed_on(code, dt.date(1950, 1, 1)) for code in MISSING)


def test_the_supplement_is_needed() -> None:
    """Each is missing from the installed tables; drop it once it is not."""
    assert INSTALLED & MISSING.keys() == set()


def test_what_the_tables_hold_themselves_is_theirs(monkeypatch) -> None:
    """A newer release may add a nation of the supplement: then it is not there twice."""
    monkeypatch.setattr("registrazione.checks.places.MISSING_NATIONS", (PLACES.place("Z110"),))
    monkeypatch.setattr("registrazione.checks.places._loaded", [])

    assert [n.code for n in InstalledPlaces().nations()].count("Z110") == 1
    assert not InstalledPlaces().exists("Z113")


@pytest.mark.parametrize(
    ("code", "name", "offered"),
    [
        ("Z113", "Gibilterra", True),
        ("Z122", "Isola di Man", True),
        ("Z324", "La Riunione", True),
        ("Z716", "Nuova Caledonia", True),
        ("Z244", "Vietnam del Sud", False),
        ("Z143", "Uzbekistan", False),
        ("Z902", "Dipendenze francesi", False),
    ],
)
def test_territories_are_offered_and_the_rest_on_demand(code, name, offered) -> None:
    """People are born on the Isle of Man, and were born in South Vietnam."""
    assert MISSING[code].name == name
    assert (MISSING[code] in PLACES.nations()) is offered
    assert MISSING[code] in PLACES.nations(ceased=True)


def test_collective_codes_are_never_offered_unasked() -> None:
    """Nobody says of himself that he was born in «Dipendenze francesi»."""
    offered = {nation.name for nation in PLACES.nations()}

    assert not any(name.startswith("Dipendenze") for name in offered)


def test_usual_names_are_of_installed_nations() -> None:
    """The supplement has the right names at once."""
    assert USUAL_NAMES.keys() <= INSTALLED
    assert PLACES.place("Z213").name == "Corea del Sud"
    assert PLACES.nation("Repubblica di Corea").code == "Z213"


def test_successions_are_between_known_nations() -> None:
    """Nobody succeeds itself, and no code is unknown."""
    named = set(SUCCESSORS).union(*SUCCESSORS.values())

    assert {code for code in named if not PLACES.exists(code)} == set()
    assert not any(ceased in heirs for ceased, heirs in SUCCESSORS.items())


def test_only_ceased_nations_are_succeeded() -> None:
    """And in the end every one leads to a nation of today."""
    today = {nation.code for nation in PLACES.nations()}

    assert not today & SUCCESSORS.keys()
    assert all(heirs & today for heirs in SUCCESSORS.values())


@pytest.mark.parametrize(
    ("typed", "decoded"),
    [("Z357", "Z356"), ("Z347", "Z366"), ("Z359", "Z303"), ("Z731", "Z705"), ("Z730", "Z720")],
)
def test_ceased_nations_of_the_supplement_have_successors(typed, decoded) -> None:
    """Who types Tanzania may hold a code made for Zanzibar."""
    assert PLACES.predecessor(typed, decoded)
    assert not PLACES.predecessor(decoded, typed)
