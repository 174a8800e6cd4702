"""Which of the library's two languages Django has activated."""
# mypy: disable-error-code="import-untyped"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language

from registrazione.core.texts import LANGUAGES


def language() -> str:
    """Return ``it`` or ``en``: Django's language now, the project's where none is activated.

    Any other language is answered in Italian, which is what the library is written for.
    """
    active = str(get_language() or settings.LANGUAGE_CODE).partition("-")[0].lower()
    return active if active in LANGUAGES else LANGUAGES[0]
