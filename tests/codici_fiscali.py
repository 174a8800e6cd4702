"""Codici fiscali made from a person's data, by the decree's own tables and nothing else.

This is a second, slow and literal reading of DM 23 December 1976, to hold the first one against.
"""

from __future__ import annotations

import datetime as dt
from itertools import compress

from hypothesis import strategies as st

MONTHS = "ABCDEHLMPRST"
DIGIT_POSITIONS = (6, 7, 9, 10, 12, 13, 14)
OMOCODIA = dict(zip("0123456789", "LMNPQRSTUV", strict=True))
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
EVEN = {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7, "8": 8, "9": 9}
EVEN |= {letter: value for value, letter in enumerate(LETTERS)}
ODD = {"0": 1, "1": 0, "2": 5, "3": 7, "4": 9, "5": 13, "6": 15, "7": 17, "8": 19, "9": 21}
ODD |= {"A": 1, "B": 0, "C": 5, "D": 7, "E": 9, "F": 13, "G": 15, "H": 17, "I": 19, "J": 21}
ODD |= {"K": 2, "L": 4, "M": 18, "N": 20, "O": 11, "P": 3, "Q": 6, "R": 8, "S": 12, "T": 14}
ODD |= {"U": 16, "V": 10, "W": 22, "X": 25, "Y": 24, "Z": 23}


def with_check_letter(signs: str) -> str:
    """Return fifteen signs with the sixteenth."""
    total = sum(
        (ODD if position % 2 else EVEN)[sign] for position, sign in enumerate(signs, start=1)
    )
    return signs + LETTERS[total % 26]


def with_luhn_digit(digits: str) -> str:
    """Return ten digits with the eleventh."""
    total = 0
    for position, digit in enumerate(digits, start=1):
        value = int(digit) * (1 if position % 2 else 2)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def letters_of(text: str, *, is_name: bool) -> str:
    """Return the three letters of a name or surname written in capitals."""
    consonants = [letter for letter in text if letter.isalpha() and letter not in "AEIOU"]
    vowels = [letter for letter in text if letter in "AEIOU"]
    if is_name and len(consonants) > 3:
        del consonants[1]
    return "".join([*consonants, *vowels, "X", "X", "X"])[:3]


def code_for(surname: str, name: str, sex: str, born: dt.date, place: str) -> str:
    """Return the code of a person whose names are written in capitals."""
    day = born.day + (40 if sex == "F" else 0)
    return with_check_letter(
        letters_of(surname, is_name=False)
        + letters_of(name, is_name=True)
        + f"{born.year % 100:02}{MONTHS[born.month - 1]}{day:02}{place}"
    )


def omocodia_variant(code: str, chosen: tuple[bool, ...]) -> str:
    """Return the code with letters instead of digits in the chosen ones of seven positions."""
    signs = list(code[:-1])
    for position in compress(DIGIT_POSITIONS, chosen):
        signs[position] = OMOCODIA[signs[position]]
    return with_check_letter("".join(signs))


capitals = st.text(LETTERS, min_size=1, max_size=12)
sexes = st.sampled_from("MF")
birth_dates = st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31))
belfiore_codes = st.from_regex(r"[A-Z][0-9]{3}", fullmatch=True)
omocodia_choices = st.tuples(*[st.booleans()] * 7)
plain_codes = st.builds(code_for, capitals, capitals, sexes, birth_dates, belfiore_codes)
codes = st.builds(omocodia_variant, plain_codes, omocodia_choices)
provisional_codes = st.integers(min_value=1000, max_value=10**10 - 1).map(
    lambda number: with_luhn_digit(f"{number:010}")
)
