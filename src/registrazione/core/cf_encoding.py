"""A codice fiscale computed from a person's data, and the codes that may stand in its place.

What is computed here is no codice fiscale of anybody: only the Agenzia delle Entrate issues one,
and it alone knows whether another person had the same and got *omocodia* instead. This serves
tests and comparisons, never to tell somebody their code.
"""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import cast

from registrazione.core.cf_rules import (
    DIGIT_POSITIONS,
    DIGITS,
    MONTHS,
    OMOCODIA_LETTERS,
    WOMEN_ADD,
    check_letter,
)
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.consistency import MAX_NAME, check_person
from registrazione.core.refusals import Fault, refuse_errors
from registrazione.core.text import clean_line
from registrazione.core.transliteration import name_triplet, official_spelling, surname_triplet

_OMOCODIA = dict(zip(DIGITS, OMOCODIA_LETTERS, strict=True))


def encode_codice_fiscale(
    *, surname: str, name: str, sex: str, birth_date: date, birth_place: str
) -> CodiceFiscale:
    """Compute the code that these data would get (DM 23 December 1976); it is issued to nobody.

    Only the Agenzia delle Entrate issues codes, and a person may have another one: by omocodia,
    by an older spelling of their name, or because their data were corrected.

    Args:
        surname: The surname at birth.
        name: All given names.
        sex: ``"M"`` or ``"F"``.
        birth_date: The day of birth, of whose year only two digits go in.
        birth_place: A Belfiore code such as ``H501`` or ``Z110``; whether it exists is not asked.

    Raises:
        Refusal: For each of the data that has not the form of it, as
            :func:`~registrazione.core.consistency.check_person` names it, or is missing.
    """
    texts = {"surname": surname, "name": name, "sex": sex, "birth_place": birth_place}
    lines = {
        field: clean_line(value, max_length=MAX_NAME, field=field) for field, value in texts.items()
    }
    missing = [
        line for line in lines.values() if isinstance(line, Fault) and line.code == "input.missing"
    ]
    wrong = check_person(
        None,
        surname=surname,
        name=name,
        sex=sex,
        birth_date=birth_date,
        birth_place=birth_place,
    )
    refuse_errors([*missing, *wrong])
    return _encoded(cast("dict[str, str]", lines), birth_date)


def _encoded(texts: dict[str, str], born: date) -> CodiceFiscale:
    day = born.day + (WOMEN_ADD if texts["sex"].upper() == "F" else 0)
    signs = (
        surname_triplet(official_spelling(texts["surname"]))
        + name_triplet(official_spelling(texts["name"]))
        + f"{born.year % 100:02}{MONTHS[born.month - 1]}{day:02}"
        + texts["birth_place"].upper()
    )
    return CodiceFiscale(code=signs + check_letter(signs))


def omocodie(cf: CodiceFiscale) -> tuple[CodiceFiscale, ...]:
    """Return the other 127 codes that persons with the same data may have been given.

    Args:
        cf: Any of the 128 codes.

    Returns:
        The others, those with the fewest letters first; none for a provisional code.
    """
    if cf.is_provisional:
        return ()
    plain = cf.canonical.code
    variants = [_with_letters(plain, chosen) for chosen in product((False, True), repeat=7)]
    variants.sort(key=lambda code: sum(map(str.isalpha, code)))
    return tuple(CodiceFiscale(code=code) for code in variants if code != cf.code)


def _with_letters(plain: str, chosen: tuple[bool, ...]) -> str:
    signs = list(plain[:-1])
    for position, is_letter in zip(DIGIT_POSITIONS, chosen, strict=True):
        if is_letter:
            signs[position] = _OMOCODIA[signs[position]]
    text = "".join(signs)
    return text + check_letter(text)
