"""What makes a text a sound codice fiscale: its form, its check letter, its date.

DM 23 December 1976: sixteen characters for surname (3), name (3), year (2), month (1), day and
sex (2), place (4) and a check letter. Where two persons would get the same code, digits are
replaced by letters from the right or anywhere else (*omocodia*). Article 10 also gives persons
a provisional code of eleven digits.

Nothing but ``re`` is loaded here, so that the first verdict of a process comes at once.
"""

from __future__ import annotations

import re

from registrazione.core.trimming import trim

MAX_TYPED = 64
LENGTH = 16
PROVISIONAL_LENGTH = 11

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
OMOCODIA_LETTERS = "LMNPQRSTUV"
UNDO_OMOCODIA = str.maketrans(OMOCODIA_LETTERS, DIGITS)
DIGIT_POSITIONS = (6, 7, 9, 10, 12, 13, 14)
_LAST_DAY = dict(zip("ABCDEHLMPRST", (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True))
MONTHS = "".join(_LAST_DAY)
WOMEN_ADD = 40

_DIGIT = f"[{DIGITS}{OMOCODIA_LETTERS}]"
_SHAPE = re.compile(
    rf"[A-Z]{{6}}{_DIGIT}{{2}}[{MONTHS}]{_DIGIT}{{2}}[A-Z]{_DIGIT}{{3}}[A-Z]",
)

# What a sign counts in the check sum: the digits 0 to 9 as much as the letters A to J.
_SIGNS = (DIGITS + LETTERS).encode()
_ODD_TO_J = bytes((1, 0, 5, 7, 9, 13, 15, 17, 19, 21))
_ODD_FROM_K = bytes((2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23))
_ODD = bytes.maketrans(_SIGNS, _ODD_TO_J + _ODD_TO_J + _ODD_FROM_K)
_EVEN = bytes.maketrans(_SIGNS, bytes((*range(10), *range(26))))
_LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def sound_code(text: object) -> str | None:
    """Return the canonical form of what was typed, or ``None`` if it is no sound code.

    Args:
        text: What was typed, of any type.
    """
    # A value may pretend to be text, and a subclass may override every method: the type itself is
    # asked, and text is taken down to a plain one first.
    if not issubclass(type(text), str):
        return None
    text = str.__str__(text)  # pyright: ignore[reportArgumentType] - `cast` would load `typing`
    if len(text) > MAX_TYPED:
        return None
    code = canonical_text(text)
    return code if is_sound(code) else None


def canonical_text(text: str) -> str:
    """Trim, and make capitals only of ASCII: Unicode would fold other letters into it."""
    text = trim(text)
    return text.upper() if text.isascii() else text


def is_sound(code: str) -> bool:
    """Tell whether a canonical text has the form, the check letter and the date of a code."""
    if _SHAPE.fullmatch(code):
        return check_letter(code[:-1]) == code[-1] and _has_date(code)
    return len(code) == PROVISIONAL_LENGTH and _is_provisional(code)


def check_letter(signs: str) -> str:
    """Return the sixteenth character that belongs to fifteen others."""
    data = signs.encode("ascii")
    total = sum(data[::2].translate(_ODD)) + sum(data[1::2].translate(_EVEN))
    return LETTERS[total % 26]


def _is_provisional(code: str) -> bool:
    """Tell whether eleven characters are digits, not all zeros, with the right check digit."""
    if not (code.isascii() and code.isdigit()) or code.startswith("0000000"):
        return False
    return passes_luhn(code)


def passes_luhn(digits: str) -> bool:
    """Tell whether the last of some digits is the one that ISO/IEC 7812-1 computes."""
    numbers = [int(digit) for digit in reversed(digits)]
    return (sum(numbers[::2]) + sum(_LUHN_DOUBLED[n] for n in numbers[1::2])) % 10 == 0


def _has_date(code: str) -> bool:
    day = int(code[9:11].translate(UNDO_OMOCODIA))
    if day > WOMEN_ADD:
        day -= WOMEN_ADD
    if not 1 <= day <= _LAST_DAY[code[8]]:
        return False
    # In both centuries the leap years are the multiples of four, 1900 excepted.
    is_leap_day = code[8] == "B" and day == _LAST_DAY["B"]
    return not is_leap_day or int(code[6:8].translate(UNDO_OMOCODIA)) % 4 == 0
