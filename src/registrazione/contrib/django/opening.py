"""From a URL to a store, with words for whoever has not set Django up."""
# mypy: disable-error-code="import-untyped"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.core.exceptions import AppRegistryNotReady

from registrazione.settings import SettingsError

if TYPE_CHECKING:
    from registrazione.contrib.django.store import DjangoStore

_APP = "registrazione.contrib.django"


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
            "set DJANGO_SETTINGS_MODULE and call django.setup() first"
        ) from None
    if not apps.is_installed(_APP):
        raise SettingsError(f"django:// needs {_APP!r} in INSTALLED_APPS")
    # Its models can be loaded only now.
    from registrazione.contrib.django.store import DjangoStore

    return DjangoStore(url.partition("://")[2] or "default")
