"""The ready-made people are sound, and fill in forms as procedures ask."""

from __future__ import annotations

import attrs
import pytest
from tests.codici_fiscali import code_for

from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.consistency import check_person
from registrazione.profiles import NAMES, load
from registrazione.testing.people import PEOPLE

each_person = pytest.mark.parametrize("person", PEOPLE, ids=PEOPLE._fields)
each_profile = pytest.mark.parametrize("profile", [load(name) for name in NAMES], ids=NAMES)


@each_person
def test_the_code_is_that_of_the_data(person) -> None:
    """The decree's own tables give the same code, and the library finds no contradiction."""
    plain = str.maketrans({" ": "", "È": "E"})
    surname, name = (text.upper().translate(plain) for text in (person.surname, person.name))
    code = CodiceFiscale.parse(person.codice_fiscale)

    assert code.code == code_for(surname, name, person.sex, person.born, person.birth_place)
    assert not check_person(code, **person.data())


def test_they_are_different_people() -> None:
    """No two share a code, a name or a mailbox; each is called what the field is called."""
    for fact in ("codice_fiscale", "key", "email", "phone"):
        assert len({getattr(person, fact) for person in PEOPLE}) == len(PEOPLE)
    assert [person.name.lower() for person in PEOPLE] == list(PEOPLE._fields)


@each_profile
@each_person
def test_passwords_are_taken(person, profile) -> None:
    """Each procedure takes the password, which is the same every time and nobody else's."""
    password = person.password_for(profile)

    assert profile.password.check(password) == ()
    assert password == person.password_for(profile)
    assert password != PEOPLE[PEOPLE.index(person) - 1].password_for(profile)


@each_profile
def test_forms_have_the_fields_of_the_procedure(profile) -> None:
    """Nothing that is not asked for, and all that has to be there."""
    form = PEOPLE.adele.form(profile)
    required = {field.name for field in profile.form if field.required}

    assert set(form) <= {field.name for field in profile.form}
    assert required <= set(form)
    assert form.get("email_again", form["email"]) == form["email"]


def test_forms_can_be_changed() -> None:
    """What repeats a field follows it; a field can be left out, and one be added."""
    profile = load("istanze-online")
    form = PEOPLE.carla.form(
        profile, email="c@istruzione.it", password="Segreta123", sex=None, extra="1"
    )

    assert form["email"] == "c@istruzione.it"
    assert form["password"] == form["password_again"] == "Segreta123"
    assert "sex" not in form
    assert form["extra"] == "1"
    assert PEOPLE.carla.form(profile)["email"].endswith("istruzione.it")


def test_eidas_tells_little() -> None:
    """SPID tells code, address and phone; eIDAS little more than who it is."""
    spid, eidas = PEOPLE.driss.vouched_for("spid"), PEOPLE.driss.vouched_for("eidas")

    assert spid.codice_fiscale == PEOPLE.driss.codice_fiscale
    assert eidas.codice_fiscale is None
    assert set(eidas.values) == {"name", "surname", "birth_date"}
    assert spid.identity != eidas.identity


def test_choices_are_made() -> None:
    """Where the form offers a choice, the first one is taken."""
    profile = load("polis")
    (category,) = [field for field in profile.form if field.name == "category"]

    assert PEOPLE.bruno.form(profile)["category"] == category.choices[0]
    without = attrs.evolve(profile, form=(attrs.evolve(category, choices=()),))
    assert "category" not in PEOPLE.bruno.form(without)
