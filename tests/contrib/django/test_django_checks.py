"""What ``manage.py check`` says of the settings, and the page that lists it all."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import attrs
import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.db import connections, models
from django.test import override_settings
from tests.contrib.django.project import empty as _the_project_is_set_up
from tests.world import KEY

from registrazione.adapters.human_check import NoHumanCheck
from registrazione.adapters.mailers.memory import MemoryMailer
from registrazione.adapters.memory import MemoryStore
from registrazione.contrib.django import orm
from registrazione.contrib.django.auth import RegistrazioneBackend
from registrazione.contrib.django.settings_checks import (
    CHECKS,
    check_deployment,
    check_embedding,
)
from registrazione.profiles import load

assert _the_project_is_set_up


def mail_through(backend):
    """Return the settings of a project whose letters go through a back-end."""
    if hasattr(mail, "mailers"):
        return {"MAILERS": {"default": {"BACKEND": backend}}}
    return {"EMAIL_BACKEND": backend}


WELL = {
    "profile": "mim-students",
    "base_url": "https://example.it/registrazione",
    "limiter": "registrazione.contrib.django.limits.CacheRateLimiter",
    "human_check": object(),
    "secret_keys": [KEY],
}
PUBLIC = {
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    **mail_through("django.core.mail.backends.smtp.EmailBackend"),
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}},
}


class OwnBackend(RegistrazioneBackend):
    """One that was made from the library's."""


def found(check, **settings):
    """Return the ids of what a check finds."""
    with override_settings(REGISTRAZIONE={**WELL, **settings}):
        return [one.id.removeprefix("registrazione.") for one in check()]


def test_a_project_without_settings_is_left_in_peace() -> None:
    """Whoever uses a part of the app alone is not told to configure the rest."""
    with override_settings(REGISTRAZIONE=None):
        assert check_embedding() == check_deployment() == []


def test_what_is_in_order_passes() -> None:
    """Neither check has anything to say."""
    with override_settings(**PUBLIC):
        assert found(check_embedding) == found(check_deployment) == []


@pytest.mark.parametrize(
    ("settings", "number"),
    [
        ({"profil": "x"}, "E001"),
        ({"base_url": "ftp://example.it"}, "E001"),
        ({"observers": 3}, "E001"),
        ({"pages": {"colour": "red"}}, "E001"),
        ({"pages": {"submissions": {"istanze": "https://elsewhere.example/"}}}, "E001"),
        ({"profile": "no-such"}, "E002"),
        ({"storage": "pigeon://"}, "E002"),
        ({"storage": "django://no-such"}, "E002"),
        ({"mailer": "pigeon://"}, "E002"),
        ({"human_check": "pigeon"}, "E002"),
        ({"procedures": {"school": {"mailer": "pigeon://"}}}, "E002"),
    ],
)
def test_what_cannot_be_used_is_an_error(settings, number) -> None:
    """Each under its own number; with an error, deployment is not looked at further."""
    with override_settings(**PUBLIC):
        assert found(check_embedding, **settings) == [number]
        assert found(check_deployment, **settings) == []


def test_a_procedure_that_contradicts_itself_is_an_error() -> None:
    """It is told when the project starts, and not to the first person."""
    broken = attrs.evolve(load("standard"), gates=("link", "link"))

    assert found(check_embedding, profile=broken) == ["E002"]


def test_a_database_that_the_store_refuses_is_an_error(monkeypatch) -> None:
    """It is told before the first page; a store elsewhere does not mind."""
    monkeypatch.setitem(connections["default"].settings_dict, "OPTIONS", {})

    assert found(check_embedding) == ["E006"]
    assert found(check_embedding, storage=MemoryStore()) == []


def test_what_is_there_already_is_not_looked_for() -> None:
    """A store and a mailer of one's own have no names."""
    assert found(check_embedding, storage=MemoryStore(), mailer=MemoryMailer()) == []


def test_checks_open_nothing() -> None:
    """A check makes no tables and no connection."""
    assert found(check_embedding, storage="sqlite:////no/such/folder/accounts.db") == []


def test_the_message_says_what_is_wrong() -> None:
    """With the name of the procedure, and the library's own words."""
    settings = {**WELL, "procedures": {"school": {"storage": "pigeon://"}}}
    with override_settings(REGISTRAZIONE=settings):
        (message,) = check_embedding()

    assert "procedure 'school'" in message.msg
    assert "pigeon" in message.msg


def test_what_is_only_common_is_no_procedure() -> None:
    """Where each procedure says the rest, the one without a name is none."""
    settings = {
        "limiter": WELL["limiter"],
        "procedures": {"school": {"profile": "polis", "base_url": "https://example.it/x"}},
    }
    with override_settings(REGISTRAZIONE=settings):
        assert check_embedding() == []


