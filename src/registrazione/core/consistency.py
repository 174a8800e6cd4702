"""Whether a codice fiscale and the data typed beside it speak of the same person.

Each field is compared by itself, so that a person is told exactly which one does not agree:
the year by its two digits, names against every spelling that codes are made from, the place by
its Belfiore code. Agreement is no proof that code or person exist; only the revenue agency's
own register could say that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import TypeVar, cast

from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.places import BELFIORE, PlaceFacts, Places
from registrazione.core.refusals import Fault, Refusal, Severity, fault
from registrazione.core.text import clean_code, clean_line
from registrazione.core.transliteration import (
    accepted_spellings,
    name_problem,
    name_triplet,
    official_spelling,
    surname_triplet,
)

MAX_NAME = 200

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SEX = re.compile(r"[MF]")
_FIELDS = (None, "cf", "surname", "name", "sex", "birth_date", "birth_place")
_CODE_PREFIXES = {"surname": "cognome", "name": "nome"}

_Value = TypeVar("_Value", str, date)
_Triplet = Callable[[str], str]


class ConsistencyPolicy(StrEnum):
    """What a disagreement weighs.

    ``normal``: a disagreement refuses, a doubt about the place is a warning. ``strict``: both
    refuse. ``lenient``: both are warnings, for someone to look at the documents in person.
    """

    STRICT = "strict"
    NORMAL = "normal"
    LENIENT = "lenient"

    @property
    def disagreement(self) -> Severity:
        """Return the severity of a field that contradicts the code."""
        return Severity.WARNING if self is ConsistencyPolicy.LENIENT else Severity.ERROR

    @property
    def doubt(self) -> Severity:
        """Return the severity of a place that is unknown or known under another code."""
        return Severity.ERROR if self is ConsistencyPolicy.STRICT else Severity.WARNING


def check_person(
    cf: CodiceFiscale | str | None,
    *,
    surname: object = None,
    name: object = None,
    sex: object = None,
    birth_date: object = None,
    birth_place: object = None,
    policy: ConsistencyPolicy = ConsistencyPolicy.NORMAL,
    places: PlaceFacts | None = None,
) -> tuple[Fault, ...]:
    """Compare a codice fiscale with the data typed beside it, field by field (MIM-14).

    Missing data are not compared. Data without a proper form are errors whatever the policy,
    and are not compared either. A provisional code is compared with nothing. Sex, date and place
    are trimmed and made capitals like the code itself: no such slip makes one of them another.

    Args:
        cf: The code, or its text; without a sound one, only the form of the data is judged.
        surname: The surname at birth, or ``None``.
        name: All given names, or ``None``.
        sex: ``"M"``, ``"F"`` or ``None``.
        birth_date: A date, its ISO form ``YYYY-MM-DD``, or ``None``.
        birth_place: A Belfiore code such as ``H501`` or ``Z110``, or ``None``.
        policy: What a disagreement weighs.
        places: What is known of places; ``None`` if nothing is, and then none is doubted.

    Returns:
        The faults of the fields ``cf``, ``surname``, ``name``, ``sex``, ``birth_date`` and
        ``birth_place``, in this order of the fields.
    """
    faults: list[Fault] = []
    code = _sound(cf, faults)
    typed_surname = _kept(_name(surname, "surname"), faults)
    typed_name = _kept(_name(name, "name"), faults)
    typed_sex = _kept(_sex(sex), faults)
    born = _kept(_birth_date(birth_date), faults)
    typed_place = _kept(_birth_place(birth_place), faults)

    if code is None:
        return tuple(faults)
    decoded_place = code.codice_catastale
    if decoded_place is None:
        return (fault("cf.provvisorio", "cf", severity=Severity.INFO), *faults)

    faults += _names(code, typed_surname, typed_name, policy.disagreement)
    if typed_sex is not None and typed_sex != code.sex:
        faults.append(fault("sesso.incoerente", "sex", severity=policy.disagreement))
    days = code.possible_birth_dates
    if born is not None:
        disagreement = _date_fault(days[-1], born, policy.disagreement)
        if disagreement is None:
            days = (born,)
        else:
            faults.append(disagreement)
    if places is not None and not places.exists(decoded_place):
        faults.append(fault("cf.luogo_sconosciuto", "cf", severity=policy.doubt))
    if typed_place is not None:
        faults += _place(places, typed_place, decoded_place, days, policy)
    return tuple(sorted(faults, key=lambda found: _FIELDS.index(found.field)))


def _sound(cf: object, faults: list[Fault]) -> CodiceFiscale | None:
    """Return the code, read where it is still a text; keep what is wrong with that."""
    if cf is None or isinstance(cf, CodiceFiscale):
        return cf
    try:
        return CodiceFiscale.parse(cf)
    except Refusal as refused:
        faults += refused.faults
        return None


def _kept(value: _Value | Fault | None, faults: list[Fault]) -> _Value | None:
    """Set a fault aside and return the value, or ``None`` where there is nothing to compare."""
    if isinstance(value, Fault):
        faults.append(value)
        return None
    return value


def read_name(value: object, field: str, *, max_length: int = MAX_NAME) -> str | Fault:
    """Return a person's name or surname as one clean line, if it is a name at all (MIM-14).

    Args:
        value: What was typed, of any type.
        field: The field named in the fault.
        max_length: The most characters accepted.

    Returns:
        The name; else ``cognome.carattere`` for the field ``surname``, ``nome.carattere`` for
        every other, or what makes it no line of text.
    """
    text = clean_line(value, max_length=max_length, field=field)
    if isinstance(text, Fault):
        return text
    problem = name_problem(text)
    if problem is not None:
        is_surname = field == "surname"
        return fault("cognome.carattere" if is_surname else "nome.carattere", field, kind=problem)
    return text


def _name(value: object, field: str) -> str | Fault | None:
    found = read_name(value, field)
    return _unless_missing(found) if isinstance(found, Fault) else found


def _sex(value: object) -> str | Fault | None:
    return _code(value, _SEX, fault("sesso.forma", "sex"))


def _birth_date(value: object) -> date | Fault | None:
    # Asked of the class itself: a value may say what it likes of its own type and year.
    if issubclass(type(value), date):
        value = date.isoformat(cast("date", value))
    wrong = fault("data.forma", "birth_date")
    # date.fromisoformat alone would also read weeks and the form without hyphens.
    text = _code(value, _ISO_DATE, wrong)
    if not isinstance(text, str):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        return wrong


def _birth_place(value: object) -> str | Fault | None:
    return _code(value, BELFIORE, fault("luogo.forma", "birth_place"))


def _code(value: object, shape: re.Pattern[str], wrong: Fault) -> str | Fault | None:
    text = clean_code(value, field=wrong.field)
    if isinstance(text, Fault):
        return wrong if _unless_missing(text) else None
    return text if shape.fullmatch(text) else wrong


def _unless_missing(found: Fault) -> Fault | None:
    """Return the fault, but nothing where nothing was typed."""
    return None if found.code == "input.missing" else found


def _names(
    cf: CodiceFiscale, surname: str | None, name: str | None, severity: Severity
) -> list[Fault]:
    if surname is not None and name is not None and _are_inverted(cf, surname, name):
        return [
            fault("nome_cognome.invertiti", field, severity=severity)
            for field in ("surname", "name")
        ]
    faults = (
        _name_fault("surname", surname, cf.surname_triplet, surname_triplet, severity),
        _name_fault("name", name, cf.name_triplet, name_triplet, severity),
    )
    return [found for found in faults if found is not None]


def _name_fault(
    field: str, typed: str | None, decoded: str | None, triplet: _Triplet, severity: Severity
) -> Fault | None:
    if typed is None or triplet(official_spelling(typed)) == decoded:
        return None
    if decoded in _triplets(typed, triplet):
        return fault(f"{_CODE_PREFIXES[field]}.variante", field, severity=Severity.INFO)
    return fault(f"{_CODE_PREFIXES[field]}.incoerente", field, severity=severity)


def _triplets(typed: str, triplet: _Triplet) -> frozenset[str]:
    return frozenset(triplet(spelling) for spelling in accepted_spellings(typed))


def _are_inverted(cf: CodiceFiscale, surname: str, name: str) -> bool:
    return (
        cf.surname_triplet not in _triplets(surname, surname_triplet)
        and cf.name_triplet not in _triplets(name, name_triplet)
        and cf.surname_triplet in _triplets(name, surname_triplet)
        and cf.name_triplet in _triplets(surname, name_triplet)
    )


def _date_fault(decoded: date, born: date, severity: Severity) -> Fault | None:
    """Compare two dates but for the century, which a code does not hold."""
    same_year = born.year % 100 == decoded.year % 100
    if same_year and (born.month, born.day) == (decoded.month, decoded.day):
        return None
    swapped = same_year and (born.month, born.day) == (decoded.day, decoded.month)
    hint = "day_month" if swapped else ""
    return fault("data.incoerente", "birth_date", severity=severity, hint=hint)


def _place(
    places: PlaceFacts | None,
    typed: str,
    decoded: str,
    days: tuple[date, ...],
    policy: ConsistencyPolicy,
) -> list[Fault]:
    """Compare two places the way the population register does: by code, dates being tolerated."""
    if typed == decoded:
        if places is None or any(places.existed_on(decoded, day) for day in days):
            return []
        return [fault("luogo.data", "birth_place", severity=policy.doubt)]
    if places is not None and places.same_place(typed, decoded):
        return [fault("luogo.codice_storico", "birth_place", severity=policy.doubt)]
    read = _name_in_code(places, decoded, days)
    if places is not None and places.predecessor(typed, decoded):
        return [fault("luogo.stato_cessato", "birth_place", severity=policy.doubt, **read)]
    return [fault("luogo.incoerente", "birth_place", severity=policy.disagreement, **read)]


def _name_in_code(
    places: PlaceFacts | None, decoded: str, days: tuple[date, ...]
) -> dict[str, str]:
    """Return the hint that says which place the code names, where the lists know it."""
    place = places.place(decoded, days[-1]) if isinstance(places, Places) else None
    return {} if place is None else {"hint": "decoded_place", "place": place.label}
