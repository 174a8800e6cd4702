"""From attributes to form fields: what each has to look like, and which field it fills (UNI-02).

An attribute that says who the person is has to be sound. One that is merely convenient and does
not look right is left out: the person types it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import attrs

from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.profiles import SamlProfile
from registrazione.adapters.saml.responses import Asserted
from registrazione.core.account import Identity, VerifiedIdentity
from registrazione.core.documents import DocumentType

_CODE = re.compile(
    r"(?:TINIT-)?([A-Z]{6}[A-Z0-9]{2}[A-Z][A-Z0-9]{2}[A-Z][A-Z0-9]{3}[A-Z])", re.ASCII
)
_FOREIGN_CODE = re.compile(r"TIN(?!IT)[A-Z]{2}-[\x21-\x7e]{1,40}", re.ASCII)
_PLACE = re.compile(r"[A-Z]\d{3}", re.ASCII)
_SIGLA = re.compile(r"[A-Z]{2}", re.ASCII)
_PHONE = re.compile(r"\+?\d{5,15}", re.ASCII)
_EMAIL = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,255}")
_CAP = re.compile(r"\d{5}", re.ASCII)
_DOCUMENT = re.compile(
    r"(?P<type>\w+) (?P<number>[\w./-]{1,30}) (?P<office>.{1,80}) "
    r"(?P<issued>\d{4}-\d\d-\d\d) (?P<expires>\d{4}-\d\d-\d\d)"
)
_SEXES = MappingProxyType({"M": "M", "F": "F"})

PROFESSIONAL: Final = frozenset(
    {"companyName", "companyFiscalNumber", "ivaCode", "registeredOffice"}
)
"""Attributes of a legal person or of somebody's profession (SPID, Avvisi 15 and 18)."""


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str]:
    return lambda value: value if pattern.fullmatch(value) else ""


def _day(value: str) -> str:
    """Return a day that exists, or nothing; only one spelling of ISO 8601 is SPID's."""
    try:
        return value if date.fromisoformat(value).isoformat() == value else ""
    except ValueError:
        return ""


def _line(value: str) -> str:
    return " ".join(value.split()) if value.isprintable() else ""


def _phone(value: str) -> str:
    return _matching(_PHONE)(re.sub(r"[ ./-]", "", value))


@attrs.frozen(kw_only=True)
class FieldRule:
    """One row of the table.

    Args:
        field: The form field that it fills.
        read: Returns the value, or nothing if the attribute is not what it should be.
    """

    field: str
    read: Callable[[str], str]


FIELDS: Mapping[str, FieldRule] = MappingProxyType(
    {
        "name": FieldRule(field="name", read=_line),
        "familyName": FieldRule(field="surname", read=_line),
        "dateOfBirth": FieldRule(field="birth_date", read=_day),
        "placeOfBirth": FieldRule(field="birth_place", read=_matching(_PLACE)),
        "countyOfBirth": FieldRule(field="birth_county", read=_matching(_SIGLA)),
        "gender": FieldRule(field="sex", read=lambda value: _SEXES.get(value, "")),
        "email": FieldRule(field="email", read=_matching(_EMAIL)),
        "mobilePhone": FieldRule(field="phone", read=_phone),
        "digitalAddress": FieldRule(field="pec", read=_matching(_EMAIL)),
        "address": FieldRule(field="residence_address", read=_line),
        "domicileStreetAddress": FieldRule(field="domicile_address", read=_line),
        "domicilePostalCode": FieldRule(field="domicile_cap", read=_matching(_CAP)),
        "domicileMunicipality": FieldRule(field="domicile_place", read=_line),
        "domicileProvince": FieldRule(field="domicile_province", read=_matching(_SIGLA)),
        "domicileNation": FieldRule(field="domicile_nation", read=_line),
        "companyName": FieldRule(field="company_name", read=_line),
        "ivaCode": FieldRule(field="company_vat", read=_line),
        "registeredOffice": FieldRule(field="company_office", read=_line),
    }
)
"""Which attribute fills which field; those that a form does not have are left aside."""


@attrs.frozen(kw_only=True)
class Admission:
    """Who is let in.

    Args:
        professionals: Whether an identity for professional use or of a legal person counts; it
            is somebody's work, not the person, who then has an account.
        minimum_age: Years below which nobody is let in, ``None``: everybody is. SPID gives
            identities to minors from five years on.
    """

    professionals: bool = False
    minimum_age: int | None = None


def verified_identity(
    asserted: Asserted, name: str, profile: SamlProfile, admission: Admission, today: date
) -> VerifiedIdentity:
    """Return whom an assertion is about, in the words of the form.

    Args:
        asserted: What was asserted.
        name: Name of the provider in the settings.
        profile: Which scheme it is of.
        admission: Who is let in.
        today: For the age.

    Raises:
        Rejected: It says not who, its codice fiscale is none, or this person is not let in.
    """
    told = {key: value for key, value in asserted.attributes.items() if value and value != "-"}
    subject = next((told[key] for key in profile.subject if key in told), "")
    if not subject or not subject.isprintable():
        raise Rejected("attributes.subject")
    if not admission.professionals and PROFESSIONAL & told.keys():
        raise Rejected("attributes.professional", "spid_30", retry=True)
    values = {
        rule.field: value
        for key, rule in FIELDS.items()
        if key in told and (value := rule.read(told[key]))
    }
    if "dateOfBirth" in told and "birth_date" not in values:
        raise Rejected("attributes.date_of_birth")
    if not _is_old_enough(values.get("birth_date"), admission, today):
        raise Rejected("attributes.age", "under_age")
    return VerifiedIdentity(
        identity=Identity(provider=name, issuer=asserted.provider, subject=subject),
        codice_fiscale=_code(told.get("fiscalNumber")),
        values={**values, **_document(told.get("idCard", ""))},
        level=asserted.level,
    )


def _code(value: str | None) -> str | None:
    """Return the codice fiscale, or ``None`` where the person has another country's number.

    Raises:
        Rejected: It is neither.
    """
    if value is None or _FOREIGN_CODE.fullmatch(value):
        return None
    found = _CODE.fullmatch(value)
    if found is None:
        raise Rejected("attributes.fiscal_number")
    return found.group(1)


def _document(value: str) -> dict[str, str]:
    """Return type, number and dates of an identity document, or nothing."""
    found = _DOCUMENT.fullmatch(value)
    kinds = {kind.value.lower(): kind.value for kind in DocumentType}
    kind = kinds.get(found["type"].lower()) if found else None
    issued, expires = (_day(found["issued"]), _day(found["expires"])) if found else ("", "")
    if found is None or kind is None or not issued or not expires:
        return {}
    return {
        "document_type": kind,
        "document_number": found["number"],
        "document_issued": issued,
        "document_expires": expires,
    }


def _is_old_enough(born: str | None, admission: Admission, today: date) -> bool:
    """Tell whether somebody is old enough; who does not tell the date of birth is not."""
    if admission.minimum_age is None:
        return True
    if born is None:
        return False
    day = date.fromisoformat(born)
    had_birthday = (today.month, today.day) >= (day.month, day.day)
    return today.year - day.year - (not had_birthday) >= admission.minimum_age
