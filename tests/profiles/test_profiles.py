"""The procedures that come with the library, each what its document says."""

from __future__ import annotations

import pytest
from tests.world import PROFILES

from registrazione import Role
from registrazione.core.form import Editable
from registrazione.core.profile import FirstPassword, Gate, Reset, Step, UsernameRule
from registrazione.profiles import NAMES, load

MIM, IOL, IST, POL, UNI, STD = (
    load(name)
    for name in (
        "mim-students",
        "iscrizioni-online",
        "istanze-online",
        "polis",
        "unimi-external",
        "standard",
    )
)


@pytest.mark.parametrize("name", PROFILES)
def test_a_procedure_is_loaded_by_its_name(name):
    """The page of that name, the same each time; it says what it is in both languages."""
    profile = load(name)

    assert profile.name == name
    assert load(name) is profile
    for text in (profile.title, profile.description, *(s.title for s in profile.services)):
        assert text.it
        assert text.en


def test_a_name_of_none():
    """There is no other one."""
    assert len(NAMES) == 6
    with pytest.raises(KeyError):
        load("unimi")


@pytest.mark.parametrize("name", PROFILES)
def test_every_field_has_its_words(name):
    """Labels and hints in both languages, and no field twice."""
    form = load(name).form
    names = [field.name for field in form]

    assert len(set(names)) == len(names)
    for field in form:
        assert field.label.it
        assert field.label.en
        assert field.hint is None or (field.hint.it and field.hint.en)


@pytest.mark.requirement("MIM-09", "MIM-10", "MIM-12", "MIM-14", "MIM-22", "MIM-41")
def test_students():
    """Four steps, all data mandatory, the secretariat enables."""
    assert MIM.steps == (Step.NOTICE, Step.IDENTIFY, Step.FILL, Step.SUMMARY)
    assert (MIM.human_check, MIM.email.twice, MIM.gates) == (True, True, (Gate.SECRETARIAT,))
    assert all(field.required for field in MIM.form)
    hints = [field.hint.it for field in MIM.form if field.hint is not None]
    assert hints == [
        "È necessario selezionare una nazione",
        "È necessario selezionare una regione",
        "È necessario selezionare una provincia",
    ]
    assert (MIM.username, MIM.first_password, MIM.reset) == (
        UsernameRule.GENERATED,
        FirstPassword.TEMPORARY,
        Reset.TEMPORARY,
    )
    assert {"registration", "access", "service"} <= set(MIM.help)


@pytest.mark.requirement("IOL-02", "IOL-03", "IOL-21", "IOL-22")
def test_parents():
    """Codice fiscale first, a summary, a link; contacts are theirs, the rest is the school's."""
    assert IOL.steps == (Step.IDENTIFY, Step.FILL, Step.SUMMARY)
    assert IOL.gates == (Gate.LINK,)
    mine = {field.name for field in IOL.form if field.editable is Editable.PERSON}
    assert {"mobile_phone", "document_number", "residence_address", "domicile_place"} <= mine
    assert not {"name", "surname", "birth_date", "birth_place", "sex"} & mine


@pytest.mark.requirement("IST-01", "IST-04", "IST-10")
def test_staff_at_first():
    """The institutional mailbox, a receipt, a school, a personal code."""
    assert IST.email.required_domains == {"istruzione.it"}
    assert IST.gates == (Gate.LINK, Gate.PRESENCE)
    assert IST.personal_code is not None
    assert (IST.username, IST.first_password) == (UsernameRule.CHOSEN, FirstPassword.CHOSEN)


@pytest.mark.requirement("POL-06", "POL-13", "POL-15", "POL-16", "POL-22")
def test_staff_later():
    """Any mailbox, document data mandatory, services per category, help by kind of problem."""
    assert not POL.email.required_domains
    wanted = {field.name for field in POL.form if field.required}
    assert {"document_type", "document_number", "document_expires"} <= wanted
    assert POL.realm == IOL.realm == IST.realm
    assert POL.service("ricostruzione-carriera").categories
    assert {
        "registration",
        "access",
        "recovery",
        "data",
        "enabling",
        "application",
        "service",
    } == set(POL.help)


@pytest.mark.requirement("UNI-05", "UNI-09", "UNI-21")
def test_external_users():
    """Persons only: names, birth, phone, an address of their own; never a company."""
    names = {field.name for field in UNI.form}
    assert {"name", "surname", "birth_date", "phone", "email", "username", "password"} <= names
    assert not {"company", "partita_iva", "vat_number", "organisation"} & names
    assert UNI.external
    assert not UNI.service("biblioteca-digitale").external
    assert (UNI.unique, UNI.cancellation.years) == (("email",), 1)


def test_the_neutral_one():
    """The address is the name, the password is set behind the link, nothing secret is mailed."""
    assert STD.username is UsernameRule.EMAIL
    assert (STD.first_password, STD.reset) == (FirstPassword.AT_LINK, Reset.LINK)
    assert STD.codice_fiscale == "absent"


@pytest.mark.parametrize("name", PROFILES)
def test_an_operator_never_sets_a_password(name):
    """No duty of any role is about somebody's secrets (ASVS 5.0 6.4.6)."""
    duties = load(name).duties

    assert not any("password" in duty or "code" in duty for duty in duties)
    assert all(set(roles) <= set(Role) for roles in duties.values())
