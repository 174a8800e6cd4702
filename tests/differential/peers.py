"""The questions put to python-codicefiscale and python-stdnum, and why they answer otherwise.

Rules name the library and what it does. When a new release of one of them mends something, its
rule's example agrees at last and the test says so: take the rule away. When a release, or new data,
brings a difference that no rule explains, find out who is right before anything else.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable

from codicefiscale import codicefiscale as pycf
from stdnum.it import codicefiscale as stdnum
from tests.codici_fiscali import OMOCODIA, with_check_letter
from tests.differential.comparing import Comparison, Rule
from tests.differential.people import Person, existed

from registrazione.core.codice_fiscale import CodiceFiscale, is_codice_fiscale
from registrazione.core.refusals import Refusal
from registrazione.core.text import trim
from registrazione.core.transliteration import (
    name_triplet,
    official_spelling,
    surname_triplet,
)

# -- what a code says -------------------------------------------------------------------------

Reading = tuple[object, ...] | None
PROVISIONAL = ("provisional",)


def our_reading(text: str) -> Reading:
    """Return sex, month, day, place, and that the year is in the last two centuries."""
    try:
        cf = CodiceFiscale.parse(text)
    except Refusal:
        return None
    if cf.is_provisional:
        return PROVISIONAL
    return (cf.sex, cf.birth_month, cf.birth_day, cf.codice_catastale, True)


def pycf_reading(text: str) -> Reading:
    """Return the same as python-codicefiscale sees it."""
    try:
        found = pycf.decode(text)
    except ValueError:
        return None
    born = found["birthdate"]
    place = found["birthplace"]["code"]
    return (found["gender"], born.month, born.day, place, born.year >= 1900)


def our_date(text: str) -> Reading:
    """Return month and day."""
    found = our_reading(text)
    return found if found in {None, PROVISIONAL} else found[1:3]


def stdnum_date(text: str) -> Reading:
    """Return the same as python-stdnum sees it."""
    if not stdnum.is_valid(text):
        return None
    if len(stdnum.compact(text)) == 11:
        return PROVISIONAL
    born = stdnum.get_birth_date(text)
    return (born.month, born.day)


def our_sex(text: str) -> object:
    """Return the sex in a code of sixteen characters that stdnum, too, finds sound."""
    if stdnum_date(text) in {None, PROVISIONAL} or not is_codice_fiscale(text):
        return None
    return CodiceFiscale.parse(text).sex


def stdnum_sex(text: str) -> object:
    """Return the same as python-stdnum sees it."""
    if stdnum_date(text) in {None, PROVISIONAL} or not is_codice_fiscale(text):
        return None
    try:
        return stdnum.get_gender(text)
    except ValueError:
        return "error"


def signs_of(text: str) -> str:
    """Return the letters and digits of a text, in capitals."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def digits_of(text: str, start: int, stop: int) -> int:
    """Return a number of a code, its omocodia undone."""
    undone = {letter: digit for digit, letter in OMOCODIA.items()}
    return int("".join(undone.get(sign, sign) for sign in signs_of(text)[start:stop]))


def is_punctuated(text: str) -> bool:
    """Tell whether there is something else than letters and digits inside."""
    return re.fullmatch(r"[0-9A-Za-z]*", trim(text)) is None


def is_provisional(text: str) -> bool:
    """Tell whether these are eleven digits."""
    return re.fullmatch(r"[0-9]{11}", trim(text)) is not None


def has_doubtful_place(text: str) -> bool:
    """Tell whether the tables lack the place on a date that the code may mean.

    What is left of the answer, if there is one, agrees, but for a year of the century before.
    """
    ours, theirs = our_reading(text), pycf_reading(text)
    if ours is None or ours == PROVISIONAL or theirs not in {None, (*ours[:4], False)}:
        return False
    cf = CodiceFiscale.parse(text)
    return not all(existed(str(ours[3]), day) for day in cf.possible_birth_dates)


PYCF_PUNCTUATION = Rule(
    "python-codicefiscale makes a slug of the text first, so that one person has many spellings; "
    "a key of an account has one",
    is_punctuated,
    ("RSSMRA 76S09 H501E", "RSS.MRA/76_S09-H501!E"),
)
PYCF_PROVISIONAL = Rule(
    "python-codicefiscale knows no provisional codes (DM 23 December 1976, art. 10)",
    is_provisional,
    ("00743110157",),
)
PYCF_PLACE = Rule(
    "python-codicefiscale takes a place for an error that its tables lack, or lack on the date; "
    "the registers tolerate the date, and the tables are not complete, so it is a doubt here",
    has_doubtful_place,
    (
        with_check_letter("RSSMRA76S09A000"),
        with_check_letter("RSSMRA95S09Z135"),
        with_check_letter("RSSMRA76S09H617"),
    ),
)
STDNUM_PUNCTUATION = Rule(
    "python-stdnum takes spaces, hyphens and colons out; a key of an account has one spelling",
    is_punctuated,
    ("RSS MRA 76S09 H501E", "RSSMRA-76S09-H501E"),
)
STDNUM_DAY = Rule(
    "python-stdnum takes the day modulo forty, so that 81 to 99 pass for days",
    lambda text: len(signs_of(text)) == 16 and digits_of(text, 9, 11) > 80,
    (with_check_letter("RSSMRA76S81H501"), with_check_letter("RSSMRA76SUMH501")),
)
STDNUM_OFFICE = Rule(
    "python-stdnum takes the office of a provisional code for a province of VAT numbers",
    lambda text: is_provisional(text) and not 1 <= int(trim(text)[7:10]) <= 100,
    ("00743114860",),
)
STDNUM_SEX = Rule(
    "python-stdnum reads the day with int(), which fails on letters of omocodia",
    lambda text: not signs_of(text)[9:11].isdigit(),
    (with_check_letter("RSSMRA76SL9H501"),),
)

