"""What an identity provider told: marked where it is shown, and not to be changed."""

from __future__ import annotations

import attrs
import pytest
from tests.contrib.web.browserless import come_in, visitor_of
from tests.contrib.web.engines import by_django, by_jinja
from tests.contrib.web.vouched_for import come_by, filled_in
from tests.world import MARIO, SECRETARIAT

from registrazione.contrib.web.pages import Facts, Form, Table
from registrazione.core.form import Editable
from registrazione.profiles import load

UNIMI = load("unimi-external")
TWO_OWN = attrs.evolve(
    UNIMI,
    form=tuple(
        attrs.evolve(field, editable=Editable.PERSON) if field.name == "surname" else field
        for field in UNIMI.form
    ),
)


def with_locked(*names, profile=UNIMI):
    """Return a procedure that locks these fields."""
    return attrs.evolve(profile, federation=attrs.evolve(profile.federation, locked=names))


def marks(visitor):
    """Return what the page says of who told what."""
    return {
        label: (source.text, source.locked)
        for block in visitor.page.blocks
        if isinstance(block, Facts)
        for label, source in block.sources.items()
    }


def vouched(profile):
    """Return a visitor who came in by SPID."""
    visitor = come_by(visitor_of(profile), MARIO)
    if visitor.name == "complete":
        visitor.submit(filled_in(visitor))
    assert visitor.name == "area"
    return visitor


@pytest.mark.requirement("MIM-06", "UNI-02")
def test_the_personal_data_say_who_told_them():
    """What SPID told is marked, and what of it is locked says so; what was typed is not."""
    visitor = vouched("mim-students").get("/profile")

    assert marks(visitor)["Cognome"] == ("da SPID, non modificabile", True)
    assert marks(visitor)["Codice fiscale"] == ("da SPID, non modificabile", True)
    assert marks(visitor)["E-mail di riferimento"] == ("da SPID", False)
    assert visitor.facts["Identità digitali collegate"] == "SPID"


def test_who_registered_has_no_marks():
    """What the person typed is the person's."""
    assert marks(come_in(visitor_of()).get("/profile")) == {}


@pytest.mark.requirement("IOL-22")
def test_what_the_office_corrected_is_marked_as_such():
    """Whoever told it before; it is locked no more, whatever was."""
    visitor = vouched(with_locked("phone", "name"))
    assert marks(visitor.get("/profile"))["Telefono"] == ("da SPID, non modificabile", True)
    registrar = visitor.world.registrar
    (account,) = registrar.accounts("active").items
    registrar.correct_data(SECRETARIAT, account.id, {"phone": "+390212345678"}, "atto")
    shown = marks(visitor.get("/profile"))

    assert shown["Telefono"] == ("corretto dall'ufficio", False)
    assert shown["Nome"] == ("da SPID, non modificabile", True)


def test_an_address_that_was_told_is_marked_with_how_one_gets_in():
    """It stands in the other half of the page, under a label of its own."""
    visitor = vouched(UNIMI).get("/profile")
    access = next(block for block in visitor.page.blocks[1:] if isinstance(block, Facts))
    assert visitor.world.registrar.accounts("active").items[0].sources["email"] == "spid"
    assert [source.text for source in access.sources.values()] == ["da SPID"]


@pytest.mark.requirement("MIM-06")
def test_the_page_of_missing_data_marks_what_is_there():
    """With its lock, so that nobody looks for a way to correct it here."""
    visitor = come_by(visitor_of("mim-students"), MARIO)
    assert visitor.name == "complete"
    assert marks(visitor)["Nome"] == ("da SPID, non modificabile", True)


@pytest.mark.requirement("UNI-03")
@pytest.mark.parametrize(("locked", "columns"), [(("surname",), 4), ((), 3)])
def test_the_alignment_says_what_is_locked_afterwards(locked, columns):
    """A column more where something is, and none where nothing is."""
    visitor = come_in(visitor_of(with_locked(*locked)), cf=MARIO.cf, surname="Rosso")
    visitor.sign_out()
    come_by(visitor, MARIO)
    (table,) = (block for block in visitor.page.blocks if isinstance(block, Table))
    rows = {row[0].text: row[3:] for row in table.rows}

    assert len(table.columns) == columns
    assert [cell.text for cell in rows["Cognome"]] == ["non modificabile"] * len(locked)
    assert [cell.text for cell in rows["Email"]] == [""] * len(locked)


def test_a_locked_field_is_shown_where_the_others_are_changed():
    """It is no field of the form, and what is sent of it all the same is not even read."""
    visitor = vouched(with_locked("phone", profile=TWO_OWN)).get("/profile/contacts")
    assert "surname" in {field.name for field in visitor.form().fields}
    assert "phone" not in {field.name for field in visitor.form().fields}
    assert ("da SPID, non modificabile", True) in marks(visitor).values()
    before = visitor.world.registrar.accounts("active").items[0].values["phone"]
    visitor.post("/profile/contacts", {"phone": "+39 055 1234567"})

    assert visitor.world.registrar.accounts("active").items[0].values["phone"] == before


def test_where_all_is_locked_there_is_no_form():
    """Nothing to save, and the reason why."""
    visitor = vouched(with_locked("phone")).get("/profile/contacts")

    assert [field.name for field in UNIMI.form if field.editable is Editable.PERSON] == ["phone"]
    assert not [block for block in visitor.page.blocks if isinstance(block, Form)]
    assert "segreteria" in visitor.prose


@pytest.mark.parametrize("engine", [by_jinja, by_django])
def test_the_mark_is_words_and_the_lock_is_a_picture(engine):
    """Whoever does not see the lock reads what it means."""
    drawn = engine(vouched("mim-students").get("/profile").page)
    assert "</svg> da SPID, non modificabile</span>" in drawn
    assert drawn.count('aria-hidden="true"><path') == drawn.count("non modificabile")


def test_a_provider_that_nobody_has_a_name_for_is_called_what_the_settings_call_it():
    """A plugin's own."""
    profile = attrs.evolve(
        UNIMI, federation=attrs.evolve(UNIMI.federation, providers=("spid", "nodo"))
    )
    from registrazione.adapters.scripted_identity import ScriptedProvider

    known = {MARIO.username: MARIO.vouched("nodo")}
    providers = [ScriptedProvider("nodo", known), ScriptedProvider("spid", {})]
    visitor = come_by(visitor_of(profile, identity_providers=providers), MARIO, "nodo")
    assert visitor.get("/profile").facts["Identità digitali collegate"] == "nodo"
