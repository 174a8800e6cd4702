"""The codice fiscale: what a code says of itself, without any list of places or persons.

The rules are in :mod:`registrazione.core.cf_rules`, the reasons for a refusal in
:mod:`registrazione.core.cf_faults`. A sound code is no proof that the person exists.

A program that only wants verdicts should not wait for its first one: this module loads attrs,
with the faults, when something is found wrong, and is a plain class for the same reason.
"""

from __future__ import annotations

from registrazione.core.cf_rules import (
    DIGIT_POSITIONS,
    MAX_TYPED,
    MONTHS,
    OMOCODIA_LETTERS,
    PROVISIONAL_LENGTH,
    UNDO_OMOCODIA,
    WOMEN_ADD,
    check_letter,
    is_sound,
    sound_code,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

    from registrazione.core.refusals import Fault

__all__ = ["MAX_TYPED", "CodiceFiscale", "check_codice_fiscale", "is_codice_fiscale"]


def is_codice_fiscale(text: object) -> bool:
    """Tell whether the text is a sound codice fiscale, without saying why not.

    Args:
        text: What was typed, of any type.

    Returns:
        ``True`` where :func:`check_codice_fiscale` finds no fault.
    """
    return sound_code(text) is not None


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
    return () if is_codice_fiscale(text) else _faults(text, field)


def _faults(text: object, field: str) -> tuple[Fault, ...]:
    from registrazione.core.cf_faults import faults_of  # noqa: PLC0415 - see the module's head

    return faults_of(text, field)


class CodiceFiscale:
    """A sound codice fiscale, printed only with its middle hidden (GDPR art. 87).

    Args:
        code: The canonical text, in capitals; :meth:`parse` makes it from what was typed.

    Raises:
        ValueError: The text is not canonical or not sound; it is not repeated in the error.

    Two codes are equal if their whole text is: the key of an account is the code as issued,
    because two persons may share a code but for omocodia. The value is immutable.
    """

    __slots__ = ("code",)

    code: str

    def __init__(self, *, code: str) -> None:
        """Keep the code, if it is a sound one."""
        if not is_sound(code):
            message = "not a canonical codice fiscale; use CodiceFiscale.parse"
            raise ValueError(message)
        object.__setattr__(self, "code", code)

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
        code = sound_code(text)
        if code is None:
            from registrazione.core.refusals import Refusal  # noqa: PLC0415 - see the module's head

            raise Refusal(*_faults(text, field))
        return cls(code=code)

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
        return len(self.code) == PROVISIONAL_LENGTH

    @property
    def is_omocodia(self) -> bool:
        """Tell whether a letter stands for a digit in any of the seven digit positions."""
        return not self.is_provisional and any(
            self.code[position] in OMOCODIA_LETTERS for position in DIGIT_POSITIONS
        )

    @property
    def canonical(self) -> CodiceFiscale:
        """Return the code with its omocodia undone and the check letter computed again.

        It serves to notice a possible duplicate only: different persons may share it.
        """
        if self.is_provisional:
            return self
        signs = list(self.code[:-1])
        for position in DIGIT_POSITIONS:
            signs[position] = signs[position].translate(UNDO_OMOCODIA)
        plain = "".join(signs)
        return CodiceFiscale(code=plain + check_letter(plain))

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
        return "F" if self._number(9, 11) > WOMEN_ADD else "M"

    @property
    def birth_day(self) -> int | None:
        """Return the day of birth, from 1 to 31."""
        if self.is_provisional:
            return None
        return self._number(9, 11) % WOMEN_ADD

    @property
    def birth_month(self) -> int | None:
        """Return the month of birth, from 1 to 12."""
        return None if self.is_provisional else MONTHS.index(self.code[8]) + 1

    @property
    def possible_birth_dates(self) -> tuple[date, ...]:
        """Return the dates of the last two centuries that the code may mean.

        The code holds two digits of the year, so there are two dates, or one where only one
        of the two years had a 29 February.
        """
        if self.is_provisional:
            return ()
        from datetime import date  # noqa: PLC0415 - only a code that is asked for its date needs it

        year, month = self._number(6, 8), MONTHS.index(self.code[8]) + 1
        day = self._number(9, 11) % WOMEN_ADD
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
        return self.code[11] + self.code[12:15].translate(UNDO_OMOCODIA)

    def _number(self, start: int, stop: int) -> int:
        return int(self.code[start:stop].translate(UNDO_OMOCODIA))

    def __eq__(self, other: object) -> bool:
        """Compare the whole text."""
        return self.code == other.code if isinstance(other, CodiceFiscale) else NotImplemented

    def __hash__(self) -> int:
        """Hash the whole text."""
        return hash((CodiceFiscale, self.code))

    def __setattr__(self, name: str, _value: object) -> None:
        """Refuse every change.

        Raises:
            AttributeError: Always.
        """
        message = f"{name} of a codice fiscale cannot be set"
        raise AttributeError(message)

    def __delattr__(self, name: str) -> None:
        """Refuse every removal.

        Raises:
            AttributeError: Always.
        """
        self.__setattr__(name, None)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel as the text, and be checked again on arrival."""
        return CodiceFiscale.parse, (self.code,)
