"""The number of the tessera sanitaria, which is field 8 of the European card on its back.

Decision S2 of 2009 of the EU's Administrative Commission gives the card of every state twenty
digits: ten for whoever issued it, ten for the card. An Italian number begins with ``80380``, the
health sector and the country's number in ISO 3166-1. The last digit follows the formula of Luhn
(ISO/IEC 7812-1) as far as published numbers and readers of the chip show; no Italian rule that
says so was found, and therefore it only warns.
"""

from __future__ import annotations

import re

from registrazione.core.cf_rules import passes_luhn
from registrazione.core.refusals import Fault, Severity, fault
from registrazione.core.text import clean_code

_SHAPE = re.compile(r"80380[0-9]{15}")


def read_health_card(value: object, field: str = "health_card") -> str | Fault:
    """Return the number of an Italian card, without the spaces between its digits (POL-06).

    Args:
        value: What was typed, of any type.
        field: The field named in the fault.

    Returns:
        The twenty digits or the fault found: ``health_card.shape``, or what no code at all may
        be. A doubtful last digit is left to :func:`check_health_card`.
    """
    text = clean_code(value, field=field)
    if isinstance(text, Fault):
        return text
    number = text.replace(" ", "")
    if _SHAPE.fullmatch(number) is None:
        return fault("health_card.shape", field)
    return number


def check_health_card(value: object, field: str = "health_card") -> tuple[Fault, ...]:
    """Return what there is to say about the number of a card (POL-06).

    Args:
        value: What was typed, of any type.
        field: The field named in the faults.

    Returns:
        The error of :func:`read_health_card`, or the warning ``health_card.check`` where the
        last digit does not match, or nothing.
    """
    number = read_health_card(value, field)
    if isinstance(number, Fault):
        return (number,)
    if not passes_luhn(number):
        return (fault("health_card.check", field, severity=Severity.WARNING),)
    return ()
