"""How a name becomes the capitals, and then the three letters, of a codice fiscale.

The codice fiscale knows the 26 capitals only (AdE circular 34/E of 2011). The table of circular
1/2008 of the Ministry of the Interior says how some other letters are written with them. Codes
issued before, or for letters outside that table, follow other habits: the letter without its
sign, the letter left out, or the spelling of machine-readable documents (ICAO Doc 9303-3, §6).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

_VOWELS = frozenset("AEIOU")
_FOUR_CONSONANTS = 4
# Spaces, apostrophes, hyphens, the half rings of Semitic names, the dot of the Catalan l·l.
_SEPARATORS = frozenset(
    " '`.-\u00b4\u00b7\u02b9\u02bb\u02bc\u02bd\u02be\u02bf"
    "\u2010\u2011\u2013\u2018\u2019\u201b\u2032"
)
_COMBINING_MARKS = range(0x300, 0x370)

# Letters that do not decompose into a plain letter and a mark.
_PLAIN = {"Æ": "AE", "Œ": "OE", "Þ": "TH", "ẞ": "SS"}
_PLAIN.update(zip("ØŁĐÐĦŦŊƏ", "OLDDHTNE", strict=True))
_PLAIN.update(zip("ƁƊƉƐƑƔƘƝƆƲƳ", "BDDEFGKNOVY", strict=True))
_CIRCULAR_2008 = {"Ä": "AE", "Æ": "AE", "Ö": "OE", "Œ": "OE", "Ü": "UE", "ß": "SS", "ẞ": "SS"}
_CIRCULAR_2008.update(
    zip("ÀÁÂÇČÈÉÊËÌÍÎÏÒÓÔŠÙÚÛŽ", "AAACCEEEEIIIIOOOSUUUZ", strict=True),
)
_ICAO_9303 = {"Ä": "AE", "Å": "AA", "Ö": "OE", "Ø": "OE", "Ü": "UE"}

_Rule = Callable[[str], str]


def name_problem(text: str) -> str | None:
    """Say in a fixed word why a text is no name of a person, or ``None`` if it may be one.

    Args:
        text: A line that :func:`registrazione.core.text.clean_line` has accepted.

    Returns:
        ``digit``, ``script`` (a letter that is not Latin), ``symbol`` (markup and the like),
        ``empty`` (no letter at all), or ``None``.
    """
    has_letter = False
    for sign in text:
        if sign in _SEPARATORS:
            continue
        if sign.isalpha():
            if not _is_latin(sign):
                return "script"
            has_letter = True
        elif ord(sign) not in _COMBINING_MARKS:
            return "digit" if sign.isnumeric() else "symbol"
    return None if has_letter else "empty"


def official_spelling(text: str) -> str:
    """Return the capitals of a name by the table of 2008, other letters without their signs."""
    return _spelled(text, _official, _plain)


def accepted_spellings(text: str) -> frozenset[str]:
    """Return every spelling of a name in capitals that a codice fiscale may have been made from.

    Args:
        text: A name without fault according to :func:`name_problem`.

    Returns:
        The official spelling, and those of old codes and of letters without an official rule.
    """
    habits = (_plain, _left_out, _by_icao)
    return frozenset(
        _spelled(text, of_the_table, of_others)
        for of_the_table in (_official, *habits)
        for of_others in habits
    )


def surname_triplet(spelling: str) -> str:
    """Return the three letters of a surname: consonants, then vowels, then ``X``."""
    consonants, vowels = _sorted_letters(spelling)
    return f"{consonants}{vowels}XXX"[:3]


def name_triplet(spelling: str) -> str:
    """Return the three letters of a name: of four consonants or more, the second is left out."""
    consonants, vowels = _sorted_letters(spelling)
    if len(consonants) >= _FOUR_CONSONANTS:
        consonants = consonants[0] + consonants[2:]
    return f"{consonants}{vowels}XXX"[:3]


def _sorted_letters(spelling: str) -> tuple[str, str]:
    consonants = "".join(letter for letter in spelling if letter not in _VOWELS)
    vowels = "".join(letter for letter in spelling if letter in _VOWELS)
    return consonants, vowels


def _is_latin(letter: str) -> bool:
    # Compatibility forms (full width, ligatures, superscripts) only look like the letter.
    return unicodedata.name(letter, "").startswith("LATIN ") and not unicodedata.decomposition(
        letter
    ).startswith("<")


def _spelled(text: str, of_the_table: _Rule, of_others: _Rule) -> str:
    """Write the letters in the table of 2008 by one rule, and those outside it by another."""
    spelling = ""
    for sign in filter(str.isalpha, text):
        if sign.isascii():
            spelling += sign.upper()
        else:
            letter = _capital(sign)
            spelling += (of_the_table if letter in _CIRCULAR_2008 else of_others)(letter)
    return spelling


def _capital(letter: str) -> str:
    """Return the capital, but the letter itself where that is ASCII or more than one letter."""
    capital = letter.upper()
    return letter if capital.isascii() or len(capital) > 1 else capital


def _official(letter: str) -> str:
    return _CIRCULAR_2008[letter]


def _plain(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0].upper()
    return base if base.isascii() else _PLAIN.get(base, "")


def _left_out(_letter: str) -> str:
    return ""


def _by_icao(letter: str) -> str:
    return _ICAO_9303.get(letter) or _plain(letter)
