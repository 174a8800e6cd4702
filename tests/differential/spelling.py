"""A second, literal reading of how names are spelt in a code, to hold the first one against."""

from __future__ import annotations

import unicodedata

# Circular 1/2008 of the Ministry of the Interior, letter by letter.
TABLE_2008 = {
    "À": "A", "Á": "A", "Â": "A", "Ä": "AE", "Æ": "AE", "Ç": "C", "Č": "C", "È": "E", "É": "E",
    "Ê": "E", "Ë": "E", "Ì": "I", "Í": "I", "Î": "I", "Ï": "I", "Ò": "O", "Ó": "O", "Ô": "O",
    "Ö": "OE", "Œ": "OE", "Š": "S", "ß": "SS", "Ù": "U", "Ú": "U", "Û": "U", "Ü": "UE", "Ž": "Z",
}  # fmt: skip
# Letters that carry no mark that could be taken off.
WHOLE = {
    "Æ": "AE", "Œ": "OE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Ħ": "H", "Ŧ": "T", "Ŋ": "N",
    "Þ": "TH", "Ə": "E", "Ƙ": "K", "Ɗ": "D", "ß": "SS", "ı": "I",
}  # fmt: skip
TRAVEL_DOCUMENTS = {**WHOLE, "Ä": "AE", "Å": "AA", "Ö": "OE", "Ø": "OE", "Ü": "UE"}


def letters(name: str) -> list[str]:
    """Return the letters of a name, in capitals where there are any."""
    composed = unicodedata.normalize("NFC", name).replace("\u1e9e", "ß")
    return [sign if sign in "ßı" else sign.upper() for sign in composed if sign.isalpha()]


def bare(letter: str) -> str:
    """Return a letter without its mark."""
    return WHOLE.get(letter) or unicodedata.normalize("NFD", letter)[0]


def official(name: str) -> str:
    """Return the capitals by the table, other letters bare."""
    return "".join(
        TABLE_2008.get(letter) or bare(letter) for letter in letters(name) if letter != "\u02bc"
    )


def spellings(name: str) -> set[str]:
    """Return the official spelling, that of bare letters, of letters dropped, of passports."""
    found = [letter for letter in letters(name) if letter != "\u02bc"]
    return {
        official(name),
        "".join(map(bare, found)),
        "".join(letter for letter in found if letter.isascii()),
        "".join(TRAVEL_DOCUMENTS.get(letter) or bare(letter) for letter in found),
    }
