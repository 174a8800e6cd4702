"""The validators alone: one table, the same verdict in every form, and nothing loaded for it."""

from __future__ import annotations

import argparse
import json
import os
import pickle
import subprocess
import sys

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties.odd_values import odd_values

from registrazione import validators as valid
from registrazione.checks import phones
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.refusals import Refusal, Severity, fault
from registrazione.refusals import text_of
from registrazione.validators import (
    VALIDATORS,
    InvalidValue,
    PasswordPolicy,
    Secret,
)

GOOD = {
    "codice_fiscale": ("rssmra80a01h501u ", "RSSMRA80A01H501U"),
    "email": ("Mario.Rossi@ESEMPIO.it", "Mario.Rossi@esempio.it"),
    "pec": ("mario@pec.esempio.it", "mario@pec.esempio.it"),
    "phone": ("333 123 4567", "+393331234567"),
    "cap": (" 37121", "37121"),
    "sigla": ("vr", "VR"),
    "document_type": ("Carta d'identità", "cartaIdentita"),
    "document_number": ("ca 12345 aa", "CA12345AA"),
    "school_code": ("vris00700x", "VRIS00700X"),
    "health_card": ("8038 0000 1234 5678 9014", "80380000123456789014"),
    "temporary_health_code": ("stp0501010000001", "STP0501010000001"),
    "provisional_school_code": ("ab12345", "AB12345"),
    "username": ("Mario.Rossi", "mario.rossi"),
}
"""A text of each kind as somebody types it, and as it is kept."""
BAD = {
    "codice_fiscale": ("RSSMRA80A01H501X", "cf", "cf.controllo"),
    "email": ("mario at esempio.it", "email", "email.malformed"),
    "pec": ("mario at esempio.it", "pec", "email.malformed"),
    "phone": ("112", "phone", "phone.malformed"),
    "cap": ("3712", "cap", "address.cap"),
    "sigla": ("VRR", "province", "address.province"),
    "document_type": ("tessera del circolo", "document_type", "document.type"),
    "document_number": ("CA#12345", "document_number", "document.number"),
    "school_code": ("PU0000000X", "school_code", "school_code.prefix"),
    "health_card": ("8038", "health_card", "health_card.shape"),
    "temporary_health_code": ("STP05", "stp", "stp.shape"),
    "provisional_school_code": ("AB-1", "provisional_code", "provisional_code.shape"),
    "username": ("-admin-", "username", "username.edges"),
}
"""A text of each kind that is refused, the field by its own name, and the first fault."""
HEAVY = ("attr", "attrs", "codicefiscale", "email_validator", "phonenumbers", "typing", "zxcvbn")
A_VERDICT = """
from registrazione.validators import is_codice_fiscale
assert is_codice_fiscale("RSSMRA80A01H501U")
assert not is_codice_fiscale("RSSMRA80A01H501X")
"""
A_VALUE = """
from registrazione.validators import CodiceFiscale
assert CodiceFiscale.parse("RSSMRA80A01H501U").sex == "M"
"""
POLICY = PasswordPolicy(min_length=8, require_digit=True)

kinds = pytest.mark.parametrize("name", sorted(VALIDATORS))


def text(value):
    """Return a value as text: those with a type of their own keep it in one of two places."""
    return str(getattr(value, "code", None) or getattr(value, "address", None) or value)


# -- one table, four forms ------------------------------------------------------------------


def test_every_kind_has_its_examples():
    """No kind goes untested, and every one is found under its name."""
    assert sorted(GOOD) == sorted(BAD) == sorted(VALIDATORS)
    assert all(getattr(valid, name) is validator for name, validator in VALIDATORS.items())


@kinds
def test_a_good_text_is_accepted_in_every_form(name):
    """Yes, no fault, the canonical value, no words, and an attrs field that takes it."""
    typed, kept = GOOD[name]
    validator = VALIDATORS[name]

    assert getattr(valid, f"is_{name}")(typed) is validator.accepts(typed) is True
    assert getattr(valid, f"check_{name}")(typed) == validator.check(typed) == ()
    assert getattr(valid, f"read_{name}")(typed) == validator.read(typed)
    assert text(validator.read(typed)) == kept
    assert validator.messages(typed) == ()
    assert form_of(validator)(typed).field == typed


