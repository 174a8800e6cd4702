"""The codice fiscale: what a code says of itself, without any list of places or persons.

DM 23 December 1976: sixteen characters for surname (3), name (3), year (2), month (1), day and
sex (2), place (4) and a check letter. Where two persons would get the same code, digits are
replaced by letters from the right or anywhere else (*omocodia*). Article 10 also gives persons
a provisional code of eleven digits. A sound code is no proof that the person exists.
"""

from __future__ import annotations

import re
from datetime import date
from string import ascii_uppercase

import attrs

from registrazione.core.refusals import Fault, Refusal, fault
from registrazione.core.text import trim

MAX_TYPED = 64

_LENGTH = 16
_PROVISIONAL_LENGTH = 11
_DIGITS = "0123456789"
_OMOCODIA_LETTERS = "LMNPQRSTUV"
_UNDO_OMOCODIA = str.maketrans(_OMOCODIA_LETTERS, _DIGITS)
_DIGIT_POSITIONS = (6, 7, 9, 10, 12, 13, 14)
_LAST_DAY = dict(zip("ABCDEHLMPRST", (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True))
_MONTHS = "".join(_LAST_DAY)
_WOMEN_ADD = 40

_DIGIT = f"[{_DIGITS}{_OMOCODIA_LETTERS}]"
_SHAPE = re.compile(
    rf"[A-Z]{{6}}{_DIGIT}{{2}}[{_MONTHS}]{_DIGIT}{{2}}[A-Z]{_DIGIT}{{3}}[A-Z]",
)
_PROVISIONAL = re.compile(r"(?!0{7})[0-9]{11}")
_FOREIGN = re.compile(r"[^A-Za-z0-9]")

_EXPECTED = {"L": ascii_uppercase, "D": _DIGITS + _OMOCODIA_LETTERS, "M": _MONTHS}
_EXPECTED_NAMES = {"L": "letter", "D": "digit", "M": "month"}
_PATTERN = "LLLLLLDDMDDLDDDL"

# What a sign counts in the check sum: the digits 0 to 9 as much as the letters A to J.
_SIGNS = (_DIGITS + ascii_uppercase).encode()
_ODD_TO_J = bytes((1, 0, 5, 7, 9, 13, 15, 17, 19, 21))
_ODD_FROM_K = bytes((2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23))
_ODD = bytes.maketrans(_SIGNS, _ODD_TO_J + _ODD_TO_J + _ODD_FROM_K)
_EVEN = bytes.maketrans(_SIGNS, bytes((*range(10), *range(26))))
_NO_HINT = ""
_LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)

_LOOKALIKES = {
    sign: (twin, f"{letter}/{digit}")
    for letter, digit in ("O0", "I1", "S5", "B8")
    for sign, twin in ((letter, digit), (digit, letter))
}


def is_codice_fiscale(text: object) -> bool:
    """Tell whether the text is a sound codice fiscale, without saying why not.

    Args:
        text: What was typed, of any type.

    Returns:
        ``True`` where :func:`check_codice_fiscale` finds no fault.
    """
    if not isinstance(text, str):
        return False
    text = str.__str__(text)
    return len(text) <= MAX_TYPED and _is_sound(_canonical(text))


def check_codice_fiscale(text: object, field: str = "cf") -> tuple[Fault, ...]:
    """Return what is wrong with a codice fiscale, nothing if it is sound (MIM-11).

    The ``hint`` of ``cf.forma`` and ``cf.controllo`` is ``O/0``, ``I/1``, ``S/5``, ``B/8`` or
    ``swap`` when undoing that one typing error would make the code right, and otherwise empty.
    The right letter itself is never told.

    Args:
        text: What was typed, of any type.
        field: The field named in the faults.

    Returns:
        The faults, all of them errors. A sound provisional code has none here either.
    """
    outcome = _code_or_faults(text, field)
    return () if isinstance(outcome, str) else outcome


def _sound_code(_instance: object, _attribute: object, code: str) -> None:
    if not _is_sound(code):
        message = "not a canonical codice fiscale; use CodiceFiscale.parse"
        raise ValueError(message)


