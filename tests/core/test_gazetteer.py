"""The lists of a form and the facts of a comparison, from rows of one's own."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.codici_fiscali import code_for
from tests.places import (
    ALBA,
    AO,
    AOSTA,
    BEGINNING,
    BI,
    BIELLA_NOW,
    BIELLA_THEN,
    DAYS,
    FRANCE,
    LIVO,
    LIVO_BI,
    LIVO_VC,
    OLD,
    PIEMONTE,
    RUSSIA,
    SIKKIM,
    SOME,
    TEXTS,
    USSR,
    VALLE,
    VC,
    VERCELLI,
    gazetteers,
)

from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.consistency import check_person
from registrazione.core.gazetteer import Gazetteer
from registrazione.core.places import ITALY, Comune

THEN = dt.date(1970, 6, 1)
GAP = dt.date(1935, 6, 1)
BEFORE = dt.date(1700, 1, 1)
NOON = dt.datetime(1970, 6, 1, 12, tzinfo=dt.UTC)
SIGLAS = ("VC", "BI", "AO", "XX", "YY")


# -- the cascade ------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-14", "MIM-15")
@pytest.mark.parametrize(
    ("day", "ceased", "nations"),
    [
        (None, False, ()),
        (THEN, False, ()),
        (None, True, (SIKKIM, USSR)),
        (THEN, True, (SIKKIM, USSR)),
        (dt.date(2000, 1, 1), True, (SIKKIM,)),
    ],
)
def test_nations_begin_with_italy(day, ceased, nations):
    """Then today's by name whatever the day; the ceased ones only on demand, after all others."""
    assert SOME.nations(day, ceased=ceased) == (ITALY, FRANCE, LIVO, RUSSIA, *nations)


@pytest.mark.requirement("MIM-14", "MIM-15")
def test_regions_are_listed_by_name():
    """Whatever their codes are."""
    assert SOME.regions() == (PIEMONTE, VALLE)


@pytest.mark.requirement("MIM-15")
@pytest.mark.parametrize(
    ("region", "day", "ceased", "provinces"),
    [
        ("01", None, False, (BI, VC)),
        ("1", None, False, (BI, VC)),
        ("PIEMONTE", None, False, (BI, VC)),
        ("01", THEN, False, (VC,)),
        ("01", NOON, False, (VC,)),
        ("01", THEN, True, (VC, BI)),
        ("01", BEFORE, False, (BI, VC)),
        ("Vallée d'Aoste", None, False, (AO,)),
        ("99", None, True, ()),
        ("", None, True, ()),
    ],
)
def test_provinces_are_those_of_the_day(region, day, ceased, provinces):
    """Biella was none in 1970; before all records today's are as good as any."""
    assert SOME.provinces(region, day, ceased=ceased) == provinces


@pytest.mark.requirement("MIM-14", "MIM-15")
@pytest.mark.parametrize(
    ("province", "day", "ceased", "comuni"),
    [
        ("VC", None, False, (LIVO_VC, VERCELLI)),
        ("vercelli", None, False, (LIVO_VC, VERCELLI)),
        ("VC", THEN, False, (BIELLA_THEN, LIVO_VC, VERCELLI)),
        ("VC", None, True, (BIELLA_THEN, LIVO_VC, VERCELLI)),
        ("BI", THEN, False, ()),
        ("BI", THEN, True, (BIELLA_NOW, LIVO_BI)),
        ("AO", None, False, (ALBA[1], AOSTA)),
        ("AO", GAP, False, (AOSTA,)),
        ("AO", GAP, True, (ALBA[1], AOSTA, OLD)),
        ("AO", BEGINNING, False, (ALBA[0], AOSTA, OLD)),
        ("AO", BEFORE, False, (ALBA[1], AOSTA)),
        ("ZZ", None, True, ()),
        ("", None, True, ()),
    ],
)
def test_comuni_are_those_of_the_day(province, day, ceased, comuni):
    """Each in the provincia of the time, by name; those of other times only on demand."""
    assert SOME.comuni(province, day, ceased=ceased) == comuni


@pytest.mark.requirement("MIM-15")
@given(made=gazetteers(), day=DAYS)
def test_what_is_offered_existed_there_on_that_day(made, day):
    """And a provincia is offered exactly when one of its comuni is."""
    places, rows = made
    day = max(day, min((row.start for row in rows), default=day))
    offered = {province for r in ("01", "02") for province in places.provinces(r, day)}
    for sigla in SIGLAS:
        comuni = places.comuni(sigla, day)
        province = places.province(sigla)
        assert all(row.province == sigla and row.existed_on(day) for row in comuni)
        assert len({(row.code, row.name) for row in comuni}) == len(comuni)
        assert (province in offered) == bool(comuni and province and province.region)


@pytest.mark.requirement("MIM-15")
@given(made=gazetteers())
def test_the_cascade_leads_to_every_comune_of_today_once(made):
    """No comune is lost on the way, but where nobody can tell a region for its provincia."""
    places, rows = made
    listed = [
        comune
        for region in places.regions()
        for province in places.provinces(region.code)
        for comune in places.comuni(province.sigla)
    ]
    homeless = {s for s in SIGLAS if (found := places.province(s)) and not found.region}

    assert len(set(listed)) == len(listed)
    assert set(listed) == {row for row in rows if not row.end and row.province not in homeless}


