"""What Django knows the app by."""
# mypy: disable-error-code="import-untyped,misc,valid-type"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from typing import Any

from django import apps

AppConfig: Any = apps.AppConfig
"""What an app is to Django."""


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