@kinds
def test_a_bad_text_is_refused_in_every_form(name):
    """No, the fault, a refusal, its words in both languages, and an attrs field that raises."""
    typed, field, code = BAD[name]
    validator = VALIDATORS[name]
    found = getattr(valid, f"check_{name}")(typed)

    assert getattr(valid, f"is_{name}")(typed) is validator.accepts(typed) is False
    assert found == validator.check(typed)
    assert (found[0].field, found[0].code) == (field, code)
    for language in ("it", "en"):
        words = tuple(text_of(fault, language) for fault in found)
        assert validator.messages(typed, language) == words
    with pytest.raises(InvalidValue) as refused:
        getattr(valid, f"read_{name}")(typed)
    assert refused.value.faults == found
    with pytest.raises(InvalidValue) as refused:
        form_of(validator)(typed)
    assert {fault.field for fault in refused.value.faults} == {"field"}
    assert refused.value.code == code


@kinds
def test_the_field_may_have_another_name(name):
    """Faults go to the field that the caller names."""
    typed, _, code = BAD[name]
    found = VALIDATORS[name].check(typed, "mio")

    assert {fault.field for fault in found} == {"mio"}
    assert found[0].code == code
    assert getattr(valid, f"check_{name}")(typed, "mio") == found
    assert getattr(valid, f"check_{name}")(typed, field="mio") == found


@kinds
def test_what_is_kept_is_read_as_itself(name):
    """The canonical form is one: read again, it does not change."""
    kept = text(VALIDATORS[name].read(GOOD[name][0]))

    assert text(VALIDATORS[name].read(kept)) == kept


@kinds
def test_values_of_any_type_have_a_verdict(name):
    """Nothing is raised but a refusal, the forms agree, and every fault has its words."""
    validator = VALIDATORS[name]
    for value in odd_values(f"validators {name}", 300):
        found = validator.check(value)
        errors = [fault for fault in found if fault.is_error]
        assert validator.accepts(value) == (not errors)
        assert len(validator.messages(value)) == len(errors)


@given(st.text())
def test_the_table_agrees_with_the_core_on_a_codice_fiscale(typed):
    """The two functions that come from the core say what the validator says."""
    assert valid.check_codice_fiscale(typed) == valid.codice_fiscale.check(typed)
    assert valid.is_codice_fiscale(typed) == valid.codice_fiscale.accepts(typed)


def test_a_validator_is_a_value():
    """It has a name, prints as that, equals itself only, and travels between processes."""
    assert repr(valid.cap) == "<validator cap>"
    assert valid.cap != valid.sigla
    assert hash(valid.cap) == hash(VALIDATORS["cap"])
    assert pickle.loads(pickle.dumps(valid.cap)) == valid.cap  # noqa: S301 - made here


def test_warnings_and_information_refuse_nothing():
    """They are among the faults, but neither raised nor among the words of a refusal."""
    doubtful = "80380000123456789015"

    assert [found.severity for found in valid.check_health_card(doubtful)] == [Severity.WARNING]
    assert [found.code for found in valid.check_pec("mario@esempio.it")] == ["pec.unverified"]
    assert valid.check_pec("mario@esempio.it", "casella")[0].field == "casella"
    assert valid.is_health_card(doubtful)
    assert valid.read_health_card(doubtful) == doubtful
    assert valid.health_card.messages(doubtful) == ()


# -- in attrs classes -----------------------------------------------------------------------


def form_of(validator):
    """Return an attrs class with one validated field."""
    return attrs.make_class("Form", {"field": attrs.field(validator=validator)}, frozen=True)


@attrs.define
class Pupil:
    """What another project might have."""

    code: CodiceFiscale = attrs.field(converter=valid.read_codice_fiscale)
    school: str = attrs.field(validator=valid.school_code)
    caps: list[str] = attrs.field(factory=list, validator=attrs.validators.deep_iterable(valid.cap))
    phone: str | None = attrs.field(default=None, validator=attrs.validators.optional(valid.phone))


