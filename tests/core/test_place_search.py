"""Finding places by what people type."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.places import (
    AOSTA,
    BIELLA_NOW,
    BIELLA_THEN,
    DAYS,
    LIVO,
    LIVO_BI,
    LIVO_VC,
    OLD,
    RUSSIA,
    SOME,
    TEXTS,
    USSR,
    VERCELLI,
    gazetteers,
)

from registrazione.core.gazetteer import Gazetteer
from registrazione.core.place_search import MAX_SEARCH, search_key, sorting_key
from registrazione.core.places import Comune

THEN = dt.date(1970, 1, 1)
LONG_AGO = dt.date(1900, 1, 1)


@pytest.mark.parametrize(
    "typed", ["Sant'Elena", "SANT’ELENA", "sant elena", "Santelena", "Sánt-Elenà", " sant'  elena "]
)
def test_names_are_compared_by_their_letters(typed):
    """Case, accents, apostrophes, hyphens and spaces make no other name."""
    assert search_key(typed) == "santelena"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Forlì-Cesena", "forli cesena"),
        ("Weinstraße", "weinstrasse"),
        ("L'Aquila", "l aquila"),
        ("Občina Števerjan", "obcina steverjan"),
        ("Пётр", "петр"),
        ("", ""),
        ("()", ""),
    ],
)
def test_names_are_sorted_by_their_words(name, words):
    """Words stay apart, so that San Vito stands before Sanarica."""
    assert sorting_key(name) == words


@given(st.text())
def test_keys_are_stable(text):
    """The key of a key is the key itself."""
    assert sorting_key(sorting_key(text)) == sorting_key(text)
    assert search_key(search_key(text)) == search_key(text)


@pytest.mark.parametrize(
    ("text", "day", "found"),
    [
        ("A859", None, (BIELLA_NOW,)),
        (" a859 ", THEN, (BIELLA_THEN,)),
        ("Z999", None, ()),
        ("biella", None, (BIELLA_NOW,)),
        ("BIELLA (VC)", None, (BIELLA_NOW,)),
        ("Biella", THEN, (BIELLA_THEN,)),
        ("bi", None, (BIELLA_NOW,)),
        ("ver", None, (VERCELLI,)),
        ("AOSTE", None, (AOSTA,)),
        ("Aosta/Aoste", None, (AOSTA,)),
        ("Livo", None, (LIVO, LIVO_BI, LIVO_VC, OLD)),
        ("Livo", LONG_AGO, (LIVO, OLD, LIVO_VC, LIVO_BI)),
        ("Livo (", None, (LIVO, LIVO_BI, LIVO_VC, OLD)),
        ("Livo (v", None, (LIVO_VC,)),
        ("Livo (VC)", None, (LIVO_VC,)),
        ("Livo (XX)", None, ()),
        ("russia", None, (RUSSIA, USSR)),
        ("Federazione", None, (RUSSIA,)),
        ("soviet", None, (USSR,)),
        ("unione sovietica (fino al 1992)", None, (USSR,)),
        ("", None, ()),
        (" ' ", None, ()),
        ("(VC)", None, ()),
        ("xyz", None, ()),
        ("a" * (MAX_SEARCH + 1), None, ()),
        ("Italia", None, ()),
    ],
)
def test_a_search_field_finds(text, day, found):
    """Codes, names in either language, labels and beginnings; whoever fits the day first."""
    assert SOME.find(text, day) == found


def test_exact_names_come_before_beginnings():
    """However the alphabet would have it."""
    rows = [
        Comune(code=f"A00{n}", name=name, province="VC")
        for n, name in enumerate(["Castro Alto", "Castro", "Castrocaro", "Kastro"])
    ]

    assert [row.name for row in Gazetteer(comuni=rows).find("castro")] == [
        "Castro",
        "Castro Alto",
        "Castrocaro",
    ]


def test_a_renumbered_place_is_offered_under_the_code_of_the_day():
    """Of two codes with one label, the one that did not exist is not there to choose."""
    last = dt.date(2014, 2, 3)
    old = Comune(code="A744", name="Bellagio", province="CO", end=last)
    new = Comune(code="M335", name="Bellagio", province="CO", start=last + dt.timedelta(days=1))
    places = Gazetteer(comuni=[new, old])

    assert places.find("Bellagio") == (new,)
    assert places.find("Bella", THEN) == (old,)


def test_two_places_of_one_label_are_both_offered():
    """There were two Castello in the provincia of Trento, side by side."""
    rows = [Comune(code=code, name="Castello", province="TN") for code in ("C182", "C183")]

    assert Gazetteer(comuni=rows).find("Castello (TN)") == tuple(rows)
    assert Gazetteer(comuni=rows).resolve("Castello (TN)") is None


@pytest.mark.parametrize(("limit", "count"), [(-1, 0), (0, 0), (1, 1), (3, 3), (4, 4), (99, 4)])
def test_no_more_are_found_than_asked_for(limit, count):
    """A limit below one asks for nothing; a code is one place."""
    assert len(SOME.find("Livo", limit=limit)) == count
    assert len(SOME.find("A859", limit=limit)) == min(count, 1)


@given(made=gazetteers(), text=TEXTS, day=st.none() | DAYS, limit=st.integers(-2, 6))
def test_any_text_can_be_searched_for(made, text, day, limit):
    """Nothing raises; what is found is known, each place once, as it was on the day."""
    places, _ = made
    found = places.find(text, day, limit=limit)

    assert len(found) <= max(limit, 0)
    assert len({place.code for place in found}) == len(found)
    assert all(place is places.place(place.code, day) for place in found)


@given(made=gazetteers(), text=TEXTS, day=st.none() | DAYS)
def test_what_a_text_means_is_found_by_it(made, text, day):
    """Whoever is meant by a text is offered for it."""
    places, _ = made
    meant = places.resolve(text, day)

    assert meant is None or meant in places.find(text, day, limit=99)


@given(made=gazetteers(), day=st.none() | DAYS)
def test_a_label_of_the_day_means_its_own_code(made, day):
    """Unless two places had that name in that provincia at the same time."""
    places, rows = made
    of_day = [row for sigla in ("VC", "BI", "AO", "XX", "YY") for row in places.comuni(sigla, day)]
    for row in of_day:
        twins = {
            twin.code
            for twin in of_day
            if twin.province == row.province
            and {search_key(twin.name), search_key(twin.other_name)} & {search_key(row.name)}
        }
        meant = places.resolve(row.label, day)
        assert (meant and meant.code) == (row.code if len(twins) == 1 else None)
    assert {row.code for row in of_day} <= {row.code for row in rows}


@pytest.mark.parametrize(
    ("text", "day", "meant"),
    [
        ("A859", None, BIELLA_NOW),
        ("a859", THEN, BIELLA_THEN),
        ("Z999", None, None),
        ("Biella", THEN, BIELLA_THEN),
        ("Biella (VC)", None, BIELLA_NOW),
        ("Biella (V", None, None),
        ("Bie", None, None),
        ("Livo", None, None),
        ("Livo (BI)", None, LIVO_BI),
        ("Livo (BI)", THEN, LIVO_BI),
        ("Livo (AO)", None, OLD),
        ("Russia", None, RUSSIA),
        ("URSS", None, USSR),
        ("francia", None, SOME.place("Z110")),
        ("", None, None),
        ("()", None, None),
        ("Italia", None, None),
    ],
)
def test_a_text_means_one_place_or_none(text, day, meant):
    """Who bears the name goes before whoever bore it; several make it nobody's."""
    assert SOME.resolve(text, day) == meant


def test_a_former_name_gives_way():
    """Fiume Veneto was once called Fiume: the name alone may also mean the city."""
    fiume = Comune(code="D620", name="Fiume", province="FU", end=dt.date(1947, 9, 15))
    once = Comune(code="D621", name="Fiume", province="UD", end=dt.date(1911, 7, 30))
    veneto = Comune(code="D621", name="Fiume Veneto", province="PN", start=dt.date(1911, 7, 31))
    places = Gazetteer(comuni=[fiume, once, veneto])

    assert places.resolve("Fiume") is None
    assert places.resolve("Fiume (FU)") == fiume
    assert places.resolve("Fiume (UD)") == veneto
    assert places.resolve("Fiume", dt.date(1940, 1, 1)) == fiume
    assert Gazetteer(comuni=[once, veneto]).resolve("Fiume") == veneto
