"""The validators for Django's own list, usable without anything else of the library."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model, password_validation
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.utils import translation
from tests.contrib.django.project import empty as _the_project_is_set_up

from registrazione.contrib.django import models
from registrazione.contrib.django.password_validation import (
    HistoryValidator,
    PolicyValidator,
    StrengthValidator,
)
from registrazione.ports import HasherBusy

assert _the_project_is_set_up

User = get_user_model()
MODULE = "registrazione.contrib.django.password_validation"


def codes(call, *arguments):
    """Return the codes of all errors."""
    with pytest.raises(ValidationError) as caught:
        call(*arguments)
    return [error.code for error in caught.value.error_list]


# -- policy --------------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-32", "MIM-33", "MIM-35")
def test_a_procedures_policy_is_asked_for() -> None:
    """All faults come at once, under the library's codes."""
    validator = PolicyValidator(profile="mim-students")

    assert codes(validator.validate, "abc") == [
        "password.too_short",
        "password.needs_upper",
        "password.needs_digit",
    ]
    assert validator.validate("Password1") is None


def test_a_policy_of_ones_own_is_asked_for() -> None:
    """The options are the policy's."""
    validator = PolicyValidator(min_length=12, require_digit=True)

    assert codes(validator.validate, "undici undi") == [
        "password.too_short",
        "password.space",
        "password.needs_digit",
    ]


def test_what_is_known_of_the_user_is_no_password() -> None:
    """Their username, address and names are not."""
    validator = PolicyValidator(differs_from_person=True)
    user = User(username="mario.rossi", email="m.r@example.it", first_name="Mariolino")

    assert codes(validator.validate, "mariorossi", user) == ["password.same_as_username"]
    assert codes(validator.validate, "m.r@example.it", user) == ["password.same_as_email"]
    assert codes(validator.validate, "Mariolino", user) == ["password.same_as_name"]
    assert validator.validate("mariorossi") is None


@pytest.mark.requirement("MIM-37")
@pytest.mark.parametrize(
    ("language", "help_text", "fault"),
    [
        ("it", "Lunghezza minima 12 caratteri; può", "La password"),
        ("en", "At least 12 characters long; may", "The password"),
        ("en-gb", "At least 12 characters long; may", "The password"),
        ("de", "Lunghezza minima 12 caratteri; può", "La password"),
    ],
)
def test_the_box_is_in_the_language_that_is_active(language, help_text, fault) -> None:
    """Italian or English, whichever Django has activated."""
    validator = PolicyValidator(min_length=12)
    with translation.override(language):
        box = validator.get_help_text()
        with pytest.raises(ValidationError) as caught:
            validator.validate("corta")

    assert box.startswith(help_text)
    assert caught.value.messages[0].startswith(fault)


def test_the_language_of_the_project_counts_where_none_is_active() -> None:
    """A command that has deactivated all speaks the project's."""
    validator = HistoryValidator()
    with translation.override(None), override_settings(LANGUAGE_CODE="en"):
        english = validator.get_help_text()

    assert english == "Different from the last 5 passwords used."


def test_the_box_promises_nothing_that_nobody_checks() -> None:
    """Earlier passwords are another validator's matter, and Django's passwords do not expire."""
    box = PolicyValidator(profile="polis").get_help_text()

    assert "ultime" not in box
    assert "giorni" not in box


def test_a_policy_is_said_once() -> None:
    """Profile and options at once, or a profile that is none: told when the project starts."""
    with pytest.raises(ValueError, match="not both"):
        PolicyValidator(profile="standard", min_length=3)
    with pytest.raises(ValueError, match="no procedure 'nessuna'"):
        PolicyValidator(profile="nessuna")


# -- strength ------------------------------------------------------------------------------------


def test_what_is_guessed_too_easily_is_refused() -> None:
    """What is known of the user makes it easier."""
    validator = StrengthValidator(min_strength=3)
    user = User(username="gelsomina.tramontana")

    assert codes(validator.validate, "password1") == ["password.weak"]
    assert validator.validate("correct horse battery staple") is None
    assert codes(validator.validate, "gelsomina.tramontana", user) == ["password.weak"]


def test_strength_has_its_line() -> None:
    """The help says what is wanted, and not how it is measured."""
    with translation.override("it"):
        assert StrengthValidator().get_help_text().startswith("Difficile da indovinare")


# -- history -------------------------------------------------------------------------------------


