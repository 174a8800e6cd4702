"""Tests of the lists that the installed tables give: the cascade, the search, the look-ups."""

from __future__ import annotations

import datetime as dt

import pytest
from codicefiscale import data
from hypothesis import given
from hypothesis import strategies as st

from registrazione.checks.places import InstalledPlaces
from registrazione.core.places import ITALY, Cascade, Nation, Places

PLACES: Places = InstalledPlaces()
FUTURE = dt.date(2100, 1, 1)
SEVENTIES = dt.date(1970, 6, 1)
FIRST_DAY = dt.date(1861, 3, 17)
REGIONS = tuple(region.code for region in PLACES.regions())
PROVINCES = tuple(
    province.sigla for region in REGIONS for province in PLACES.provinces(region, ceased=True)
)


def test_the_installed_places_are_a_setting() -> None:
    """Facts and lists, as the port asks for them."""
    assert isinstance(PLACES, Places)
    assert all(hasattr(PLACES, name) for name in vars(Cascade) if not name.startswith("_"))


@pytest.mark.requirement("MIM-14", "MIM-15")
def test_the_cascade_leads_to_every_comune_of_today_once() -> None:
    """20 regions, 107 provinces and each comune that the tables call active."""
    active = {row["code"] for row in data.get_municipalities_data() if row["active"]}
    provinces = [p for region in REGIONS for p in PLACES.provinces(region)]
    codes = [row.code for province in provinces for row in PLACES.comuni(province.sigla)]

    assert len(REGIONS) == 20
    assert len(provinces) == len({p.sigla for p in provinces}) == 107
    assert not any(province.ceased for province in provinces)
    assert len(codes) == len(set(codes))
    assert set(codes) == active


@pytest.mark.requirement("MIM-15")
@pytest.mark.parametrize(
    ("region", "count"),
    [("Lombardia", 1501), ("Piemonte", 1180), ("Veneto", 559), ("Campania", 550)],
)
def test_regions_have_the_comuni_that_are_known(region, count) -> None:
    """Within what a few years of mergers change."""
    found = sum(len(PLACES.comuni(province.sigla)) for province in PLACES.provinces(region))

    assert abs(found - count) <= 30


@pytest.mark.requirement("MIM-15")
def test_every_label_means_its_own_code() -> None:
    """Castro (LE), Livo (CO), Peglio (PU), Samone (TN) and San Teodoro (SS) among them."""
    rows = [row for sigla in PROVINCES for row in PLACES.comuni(sigla)]
    wrong = [row.label for row in rows if PLACES.resolve(row.label) != row]

    assert wrong == []
    assert [row.label for row in rows if PLACES.find(row.label.upper(), limit=1) != (row,)] == []
    assert max(len(row.label) for row in rows) < 64


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Castro (LE)", "M261"),
        ("livo (co)", "E623"),
        ("Peglio (PU)", "G416"),
        ("Samone (TN)", "H754"),
        ("San Teodoro (SS)", "I329"),
        ("Palau (SS)", "G258"),
        ("Sant'Elena (PD)", "I319"),
        ("Palau", None),
        ("Sant'Elena", None),
        ("Georgia", "Z254"),
        ("Castro", None),
        ("Bozen", "A952"),
        ("Brixen", "B160"),
        ("Devin Nabrežina", "D383"),
        ("Citta' di Castello", "C745"),
        ("REGGIO NELL EMILIA", "H223"),
        ("URSS", "Z135"),
        ("Repubblica Popolare Cinese", "Z210"),
        ("China", "Z210"),
        ("Abano", "A001"),
    ],
)
def test_names_that_mislead_others(text, code) -> None:
    """Homonyms, states that are also comuni, two languages, former names."""
    meant = PLACES.resolve(text)

    assert (meant and meant.code) == code


@pytest.mark.requirement("MIM-14", "MIM-15")
def test_a_birth_of_1970_is_looked_for_where_it_was() -> None:
    """Biella was in the provincia of Vercelli, and part of that of Pola Italian by law."""
    biella = PLACES.resolve("Biella", SEVENTIES)

    assert biella.label == "Biella (VC)"
    assert PLACES.resolve("Biella").label == "Biella (BI)"
    assert biella in PLACES.comuni("VC", SEVENTIES)
    assert PLACES.comuni("BI", SEVENTIES) == ()
    assert [p.sigla for p in PLACES.provinces("06", SEVENTIES)] == ["GO", "PL", "PN", "TS", "UD"]
    assert "PN" not in {p.sigla for p in PLACES.provinces("06", dt.date(1968, 4, 5))}


