"""Nation, region, provincia and comune of a form have to agree."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.flows.test_flow_forms import LABEL, UNIMI, a_field
from tests.world import World, refused

from registrazione.checks.places import InstalledPlaces
from registrazione.core import form
from registrazione.core.flows.cascades import completed, groups_of, settle
from registrazione.core.flows.forms import read_form
from registrazione.core.form import FieldKind, FormField
from registrazione.core.places import Comune
from registrazione.service.driver import run

PLACES = InstalledPlaces()
PARTS = World("unimi-external", places=PLACES).registrar.parts
CODES_ONLY = World("unimi-external").registrar.parts
FIELDS = (form.BIRTH_NATION, form.BIRTH_REGION, form.BIRTH_PROVINCE, form.BIRTH_PLACE)
NAMES = tuple(field.name for field in FIELDS)
ROMAN = dict(zip(NAMES, ("Italia", "Lazio", "Roma", "H501"), strict=True))


def typed(nation=None, region=None, province=None, place=None):
    """Return what was typed into the four fields, without those left out."""
    said = dict(zip(NAMES, (nation, region, province, place), strict=True))
    return {name: text for name, text in said.items() if text is not None}


def read(fields, said, *, parts=PARTS, known=None):
    """Return what a form says, where there is no codice fiscale to compare it with."""
    return run(read_form(UNIMI, fields, said, None, known=known), parts)


def faults(said, fields=FIELDS, **more):
    """Return the faults of a refused form, by field."""
    refusal = refused(read, fields, said, **more)
    return {(fault.field, fault.code) for fault in refusal.faults}


def values(said, fields=FIELDS, **more):
    """Return what is kept of an accepted form."""
    return dict(read(fields, said, **more).values)


# -- in Italy ---------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-14", "MIM-15")
@pytest.mark.parametrize(
    "said",
    [
        ("Italia", "Lazio", "Roma", "H501"),
        ("IT", "12", "RM", "H501"),
        ("italy", " lazio ", "rm", "Roma"),
        ("ITALIA", "LAZIO", "ROMA", "roma (rm)"),
    ],
)
def test_a_place_is_kept_as_the_lists_have_it(said):
    """Codes, siglas and names in any case lead to the same four values."""
    assert values(typed(*said)) == ROMAN


@pytest.mark.requirement("MIM-14")
@pytest.mark.parametrize("name", NAMES)
def test_in_italy_every_part_is_mandatory(name):
    """Each of the four fields carries its asterisk."""
    assert faults(ROMAN | {name: ""}) == {(name, "input.missing")}


@pytest.mark.requirement("MIM-15")
@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        (("Atlantide", "Lazio", "Roma", "H501"), "birth_nation", "luogo.nazione"),
        (("Italia", "Padania", "Roma", "H501"), "birth_region", "luogo.regione"),
        (("Italia", "Lazio", "ZZ", "H501"), "birth_province", "luogo.provincia"),
        (("Italia", "Lazio", "Milano", "F205"), "birth_province", "luogo.provincia"),
        (("Italia", "Lazio", "Latina", "H501"), "birth_place", "luogo.comune"),
        (("Italia", "Lazio", "Roma", "Paperopoli"), "birth_place", "luogo.comune"),
        (("Italia", "Lazio", "Roma", "Z110"), "birth_place", "luogo.comune"),
        (("H501", "Lazio", "Roma", "H501"), "birth_nation", "luogo.nazione"),
        (("N999", "Lazio", "Roma", "H501"), "birth_nation", "luogo.nazione"),
        (("Italia", "H501", "Roma", "H501"), "birth_region", "luogo.regione"),
        (("Italia", "Lazio", "H501", "H501"), "birth_province", "luogo.provincia"),
    ],
)
def test_every_part_lies_in_the_one_before(said, field, code):
    """What is on no list, or lies elsewhere, is a fault of its own field."""
    assert faults(typed(*said)) == {(field, code)}


@pytest.mark.requirement("MIM-15")
@pytest.mark.parametrize("province", ["VC", "Biella"])
def test_a_provincia_of_then_or_of_now_is_right(province):
    """Biella was in the provincia of Vercelli in 1970, and papers say either."""
    said = typed("Italia", "Piemonte", province, "A859") | {"birth_date": "1970-05-05"}

    assert values(said, (*FIELDS, form.BIRTH_DATE))["birth_place"] == "A859"


def test_without_a_provincia_the_region_is_compared():
    """A form may leave the provincia out."""
    fields = (form.BIRTH_NATION, form.BIRTH_REGION, form.BIRTH_PLACE)
    lazio = typed("Italia", "Lazio", None, "Roma")

    assert values(lazio, fields)["birth_place"] == "H501"
    assert faults(lazio | {"birth_region": "Molise"}, fields) == {("birth_place", "luogo.comune")}


def test_a_homonym_is_told_apart_by_its_provincia():
    """There are two Castro; the name alone is no answer where the form does not ask for more."""
    alone = (form.BIRTH_PLACE,)

    assert values(typed("Italia", "Puglia", "LE", "Castro"))["birth_place"] == "M261"
    assert values({"birth_place": "Castro (LE)"}, alone) == {"birth_place": "M261"}
    assert faults({"birth_place": "Castro"}, alone) == {("birth_place", "luogo.comune")}


def test_a_code_that_no_list_has_is_not_refused():
    """It is only doubted, and that where it is compared with the codice fiscale."""
    assert values(ROMAN | {"birth_place": "n999"})["birth_place"] == "N999"


# -- abroad -----------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-14", "MIM-15")
def test_a_nation_that_no_list_has_is_abroad_all_the_same():
    """Its code is only doubted, and nothing Italian lies in it."""
    assert values(typed("Z999", "", "", "")) == {"birth_nation": "Z999", "birth_place": "Z999"}
    assert faults(typed("Z999", "Lazio", "Roma", "H501")) == {
        (name, "luogo.estero") for name in NAMES[1:]
    }


@pytest.mark.requirement("MIM-14", "MIM-15")
@pytest.mark.parametrize("empty", ["", "  ", "-", "\u2014", None])
def test_abroad_the_nation_says_it_all(empty):
    """Region, provincia and comune are not asked for; the place is the nation's code."""
    assert values(typed("Marocco", empty, empty, empty)) == {
        "birth_nation": "Marocco",
        "birth_place": "Z330",
    }