@given(made=gazetteers(), day=st.none() | DAYS)
def test_on_demand_everything_is_offered(made, day):
    """Who asks for places of other times finds all that a provincia ever had, and no list less."""
    places, rows = made
    for sigla in SIGLAS:
        every = places.comuni(sigla, day, ceased=True)
        assert set(places.comuni(sigla, day)) <= set(every)
        assert {row.code for row in every} == {row.code for row in rows if row.province == sigla}
    for region in ("01", "02"):
        every = places.provinces(region, day, ceased=True)
        assert set(places.provinces(region, day)) <= set(every)
        assert len(every) == len(set(every)) >= len(places.provinces(region))


@given(made=gazetteers(), text=TEXTS, day=st.none() | st.dates() | st.datetimes())
def test_no_question_raises_and_no_answer_can_be_changed(made, text, day):
    """Any text, any day: tuples and frozen rows come back."""
    places, _ = made
    answers = (
        places.nations(day, ceased=True),
        places.regions(),
        places.provinces(text, day, ceased=True),
        places.comuni(text, day, ceased=True),
        places.find(text, day),
    )

    assert all(type(answer) is tuple for answer in answers)
    hash((answers, places.resolve(text, day), places.place(text, day)))
    hash((places.region(text), places.province(text), places.nation(text)))


# -- single look-ups --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "day", "place"),
    [
        ("A859", None, BIELLA_NOW),
        ("A859", THEN, BIELLA_THEN),
        ("A859", NOON, BIELLA_THEN),
        ("A859", BEFORE, BIELLA_NOW),
        ("A100", GAP, ALBA[1]),
        ("B001", None, OLD),
        ("Z135", None, USSR),
        ("Z999", None, None),
        ("IT", None, None),
    ],
)
def test_a_code_leads_to_its_place_as_it_was(code, day, place):
    """That of the day, or else the last one."""
    assert SOME.place(code, day) == place


@pytest.mark.parametrize(
    ("text", "nation"),
    [
        ("IT", ITALY),
        ("ita", ITALY),
        ("ITALIA", ITALY),
        ("Italy", ITALY),
        ("z110", FRANCE),
        ("France", FRANCE),
        ("Rus’", RUSSIA),
        ("Russia", RUSSIA),
        ("urss", USSR),
        ("Unione Sovietica (fino al 1992)", USSR),
        ("Piemonte", None),
        ("A859", None),
        ("", None),
        ("x" * 65, None),
    ],
)
def test_nations_have_many_names(text, nation):
    """Codes and names in both languages; today's before those of a ceased one."""
    assert SOME.nation(text) == nation


@pytest.mark.parametrize(
    ("text", "province"),
    [("VC", VC), ("bi", BI), ("BIELLA", BI), ("Aoste", AO), ("01", None), ("", None)],
)
def test_provinces_have_siglas_and_names(text, province):
    """In any case, and in either language."""
    assert SOME.province(text) == province


# -- facts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "day", "existed"),
    [
        ("A859", BEFORE, False),
        ("A859", BEGINNING, True),
        ("A859", NOON, True),
        ("A100", GAP, False),
        ("Z135", dt.date(1992, 4, 1), False),
        ("Z239", THEN, True),
        ("H999", THEN, True),
    ],
)
def test_existence_is_told_by_the_rows(code, day, existed):
    """Nothing speaks against a code of which nothing is known."""
    assert SOME.existed_on(code, day) is existed
    assert SOME.exists(code) is (code != "H999")


def test_successors_are_those_given():
    """In one direction only."""
    assert SOME.predecessor("Z154", "Z135")
    assert not SOME.predecessor("Z135", "Z154")
    assert not Gazetteer().predecessor("Z154", "Z135")


def test_a_renumbered_comune_is_one_place():
    """In either order; Livo and Livo are two."""
    eve = dt.date(2014, 2, 3)
    old = Comune(code="A744", name="Bellagio", province="CO", end=eve)
    new = Comune(code="M335", name="Bellagio", province="CO", start=eve + dt.timedelta(days=1))
    places = Gazetteer(comuni=[old, new])

    assert places.same_place("A744", "M335")
    assert places.same_place("M335", "A744")
    assert not SOME.same_place("E623", "E624")


@pytest.mark.requirement("MIM-14")
def test_the_comparison_with_a_codice_fiscale_takes_it():
    """A gazetteer of a few rows answers for the place of birth."""
    code = CodiceFiscale.parse(code_for("ROSSI", "MARIO", "M", THEN, "A859"))

    assert check_person(code, birth_place="A859", birth_date="1970-06-01", places=SOME) == ()
    assert [f.code for f in check_person(code, birth_place="A859", places=Gazetteer())] == [
        "cf.luogo_sconosciuto"
    ]


def test_an_empty_gazetteer_answers_too():
    """Italy is there, and nothing else."""
    empty = Gazetteer()

    assert empty.nations(THEN, ceased=True) == (ITALY,)
    assert empty.regions() == empty.provinces("01") == empty.comuni("RM", THEN) == ()
    assert empty.find("Roma", THEN) == ()
    assert empty.nation("it") is ITALY
