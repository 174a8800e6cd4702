"""What the claims of a person are in our forms (OIDC Core 5.1; SPID and CIE: attributes)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from registrazione.adapters.oidc.reading import Claims

EID = "https://attributes.eid.gov.it/"
"""What the Italian claims begin with."""

_LONGEST = 200
_BELFIORE = re.compile(r"[A-Z][0-9]{3}")
_ITALIAN_TAX_CODE = "TINIT-"
_SEXES = {"male": "M", "female": "F", "m": "M", "f": "F"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _line(value: object) -> str:
    """Return a line of text, without what cannot be printed."""
    if not isinstance(value, str):
        return ""
    printable = "".join(c if c.isprintable() else " " for c in value[:_LONGEST])
    return " ".join(printable.split())


def _sex(value: object) -> str:
    return _SEXES.get(_line(value).lower(), "")


def _day(value: object) -> str:
    found = _line(value)
    return found if _DAY.fullmatch(found) else ""


def _belfiore(value: object) -> str:
    """Return the Belfiore code in a place's ``locality``, as SPID and CIE tell it."""
    found = _line(_part(value, "locality")).upper()
    return found if _BELFIORE.fullmatch(found) else ""


def _phone(value: object) -> str:
    return re.sub(r"[\s./-]", "", _line(value))


def _part(value: object, name: str) -> object:
    return cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None


def _of(name: str) -> Callable[[object], str]:
    return lambda value: _line(_part(value, name))


Reader = Callable[[object], str]

FIELDS: tuple[tuple[str, str, Reader], ...] = (
    ("name", "given_name", _line),
    ("surname", "family_name", _line),
    ("birth_date", "birthdate", _day),
    ("birth_place", "place_of_birth", _belfiore),
    ("sex", "gender", _sex),
    ("email", "email", _line),
    ("phone", "phone_number", _phone),
    ("document_type", "document_details", _of("type")),
    ("document_number", "document_details", _of("document_number")),
    ("document_issuer", "document_details", _of("issuer")),
    ("document_issued", "document_details", lambda value: _day(_part(value, "date_of_issuance"))),
    ("document_expires", "document_details", lambda value: _day(_part(value, "date_of_expiry"))),
    ("residence_address", "address", _of("street_address")),
    ("residence_place", "address", _of("locality")),
    ("residence_province", "address", _of("region")),
    ("residence_cap", "address", _of("postal_code")),
)
"""Field, claim, and how it is read. What cannot be read is left out, and asked of the person."""

ORGANISATION = frozenset(
    EID + name for name in ("company_name", "company_fiscal_number", "vat_number")
)
"""Claims that speak for a firm, or of somebody as a professional."""


def form_values(claims: Claims) -> Mapping[str, str]:
    """Return what the claims tell of a person, by form field.

    Args:
        claims: The claims, verified.
    """
    read = {field: reader(claims.get(claim)) for field, claim, reader in FIELDS}
    # An address that the provider itself does not vouch for is left for the person to type.
    if claims.get("email_verified", True) is not True:
        read["email"] = ""
    return {field: value for field, value in read.items() if value}


def codice_fiscale(claims: Claims) -> str | None:
    """Return the Italian code, where the provider tells one: ``TINIT-`` and sixteen characters.

    Args:
        claims: The claims, verified.
    """
    told = _line(claims.get(f"{EID}fiscal_number")).upper()
    found = told.removeprefix(_ITALIAN_TAX_CODE)
    return found if found and found != told else None


def speaks_for_a_firm(claims: Claims) -> bool:
    """Tell whether this is a professional's identity, or a legal person's.

    Args:
        claims: The claims, verified.
    """
    return any(claims.get(name) for name in ORGANISATION)
