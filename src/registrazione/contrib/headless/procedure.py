"""The procedure and its form as data, so that a client draws them without knowing them."""

from __future__ import annotations

from typing import Any

from registrazione.core.form import FormField
from registrazione.core.profile import ConsentText, Profile, Service
from registrazione.core.texts import Text
from registrazione.ports import HumanCheck, challenge_of


def procedure_to_json(
    profile: Profile, human_check: HumanCheck, language: str, *, places: bool
) -> dict[str, Any]:
    """Return all that a client needs to draw the pages (MIM-14, MIM-18, MIM-22, MIM-37).

    Args:
        profile: The procedure.
        human_check: Asked how it is drawn, where the first page has the check (MIM-12).
        language: ``it`` or ``en``, for the check; all else is told in both.
        places: Whether there are lists of places to choose from (MIM-15).
    """
    return {
        "name": profile.name,
        "title": _words(profile.title),
        "description": _words(profile.description),
        "steps": [step.value for step in profile.steps],
        "notice": _words(profile.notice),
        "window": {
            "opens": profile.window.opens and profile.window.opens.isoformat(),
            "closes": profile.window.closes and profile.window.closes.isoformat(),
        },
        "codice_fiscale": profile.codice_fiscale,
        "human_check": challenge_of(human_check, language) if profile.human_check else None,
        "fields": [_field(field) for field in profile.form],
        "places": places,
        "consents": [_consent(consent) for consent in profile.consents],
        "gates": [gate.value for gate in profile.gates],
        "username": profile.username.value,
        "first_password": profile.first_password.value,
        "reset": profile.reset.value,
        "password": profile.password.to_json(),
        "personal_code": profile.personal_code and profile.personal_code.to_json(),
        "providers": list(profile.federation.providers),
        "locked": list(profile.federation.locked),
        "services": [_service(service) for service in profile.services],
    }


def _words(text: Text | None) -> dict[str, str] | None:
    """Return a text in both languages."""
    return None if text is None else {"it": text.it, "en": text.en}


def _field(field: FormField) -> dict[str, Any]:
    """Return a field of the form."""
    return {
        "name": field.name,
        "label": _words(field.label),
        "kind": field.kind.value,
        "required": field.required,
        "max_length": field.max_length,
        "choices": list(field.choices),
        "editable": field.editable.value,
        "hint": _words(field.hint),
        "autocomplete": field.autocomplete,
    }


def _consent(consent: ConsentText) -> dict[str, Any]:
    """Return a text to be accepted or acknowledged, with its version."""
    return {
        "name": consent.name,
        "version": consent.version,
        "text": _words(consent.text),
        "purpose": _words(consent.purpose),
        "acknowledge": consent.acknowledge,
    }


def _service(service: Service) -> dict[str, Any]:
    """Return a service that accounts may use."""
    return {"name": service.name, "title": _words(service.title)}
