"""Codes of people who have no codice fiscale yet, and which are none.

STP (*straniero temporaneamente presente*) and ENI (*europeo non iscritto*) are codes of the health
service, given to people who cannot be enrolled in it. The *codice provvisorio* is made by the
ministry's school system for a pupil, until the school enters the codice fiscale. None of them says
anything about the person, and none can be the key of an account.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import MAXYEAR, date

import attrs

from registrazione.core.refusals import Fault, Refusal, fault
from registrazione.core.text import clean_code

MAX_PROVISIONAL = 32

_SHAPE = re.compile(r"(?:STP|ENI)[0-9]{13}")
_PROVISIONAL = re.compile(rf"[A-Z0-9]{{1,{MAX_PROVISIONAL}}}")
_MONTHS_IN_FORCE = 6


def is_temporary_health_code(text: object) -> bool:
    """Tell whether the text is an STP or ENI code, without saying why not.

    Args:
        text: What was typed, of any type; also in a field that asks for a codice fiscale.
    """
    return isinstance(_read(text, "stp"), str)


def check_temporary_health_code(text: object, field: str = "stp") -> tuple[Fault, ...]:
    """Return what is wrong with an STP or ENI code, nothing if it is sound.

    Behind the letters stand three digits for the region, three for the local health authority and
    seven that it counts.

    Args:
        text: What was typed, of any type.
        field: The field named in the faults.

    Returns:
        The error ``stp.shape``, or what no code at all may be, or nothing.
    """
    outcome = _read(text, field)
    return () if isinstance(outcome, str) else (outcome,)


def _sound_health_code(_instance: object, _attribute: object, code: str) -> None:
    if _SHAPE.fullmatch(code) is None:
        message = "not a canonical STP or ENI code; use TemporaryHealthCode.parse"
        raise ValueError(message)


@attrs.frozen(kw_only=True, repr=False)
class TemporaryHealthCode:
    """An STP or ENI code, printed only with its middle hidden.

    Args:
        code: The canonical text, in capitals; :meth:`parse` makes it from what was typed.
    """

    code: str = attrs.field(validator=_sound_health_code)

    @classmethod
    def parse(cls, text: object, field: str = "stp") -> TemporaryHealthCode:
        """Return the value for what was typed.

        Args:
            text: What was typed, of any type.
            field: The field named in the faults.

        Returns:
            The value, with its text trimmed and in capitals.

        Raises:
            Refusal: With the fault of :func:`check_temporary_health_code`.
        """
        outcome = _read(text, field)
        if not isinstance(outcome, str):
            raise Refusal(outcome)
        return cls(code=outcome)

    @property
    def kind(self) -> str:
        """Return ``"STP"`` or ``"ENI"``."""
        return self.code[:3]

    @property
    def region(self) -> str:
        """Return the three digits of the region."""
        return self.code[3:6]

    @property
    def issuer(self) -> str:
        """Return the three digits of the local health authority (ASL)."""
        return self.code[6:9]

    @property
    def masked(self) -> str:
        """Return the first three and the last two characters, the others as asterisks."""
        return f"{self.code[:3]}{'*' * (len(self.code) - 5)}{self.code[-2:]}"

    def __str__(self) -> str:
        """Return the masked form; the text itself is :attr:`code`."""
        return self.masked

    def __repr__(self) -> str:
        """Return the masked form."""
        return f"TemporaryHealthCode({self.masked})"


def last_day_in_force(issued: date) -> date:
    """Return the last day of the six months that an STP or ENI code holds.

    Months are counted by the calendar, up to the end of the day of the same number, or of the
    month's last day where it has no such day (art. 2963 of the civil code).

    Args:
        issued: The day of issue, or of the last renewal.
    """
    years, months = divmod(issued.month - 1 + _MONTHS_IN_FORCE, 12)
    year, month = issued.year + years, months + 1
    if year > MAXYEAR:
        return date.max
    return date(year, month, min(issued.day, monthrange(year, month)[1]))


def is_in_force(issued: date, today: date) -> bool:
    """Tell whether an STP or ENI code holds on a day; it can be renewed any number of times.

    Args:
        issued: The day of issue, or of the last renewal.
        today: The day that is asked about.
    """
    return issued <= today <= last_day_in_force(issued)


def _sound_provisional_code(_instance: object, _attribute: object, code: str) -> None:
    if _PROVISIONAL.fullmatch(code) is None:
        message = "not a canonical provisional code; use ProvisionalSchoolCode.parse"
        raise ValueError(message)


@attrs.frozen(kw_only=True)
class ProvisionalSchoolCode:
    """The code that the school system gives to a pupil without codice fiscale.

    Args:
        code: The canonical text, in capitals; :meth:`parse` makes it from what was typed.

    Its shape is published nowhere, so that any letters and digits are accepted.
    """

    code: str = attrs.field(validator=_sound_provisional_code, repr=False)

    @classmethod
    def parse(cls, text: object, field: str = "provisional_code") -> ProvisionalSchoolCode:
        """Return the value for what was typed (IOL-22).

        Args:
            text: What was typed, of any type.
            field: The field named in the faults.

        Returns:
            The value, with its text trimmed and in capitals.

        Raises:
            Refusal: With ``provisional_code.shape``, or what no code at all may be.
        """
        code = clean_code(text, max_length=MAX_PROVISIONAL, field=field)
        if isinstance(code, Fault):
            raise Refusal(code)
        if _PROVISIONAL.fullmatch(code) is None:
            raise Refusal(fault("provisional_code.shape", field))
        return cls(code=code)


def _read(text: object, field: str) -> str | Fault:
    code = clean_code(text, field=field)
    if isinstance(code, Fault) or _SHAPE.fullmatch(code) is not None:
        return code
    return fault("stp.shape", field)