def test_users_whose_fields_nobody_fills_are_an_error(monkeypatch) -> None:
    """A required field of the project's own model needs a mapping of the project's own."""
    fields = {
        **orm.columns(get_user_model()),
        "birthday": models.DateField(name="birthday"),
        "seen": models.DateField(name="seen", auto_now=True),
        "made": models.DateField(name="made", auto_now_add=True),
    }
    monkeypatch.setattr(orm, "columns", lambda _: fields)
    with override_settings(REGISTRAZIONE=WELL):
        (message,) = check_embedding()

    assert message.id == "registrazione.E003"
    assert message.msg.endswith("birthday")
    assert found(check_embedding, user_fields=dict) == []
    assert found(check_embedding, users=False) == []


def test_users_who_cannot_sign_in_are_warned_of() -> None:
    """The back-end, or one made from it, is needed where there are users."""
    usual = ["django.contrib.auth.backends.ModelBackend"]
    with override_settings(AUTHENTICATION_BACKENDS=usual):
        assert found(check_embedding) == ["W002"]
        assert found(check_embedding, users=False) == []
    with override_settings(AUTHENTICATION_BACKENDS=[*usual, f"{__name__}.OwnBackend"]):
        assert found(check_embedding) == []


@pytest.mark.parametrize(
    ("project", "settings", "number"),
    [
        ({}, {"base_url": "http://localhost:8000"}, "W101"),
        ({"SESSION_COOKIE_SECURE": False}, {}, "W102"),
        ({"CSRF_COOKIE_SECURE": False}, {}, "W102"),
        ({}, {"storage": "memory://"}, "W103"),
        ({}, {"mailer": "console://"}, "W104"),
        (mail_through("django.core.mail.backends.locmem.EmailBackend"), {}, "W104"),
        ({"MAILERS": {"default": {"BACKEND": "x.console.EmailBackend"}}}, {}, "W104"),
        ({}, {"human_check": "tick-box"}, "W105"),
        ({}, {"human_check": NoHumanCheck()}, "W105"),
        ({}, {"limiter": None}, "W106"),
        ({"CACHES": {"default": {"BACKEND": "x.locmem.LocMemCache"}}}, {}, "W106"),
        ({}, {"limiter": "registrazione.adapters.limits.MemoryRateLimiter"}, "W106"),
        ({}, {"encrypt": False}, "W107"),
    ],
)
def test_what_is_not_fit_for_a_public_site_is_warned_of(project, settings, number) -> None:
    """Each under its own number, and nothing else with it."""
    with override_settings(**{**PUBLIC, **project}):
        assert found(check_deployment, **settings) == [number]


def test_other_choices_are_fit() -> None:
    """A store and a mailer of one's own, and CSRF tokens in sessions."""
    with override_settings(**{**PUBLIC, "CSRF_COOKIE_SECURE": False, "CSRF_USE_SESSIONS": True}):
        assert found(check_deployment, storage=MemoryStore(), mailer="smtp://localhost") == []


@pytest.mark.parametrize(("installed", "numbers"), [(None, ["W105"]), (object(), [])])
def test_the_human_check_that_nobody_chose(monkeypatch, installed, numbers) -> None:
    """It is ALTCHA where that is installed, and a tick box elsewhere."""
    monkeypatch.setattr(
        "registrazione.contrib.django.settings_checks.find_spec", lambda _: installed
    )
    with override_settings(**PUBLIC):
        assert found(check_deployment, human_check=None) == numbers


def test_a_procedure_without_a_human_check_needs_none(monkeypatch) -> None:
    """One that is unknown is another check's matter."""
    with override_settings(**PUBLIC):
        assert found(check_deployment, human_check="none", profile="standard") == []
        assert found(check_deployment, human_check="none", profile="no-such") == []


def test_manage_py_says_it() -> None:
    """The checks are registered, those of deployment for ``--deploy`` alone."""
    errors = StringIO()
    with override_settings(REGISTRAZIONE={**WELL, "encrypt": False}, **PUBLIC):
        call_command("check", stderr=errors)
        quiet = errors.getvalue()
        call_command("check", deploy=True, stderr=errors)

    assert "registrazione." not in quiet
    assert "(registrazione.W107)" in errors.getvalue()


def test_the_page_lists_every_check() -> None:
    """Docs and code are equal, words and all."""
    page = Path(__file__).parents[3] / "docs" / "reference" / "django.md"
    rows = re.findall(
        r"^\| `registrazione\.([EW]\d+)` \| (.+) \|$", page.read_text("utf-8"), re.MULTILINE
    )

    assert dict(rows) == dict(CHECKS)