CODES = (
    Comparison(
        "python-codicefiscale: verdict, sex, date and place",
        our_reading,
        pycf_reading,
        (PYCF_PUNCTUATION, PYCF_PROVISIONAL, PYCF_PLACE),
    ),
    Comparison(
        "python-stdnum: verdict and date",
        our_date,
        stdnum_date,
        (STDNUM_PUNCTUATION, STDNUM_DAY, STDNUM_OFFICE),
    ),
    Comparison("python-stdnum: sex", our_sex, stdnum_sex, (STDNUM_SEX,)),
)
"""What is asked about a text typed for a code."""


# -- what a name becomes ----------------------------------------------------------------------


_AS_THEY_DO = str.maketrans({"Ä": "A", "Ö": "O", "Ü": "U", "Ŋ": "NG"})


def _with(letters: str) -> Callable[[str], bool]:
    return lambda text: not set(letters).isdisjoint(_capitals(text))


def _capitals(text: str) -> str:
    return unicodedata.normalize("NFC", text).upper()


PYCF_DIAERESIS = Rule(
    "python-codicefiscale takes the diaeresis off, where the table of 2008 writes AE, OE and UE",
    _with("ÄÖÜ"),
    ("Bö", "Ä", "Ü"),
)
PYCF_ENG = Rule(
    "python-codicefiscale writes NG for Ŋ: there is no official rule, and the bare letter is N",
    _with("Ŋ"),
    ("Ŋa",),
)


def _names(ours: Callable[[str], str], theirs: Callable[[str], str], what: str) -> Comparison:
    """Compare letters, and explain a difference only if nothing but the rules is behind it."""

    def our_letters(text: str) -> str:
        return ours(official_spelling(unicodedata.normalize("NFC", text)))

    def nothing_else(rule: Rule) -> Rule:
        return Rule(
            rule.reason,
            lambda text: (
                rule.covers(text)
                and theirs(text) == our_letters(_capitals(text).translate(_AS_THEY_DO))
            ),
            rule.examples,
        )

    rules = (nothing_else(PYCF_DIAERESIS), nothing_else(PYCF_ENG))
    return Comparison(f"python-codicefiscale: the letters of a {what}", our_letters, theirs, rules)


SURNAMES = _names(surname_triplet, pycf.encode_lastname, "surname")
NAMES = _names(name_triplet, pycf.encode_firstname, "name")


# -- what a person becomes --------------------------------------------------------------------


def our_stem(person: Person) -> str:
    """Return the code without omocodia, as this library reads it from the person's own."""
    return CodiceFiscale.parse(person.code).canonical.code


def pycf_parts(person: Person) -> str:
    """Return the code put together from python-codicefiscale's parts, the place as it is."""
    born = dt.datetime.combine(person.born, dt.time())
    stem = (
        pycf.encode_lastname(person.surname)
        + pycf.encode_firstname(person.name)
        + pycf.encode_birthdate(born, person.sex)
        + person.place
    )
    return stem + pycf.encode_cin(stem)


def pycf_code(person: Person) -> str:
    """Return the code that python-codicefiscale makes, ``none`` where it refuses to."""
    born = dt.datetime.combine(person.born, dt.time())
    try:
        return pycf.encode(person.surname, person.name, person.sex, born, person.place)
    except ValueError:
        return "none"


_BO = Person("Bö", "Mario", "M", dt.date(1976, 11, 9), "H501")
_NGA = Person("Rossi", "Ŋa", "F", dt.date(1976, 11, 9), "H501")
_LATE = Person("Rossi", "Mario", "M", dt.date(1976, 11, 9), "H617")


def _of_names(rule: Rule, *examples: Person) -> Rule:
    return Rule(rule.reason, lambda p: rule.covers(f"{p.surname} {p.name}"), examples)


_OF_NAMES = (_of_names(PYCF_DIAERESIS, _BO), _of_names(PYCF_ENG, _NGA))
PYCF_REFUSAL = Rule(
    "python-codicefiscale makes no code where its tables lack the place on the day; the agency "
    "does",
    lambda person: not existed(person.place, person.born),
    (_LATE,),
)

PARTS = Comparison("python-codicefiscale: parts of a code", our_stem, pycf_parts, _OF_NAMES)
WHOLE = Comparison(
    "python-codicefiscale: a whole code", our_stem, pycf_code, (*_OF_NAMES, PYCF_REFUSAL)
)

COMPARISONS = (*CODES, SURNAMES, NAMES, PARTS, WHOLE)
