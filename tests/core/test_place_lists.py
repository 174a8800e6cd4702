"""Rows of places, sorted and grouped."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from tests.places import ALBA, AO, BI, BIELLA_NOW, BIELLA_THEN, COMUNI, LIVO_BI, PROVINCES, VC

from registrazione.core.place_lists import (
    by_code,
    by_name,
    by_province,
    named_nations,
    named_provinces,
    named_regions,
    one_of_each,
    renumbered,
    today_or_ceased,
)
from registrazione.core.places import Comune, Nation, Province, Region

SPLIT = dt.date(2014, 2, 4)
EVE = dt.date(2014, 2, 3)


def test_the_alphabet_knows_no_accents():
    """Élba stands between Ebro and Enna."""
    names = ["Enna", "élba", "Ebro", "L'Aquila", "Latina"]
    regions = [Region(code="", name=name) for name in names]

    assert [region.name for region in by_name(regions)] == [
        "Ebro",
        "élba",
        "Enna",
        "L'Aquila",
        "Latina",
    ]


def test_periods_are_in_the_order_of_time():
    """Whatever order they came in."""
    rows = by_code(reversed(COMUNI))

    assert rows["A859"] == (BIELLA_THEN, BIELLA_NOW)
    assert rows["A100"] == ALBA
    assert by_province(COMUNI)["BI"] == (BIELLA_NOW, LIVO_BI)


@pytest.mark.parametrize(("text", "code"), [("02", "02"), ("2", "02"), ("vallee d aoste", "02")])
def test_regions_have_codes_and_names_in_two_languages(text, code):
    """Each half of a bilingual name will do; a zero may be left out."""
    regions = named_regions([Region(code="02", name="Valle d'Aosta/Vallée d'Aoste")])

    assert regions[text.replace(" ", "")].code == code
    assert "" not in regions


def test_todays_names_go_before_those_of_other_times():
    """Pesaro e Urbino has had two siglas."""
    old = Province(sigla="PS", name="Pesaro e Urbino", region="11", ceased=True)
    new = Province(sigla="PU", name="Pesaro e Urbino", region="11")
    provinces = named_provinces([old, new])

    assert provinces["pesaroeurbino"] is new
    assert provinces["ps"] is old


def test_a_name_of_two_values_is_nobodys():
    """Three codes are called Antille britanniche: only the code tells them apart."""
    antilles = [Nation(code=code, name="Antille", ceased=True) for code in ("Z500", "Z521")]
    nations = named_nations([*antilles, Nation(code="Z1", name="Congo", other_names=("Antille",))])

    assert nations["z500"] is antilles[0]
    assert nations["antille"].code == "Z1"
    assert "antille" not in named_nations(antilles)
    assert "antillecodicestorico" not in named_nations(antilles)


def test_comuni_tell_todays_provinces():
    """One is of today while a comune of today is in it."""
    comuni = by_province([BIELLA_THEN, BIELLA_NOW, *ALBA])
    provinces = today_or_ceased(PROVINCES, comuni, by_code([BIELLA_THEN, BIELLA_NOW, *ALBA]))

    assert provinces == (AO, BI, attrs.evolve(VC, ceased=True))


@pytest.mark.parametrize(("known", "region"), [([VC], "01"), ([AO], ""), ([AO, VC], "01")])
def test_a_new_provincia_is_in_the_region_of_its_comuni(known, region):
    """The table may lag behind a reform; only a provincia of new comuni alone is in no region."""
    comuni = [BIELLA_THEN, BIELLA_NOW, LIVO_BI]
    provinces = today_or_ceased(known, by_province(comuni), by_code(comuni))

    assert Province(sigla="BI", name="BI", region=region) in provinces


def test_most_of_the_comuni_decide():
    """One of three came from elsewhere."""
    old = [Comune(code=f"A00{n}", name="X", province="VC", end=EVE) for n in (1, 2)]
    far = Comune(code="A003", name="Y", province="AO", end=EVE)
    new = [attrs.evolve(row, province="ZZ", start=SPLIT, end=None) for row in (*old, far)]
    rows = [*old, far, *new]
    provinces = today_or_ceased(PROVINCES, by_province(rows), by_code(rows))

    assert next(province for province in provinces if province.sigla == "ZZ").region == "01"


@pytest.mark.parametrize(
    ("day", "kept"), [(None, 1), ("1900-01-01", 0), ("1935-01-01", 1), ("1990-01-01", 1)]
)
def test_one_row_of_each_is_kept(day, kept):
    """That of the day; in a gap, and without a day, the last one. Accents make no other name."""
    asked = dt.date.fromisoformat(day) if day else None

    assert one_of_each(ALBA, asked) == (ALBA[kept],)


def test_a_former_name_is_a_choice_of_its_own():
    """Who was born at Abano looks for Abano."""
    old = Comune(code="A001", name="Abano", province="PD", end=EVE)
    new = Comune(code="A001", name="Abano Terme", province="PD", start=SPLIT)

    assert one_of_each([old, new], None) == (old, new)


@pytest.mark.parametrize(
    ("old_end", "new_start", "name", "province", "same"),
    [
        (EVE, SPLIT, "Bellagio", "CO", True),
        (EVE, SPLIT, "BELLAGIO", "CO", True),
        (EVE, SPLIT, "Bellagio", "LC", False),
        (EVE, SPLIT, "Bellano", "CO", False),
        (EVE, SPLIT + dt.timedelta(days=1), "Bellagio", "CO", False),
        (EVE, EVE, "Bellagio", "CO", False),
        (None, SPLIT, "Bellagio", "CO", False),
    ],
)
def test_a_new_code_takes_over_overnight(old_end, new_start, name, province, same):
    """The same name in the same provincia, and not a day between them."""
    old = Comune(code="A744", name="Bellagio", province="CO", end=old_end)
    new = Comune(code="M335", name=name, province=province, start=new_start)

    assert renumbered([old, new]) == ({frozenset({"A744", "M335"})} if same else frozenset())
