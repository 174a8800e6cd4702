"""Reading one field of a form by its kind: its clean value, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import TypeAlias

from registrazione.core.addresses import read_cap, read_place
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.consistency import read_name
from registrazione.core.documents import (
    DocumentType,
    read_document_number,
    read_document_type,
)
from registrazione.core.emails import EmailAddress
from registrazione.core.form import FieldKind, FormField
from registrazione.core.health_cards import read_health_card
from registrazione.core.questions import Flow, NormaliseEmail, NormalisePhone, ask
from registrazione.core.refusals import Fault, Refusal, fault
from registrazione.core.school_codes import read_school_code
from registrazione.core.secret import Secret
from registrazione.core.text import clean_code, clean_line
from registrazione.core.usernames import check_username

_OLDEST = 120
_ISO_LENGTH = 10

Result: TypeAlias = "str | Secret | Fault | tuple[Fault, ...]"


def read_field(field: FormField, value: object, today: date) -> Flow[Result | None]:
    """Return a field's clean value, its faults, or ``None`` where it is empty and may be.

    Args:
        field: The field.
        value: What was typed, of any type.
        today: The present day, for what must not be in the future.
    """
    if isinstance(value, Secret):
        value = value.reveal()
    if is_blank(value):
        return fault("input.missing", field.name) if field.required else None
    if field.kind in {FieldKind.EMAIL, FieldKind.PEC}:
        address = yield from ask(NormaliseEmail(value, field.name))
        return address.address if isinstance(address, EmailAddress) else address
    if field.kind is FieldKind.PHONE:
        return (yield from ask(NormalisePhone(value, field.name)))
    result = _READERS[field.kind](value, field)
    if field.name == "birth_date" and isinstance(result, str):
        return _birth_date(result, today)
    return result


def is_blank(value: object) -> bool:
    """Tell whether nothing was typed."""
    return value is None or (isinstance(value, str) and not value.strip())


def _line(value: object, field: FormField) -> Result:
    return clean_line(value, max_length=field.max_length, field=field.name)


def _name(value: object, field: FormField) -> Result:
    return read_name(value, field.name, max_length=field.max_length)


def _code(value: object, field: FormField) -> Result:
    return clean_code(value, max_length=field.max_length, field=field.name)


def _choice(value: object, field: FormField) -> Result:
    """Return one of the choices."""
    known = isinstance(value, str) and value in field.choices
    return str(value) if known else fault("input.choice", field.name)


def _date(value: object, field: FormField) -> Result:
    """Return a day as ISO text."""
    if isinstance(value, date):
        return f"{value.year:04}-{value.month:02}-{value.day:02}"
    malformed = "data.forma" if field.name == "birth_date" else "input.malformed"
    if not isinstance(value, str) or len(value) != _ISO_LENGTH:
        return fault(malformed, field.name)
    try:
        day = date.fromisoformat(value).isoformat()
    except ValueError:
        return fault(malformed, field.name)
    # The decoder reads weeks as well, such as 1990-W01-1: one spelling is enough.
    return day if day == value else fault(malformed, field.name)


def _place(value: object, field: FormField) -> Result:
    return read_place(value, field.name, max_length=field.max_length)


def _cap(value: object, field: FormField) -> Result:
    return read_cap(value, field.name)


def _document_type(value: object, field: FormField) -> Result:
    """Return what the type is called, so that whoever reads the data needs no list."""
    found = read_document_type(value, field.name)
    return found.label.it if isinstance(found, DocumentType) else found


def _document_number(value: object, field: FormField) -> Result:
    return read_document_number(value, field.name)


def _school_code(value: object, field: FormField) -> Result:
    return read_school_code(value, field.name)


def _health_card(value: object, field: FormField) -> Result:
    return read_health_card(value, field.name)


def _username(value: object, field: FormField) -> Result:
    if not isinstance(value, str):
        return fault("input.type", field.name)
    return check_username(value) or value


def _password(value: object, field: FormField) -> Result:
    """Return the password untouched; the policy judges it."""
    return Secret(value) if isinstance(value, str) else fault("input.type", field.name)


def _codice_fiscale(value: object, field: FormField) -> Result:
    try:
        return CodiceFiscale.parse(value, field.name).code
    except Refusal as refused:
        return refused.faults


_READERS: Mapping[FieldKind, Callable[[object, FormField], Result]] = MappingProxyType(
    {
        FieldKind.LINE: _line,
        FieldKind.NAME: _name,
        FieldKind.DATE: _date,
        FieldKind.CHOICE: _choice,
        FieldKind.NATION: _line,
        FieldKind.REGION: _line,
        FieldKind.PROVINCE: _line,
        FieldKind.PLACE: _place,
        FieldKind.CAP: _cap,
        FieldKind.CODE: _code,
        FieldKind.DOCUMENT_NUMBER: _document_number,
        FieldKind.DOCUMENT_TYPE: _document_type,
        FieldKind.SCHOOL_CODE: _school_code,
        FieldKind.HEALTH_CARD: _health_card,
        FieldKind.CODICE_FISCALE: _codice_fiscale,
        FieldKind.USERNAME: _username,
        FieldKind.PASSWORD: _password,
    }
)


def _birth_date(day: str, today: date) -> Result:
    """Refuse a birth that has not happened yet, or so long ago that nobody is left."""
    born = date.fromisoformat(day)
    if born > today:
        return fault("birth_date.future", "birth_date")
    if born.year < today.year - _OLDEST:
        return fault("birth_date.too_old", "birth_date", years=_OLDEST)
    return day
