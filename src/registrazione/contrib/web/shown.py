"""Values of a form as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from registrazione.contrib.web.pages import Cell, Tone
from registrazione.core.form import CODICE_FISCALE, CONFIRMATIONS, FieldKind, FormField
from registrazione.core.places import Places
from registrazione.core.records import AuditRecord
from registrazione.service.readable import named_on, readable

if TYPE_CHECKING:
    from registrazione.contrib.web.visit import Visit

ACCEPTED = "accepted"
"""The outcome of what was not refused."""


def rows_of(
    visit: Visit, values: Mapping[str, str], codice_fiscale: str | None, places: Places | None
) -> tuple[tuple[str, str], ...]:
    """Return labels and values of what a form holds, in the form's order.

    Args:
        visit: The visit.
        values: By field name.
        codice_fiscale: The code, which stands first.
        places: The lists of places, so that a code is shown by its name.
    """
    language = visit.language
    fields = [
        field
        for field in visit.profile.form
        if field.kind not in {FieldKind.PASSWORD, FieldKind.CODICE_FISCALE}
        and field.name not in CONFIRMATIONS
        and values.get(field.name)
    ]
    code = ((CODICE_FISCALE.label.to(language), codice_fiscale),) if codice_fiscale else ()
    rows: list[tuple[str, str]] = []
    for field in fields:
        on = named_on(field.name, values)
        rows.append((field.label.to(language), shown(field, values[field.name], visit, places, on)))
    return (*code, *rows)


def shown(
    field: FormField, value: str, visit: Visit, places: Places | None, on: date | None = None
) -> str:
    """Return one value as people read it.

    Args:
        field: What it is.
        value: As it is kept.
        visit: The visit.
        places: The lists of places, where there are any.
        on: The day whose names of places are meant.
    """
    if field.kind is FieldKind.CHOICE:
        key = f"choice.{field.name}.{value}"
        return visit.text(key) if visit.has_text(key) else value
    return readable(field.kind, value, visit.language, places, on)


def outcome_cell(visit: Visit, record: AuditRecord) -> Cell:
    """Return what became of something, and why it was refused where that takes no numbers.

    Args:
        visit: The visit.
        record: A line of a trail.
    """
    if record.outcome == ACCEPTED:
        return Cell(text=visit.text("history.accepted"), tone=Tone.SUCCESS)
    words = visit.setup.words.refusal(record.outcome, visit.language)
    told_so = visit.text("history.refused")
    sayable = words and "{" not in words
    return Cell(text=f"{told_so}: {words}" if sayable else told_so, tone=Tone.WARNING)