def test_validators_go_with_those_of_attrs():
    """Optional values, lists and assignments are validated as with any other validator."""
    pupil = Pupil("rssmra80a01h501u", "VRIS00700X", caps=["37121"])

    assert pupil.code == CodiceFiscale(code="RSSMRA80A01H501U")
    with pytest.raises(InvalidValue, match=r"school_code\.shape\[school\]"):
        pupil.school = "VR"
    with pytest.raises(InvalidValue, match=r"address\.cap\[caps\]"):
        Pupil("rssmra80a01h501u", "VRIS00700X", caps=["37121", "no"])
    with pytest.raises(InvalidValue, match=r"phone\.malformed\[phone\]"):
        Pupil("rssmra80a01h501u", "VRIS00700X", phone="112")
    with pytest.raises(InvalidValue, match=r"cf\.controllo\[cf\]"):
        Pupil("RSSMRA80A01H501X", "VRIS00700X")


def test_a_refusal_is_a_value_error_too():
    """Whoever catches either has it; attrs' own ``not_`` and argparse look for the second."""
    no_cap = form_of(attrs.validators.not_(valid.cap))
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("cap", type=valid.read_cap)

    assert issubclass(InvalidValue, Refusal)
    assert issubclass(InvalidValue, ValueError)
    assert no_cap("Verona").field == "Verona"
    assert parser.parse_args(["37121"]).cap == "37121"
    with pytest.raises(argparse.ArgumentError):
        parser.parse_args(["Verona"])


# -- nothing that was typed is told ---------------------------------------------------------


@kinds
def test_no_error_tells_what_was_typed(name):
    """Neither the text of the exception, nor its chain, nor its words in either language."""
    canary = "ZZCANARY#"
    with pytest.raises(InvalidValue) as refused:
        VALIDATORS[name].read(canary)

    told = [str(refused.value), repr(refused.value)]
    told += [*refused.value.messages("it"), *refused.value.messages("en")]
    assert refused.value.messages("it")
    assert not any("CANARY" in words for words in told)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


# -- phones of other regions ----------------------------------------------------------------


def test_phones_of_another_region_or_mobile_ones_only():
    """A number without prefix belongs to the region; what is no mobile number is refused."""
    french = valid.phone_validator(region="FR")
    mobile = valid.phone_validator(mobile=True)

    assert french.read("06 12 34 56 78") == "+33612345678"
    assert mobile.accepts("333 1234567")
    assert [found.code for found in mobile.check("045 8001234", "cellulare")] == [
        "phone.not_mobile"
    ]
    with pytest.raises(ValueError, match="is no region"):
        valid.phone_validator(region="ZZ")


def test_without_the_extra_only_the_shape_of_a_number_is_looked_at(monkeypatch):
    """Nobody has to install the numbering plans of the world to ask for a phone number."""
    monkeypatch.setattr(phones, "find_spec", lambda _: None)
    sys.modules["registrazione.validators.kinds"]._phones.cache_clear()
    try:
        assert valid.read_phone("333 123-4567") == "3331234567"
    finally:
        sys.modules["registrazione.validators.kinds"]._phones.cache_clear()


# -- several fields -------------------------------------------------------------------------


def test_an_address_is_read_or_refused_whole():
    """All parts of it, none, or every fault at its own field."""
    street = {"street": "via Roma 1", "place": "Verona", "province": "vr", "cap": "37121"}
    wrong = {**street, "cap": "no", "province": None}
    found = valid.check_address(**wrong, prefix="home")

    assert valid.read_address(**street).province == "VR"
    assert valid.read_address(street=None, place=None) is None
    assert valid.check_address(**street) == ()
    assert {(fault.field, fault.code) for fault in found} == {
        ("home_cap", "address.cap"),
        ("home_province", "address.incomplete"),
    }
    with pytest.raises(InvalidValue) as refused:
        valid.read_address(**wrong, prefix="home")
    assert refused.value.faults == found


# -- passwords ------------------------------------------------------------------------------


