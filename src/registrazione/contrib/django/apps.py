"""What Django knows the app by."""
# mypy: disable-error-code="import-untyped,misc,valid-type"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from typing import TYPE_CHECKING

from django import apps

# To type checkers a class of an untyped package is one of which nothing is known.
if TYPE_CHECKING:
    AppConfig = object
else:
    AppConfig = apps.AppConfig


class RegistrazioneConfig(AppConfig):
    """The app, and the checks that ``manage.py check`` runs for it."""

    name: str = "registrazione.contrib.django"
    label: str = "registrazione"
    verbose_name: str = "Registrazione"

    def ready(self) -> None:
        """Register the checks."""
        from django.core.checks import register

        from registrazione.contrib.django.checks import check_settings

        register(check_settings)