@attrs.frozen(kw_only=True, repr=False)
class CodiceFiscale:
    """A sound codice fiscale, printed only with its middle hidden (GDPR art. 87).

    Args:
        code: The canonical text, in capitals; :meth:`parse` makes it from what was typed.

    Two codes are equal if their whole text is: the key of an account is the code as issued,
    because two persons may share a code but for omocodia.
    """

    code: str = attrs.field(validator=_sound_code)

    @classmethod
    def parse(cls, text: object, field: str = "cf") -> CodiceFiscale:
        """Return the value for what was typed (MIM-11, DM 23 December 1976).

        Args:
            text: What was typed, of any type.
            field: The field named in the faults.

        Returns:
            The value, with its text trimmed and in capitals.

        Raises:
            Refusal: With the faults of :func:`check_codice_fiscale`.
        """
        outcome = _code_or_faults(text, field)
        if not isinstance(outcome, str):
            raise Refusal(*outcome)
        return cls(code=outcome)

    @property
    def masked(self) -> str:
        """Return the first three and the last two characters, the others as asterisks."""
        return f"{self.code[:3]}{'*' * (len(self.code) - 5)}{self.code[-2:]}"

    def __str__(self) -> str:
        """Return the masked form; the text itself is :attr:`code`."""
        return self.masked

    def __repr__(self) -> str:
        """Return the masked form."""
        return f"CodiceFiscale({self.masked})"

    @property
    def is_provisional(self) -> bool:
        """Tell whether this is a code of eleven digits, which says nothing of the person."""
        return len(self.code) == _PROVISIONAL_LENGTH

    @property
    def is_omocodia(self) -> bool:
        """Tell whether a letter stands for a digit in any of the seven digit positions."""
        return not self.is_provisional and any(
            self.code[position] in _OMOCODIA_LETTERS for position in _DIGIT_POSITIONS
        )

    @property
    def canonical(self) -> CodiceFiscale:
        """Return the code with its omocodia undone and the check letter computed again.

        It serves to notice a possible duplicate only: different persons may share it.
        """
        if self.is_provisional:
            return self
        signs = list(self.code[:-1])
        for position in _DIGIT_POSITIONS:
            signs[position] = signs[position].translate(_UNDO_OMOCODIA)
        plain = "".join(signs)
        return CodiceFiscale(code=plain + _check_letter(plain))

    @property
    def surname_triplet(self) -> str | None:
        """Return the three letters made from the surname."""
        return None if self.is_provisional else self.code[:3]

    @property
    def name_triplet(self) -> str | None:
        """Return the three letters made from the name."""
        return None if self.is_provisional else self.code[3:6]

    @property
    def sex(self) -> str | None:
        """Return ``"M"`` or ``"F"``."""
        if self.is_provisional:
            return None
        return "F" if self._number(9, 11) > _WOMEN_ADD else "M"

    @property
    def birth_day(self) -> int | None:
        """Return the day of birth, from 1 to 31."""
        if self.is_provisional:
            return None
        return self._number(9, 11) % _WOMEN_ADD

    @property
    def birth_month(self) -> int | None:
        """Return the month of birth, from 1 to 12."""
        return None if self.is_provisional else _MONTHS.index(self.code[8]) + 1

    @property
    def possible_birth_dates(self) -> tuple[date, ...]:
        """Return the dates of the last two centuries that the code may mean.

        The code holds two digits of the year, so there are two dates, or one where only one
        of the two years had a 29 February.
        """
        if self.is_provisional:
            return ()
        year, month = self._number(6, 8), _MONTHS.index(self.code[8]) + 1
        day = self._number(9, 11) % _WOMEN_ADD
        return tuple(
            date(century + year, month, day)
            for century in (1900, 2000)
            if (century + year, month, day) != (1900, 2, 29)
        )

    @property
    def possible_birth_years(self) -> tuple[int, ...]:
        """Return the years that the two digits may mean, the earlier first."""
        return tuple(born.year for born in self.possible_birth_dates)

    @property
    def codice_catastale(self) -> str | None:
        """Return the Belfiore code of the place of birth, with its omocodia undone."""
        if self.is_provisional:
            return None
        return self.code[11] + self.code[12:15].translate(_UNDO_OMOCODIA)

    def _number(self, start: int, stop: int) -> int:
        return int(self.code[start:stop].translate(_UNDO_OMOCODIA))


