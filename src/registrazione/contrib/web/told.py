"""What an identity provider told of a person: marked where it is shown, and not to be changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from registrazione.contrib.web.pages import Source
from registrazione.core.form import CODICE_FISCALE
from registrazione.core.sources import OFFICE

if TYPE_CHECKING:
    from registrazione.contrib.web.visit import Visit


def sources_of(visit: Visit, sources: Mapping[str, str]) -> dict[str, Source]:
    """Return who told what, by the label under which a page shows it.

    Args:
        visit: The visit.
        sources: Name of the provider, by name of the field.
    """
    labels = {field.name: field.label for field in (CODICE_FISCALE, *visit.profile.form)}
    return {
        labels[name].to(visit.language): source_of(visit, name, provider)
        for name, provider in sources.items()
        if name in labels
    }


def source_of(visit: Visit, field: str, provider: str) -> Source:
    """Return the mark of one datum.

    Args:
        visit: The visit.
        field: Its name.
        provider: Who told it.
    """
    if provider == OFFICE:
        return Source(text=visit.text("told.office"), locked=False)
    locked = field in visit.profile.federation.locked
    key = "told.locked" if locked else "told.open"
    return Source(text=visit.text(key, provider=provider_name(visit, provider)), locked=locked)


def provider_name(visit: Visit, provider: str) -> str:
    """Return a provider's name as people write it.

    Args:
        visit: The visit.
        provider: Its name in the settings.
    """
    key = f"provider.name.{provider}"
    return visit.text(key) if visit.has_text(key) else provider