@pytest.mark.requirement("MIM-15")
@pytest.mark.parametrize(
    ("said", "field"),
    [
        (("Marocco", "Lazio", None, None), "birth_region"),
        (("Marocco", None, "Roma", None), "birth_province"),
        (("Marocco", None, None, "H501"), "birth_place"),
        (("Marocco", None, None, "Z110"), "birth_place"),
    ],
)
def test_nothing_italian_lies_abroad(said, field):
    """Nothing that was typed is dropped in silence: it is said that it does not belong there."""
    assert faults(typed(*said)) == {(field, "luogo.estero")}


def test_a_state_may_have_had_another_code():
    """Russia today, the Soviet Union on the day of birth: both ways round it is one place."""
    assert values(typed("Federazione Russa", place="Z135"))["birth_place"] == "Z135"
    ceased = typed("Unione Repubbliche Socialiste Sovietiche", place="Z154")
    assert values(ceased)["birth_place"] == "Z154"


# -- what is known already --------------------------------------------------------------------


@pytest.mark.requirement("IOL-22")
def test_a_corrected_place_brings_the_rest_with_it():
    """What follows from the new comune replaces what was known, and nothing stale stays."""
    optional = (a_field(FieldKind.PLACE, name="birth_place"),)
    every = tuple(a_field(field.kind, name=field.name) for field in FIELDS)

    assert values({"birth_place": "F205"}, optional, known=ROMAN) == {"birth_place": "F205"}
    milan = values({"birth_place": "F205"}, every, known=ROMAN)
    assert milan == dict(zip(NAMES, ("Italia", "Lombardia", "Milano", "F205"), strict=True))
    abroad = values({"birth_place": "Z330"}, every, known=ROMAN)
    assert abroad == dict(zip(NAMES, ("Marocco", "", "", "Z330"), strict=True))


def test_a_corrected_part_has_to_agree_with_what_is_known():
    """A region alone is compared with the comune on record."""
    optional = tuple(a_field(field.kind, name=field.name) for field in FIELDS)

    assert values({"birth_nation": "it"}, optional, known=ROMAN)["birth_nation"] == "Italia"
    assert faults({"birth_region": "Molise"}, optional, known=ROMAN) == {
        ("birth_province", "luogo.provincia")
    }
    assert faults({"birth_nation": "Marocco"}, optional, known=ROMAN) == {
        ("birth_region", "luogo.estero"),
        ("birth_province", "luogo.estero"),
        ("birth_place", "luogo.estero"),
    }


