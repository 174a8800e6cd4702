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
    default: bool = True
    verbose_name: str = "Registrazione"

    def ready(self) -> None:
        """Register the checks, and notice when a test overrides settings."""
        from django.core.checks import register
        from django.core.signals import setting_changed

        from registrazione.contrib.django.checks import check_settings
        from registrazione.contrib.django.conf import forget_registrars
        from registrazione.contrib.django.settings_checks import check_deployment, check_embedding

        register(check_settings)
        register(check_embedding)
        register(check_deployment, deploy=True)
        setting_changed.connect(forget_registrars)


class PagesConfig(AppConfig):
    """The templates of the pages, where Django's loader of apps finds them."""

    name: str = "registrazione.contrib.web"
    label: str = "registrazione_pages"
    verbose_name: str = "Registrazione: pagine"