def _code_or_faults(text: object, field: str) -> str | tuple[Fault, ...]:
    if text is None:
        return (fault("input.missing", field),)
    if not isinstance(text, str):
        return (fault("input.type", field),)
    # A subclass may override every method, so it is taken down to plain text first.
    text = str.__str__(text)
    if len(text) > MAX_TYPED:
        return (fault("cf.lunghezza", field, length=len(text)),)
    code = _canonical(text)
    if not code:
        return (fault("input.missing", field),)
    if _is_sound(code):
        return code
    return _faults_of_text(code, field) or (_fault_of_content(code, field),)


def _canonical(text: str) -> str:
    """Trim, and make capitals only of ASCII: Unicode would fold other letters into it."""
    text = trim(text)
    return text.upper() if text.isascii() else text


def _is_sound(code: str) -> bool:
    if _SHAPE.fullmatch(code):
        return _check_letter(code[:-1]) == code[-1] and _has_date(code)
    return _PROVISIONAL.fullmatch(code) is not None and _luhn(code)


def _check_letter(signs: str) -> str:
    data = signs.encode("ascii")
    total = sum(data[::2].translate(_ODD)) + sum(data[1::2].translate(_EVEN))
    return ascii_uppercase[total % 26]


def _luhn(digits: str) -> bool:
    numbers = [int(digit) for digit in digits]
    return (sum(numbers[::2]) + sum(_LUHN_DOUBLED[n] for n in numbers[1::2])) % 10 == 0


def _has_date(code: str) -> bool:
    day = int(code[9:11].translate(_UNDO_OMOCODIA))
    if day > _WOMEN_ADD:
        day -= _WOMEN_ADD
    if not 1 <= day <= _LAST_DAY[code[8]]:
        return False
    # In both centuries the leap years are the multiples of four, 1900 excepted.
    is_leap_day = code[8] == "B" and day == _LAST_DAY["B"]
    return not is_leap_day or int(code[6:8].translate(_UNDO_OMOCODIA)) % 4 == 0


def _faults_of_text(code: str, field: str) -> tuple[Fault, ...]:
    faults: list[Fault] = []
    all_digits = code.isascii() and code.isdigit()
    if len(code) != _LENGTH and not (len(code) == _PROVISIONAL_LENGTH and all_digits):
        faults.append(fault("cf.lunghezza", field, length=len(code)))
    foreign = _FOREIGN.search(code)
    if foreign is not None:
        faults.append(fault("cf.carattere", field, position=foreign.start() + 1))
    return tuple(faults)


def _fault_of_content(code: str, field: str) -> Fault:
    if len(code) == _PROVISIONAL_LENGTH:
        return fault("cf.controllo", field, hint=_NO_HINT)
    for position, (sign, kind) in enumerate(zip(code, _PATTERN, strict=True), start=1):
        if sign not in _EXPECTED[kind]:
            name = _EXPECTED_NAMES[kind]
            return fault("cf.forma", field, position=position, expected=name, hint=_hint(code))
    if _check_letter(code[:-1]) != code[-1]:
        return fault("cf.controllo", field, hint=_hint(code))
    return fault("cf.data_impossibile", field)


def _hint(code: str) -> str:
    """Name the single typing error that, undone, makes the code sound."""
    for position, sign in enumerate(code):
        if sign in _LOOKALIKES:
            twin, word = _LOOKALIKES[sign]
            if _is_sound(f"{code[:position]}{twin}{code[position + 1 :]}"):
                return word
    for left in range(_LENGTH - 1):
        swapped = f"{code[:left]}{code[left + 1]}{code[left]}{code[left + 2 :]}"
        if _is_sound(swapped):
            return "swap"
    return _NO_HINT