@pytest.mark.requirement("MIM-06")
def test_a_code_tells_the_rest():
    """From the Belfiore code follow nation, region and provincia; what is told already stays."""
    assert completed(FIELDS, {"birth_place": "H501"}, PLACES) == {
        name: text for name, text in ROMAN.items() if name != "birth_place"
    }
    assert completed(FIELDS, {"birth_place": "Z330"}, PLACES) == {"birth_nation": "Marocco"}
    assert completed(FIELDS, ROMAN | {"birth_region": "x"}, PLACES) == {}
    assert completed(FIELDS, {"birth_place": "N999"}, PLACES) == {}
    assert completed((form.SEX,), {"birth_place": "H501"}, PLACES) == {}


def test_who_knows_codes_only_compares_nothing():
    """Where the settings name somebody without lists, the parts are kept as they were typed."""
    said = dict(zip(NAMES, ("Atlantide", "Lazio", "Milano", "h501"), strict=True))

    assert dict(read(FIELDS, said, parts=CODES_ONLY).values) == said | {"birth_place": "H501"}


# -- groups -----------------------------------------------------------------------------------


def test_fields_of_one_place_share_the_beginning_of_their_names():
    """Birth and residence are two places; other kinds of field belong to none."""
    groups = groups_of((*FIELDS, form.SEX, *form.RESIDENCE))

    assert [[field.name for field in group.values()] for group in groups] == [
        list(NAMES),
        ["residence_province"],
        ["domicile_province"],
    ]


@pytest.mark.requirement("IOL-21")
def test_a_provincia_alone_is_looked_up():
    """The provincia of a residence is one there is."""
    fields = (form.RESIDENCE[2],)

    assert values({"residence_province": "vr"}, fields) == {"residence_province": "Verona"}
    assert faults({"residence_province": "Verone"}, fields) == {
        ("residence_province", "luogo.provincia")
    }


def test_a_nation_abroad_in_a_form_without_a_place():
    """A form may ask for the nation only."""
    assert values({"birth_nation": "francia"}, (form.BIRTH_NATION,)) == {"birth_nation": "Francia"}


@pytest.mark.requirement("MIM-15")
@pytest.mark.parametrize("born", ["1998-01-01", "2000-01-01"])
def test_a_provincia_that_changed_its_sigla_is_one(born):
    """Novafeltria left the provincia of Pesaro e Urbino after that had become PU from PS."""
    said = typed("Italia", "Marche", "Pesaro e Urbino", "F137")
    (group,) = groups_of(FIELDS)

    assert settle(group, said, {}, dt.date.fromisoformat(born), PLACES) == (said, ())


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_whatever_the_lists_offer_is_accepted(data):
    """Going down the lists for a birth date always ends in a place without fault (MIM-15)."""
    # Before that day the Valle d'Aosta had no provincia: it was in that of Torino.
    day = data.draw(st.dates(dt.date(1927, 1, 12), dt.date(2025, 1, 1)))
    region = data.draw(st.sampled_from(PLACES.regions()))
    province = data.draw(st.sampled_from(PLACES.provinces(region.code, day)))
    comune = data.draw(st.sampled_from(PLACES.comuni(province.sigla, day)))
    assert isinstance(comune, Comune)
    (group,) = groups_of(FIELDS)
    said = typed("Italia", region.name, province.name, comune.code)

    settled, found = settle(group, said, {}, day, PLACES)

    assert found == ()
    assert dict(settled) == said


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, st.text(max_size=12))))
@settings(deadline=None, max_examples=100)
def test_any_text_is_settled_or_refused(said):
    """Nothing raises, and a second reading of what is kept changes nothing."""
    (group,) = groups_of(FIELDS)
    said = {name: text for name, text in said.items() if text}

    settled, found = settle(group, said, {}, None, PLACES)

    if not found:
        assert settle(group, {**said, **settled}, {}, None, PLACES) == (settled, ())
    assert {fault.field for fault in found} <= set(NAMES)


def test_a_form_without_places_asks_for_none():
    """The lists are not read for a form that has no such field."""
    line = FormField(name="field", label=LABEL)

    assert read((line,), {"field": "x"}).values == {"field": "x"}
    assert groups_of((line,)) == ()
