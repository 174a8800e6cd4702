"""A form's values as people read them: days in words, places by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from registrazione.core.documents import DocumentType
from registrazione.core.form import BIRTH_DATE, BIRTH_PLACE, FieldKind
from registrazione.core.places import Places
from registrazione.service.letter_words import day


def readable(
    kind: FieldKind, value: str, language: str, places: Places | None, on: date | None = None
) -> str:
    """Return a value that is kept in another form than it is read in.

    Args:
        kind: What it is.
        value: As it is kept.
        language: ``it`` or ``en``.
        places: The lists of places, where there are any.
        on: The day whose names of places are meant, such as that of the birth.
    """
    make = _READABLE.get(kind)
    return value if make is None else make(value, language, places, on)


def named_on(name: str, values: Mapping[str, str]) -> date | None:
    """Return the day whose names of places are meant in a field; ``None``: today's.

    Args:
        name: Of the field. Where somebody was born is named as it was then; where somebody lives,
            as it is now.
        values: Of the whole form.
    """
    return day_of(values.get(BIRTH_DATE.name)) if name == BIRTH_PLACE.name else None


def day_of(value: str | None) -> date | None:
    """Return the day that a form keeps; ``None`` where there is none, or it is no day."""
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return None


def _date(value: str, language: str, _places: Places | None, _on: date | None) -> str:
    kept = day_of(value)
    return value if kept is None else day(kept, language)


def _document(value: str, language: str, _places: Places | None, _on: date | None) -> str:
    known = {kind.value: kind for kind in DocumentType}
    return known[value].label.to(language) if value in known else value


def _place(value: str, _language: str, places: Places | None, on: date | None) -> str:
    place = places.resolve(value, on) if places is not None else None
    return place.label if place is not None else value


def _nation(value: str, language: str, places: Places | None, _on: date | None) -> str:
    nation = places.nation(value) if places is not None else None
    if nation is None:
        return value
    return (nation.name_en or nation.name) if language == "en" else nation.name


def _province(value: str, _language: str, places: Places | None, _on: date | None) -> str:
    province = places.province(value) if places is not None else None
    return province.name if province is not None else value


_READABLE: Mapping[FieldKind, Callable[[str, str, Places | None, date | None], str]] = {
    FieldKind.DATE: _date,
    FieldKind.DOCUMENT_TYPE: _document,
    FieldKind.PLACE: _place,
    FieldKind.NATION: _nation,
    FieldKind.PROVINCE: _province,
}
"""Kinds whose values are kept in another form than they are read in."""