def test_a_password_against_a_policy():
    """All faults at once, a secret is as good as a text, and the fields have other names."""
    assert valid.is_password("cavallo7", POLICY)
    assert valid.is_password(Secret("cavallo7"), POLICY)
    assert not valid.is_password("cavallo", POLICY)
    found = valid.check_password("cane", POLICY, "nuova", again="gatto", previous=["cane"])
    assert [(fault.field, fault.code) for fault in found] == [
        ("nuova", "password.too_short"),
        ("nuova", "password.needs_digit"),
        ("nuova_again", "password.mismatch"),
    ]


@pytest.mark.parametrize(("value", "code"), [(None, "input.missing"), (7, "input.type")])
def test_what_is_no_text_is_no_password(value, code):
    """Neither by itself nor as a secret."""
    assert valid.check_password(value, POLICY) == (fault(code, "password"),)
    assert valid.check_password(Secret(value), POLICY, "pw") == (fault(code, "pw"),)


def test_a_password_is_kept_as_a_secret():
    """In the one spelling that is hashed; refused, it tells nothing of itself."""
    validator = valid.password_validator(POLICY)
    form = form_of(validator)

    assert valid.read_password("cavallo7", POLICY) == Secret("cavallo7")
    assert validator.read(Secret("cavallo7")) == Secret("cavallo7")
    assert form(Secret("cavallo7")).field == Secret("cavallo7")
    with pytest.raises(InvalidValue, match=r"password\.needs_digit\[field\]"):
        form("cavallone")
    with pytest.raises(InvalidValue, match=r"password\.needs_digit\[pw\]"):
        valid.read_password("cavallone", POLICY, "pw")


def test_strength_and_common_passwords_where_the_policy_asks():
    """They are looked at last, with what is known of the person, and only if asked for."""
    policy = PasswordPolicy(min_length=8, min_strength=3, breach_check=True)
    person = {"name": "Ermenegilda", "surname": "Quaglia"}
    known = "ermenegilda.quaglia"

    assert [found.code for found in valid.check_password("password1", policy)] == [
        "password.weak",
        "password.breached",
    ]
    assert [found.code for found in valid.check_password("short", policy)] == ["password.too_short"]
    assert [found.code for found in valid.check_password(known, policy, **person)] == [
        "password.weak"
    ]
    assert valid.is_password("sette-gatti-verdi-a-Como", policy)


# -- the names, and what they load ----------------------------------------------------------


def modules_after(statement):
    """Return what a statement has loaded in a fresh process."""
    child = f"{statement}\nimport json, sys; print(json.dumps(list(sys.modules)))"
    alone = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-c", child], capture_output=True, text=True, check=True, env=alone
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "statement",
    [
        "import registrazione.validators",
        A_VERDICT,
        A_VALUE,
    ],
    ids=["the package", "a verdict", "a value"],
)
def test_a_first_verdict_loads_nothing_heavy(statement):
    """Neither attrs nor any library of another kind of data: only the rules themselves."""
    loaded = modules_after(statement)

    assert "registrazione.validators" in loaded
    assert not loaded & set(HEAVY)
    assert not {name for name in loaded if name.startswith("registrazione.validators.")}


def test_other_kinds_load_their_libraries_at_the_first_question():
    """To have all validators costs none of the libraries that only some of them need."""
    loaded = modules_after("from registrazione.validators import VALIDATORS, check_password")

    assert "attrs" in loaded
    assert not loaded & {"codicefiscale", "email_validator", "phonenumbers", "zxcvbn"}


@pytest.mark.parametrize("name", valid.__all__)
def test_every_promised_name_is_found(name):
    """Each name is there, listed, and the same object the next time."""
    found = getattr(valid, name)

    assert found is getattr(valid, name)
    assert name in dir(valid)


def test_the_names_are_those_that_are_promised():
    """The list of names and the list of their homes are one; any other name is an error."""
    homes = [name for names in valid._HOMES.values() for name in names]

    assert sorted(homes) == sorted(valid.__all__)
    with pytest.raises(
        AttributeError, match=r"'registrazione\.validators' has no attribute 'is_x'"
    ):
        _ = valid.is_x
