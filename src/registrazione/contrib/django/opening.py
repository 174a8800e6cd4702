"""From a URL to a store or a mailer, with words for whoever has not set Django up."""
# mypy: disable-error-code="import-untyped"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import django
from django.apps import apps
from django.conf import settings
from django.core.exceptions import AppRegistryNotReady, ImproperlyConfigured

from registrazione.settings import SettingsError

if TYPE_CHECKING:
    from registrazione.contrib.django.asynchronous import AsyncDjangoStore
    from registrazione.contrib.django.mail import DjangoMailer
    from registrazione.contrib.django.store import DjangoStore

SETTINGS_VARIABLE = "DJANGO_SETTINGS_MODULE"
"""Environment variable: the module that holds the settings of a project."""

_APP = "registrazione.contrib.django"


def set_up() -> None:
    """Load the project that the environment names, as ``manage.py`` does, if it names one.

    Raises:
        SettingsError: It cannot be loaded.
    """
    if SETTINGS_VARIABLE not in os.environ:
        return
    try:
        django.setup()
    except ImportError as error:
        raise SettingsError(f"{SETTINGS_VARIABLE}: {error}") from None
    except ImproperlyConfigured:
        # Its text may hold whatever the project put into it.
        raise SettingsError(
            f"{SETTINGS_VARIABLE}: the settings cannot be used; `manage.py check` tells why"
        ) from None


def open_store(url: str) -> DjangoStore:
    """Open a store in a database of the project.

    Args:
        url: ``django://`` for the default database, ``django://other`` for another.

    Raises:
        SettingsError: Django is not set up, the app is not installed, or there is no such
            database.
    """
    try:
        apps.check_models_ready()
    except AppRegistryNotReady:
        raise SettingsError(
            "django:// needs a Django project that is set up: "
            f"set {SETTINGS_VARIABLE} and call django.setup() first"
        ) from None
    if not apps.is_installed(_APP):
        raise SettingsError(f"django:// needs {_APP!r} in INSTALLED_APPS")
    # Its models can be loaded only now.
    from registrazione.contrib.django.store import DjangoStore

    return DjangoStore(_alias(url))


def open_awaitable_store(url: str) -> AsyncDjangoStore:
    """Open the same for those who await; :func:`open_store` has found nothing wrong with it."""
    from registrazione.contrib.django.asynchronous import AsyncDjangoStore

    return AsyncDjangoStore(_alias(url))


def _alias(url: str) -> str:
    """Return which of the project's databases a URL means."""
    return url.partition("://")[2] or "default"


def open_mailer(url: str) -> DjangoMailer:
    """Open a mailer on the project's own mail back-end.

    Args:
        url: ``django://``.

    Raises:
        SettingsError: Django is not set up, or the URL says more.
    """
    if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
        raise SettingsError("django:// needs a Django project: set DJANGO_SETTINGS_MODULE first")
    if url.partition("://")[2]:
        raise SettingsError("the mailer is django:// and no more: EMAIL_BACKEND says the rest")
    from registrazione.contrib.django.mail import DjangoMailer

    return DjangoMailer()
