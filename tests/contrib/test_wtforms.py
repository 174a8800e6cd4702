"""The validators in forms made with WTForms."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form, PasswordField, StringField

from registrazione.contrib.wtforms import GoodPassword, Italian
from registrazione.profiles import load

POLICY = load("mim-students").password


class Person(Form):
    """A form of an application's own."""

    code = StringField(validators=[Italian("codice_fiscale")])
    cap = StringField(validators=[Italian("cap", language="en")])
    password = PasswordField(validators=[GoodPassword(POLICY)])


GOOD = {"code": "RSSMRA85T10A562S", "cap": "20121", "password": "Cavallo17!"}


def test_good_values_pass() -> None:
    """Nothing is said about what is right."""
    form = Person(MultiDict(GOOD))

    assert form.validate(), form.errors


def test_every_fault_is_said_in_words() -> None:
    """All that is wrong, in the language asked for, and nothing of what was typed."""
    form = Person(MultiDict({"code": "RSSMRA85T10A562Q", "cap": "x", "password": "corta"}))

    assert not form.validate()
    assert set(form.errors) == {"code", "cap", "password"}
    assert "RSSMRA" not in str(form.errors)
    assert "maiuscol" in form.errors["password"][0]


def test_a_kind_that_is_none_is_an_error_at_once() -> None:
    """A misspelt kind is found when the form is defined."""
    with pytest.raises(KeyError):
        Italian("codice_fiscal")
