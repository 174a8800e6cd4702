"""What a provider's words have to look like to become the value of a form field.

SAML's attributes and OpenID's claims say the same of a person, and both are held to the same rules:
each returns the value in the one spelling that the form has for it, or an empty text, and then the
person types it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from types import MappingProxyType
from typing import Final

from registrazione.core.documents import read_document_number, read_document_type
from registrazione.core.refusals import Fault
from registrazione.core.text import clean_line

Rule = Callable[[str], str]
"""Returns the value, or nothing where the word is not what it should be."""

LONGEST: Final = 200
"""Characters of a line; what is longer is no name and no address."""

_MARKUP = frozenset("<>")
_SEXES = MappingProxyType({"m": "M", "f": "F", "male": "M", "female": "F"})
_BETWEEN_DIGITS = re.compile(r"[ ./-]")


def matching(pattern: str) -> Rule:
    """Return the rule that a word is wholly of one shape, and can be printed.

    Args:
        pattern: The shape, a regular expression.
    """
    shape = re.compile(pattern)
    return lambda value: value if value.isprintable() and shape.fullmatch(value) else ""


def line(value: str) -> str:
    """Return a name or an address as one line, without markup.

    Args:
        value: What was told.
    """
    found = clean_line(value, max_length=LONGEST)
    return "" if isinstance(found, Fault) or _MARKUP & {*found} else found


def day(value: str) -> str:
    """Return a day that exists, in the one spelling of ISO 8601 that the schemes have.

    Args:
        value: What was told.
    """
    try:
        return value if date.fromisoformat(value).isoformat() == value else ""
    except ValueError:
        return ""


def sex(value: str) -> str:
    """Return ``M`` or ``F``, which SPID writes so and OpenID Connect in words.

    Args:
        value: What was told.
    """
    return _SEXES.get(value.lower(), "")


def phone(value: str) -> str:
    """Return a telephone number, without what people write between its digits.

    Args:
        value: What was told.
    """
    return _number(_BETWEEN_DIGITS.sub("", value))


def document_type(value: str) -> str:
    """Return SPID's word for a type of document (DPR 445/2000, art. 35).

    Args:
        value: What was told.
    """
    found = read_document_type(value)
    return "" if isinstance(found, Fault) else found.value


def document_number(value: str) -> str:
    """Return a document's number as the form has it.

    Args:
        value: What was told.
    """
    found = read_document_number(value)
    return "" if isinstance(found, Fault) else found


email: Final = matching(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,255}")
"""An address, as far as its shape tells."""
place: Final = matching(r"[A-Z][0-9]{3}")
"""The Belfiore code of a municipality or a country."""
province: Final = matching(r"[A-Z]{2}")
"""The two letters of a province."""
postcode: Final = matching(r"[0-9]{5}")
"""An Italian postcode (CAP)."""
_number: Final = matching(r"\+?[0-9]{5,15}")


def is_old_enough(born: str, years: int | None, today: date) -> bool:
    """Tell whether somebody is old enough; who does not tell the date of birth is not.

    Args:
        born: The date, as :func:`day` returns it.
        years: How old one has to be; ``None``: not at all.
        today: The present day.
    """
    if years is None:
        return True
    if not born:
        return False
    told = date.fromisoformat(born)
    had_birthday = (today.month, today.day) >= (told.month, told.day)
    return today.year - told.year - (not had_birthday) >= years