@pytest.fixture
def user(default):
    """Return a user with a password, remembered as Django remembers it."""
    return User.objects.create_user("mario", password="Password0")


def changed(user, validator, *passwords):
    """Change the password, one after the other."""
    for password in passwords:
        validator.validate(password, user)
        user.set_password(password)
        user.save()
        validator.password_changed(password, user)


@pytest.mark.requirement("MIM-31")
def test_the_last_five_do_not_return(user) -> None:
    """Neither does the present one, and the sixth before is free again."""
    validator = HistoryValidator(last=5)
    changed(user, validator, *(f"Password{number}" for number in range(1, 7)))

    assert [codes(validator.validate, f"Password{n}", user) for n in range(2, 7)] == [
        ["password.reused"]
    ] * 5
    assert validator.validate("Password1", user) is None
    assert models.RememberedPassword.objects.count() == 5


def test_the_present_password_counts_before_anything_is_remembered(user) -> None:
    """A project may add the validator at any time."""
    validator = HistoryValidator(last=1)

    assert codes(validator.validate, "Password0", user) == ["password.reused"]
    assert validator.validate("Password1", user) is None


def test_nobody_has_no_history(default) -> None:
    """Somebody who is about to be made has none either."""
    validator = HistoryValidator()

    assert validator.validate("Password1") is None
    assert validator.validate("Password1", User(username="nuovo")) is None


def test_people_do_not_share_a_history(user) -> None:
    """The same password is another one for somebody else, and looks like another one."""
    validator = HistoryValidator()
    other = User.objects.create_user("anna", password="Altra1234")
    changed(user, validator, "Password1")
    changed(other, validator, "Password1")
    rows = models.RememberedPassword.objects.all()

    assert len({bytes(row.tag) for row in rows}) == 2
    assert b"Password1" not in b"".join(bytes(row.tag) for row in rows)
    assert str(rows[0]) == str(rows[0].seq)


def test_a_change_costs_few_slow_hashes(user, monkeypatch) -> None:
    """However long the history is, one tag compares it all."""
    validator = HistoryValidator(last=5)
    changed(user, validator, *(f"Password{number}" for number in range(1, 6)))
    asked = []
    monkeypatch.setattr(validator, "_hasher", Counting(asked))
    validator.validate("Nuovissima1", user)

    assert len(asked) == 1


class Counting:
    """Counts what is asked of it."""

    def __init__(self, asked):
        self.asked = asked

    def tag(self, secret, salt):
        """Return some bytes."""
        self.asked.append(salt)
        return bytes(32)


def test_too_much_work_is_a_refusal(user, monkeypatch) -> None:
    """Whoever comes when too many hashes wait is asked to try again."""

    class Busy:
        def tag(self, secret, salt):
            raise HasherBusy

    validator = HistoryValidator()
    changed(user, validator, "Password1")
    monkeypatch.setattr(validator, "_hasher", Busy())
    with pytest.raises(ValidationError) as caught:
        validator.validate("Password2", user)

    assert caught.value.code == "service.busy"


def test_less_than_one_is_no_history() -> None:
    """It would check nothing."""
    with pytest.raises(ValueError, match="one or more"):
        HistoryValidator(last=0)


# -- in Django's own list ------------------------------------------------------------------------


def test_django_asks_all_of_them(user) -> None:
    """Under ``AUTH_PASSWORD_VALIDATORS`` every fault of every validator comes at once."""
    listed = [
        {"NAME": f"{MODULE}.PolicyValidator", "OPTIONS": {"profile": "mim-students"}},
        {"NAME": f"{MODULE}.HistoryValidator", "OPTIONS": {"last": 5}},
        {"NAME": f"{MODULE}.StrengthValidator", "OPTIONS": {"min_strength": 3}},
    ]
    user.set_password("abc")
    user.save()
    with override_settings(AUTH_PASSWORD_VALIDATORS=listed), translation.override("it"):
        password_validation.get_default_password_validators.cache_clear()
        found = codes(password_validation.validate_password, "abc", user)
        box = str(password_validation.password_validators_help_text_html())
        user.set_password("Giraffa7xylofono")
        user.save()
    password_validation.get_default_password_validators.cache_clear()

    assert set(found) >= {"password.too_short", "password.reused", "password.weak"}
    assert box.count("<li>") == 3
    assert models.RememberedPassword.objects.filter(user=user).count() == 1