@pytest.mark.requirement("MIM-15")
def test_a_birth_of_1940_at_pola_finds_its_place() -> None:
    """Whoever was born there is alive, and Italian by birth."""
    day = dt.date(1940, 5, 1)

    assert [p.sigla for p in PLACES.provinces("06", day)] == ["FU", "GO", "PL", "TS", "UD", "ZA"]
    assert "Pola (PL)" in {row.label for row in PLACES.comuni("Pola", day)}
    assert PLACES.resolve("Pola").code == "G778"
    assert PLACES.comuni("PL") == ()


@pytest.mark.requirement("MIM-15")
@given(sigla=st.sampled_from(PROVINCES), day=st.dates(FIRST_DAY, FUTURE))
def test_what_is_offered_existed_there_on_that_day(sigla, day) -> None:
    """One row for each code and name, sorted, and never the placeholder for no code."""
    rows = PLACES.comuni(sigla, day)
    every = PLACES.comuni(sigla, day, ceased=True)

    assert all(row.province == sigla and row.existed_on(day) for row in rows)
    assert set(rows) <= set(every)
    assert "ND" not in {row.code for row in every}
    assert len({(row.code, row.name) for row in every}) == len(every)
    assert all(PLACES.exists(row.code) and PLACES.existed_on(row.code, day) for row in rows)


@given(text=st.text() | st.text("aeior 'san(", max_size=8), day=st.none() | st.dates())
def test_any_text_can_be_searched_for(text, day) -> None:
    """At most as many as asked for, each place once."""
    found = PLACES.find(text, day, limit=5)

    assert len(found) == len({place.code for place in found}) <= 5


def test_ten_provinces_are_gone() -> None:
    """They are offered after those of today, to who asks for them."""
    gone = [PLACES.province(sigla) for sigla in PROVINCES if PLACES.province(sigla).ceased]

    assert {p.sigla for p in gone} == {
        *("FO", "PS", "FU", "PL", "ZA"),
        *("VG", "CI", "VS", "OG", "OT"),
    }
    assert [p.sigla for p in PLACES.provinces("Emilia-Romagna", ceased=True)][-1] == "FO"
    assert PLACES.province("Pesaro e Urbino").sigla == "PU"


@pytest.mark.requirement("MIM-14", "MIM-15")
def test_nations_for_a_form() -> None:
    """Italy first, territories included; what ceased on demand, as far as it existed."""
    today = PLACES.nations()
    every = PLACES.nations(ceased=True)
    names = [nation.name for nation in today]

    assert today[0] is ITALY
    assert names[1:4] == ["Afghanistan", "Albania", "Algeria"]
    assert {"Isola di Man", "Guadalupa", "Perù", "São Tomé e Principe", "Cina"} <= set(names)
    assert len(set(names)) == len(names)
    assert every[: len(today)] == today
    assert {"Z135", "Z800", "Z356"} <= {nation.code for nation in every[len(today) :]}
    assert "Z907" in {nation.code for nation in today}
    assert "Z135" not in {n.code for n in PLACES.nations(dt.date(2000, 1, 1), ceased=True)}


def test_every_nation_is_found_by_its_names() -> None:
    """In Italian and English; three codes with one name have their codes alone."""
    nations = PLACES.nations(ceased=True)
    wrong = {
        nation.code
        for nation in nations
        if PLACES.nation(nation.code) != nation
        or (not nation.ceased and PLACES.nation(nation.name_en) != nation)
        or PLACES.nation(nation.label) != nation
    }

    assert wrong == {"Z500", "Z521", "Z523"}
    assert all(nation.name_en for nation in nations)


@pytest.mark.parametrize(
    ("code", "name", "other"),
    [
        ("H223", "Reggio nell'Emilia", ""),
        ("C361", "Cava de' Tirreni", ""),
        ("A345", "L'Aquila", ""),
        ("A332", "Appiano sulla Strada del Vino", "Eppan an der Weinstraße"),
        ("H675", "Saint-Rhémy-en-Bosses", ""),
        ("D383", "Duino Aurisina-Devin Nabrežina", "Devin Nabrežina"),
        ("Z313", "Costa d'Avorio", None),
        ("Z532", "Antigua e Barbuda", None),
    ],
)
def test_small_words_are_written_small(code, name, other) -> None:
    """The tables write each word with a capital."""
    place = PLACES.place(code)

    assert place.name == name
    assert isinstance(place, Nation) if other is None else place.other_name == other


def test_the_other_lookups_are_those_of_the_tables() -> None:
    """Each by code and by name."""
    assert PLACES.region("12").name == "Lazio"
    assert PLACES.region("sudtirol").code == "04"
    assert PLACES.province("Reggio Emilia").sigla == "RE"
    assert PLACES.nation("Olanda").code == "Z126"
