"""Tests of the boundary's cleaning functions."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.refusals import Fault
from registrazione.core.text import (
    MAX_TOKEN,
    clean_code,
    clean_identifier,
    clean_line,
    clean_text,
    trim,
)

CLEANERS = [clean_line, clean_text, clean_code, clean_identifier]
any_text = st.text(st.characters(exclude_categories=()), max_size=30)
white_space = st.text(" \t\r\n\u00a0\u2003ab\u0301", max_size=10)
no_text = st.one_of(
    st.integers(), st.floats(), st.binary(), st.booleans(), st.lists(st.text()), st.builds(object)
)


@pytest.mark.parametrize("clean", CLEANERS)
@given(value=no_text)
def test_what_is_no_text_is_refused(clean, value) -> None:
    """Every kind of text refuses other types, and names the field."""
    assert clean(value, max_length=10, field="x") == Fault("input.type", "x")


@pytest.mark.parametrize("clean", CLEANERS)
@pytest.mark.parametrize("value", [None, ""])
def test_nothing_is_missing(clean, value) -> None:
    """Nothing at all is missing rather than wrong."""
    assert clean(value, max_length=10, field="x") == Fault("input.missing", "x")


@pytest.mark.parametrize("clean", [clean_line, clean_text, clean_code])
def test_spaces_alone_are_missing(clean) -> None:
    """What is empty once trimmed is missing."""
    assert clean(" \u00a0 ", max_length=10).code == "input.missing"


@pytest.mark.parametrize("clean", CLEANERS)
def test_the_cap_comes_first(clean) -> None:
    """Ten megabytes of anything are too long, and nothing else is looked at."""
    result = clean("\x00" * 10_000_000, max_length=10, field="x")

    assert result == Fault("input.too_long", "x", params={"max": 10})


@pytest.mark.parametrize("clean", [clean_line, clean_text])
def test_the_cap_holds_after_normalisation(clean) -> None:
    """A character that NFC writes with three is measured as three."""
    assert clean("\U0001d160", max_length=2).code == "input.too_long"
    assert clean("\U0001d160", max_length=3) == unicodedata.normalize("NFC", "\U0001d160")


@pytest.mark.parametrize("clean", CLEANERS)
@given(text=any_text | white_space)
def test_cleaning_twice_changes_nothing(clean, text) -> None:
    """The canonical form of a canonical form is itself."""
    once = clean(text, max_length=20)

    assert isinstance(once, Fault) or clean(once, max_length=20) == once


@given(text=any_text | white_space)
def test_a_line_is_one_clean_line(text) -> None:
    """What is accepted is NFC, has single inner spaces and nothing invisible."""
    line = clean_line(text, max_length=30)

    if isinstance(line, str):
        assert line == unicodedata.normalize("NFC", line).strip()
        assert "  " not in line
        assert "=?" not in line
        assert not {unicodedata.category(c)[0] for c in line.replace(" ", "")} & {"C", "Z"}


@given(text=st.text("àÈñßŁabcXYZ'-. 0129@<>&;", min_size=1).filter(lambda t: t == t.strip()))
def test_a_line_changes_nothing_else(text) -> None:
    """Letters, case, punctuation and markup arrive as they were typed."""
    if "  " not in text:
        assert clean_line(text, max_length=1000) == unicodedata.normalize("NFC", text)


def test_a_line_is_composed_trimmed_and_collapsed() -> None:
    """The three things that a line changes, at once."""
    assert clean_line("  Nicolo\u0300 \u00a0 De\u2003Luca\u00a0", max_length=40) == "Nicolò De Luca"


@pytest.mark.parametrize("clean", [clean_line, clean_text])
@pytest.mark.parametrize(
    ("character", "kind"),
    [
        ("\x00", "control"),
        ("\x1b", "control"),
        ("\x85", "control"),
        ("\u200b", "format"),
        ("\u202e", "format"),
        ("\u2066", "format"),
        ("\ufeff", "format"),
        ("\u2028", "line_break"),
        ("\u2029", "line_break"),
        ("\ud800", "surrogate"),
        ("\ue000", "private_use"),
        ("\u0378", "unassigned"),
        ("\uffff", "unassigned"),
    ],
)
@pytest.mark.parametrize("template", ["Ma{}rio", "{}Mario", "Mario{}"])
def test_invisible_characters_are_refused(clean, template, character, kind) -> None:
    """Controls, marks of direction and the like are refused wherever they stand."""
    result = clean(template.format(character), max_length=40, field="name")

    assert result == Fault("input.character", "name", params={"kind": kind})


@pytest.mark.parametrize("text", ["a\nb", "a\r\nBcc: x@y.it", "a\tb", "a\n", "\ta"])
def test_a_line_has_no_line_end_and_no_tab(text) -> None:
    """A line end in a line is refused even at its edge."""
    assert clean_line(text, max_length=40).params == {"kind": "control"}


@pytest.mark.parametrize("clean", [clean_line, clean_text])
@pytest.mark.parametrize(
    "text",
    [
        "=?utf-8?q?Mario=0d=0aBcc=3a_e=40evil=2ecom?=",
        "Mario =?iso-8859-1?B?TWFyaW8=?= Rossi",
        "=?utf-8?q?without end",
    ],
)
def test_encoded_words_are_refused(clean, text) -> None:
    """What a mail library would decode into other words or headers does not get in."""
    assert clean(text, max_length=80, field="name") == Fault("input.encoded_word", "name")


def test_a_text_keeps_its_lines() -> None:
    """Line ends become one kind, tabs and inner spaces stay, the edges go."""
    assert clean_text("\n uno\r\ndue\r\ttre  quattro \n", max_length=40) == (
        "uno\ndue\n\ttre  quattro"
    )


@pytest.mark.parametrize(
    ("typed", "code"), [(" ab-12 \n", "AB-12"), ("\u00a0x\u00a0", "X"), ("A B", "A B")]
)
def test_a_code_is_trimmed_and_in_capitals(typed, code) -> None:
    """The case and the edges of a code do not matter."""
    assert clean_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("a\u017f1", "not_ascii"),
        ("\u0131", "not_ascii"),
        ("\uff21", "not_ascii"),
        ("stra\u00dfe", "not_ascii"),
        ("a\ud800", "not_ascii"),
        ("a\x00", "control"),
        ("a\x7fb", "control"),
        ("a\nb", "control"),
    ],
)
def test_a_code_is_printable_ascii(typed, kind) -> None:
    """Letters that Unicode would fold into ASCII capitals are refused, and so are controls."""
    assert clean_code(typed, field="x") == Fault("input.character", "x", params={"kind": kind})


@pytest.mark.parametrize("typed", ["aZ09._~-", "a" * 64])
def test_an_identifier_arrives_as_it_is(typed) -> None:
    """The whole alphabet of an identifier passes unchanged."""
    assert clean_identifier(typed) == typed


@pytest.mark.parametrize("typed", [" a", "a\n", "a=", "a+b", "a/b", "\u00e9", "a\x00", "a!"])
def test_an_identifier_has_one_spelling(typed) -> None:
    """No padding, no other alphabet, no white space: nothing is trimmed away."""
    assert clean_identifier(typed, field="id") == Fault("input.malformed", "id")


def test_a_token_may_be_longer_than_an_identifier() -> None:
    """The default cap is an identifier's; a token is given its own."""
    assert clean_identifier("a" * 65).params == {"max": 64}
    assert clean_identifier("a" * MAX_TOKEN, max_length=MAX_TOKEN) == "a" * MAX_TOKEN


def test_a_subclass_of_text_is_taken_as_plain_text() -> None:
    """Methods that a subclass overrides are not asked."""

    class Liar(str):
        """Text that lies about its length and its words."""

        __slots__ = ()

        def __len__(self):
            return 1

        def __str__(self):
            return "other"

    assert clean_line(Liar("x" * 50), max_length=40).code == "input.too_long"
    assert type(clean_line(Liar("x"), max_length=40)) is str


@given(text=any_text | white_space)
def test_trimming_leaves_controls_to_be_refused(text) -> None:
    """Only spaces, tabs and line ends go, and only from the edges."""
    trimmed = trim(text)

    assert trimmed in text
    assert trimmed[:1] not in {" ", "\t", "\r", "\n", "\u00a0"}
    assert trimmed[-1:] not in {" ", "\t", "\r", "\n", "\u00a0"}
    assert trim("\x00a\x1f") == "\x00a\x1f"
