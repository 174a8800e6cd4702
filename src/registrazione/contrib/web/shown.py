"""Values of a form as people read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from registrazione.core.documents import DocumentType
from registrazione.core.form import CODICE_FISCALE, CONFIRMATIONS, FieldKind, FormField
from registrazione.core.places import Places
from registrazione.service.letter_words import day

if TYPE_CHECKING:
    from registrazione.contrib.web.visit import Visit


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
    return (
        *code,
        *(
            (field.label.to(language), shown(field, values[field.name], visit, places))
            for field in fields
        ),
    )


def shown(field: FormField, value: str, visit: Visit, places: Places | None) -> str:
    """Return one value as people read it.

    Args:
        field: What it is.
        value: As it is kept.
        visit: The visit.
        places: The lists of places, where there are any.
    """
    if field.kind is FieldKind.CHOICE:
        key = f"choice.{field.name}.{value}"
        return visit.text(key) if visit.has_text(key) else value
    make = _SHOWN.get(field.kind)
    return make(value, visit.language, places) if make is not None else value


def _date(value: str, language: str, _places: Places | None) -> str:
    return day(date.fromisoformat(value), language)


def _document(value: str, language: str, _places: Places | None) -> str:
    known = {kind.value: kind for kind in DocumentType}
    return known[value].label.to(language) if value in known else value


def _place(value: str, _language: str, places: Places | None) -> str:
    place = places.resolve(value) if places is not None else None
    return place.label if place is not None else value


def _nation(value: str, language: str, places: Places | None) -> str:
    nation = places.nation(value) if places is not None else None
    if nation is None:
        return value
    return (nation.name_en or nation.name) if language == "en" else nation.name


def _province(value: str, _language: str, places: Places | None) -> str:
    province = places.province(value) if places is not None else None
    return province.name if province is not None else value


_SHOWN: Mapping[FieldKind, Callable[[str, str, Places | None], str]] = {
    FieldKind.DATE: _date,
    FieldKind.DOCUMENT_TYPE: _document,
    FieldKind.PLACE: _place,
    FieldKind.NATION: _nation,
    FieldKind.PROVINCE: _province,
}
"""Kinds whose values are kept in another form than they are read in."""
