"""From attributes to form fields: what each has to look like, and which field it fills (UNI-02).

An attribute that says who the person is has to be sound. One that is merely convenient and does
not look right is left out: the person types it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import attrs

from registrazione.adapters import identity_values as values
from registrazione.adapters.identity_values import Rule
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.profiles import SamlProfile
from registrazione.adapters.saml.responses import Asserted
from registrazione.core.account import Identity, VerifiedIdentity

_DOCUMENT = re.compile(
    r"(?P<type>\w+) (?P<number>[\w./-]{1,30}) (?P<office>.{1,80}) "
    r"(?P<issued>\d{4}-\d\d-\d\d) (?P<expires>\d{4}-\d\d-\d\d)"
)
_DOCUMENT_FIELDS: Mapping[str, Rule] = MappingProxyType(
    {
        "type": values.document_type,
        "number": values.document_number,
        "issued": values.day,
        "expires": values.day,
    }
)

PROFESSIONAL: Final = frozenset(
    {"companyName", "companyFiscalNumber", "ivaCode", "registeredOffice"}
)
"""Attributes of a legal person or of somebody's profession (SPID, Avvisi 15 and 18)."""

FIELDS: Mapping[str, tuple[str, Rule]] = MappingProxyType(
    {
        "name": ("name", values.line),
        "familyName": ("surname", values.line),
        "dateOfBirth": ("birth_date", values.day),
        "placeOfBirth": ("birth_place", values.place),
        "countyOfBirth": ("birth_county", values.province),
        "gender": ("sex", values.sex),
        "email": ("email", values.email),
        "mobilePhone": ("phone", values.phone),
        "digitalAddress": ("pec", values.email),
        "address": ("residence_address", values.line),
        "domicileStreetAddress": ("domicile_address", values.line),
        "domicilePostalCode": ("domicile_cap", values.postcode),
        "domicileMunicipality": ("domicile_place", values.line),
        "domicileProvince": ("domicile_province", values.province),
        "domicileNation": ("domicile_nation", values.line),
        "companyName": ("company_name", values.line),
        "ivaCode": ("company_vat", values.line),
        "registeredOffice": ("company_office", values.line),
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
    if not subject.isprintable() or not profile.subject_shape.fullmatch(subject):
        raise Rejected("attributes.subject")
    if not admission.professionals and PROFESSIONAL & told.keys():
        raise Rejected("attributes.professional", "spid_30", retry=True)
    read = {
        field: value
        for key, (field, rule) in FIELDS.items()
        if key in told and (value := rule(told[key]))
    }
    if "dateOfBirth" in told and "birth_date" not in read:
        raise Rejected("attributes.date_of_birth")
    if not values.is_old_enough(read.get("birth_date", ""), admission.minimum_age, today):
        raise Rejected("attributes.age", "under_age")
    return VerifiedIdentity(
        identity=Identity(provider=name, issuer=asserted.provider, subject=subject),
        codice_fiscale=_code(told.get("fiscalNumber"), profile),
        values={**read, **_document(told.get("idCard", ""))},
        level=asserted.level,
    )


def _code(value: str | None, profile: SamlProfile) -> str | None:
    """Return the codice fiscale, or ``None`` where the person has another country's number.

    Raises:
        Rejected: It is neither.
    """
    if value is None:
        return None
    found = profile.tax_number.fullmatch(value)
    if found is None:
        raise Rejected("attributes.fiscal_number")
    return found.groupdict().get("code")


def _document(value: str) -> dict[str, str]:
    """Return type, number and dates of an identity document, or nothing."""
    found = _DOCUMENT.fullmatch(value)
    if found is None:
        return {}
    read = {f"document_{name}": rule(found[name]) for name, rule in _DOCUMENT_FIELDS.items()}
    return read if all(read.values()) else {}
