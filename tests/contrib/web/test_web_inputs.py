"""The fields of a form as a page draws them, and its values as people read them."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from tests.contrib.web.browserless import come_in, visitor_of
from tests.world import MARIO

from registrazione.checks.places import InstalledPlaces
from registrazione.contrib.web import inputs
from registrazione.contrib.web.fields import InputType
from registrazione.contrib.web.inputs import fields_of
from registrazione.contrib.web.shown import rows_of, shown
from registrazione.contrib.web.site import Site
from registrazione.contrib.web.visit import Visit
from registrazione.core import form
from registrazione.core.form import FieldKind, FormField
from registrazione.core.texts import Text

PLACES = InstalledPlaces()


@pytest.fixture
def visit() -> Visit:
    """A visit of the login page."""
    from registrazione.contrib.web.exchange import WebRequest

    site: Site = visitor_of("mim-students").site
    return site._opened(WebRequest(method="GET", path="/sign-in"))[0]


def drawn(visit: Visit, *fields: FormField, places: Any = PLACES, **values: str) -> Any:
    """Return the fields as they are drawn; the only one, if there is one."""
    found = fields_of(visit, fields, values, places)
    return found[0] if len(found) == 1 else {field.name: field for field in found}


def test_every_kind_of_field_is_drawn(visit) -> None:
    """None is forgotten; passwords never hold what was typed."""
    assert inputs._DRAWN.keys() == set(FieldKind)
    for kind in FieldKind:
        field = FormField(name="x", label=Text("x", "x"), kind=kind, choices=("a", "b"))
        assert drawn(visit, field, x="").name == "x"
    assert drawn(visit, form.PASSWORD, password="Segreta1").value == ""
    assert drawn(visit, form.PASSWORD).requirements
    assert drawn(visit, form.PASSWORD_AGAIN).requirements == ()


@pytest.mark.requirement("MIM-14", "MIM-22")
def test_phones_show_the_right_keyboard(visit) -> None:
    """And browsers fill in what they know; names are not corrected."""
    assert drawn(visit, form.EMAIL).inputmode == "email"
    assert drawn(visit, form.PHONE).type is InputType.TEL
    assert drawn(visit, form.NAME).autocomplete == "given-name"
    assert not drawn(visit, form.NAME).spelling
    assert drawn(visit, form.RESIDENCE[0]).spelling
    assert drawn(visit, form.NAME).required
    assert not drawn(visit, form.MOBILE_PHONE).required
    hint = attrs.evolve(form.NAME, hint=Text("come sul documento", "as on the document"))
    assert drawn(visit, hint).hint == "come sul documento"


def test_few_choices_stand_side_by_side(visit) -> None:
    """Where one has to be chosen; many, or none at all, are in a list, in words."""
    category = attrs.evolve(form.CATEGORY, choices=("docente", "x"))

    assert drawn(visit, form.SEX, sex="F").type is InputType.RADIO
    assert [option.selected for option in drawn(visit, form.SEX, sex="F").options] == [False, True]
    assert drawn(visit, category).type is InputType.SELECT
    assert [option.label for option in drawn(visit, category).options] == ["Personale docente", "x"]
    assert drawn(visit, category).placeholder == "Scegli…"
    assert drawn(visit, form.DOCUMENT[0], document_type="passaporto").type is InputType.SELECT


@pytest.mark.requirement("MIM-15")
def test_without_lists_places_are_typed(visit) -> None:
    """Who knows codes only draws no list, and needs no script."""
    fields = (form.BIRTH_NATION, form.BIRTH_REGION, form.BIRTH_PROVINCE, form.BIRTH_PLACE)
    found = drawn(visit, *fields, places=None, birth_place="H501")

    assert {field.type for field in found.values()} == {InputType.TEXT}
    assert not any(field.data or field.options for field in found.values())
    assert found["birth_place"].value == "H501"


@pytest.mark.requirement("MIM-15")
def test_a_place_that_stands_alone_is_looked_for_by_name(visit) -> None:
    """Without a cascade above it; one that the lists do not know stays as it was typed."""
    assert dict(drawn(visit, form.BIRTH_PLACE).data)["place"] == "any"
    assert "sigla della provincia" in drawn(visit, form.BIRTH_PLACE).hint
    assert drawn(visit, form.BIRTH_PLACE, birth_place="H501").value == "Roma (RM)"
    assert drawn(visit, form.BIRTH_PLACE, birth_place="Nowhere").value == "Nowhere"
    assert not any(option.selected for option in drawn(visit, form.BIRTH_NATION).options)


@pytest.mark.parametrize(
    ("field", "value", "italian", "english"),
    [
        (form.SEX, "F", "Femmina", "Female"),
        (attrs.evolve(form.CATEGORY, choices=("x",)), "x", "x", "x"),
        (form.BIRTH_DATE, "2006-05-14", "14 maggio 2006", "14 May 2006"),
        (form.BIRTH_PLACE, "H501", "Roma (RM)", "Roma (RM)"),
        (form.BIRTH_PLACE, "ZZZZ", "ZZZZ", "ZZZZ"),
        (form.BIRTH_NATION, "Z112", "Germania", "Germany"),
        (form.BIRTH_NATION, "ZZZZ", "ZZZZ", "ZZZZ"),
        (form.BIRTH_PROVINCE, "RM", "Roma", "Roma"),
        (form.BIRTH_PROVINCE, "??", "??", "??"),
        (form.DOCUMENT[0], "unknown", "unknown", "unknown"),
        (form.NAME, "Mario", "Mario", "Mario"),
    ],
)
def test_values_are_shown_as_people_read_them(visit, field, value, italian, english) -> None:
    """Names instead of codes, in both languages; what is not known as it is kept."""
    assert shown(field, value, visit, PLACES) == italian
    visit.language = "en"
    assert shown(field, value, visit, PLACES) == english


def test_without_lists_codes_are_shown_as_they_are(visit) -> None:
    """And empty fields, passwords and repeated ones not at all."""
    for field in (form.BIRTH_PLACE, form.BIRTH_NATION, form.BIRTH_PROVINCE):
        assert shown(field, "H501", visit, None) == "H501"
    values = {"name": "Mario", "surname": "", "email_again": "x", "password": "x"}
    assert rows_of(visit, values, None, None) == (("Nome", "Mario"),)
    assert rows_of(visit, {}, MARIO.cf, None) == (("Codice fiscale", MARIO.cf),)


def test_a_message_without_its_field_is_said_all_the_same() -> None:
    """The fault of something that is not on the page has no link, but its words."""
    visitor = come_in(visitor_of("polis"))
    visitor.post("/profile/contacts", {"mobile_phone": "many", "residence_cap": "x"})

    assert {message.field for message in visitor.page.faults} <= {
        *(field.id for field in visitor.form().fields),
        "",
    }
    assert len(visitor.page.faults) == 2
