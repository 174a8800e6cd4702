"""What the claims of a person are in our forms (OIDC Core 5.1; SPID and CIE: attributes)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from registrazione.adapters import identity_values as values
from registrazione.adapters.identity_values import Rule
from registrazione.adapters.oidc.reading import Claims
from registrazione.core.codice_fiscale import CodiceFiscale

EID = "https://attributes.eid.gov.it/"
"""What the Italian claims begin with."""

_ITALIAN_TAX_CODE = "TINIT-"

FIELDS: tuple[tuple[str, tuple[str, ...], Rule], ...] = (
    ("name", ("given_name",), values.line),
    ("surname", ("family_name",), values.line),
    ("birth_date", ("birthdate",), values.day),
    ("birth_place", ("place_of_birth", "locality"), values.place),
    ("sex", ("gender",), values.sex),
    ("email", ("email",), values.email),
    ("pec", (f"{EID}e_delivery_service",), values.email),
    ("phone", ("phone_number",), values.phone),
    ("document_type", ("document_details", "type"), values.document_type),
    ("document_number", ("document_details", "document_number"), values.document_number),
    # Who issued it stands inside an object, or alone.
    ("document_issuer", ("document_details", "issuer", "name"), values.line),
    ("document_issuer", ("document_details", "issuer"), values.line),
    ("document_issued", ("document_details", "date_of_issuance"), values.day),
    ("document_expires", ("document_details", "date_of_expiry"), values.day),
    ("residence_address", ("address", "street_address"), values.line),
    ("residence_place", ("address", "locality"), values.line),
    ("residence_province", ("address", "region"), values.province),
    ("residence_cap", ("address", "postal_code"), values.postcode),
)
"""Field, where its claim is, and how it is read. What does not look right is left out."""

ORGANISATION = frozenset(
    EID + name
    for name in ("company_name", "company_fiscal_number", "vat_number", "registered_office")
)
"""Claims that speak for a firm, or of somebody as a professional."""


def form_values(claims: Claims) -> Mapping[str, str]:
    """Return what the claims tell of a person, by form field.

    Args:
        claims: The claims, verified.
    """
    read = {
        field: value
        for field, path, rule in FIELDS
        if (told := _told(claims, path)) and (value := rule(told))
    }
    # An address that the provider itself does not vouch for is left for the person to type.
    if claims.get("email_verified", True) is not True:
        read.pop("email", None)
    return read


def _told(claims: Claims, path: Iterable[str]) -> str:
    """Return the text at the end of a path of names; an empty one where there is none."""
    found: object = claims
    for name in path:
        found = cast("Claims", found).get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def codice_fiscale(claims: Claims) -> str | None:
    """Return the Italian code, where the provider tells a sound one behind ``TINIT-``.

    Nothing is cut, folded or mended: whose code it is decides whose account it is.

    Args:
        claims: The claims, verified.
    """
    told: object = claims.get(f"{EID}fiscal_number")
    if not isinstance(told, str) or not told.isascii() or not told.startswith(_ITALIAN_TAX_CODE):
        return None
    code = told.removeprefix(_ITALIAN_TAX_CODE).upper()
    try:
        # It takes a code in its one spelling only.
        CodiceFiscale(code=code)
    except ValueError:
        return None
    return code


def speaks_for_a_firm(claims: Claims) -> bool:
    """Tell whether this is a professional's identity, or a legal person's.

    Args:
        claims: The claims, verified.
    """
    return any(claims.get(name) for name in ORGANISATION)


def is_old_enough(claims: Claims, years: int | None, today: date) -> bool:
    """Tell whether somebody is old enough; who does not tell the date of birth is not.

    Args:
        claims: The claims, verified.
        years: How old one has to be; ``None``: not at all.
        today: The present day.
    """
    born = values.day(_told(claims, ("birthdate",)))
    return values.is_old_enough(born, years, today)
