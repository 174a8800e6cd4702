"""Tests of how names become the letters of a code."""

from __future__ import annotations

import unicodedata

import pytest
from codicefiscale import encode_firstname, encode_lastname
from hypothesis import given
from hypothesis import strategies as st
from tests.codici_fiscali import capitals, letters_of

from registrazione.core.transliteration import (
    accepted_spellings,
    name_problem,
    name_triplet,
    official_spelling,
    surname_triplet,
)

LATIN = "abcdeilmnorstuzàèéìòùâäæçčêëîïôöœûüšžßñøåłđğşțőńýþðħŋəıİǰẖẘǽǿếɓɗɛɔ"
SEPARATORS = (
    " '`.-\u00b4\u00b7\u02b9\u02bb\u02bc\u02bd\u02be\u02bf"
    "\u2010\u2011\u2013\u2018\u2019\u201b\u2032"
)


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("De Luca", "DELUCA"),
        ("D'Angelo", "DANGELO"),
        ("D\u2019Angelo", "DANGELO"),
        ("Nicolò", "NICOLO"),
        ("Nicolo'", "NICOLO"),
        ("Müller", "MUELLER"),
        ("Bö", "BOE"),
        ("Schäfer", "SCHAEFER"),
        ("Weiß", "WEISS"),
        ("WEIẞ", "WEISS"),
        ("Ærø", "AERO"),
        ("Œdipe", "OEDIPE"),
        ("Çelik", "CELIK"),
        ("Čop", "COP"),
        ("Šuštar", "SUSTAR"),
        ("Žižek", "ZIZEK"),
        ("Citroën", "CITROEN"),
        ("Ruggèri-Sanò", "RUGGERISANO"),
        ("Muñoz", "MUNOZ"),
        ("Łukasz", "LUKASZ"),
        ("Đorđe", "DORDE"),
        ("Iılmaz", "IILMAZ"),
        ("Jr.", "JR"),
        ("\u0254b", "OB"),
        ("\u01f0o", "JO"),
        ("\u1e96u", "HU"),
        ("\u01fdro", "AERO"),
        ("H\u01ffg", "HOG"),
        ("\u0294a", "A"),
    ],
)
def test_the_official_spelling(name, spelling) -> None:
    """The table of 2008 for its letters, the letter without its sign for the others."""
    assert official_spelling(name) == spelling


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("Alù", "AL"),
        ("Röd", "ROD"),
        ("Röd", "RD"),
        ("Peña", "PEA"),
        ("Žižek", "IEK"),
        ("Müller", "MULLER"),
        ("Müñoz", "MUEOZ"),
        ("Åse", "AASE"),
        ("Øst", "OEST"),
        ("Üåb", "UEAAB"),
        ("Weiß", "WEI"),
        ("Jörg Peña", "JORGPEA"),
        ("Jörg Peña", "JOERGPEA"),
        ("Jörg Åse", "JORGAASE"),
        ("Žižek Muñoz", "IEKMUNOZ"),
    ],
)
def test_spellings_of_older_codes_are_accepted_too(name, spelling) -> None:
    """The sign dropped, the letter dropped, the spelling of travel documents."""
    assert spelling in accepted_spellings(name)


@given(name=st.text(LATIN + SEPARATORS, min_size=1, max_size=20))
def test_every_spelling_is_in_plain_capitals(name) -> None:
    """Case and composition of a name change none of its spellings, and all are A to Z."""
    spellings = accepted_spellings(name)

    assert official_spelling(name) in spellings
    assert all(not word or (word.isascii() and word.isalpha()) for word in spellings)
    assert all(word == word.upper() for word in spellings)
    assert len(spellings) <= 12


@given(name=st.text("abcdefghijklmnopqrstuvwxyz" + SEPARATORS, max_size=20))
def test_plain_letters_have_one_spelling(name) -> None:
    """Where there is nothing to transliterate there is nothing to choose."""
    plain = "".join(sign for sign in name if sign.isascii() and sign.isalpha()).upper()

    assert accepted_spellings(name) == {plain}


@given(name=capitals)
def test_the_triplets_are_those_of_another_library(name) -> None:
    """python-codicefiscale makes the same letters of plain capitals, and so does the decree."""
    assert surname_triplet(name) == encode_lastname(name) == letters_of(name, is_name=False)
    assert name_triplet(name) == encode_firstname(name) == letters_of(name, is_name=True)


@pytest.mark.parametrize(
    ("spelling", "surname", "name"),
    [
        ("ROSSI", "RSS", "RSS"),
        ("GIANFRANCO", "GNF", "GFR"),
        ("AIELLO", "LLA", "LLA"),
        ("FO", "FOX", "FOX"),
        ("IO", "IOX", "IOX"),
        ("X", "XXX", "XXX"),
        ("", "XXX", "XXX"),
        ("MARTA", "MRT", "MRT"),
        ("ROBERTA", "RBR", "RRT"),
    ],
)
def test_known_triplets(spelling, surname, name) -> None:
    """Consonants, vowels, X; the second of four consonants left out in names only."""
    assert (surname_triplet(spelling), name_triplet(spelling)) == (surname, name)


@given(name=st.text(LATIN, min_size=1, max_size=10), separator=st.sampled_from(SEPARATORS))
def test_latin_names_are_names(name, separator) -> None:
    """Letters of any Latin alphabet, with spaces, apostrophes, hyphens and marks between."""
    composed = unicodedata.normalize("NFC", f"{name}{separator}{name}\u0301")

    assert name_problem(composed) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Mario1", "digit"),
        ("Mario \u0663", "digit"),
        ("Mario\u00b2", "digit"),
        ("Enrico \u2167", "digit"),
        ("<b>Mario</b>", "symbol"),
        ("Mario &amp; Rossi", "symbol"),
        ("Rossi, Mario", "symbol"),
        ("Rossi/Verdi", "symbol"),
        ("Mario\U0001f600", "symbol"),
        ("Mario\u20dd", "symbol"),
        ('Mario"', "symbol"),
        ("{{7*7}}", "symbol"),
        ("\u0420\u043e\u0441\u0441\u0438", "script"),
        ("R\u043essi", "script"),
        ("\u0391ndrea", "script"),
        ("\u5317\u4eac", "script"),
        ("\u0645\u062d\u0645\u062f", "script"),
        ("\uff32\uff4f\uff53\uff53\uff49", "script"),
        ("Ro\u017f\u017fi", "script"),
        ("\ufb01lippo", "script"),
        ("M\u00aa", "script"),
        ("'", "empty"),
        ("- -", "empty"),
        ("\u0301", "empty"),
    ],
)
def test_what_is_no_name(text, problem) -> None:
    """Digits, markup, other scripts, look-alikes and mere punctuation are no names."""
    assert name_problem(text) == problem


@given(text=st.text(max_size=10))
def test_any_text_can_be_asked_about(text) -> None:
    """Whatever the text, the answer is one of the fixed words, and its spellings are capitals."""
    assert name_problem(text) in {None, "digit", "symbol", "script", "empty"}
    assert all(word.isascii() for word in accepted_spellings(text))
