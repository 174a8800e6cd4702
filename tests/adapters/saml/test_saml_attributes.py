"""From attributes to form fields."""

from __future__ import annotations

from datetime import date

import pytest

from registrazione.adapters.saml.attributes import Admission, verified_identity
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.profiles import PROFILES
from registrazione.adapters.saml.responses import Asserted
from registrazione.refusals import catalogue
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_idp import attributes_of

TODAY = date(2026, 11, 5)
ADELE = dict(attributes_of(PEOPLE.adele))


def identity(profile="spid-public", admission=None, today=TODAY, **changes):
    """Return whom Adele's attributes are about, with something else among them."""
    attributes = {key: value for key, value in {**ADELE, **changes}.items() if value is not None}
    asserted = Asserted(
        provider="https://idp.example",
        request_id="_r",
        response_id="_s",
        assertion_id="_a",
        name_id="_n",
        session_index="",
        named={},
        level=2,
        attributes=attributes,
    )
    return verified_identity(asserted, "spid", PROFILES[profile], admission or Admission(), today)


@pytest.mark.requirement("UNI-02", "MIM-06")
def test_everything_is_taken_over():
    """Each attribute in the field that the form has for it."""
    verified = identity(
        address="Via  Esempio 1",
        countyOfBirth="MI",
        digitalAddress="a@pec.example",
        domicilePostalCode="20100",
        mobilePhone="+39 333 000-0001",
    )

    assert verified.codice_fiscale == PEOPLE.adele.codice_fiscale
    assert dict(verified.values) == {
        "name": "Adele",
        "surname": "Trovamala",
        "birth_date": "1984-03-12",
        "birth_place": "F205",
        "birth_county": "MI",
        "sex": "F",
        "email": PEOPLE.adele.email,
        "phone": "+393330000001",
        "pec": "a@pec.example",
        "residence_address": "Via Esempio 1",
        "domicile_cap": "20100",
        "document_type": "cartaIdentita",
        "document_number": "CA12345AA",
        "document_issued": "2025-01-01",
        "document_expires": "2035-01-01",
    }
    assert verified.identity.subject == ADELE["spidCode"]
    assert PEOPLE.adele.codice_fiscale not in repr(verified)


@pytest.mark.parametrize(
    ("attribute", "value", "field"),
    [
        ("placeOfBirth", "Milano", "birth_place"),
        ("gender", "X", "sex"),
        ("email", "no address", "email"),
        ("mobilePhone", "call me", "phone"),
        ("countyOfBirth", "Milano", "birth_county"),
        ("domicilePostalCode", "1", "domicile_cap"),
        ("name", "A\u0007", "name"),
        ("name", "<b>A</b>", "name"),
        ("address", "x" * 201, "residence_address"),
        ("email", "a@b.example\u200b", "email"),
        ("idCard", "passaporto .. Roma 2025-02-03 2035-01-01", "document_type"),
        ("idCard", "carta", "document_type"),
        ("idCard", "sconosciuto 1 Roma 2025-01-01 2035-01-01", "document_type"),
        ("idCard", "passaporto 1 Roma 2025-02-30 2035-01-01", "document_type"),
        ("digitalAddress", "-", "pec"),
    ],
)
def test_what_does_not_look_right_is_left_out(attribute, value, field):
    """It is convenient and no more: the person types it."""
    assert field not in identity(**{attribute: value}).values


@pytest.mark.parametrize("value", ["1984-3-12", "19840312", "1984-02-30", "yesterday"])
def test_a_date_of_birth_is_one(value):
    """What says who somebody is has to be sound."""
    with pytest.raises(Rejected) as caught:
        identity(dateOfBirth=value)

    assert caught.value.rule == "attributes.date_of_birth"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (f"TINIT-{PEOPLE.bruno.codice_fiscale}", PEOPLE.bruno.codice_fiscale),
        ("TINDE-12345678901", None),
        (None, None),
    ],
)
def test_a_codice_fiscale_is_read(value, code):
    """With its mark; another country's number is none."""
    assert identity(fiscalNumber=value).codice_fiscale == code


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "eidas"])
def test_a_codice_fiscale_stands_behind_its_country(profile):
    """So SPID and CIE write it; only a provider that follows neither may leave the country out."""
    bare = PEOPLE.bruno.codice_fiscale
    if profile == "saml2":
        assert identity(profile, fiscalNumber=bare).codice_fiscale == bare
    else:
        with pytest.raises(Rejected) as caught:
            identity(profile, fiscalNumber=bare)
        assert caught.value.rule == "attributes.fiscal_number"


@pytest.mark.parametrize(
    "told", [f"TINIT-{PEOPLE.bruno.codice_fiscale}", PEOPLE.bruno.codice_fiscale, "x\ny", "TINES-1"]
)
def test_a_number_that_eidas_was_not_asked_for_is_left_aside(told):
    """Its sets of attributes have none: whose account it is does not hang on it."""
    verified = identity("eidas", spidCode="ES/IT/12345", fiscalNumber=told)

    assert verified.codice_fiscale is None


def test_a_codice_fiscale_of_another_shape_is_refused():
    """Nobody is signed in under half a code."""
    with pytest.raises(Rejected):
        identity(fiscalNumber="TINIT-ABC")


@pytest.mark.parametrize("told", ["ES/IT/12345", "DE/IT/urn:de:p/1+2=3", "TEST1234567890"])
def test_eidas_names_people_as_the_regulation_does(told):
    """Country, country and identifier; or a code of the node's own, without a country."""
    assert identity("eidas", spidCode=told, fiscalNumber=None).identity.subject == told


@pytest.mark.parametrize("told", ["es/IT/12345", "ESP/IT/12345", "ES/IT/", "ES/IT/1 2", "12345"])
def test_what_names_nobody_is_refused(told):
    """It would be a key of accounts that the next sign-in does not have."""
    with pytest.raises(Rejected) as caught:
        identity("eidas", spidCode=told, fiscalNumber=None)

    assert caught.value.rule == "attributes.subject"


def test_another_country_s_number_is_no_codice_fiscale():
    """It is not taken for one, and nobody is refused for it."""
    assert identity(fiscalNumber="TINES-12345678Z").codice_fiscale is None


def test_eidas_tells_no_codice_fiscale():
    """The person is known by the node's identifier."""
    verified = identity("eidas", spidCode="XX/IT/12345", fiscalNumber=None)

    assert verified.codice_fiscale is None
    assert verified.identity.subject == "XX/IT/12345"


def test_cie_tells_no_code_of_spid():
    """The person is known by the codice fiscale."""
    assert identity("cie-public", spidCode=None).identity.subject == ADELE["fiscalNumber"]


def test_a_firm_is_no_person():
    """Unless the service is for people at work; see identity.spid_30."""
    with pytest.raises(Rejected) as caught:
        identity(companyName="Esempio S.r.l.")
    assert caught.value.code == "spid_30"

    told = identity(admission=Admission(professionals=True), companyName="Esempio S.r.l.")
    assert told.values["company_name"] == "Esempio S.r.l."


def test_minors_are_let_in_as_configured():
    """On the birthday, not the day before; see identity.under_age."""
    grown = Admission(minimum_age=18)

    assert identity(admission=grown, today=date(2002, 3, 12)).level == 2
    for more in ({"today": date(2002, 3, 11)}, {"dateOfBirth": None}):
        with pytest.raises(Rejected) as caught:
            identity(admission=grown, **more)
        assert caught.value.code == "under_age"
    assert "identity.under_age" in catalogue()
