"""The shape of a phone number, as far as digits alone can tell.

Whether a number can exist is for :mod:`registrazione.checks.phones`, which needs the numbering
plans of the world.
"""

from __future__ import annotations

from registrazione.core.refusals import Fault, fault
from registrazione.core.text import clean_line

MAX_TYPED = 30

_DIGITS = range(6, 16)
_SEPARATORS = str.maketrans("", "", " -./()")


def phone_shape(value: object, field: str | None = "phone") -> str | Fault:
    """Return a number that has the shape of one: 6 to 15 digits, the most of E.164 (UNI-05).

    Args:
        value: What was typed, of any type; spaces, hyphens, dots, slashes and parentheses may
            be among the digits.
        field: The field named in the fault.

    Returns:
        The digits, with a plus before them where one was typed; else ``phone.malformed``, or
        what makes it no line of text.
    """
    text = clean_line(value, max_length=MAX_TYPED, field=field)
    if isinstance(text, Fault):
        return text
    number = text.translate(_SEPARATORS)
    digits = number.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) in _DIGITS):
        return fault("phone.malformed", field)
    return number
