"""The library's validators in Django's models and forms."""

from __future__ import annotations

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.migrations.writer import MigrationWriter
from django.utils.translation import override
from tests.contrib.django.project import empty as _the_project_is_set_up

from registrazione.contrib.django.forms import (
    FIELDS,
    CapField,
    CodiceFiscaleField,
    DocumentTypeField,
    PecField,
    PhoneField,
)
from registrazione.contrib.django.validators import ItalianValidator
from registrazione.validators import VALIDATORS

assert _the_project_is_set_up

GOOD = {
    "codice_fiscale": (" rssmra80a01h501u", "RSSMRA80A01H501U"),
    "email": ("Maria@EXAMPLE.it", "Maria@example.it"),
    "pec": ("maria@pec.example.it", "maria@pec.example.it"),
    "phone": ("045 595 123", "+39045595123"),
    "cap": (" 37121 ", "37121"),
    "sigla": ("vr", "VR"),
    "document_type": ("passaporto", "passaporto"),
    "document_number": ("ca 12345 aa", "CA12345AA"),
    "school_code": ("vris00700x", "VRIS00700X"),
    "health_card": ("8038000123456789 0123", "80380001234567890123"),
    "temporary_health_code": ("stp0501234567890", "STP0501234567890"),
    "provisional_school_code": ("vris1234567 ", "VRIS1234567"),
    "username": ("Maria.Bianchi", "maria.bianchi"),
}


class Person(forms.Form):
    """A form of a project's own."""

    code = CodiceFiscaleField(label="Codice fiscale")
    cap = CapField(required=False)
    phone = PhoneField(required=False)
    document = DocumentTypeField(required=False)


def codes(raised):
    """Return the codes of an error."""
    return [error.code for error in raised.value.error_list]


def test_every_kind_has_its_field() -> None:
    """What the library can check, a form can ask for."""
    assert list(FIELDS) == list(VALIDATORS) == list(GOOD)
    assert all(field.kind == kind for kind, field in FIELDS.items())


@pytest.mark.parametrize(("kind", "texts"), GOOD.items())
def test_a_field_cleans_to_the_canonical_text(kind, texts) -> None:
    """However it was typed, and the validator has nothing against the result."""
    typed, canonical = texts

    assert FIELDS[kind]().clean(typed) == canonical
    ItalianValidator(kind)(canonical)


@pytest.mark.parametrize("kind", GOOD)
def test_a_field_says_what_is_wrong(kind) -> None:
    """With the code of the refusal; nothing of what was typed is repeated."""
    with pytest.raises(ValidationError) as of_field:
        FIELDS[kind]().clean("sbagliato ÷ qui")

    assert "sbagliato" not in str(of_field.value)
    with pytest.raises(ValidationError) as of_validator:
        ItalianValidator(kind)("sbagliato ÷ qui")
    assert codes(of_field) == codes(of_validator)
    assert "." in codes(of_field)[0]


def test_words_are_in_the_language_that_is_active() -> None:
    """Italian and English, when the error is made."""
    said = {}
    for language in ("it", "en"):
        with override(language), pytest.raises(ValidationError) as raised:
            CapField().clean("x")
        said[language] = raised.value.messages

    assert said["it"] != said["en"]
    assert "cinque" in said["it"][0] or "CAP" in said["it"][0]


def test_what_is_only_odd_passes() -> None:
    """A warning is no error: the doubtful digit of a card, a domain that looks like no PEC."""
    assert VALIDATORS["pec"].check("maria@example.it")

    assert PecField().clean("maria@example.it") == "maria@example.it"
    ItalianValidator("pec")("maria@example.it")


def test_a_form_takes_all_of_them() -> None:
    """Required fields are asked for, others may be empty, and faults are found together."""
    assert Person({"code": "RSSMRA80A01H501U"}).is_valid()
    wrong = Person({"code": "", "cap": "3", "phone": "12"})

    assert not wrong.is_valid()
    assert wrong.errors.as_data()["code"][0].code == "required"
    assert set(wrong.errors) == {"code", "cap", "phone"}


def test_inputs_help_on_a_phone() -> None:
    """The right keyboard, no correction of codes, and a browser fills in what it knows."""
    drawn = str(Person())

    assert 'type="tel" name="phone" spellcheck="false" autocomplete="tel" inputmode="tel"' in drawn
    assert 'autocapitalize="characters"' in drawn


def test_documents_are_chosen_from_a_list() -> None:
    """In the language of whoever looks at it."""
    with override("en"):
        assert ("passaporto", "Passport") in list(Person().fields["document"].choices)
    with override("it"):
        assert ("passaporto", "Passaporto") in list(Person().fields["document"].choices)


def test_a_model_takes_a_validator() -> None:
    """It can be written into a migration, and is the same one afterwards."""
    field = models.CharField(max_length=5, validators=[ItalianValidator("cap")])
    with pytest.raises(ValidationError):
        field.clean("x", None)

    assert field.clean("37121", None) == "37121"
    written, imports = MigrationWriter.serialize(ItalianValidator("cap"))
    assert written == "registrazione.contrib.django.validators.ItalianValidator('cap')"
    assert imports == {"import registrazione.contrib.django.validators"}


def test_validators_are_equal_by_their_kind() -> None:
    """So that ``makemigrations`` finds no change where there is none."""
    assert ItalianValidator("cap") == ItalianValidator("cap") != ItalianValidator("phone")
    assert len({ItalianValidator("cap"), ItalianValidator("cap")}) == 1
    assert ItalianValidator("cap") != "cap"


def test_a_kind_that_is_none_is_an_error_at_once() -> None:
    """A misspelt kind is found when the model is defined."""
    with pytest.raises(KeyError):
        ItalianValidator("codice_fiscal")
