"""Who sits at the desks: the visitor, in a role of their choice."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Request

from registrazione.core.commands import Operator
from registrazione.core.profile import Role
from registrazione.core.texts import Text

COOKIE = "demo-operator"

OPERATORS: Mapping[str, tuple[Operator, Text]] = {
    "secretariat": (
        Operator(id="segreteria-7", role=Role.SECRETARIAT, office="PAIS00700X"),
        Text("Segreteria", "Secretariat"),
    ),
    "office": (
        Operator(id="ufficio-3", role=Role.IDENTIFYING_OFFICE, office="TVIC81200Q"),
        Text("Ufficio di riconoscimento", "Identifying office"),
    ),
    "help-desk": (
        Operator(id="assistenza-1", role=Role.HELP_DESK),
        Text("Assistenza", "Help desk"),
    ),
}
"""The roles that a visitor may play, with what they are called."""


def operator_of(request: Request) -> Operator | None:
    """Return the operator whose role the visitor plays, if any."""
    found = OPERATORS.get(request.cookies.get(COOKIE, ""))
    return found[0] if found is not None else None
