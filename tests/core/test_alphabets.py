"""The alphabets of secrets and the names of what they refuse."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.alphabets import (
    LETTERS_AND_DIGITS,
    PRINTABLE_ASCII,
    UNICODE,
    Alphabet,
    class_of,
)

MIM_ALPHABET = Alphabet(specials="!@#$%")
# Every code point, lone surrogates among them.
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
ALPHABETS = st.sampled_from([LETTERS_AND_DIGITS, MIM_ALPHABET, PRINTABLE_ASCII, UNICODE])


@pytest.mark.parametrize(
    ("character", "name"),
    [
        (" ", "space"),
        ("&", "special"),
        ("~", "special"),
        ("è", "accented"),
        ("ß", "accented"),
        ("ø", "accented"),
        ("\u0301", "accented"),
        ("Ж", "other_script"),
        ("α", "other_script"),
        ("\uff21", "other_script"),
        ("٣", "other_script"),
        ("²", "other_script"),
        ("€", "symbol"),
        ("«", "symbol"),
        ("😀", "symbol"),
        ("\ufe0f", "symbol"),
        ("\u271d", "symbol"),
        ("\u00a0", "invisible"),
        ("\u200b", "invisible"),
        ("\u202e", "invisible"),
        ("\u2028", "invisible"),
        ("\x00", "control"),
        ("\t", "control"),
        ("\x7f", "control"),
        ("\ue000", "unassigned"),
        ("\u0378", "unassigned"),
        ("\ud800", "surrogate"),
    ],
)
def test_refused_characters_have_a_name(character, name) -> None:
    """Every class of characters that people may type is called by its own name."""
    assert class_of(character) == name


@pytest.mark.parametrize("specials", ["!!", "a", "7", " ", "è", "!\n"])
def test_specials_are_ascii_specials(specials) -> None:
    """An alphabet whose specials are letters, digits, spaces or repeated is a mistake."""
    with pytest.raises(ValueError, match="specials are"):
        Alphabet(specials=specials)


@pytest.mark.requirement("MIM-36")
def test_the_ministry_allows_five_specials() -> None:
    """Of all printable ASCII, letters, digits and the five specials named are allowed."""
    allowed = "".join(chr(n) for n in range(128) if MIM_ALPHABET.allows(chr(n)))

    assert allowed == ("!#$%0123456789@ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def test_printable_ascii_is_all_but_the_space() -> None:
    """The keyboard's characters from ! to ~ are allowed, the space and all else are not."""
    allowed = [n for n in range(0x110000) if PRINTABLE_ASCII.allows(chr(n))]

    assert allowed == list(range(0x21, 0x7F))


@pytest.mark.parametrize(
    "text", ["perché no", "пароль", "密码", "👩\u200d👩\u200d👧", "«€»", "\u00e9"]
)
def test_unicode_allows_what_is_seen(text) -> None:
    """Spaces, accents, other scripts, symbols and families of emoji are all allowed."""
    assert UNICODE.refused(text) == ()


def test_classes_come_once_and_in_fixed_order() -> None:
    """Neither how often nor where a refused character stands can be told from the answer."""
    assert (
        MIM_ALPHABET.refused("ü&è ü&")
        == MIM_ALPHABET.refused("&ü ")
        == (
            "space",
            "special",
            "accented",
        )
    )


def test_refused_specials_come_once_in_the_order_of_ascii() -> None:
    """The specials refused are named without their order; those allowed are not."""
    assert MIM_ALPHABET.refused_specials("~a&!~ è&") == "&~"


@given(st.characters(codec=None, exclude_categories=()), ALPHABETS)
def test_a_character_is_allowed_or_named(character, alphabet) -> None:
    """There is no character without an answer, and no answer for an allowed one."""
    expected = () if alphabet.allows(character) else (class_of(character),)

    assert alphabet.refused(character) == expected


@given(ANY_TEXT, ALPHABETS)
def test_canonical_twice_is_canonical_once(text, alphabet) -> None:
    """The canonical spelling is settled after one step."""
    once = alphabet.canonical(text)

    assert alphabet.canonical(once) == once


@given(ANY_TEXT)
def test_composition_neither_adds_nor_removes_a_refusal(text) -> None:
    """A text is accepted in both of its spellings or in neither."""
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))

    assert UNICODE.refused(composed) == UNICODE.refused(decomposed)


@given(ANY_TEXT)
def test_ascii_alphabets_change_nothing(text) -> None:
    """Where only ASCII is allowed, what was typed is what counts."""
    assert MIM_ALPHABET.canonical(text) == text


@given(
    st.text(st.characters(max_codepoint=0x17F)), st.sampled_from([MIM_ALPHABET, PRINTABLE_ASCII])
)
def test_the_pattern_says_what_the_alphabet_says(text, alphabet) -> None:
    """A browser that uses the pattern agrees with the server."""
    found = re.search(alphabet.pattern().removesuffix("$") + r"\Z", text)

    assert (found is not None) == (alphabet.refused(text) == ())


def test_patterns_are_those_of_javascript() -> None:
    """Specials are escaped by number, valid with the flags u and v; Unicode by property."""
    assert MIM_ALPHABET.pattern() == r"^[A-Za-z0-9\x21\x40\x23\x24\x25]*$"
    assert UNICODE.pattern() == r"^(?:[^\p{C}\p{Z}]|[ \u200C\u200D])*$"
