"""The lines of the boxes that explain a rule."""

from __future__ import annotations

import re

import pytest

from registrazione.core.box import BoxLine, at_least, at_most, browser_rules


@pytest.mark.parametrize(
    ("language", "text"),
    [("it", "uno"), ("en", "one"), ("en-GB", "one"), ("EN", "one"), ("de", "uno"), ("", "uno")],
)
def test_italian_unless_english_is_asked(language, text) -> None:
    """English has its variants; any other language falls back on Italian."""
    assert BoxLine(code="x.y", it="uno", en="one").text(language) == text


@pytest.mark.parametrize(("text", "fits"), [("", False), ("a\nb", False), ("a\nbc", True)])
def test_the_pattern_of_a_minimum_counts_every_character(text, fits) -> None:
    """Line breaks count like other characters."""
    pattern = at_least(4, "x.short").pattern

    assert pattern is not None
    assert bool(re.search(pattern, text)) is fits


@pytest.mark.parametrize(("text", "fits"), [("", True), ("abcd", True), ("abcde", False)])
def test_the_pattern_of_a_maximum_counts_every_character(text, fits) -> None:
    """One character too many does not match."""
    pattern = at_most(4, "x.long").pattern

    assert pattern is not None
    assert bool(re.search(pattern, text)) is fits


def test_rules_hold_more_than_the_box_shows() -> None:
    """A browser checks the lines that are not listed too, and shows only those that are."""
    rules = browser_rules((at_least(8, "x.short"),), at_most(20, "x.long"), normalise="NFC")

    assert rules == {
        "length_unit": "code points",
        "normalise": "NFC",
        "flags": "u",
        "rules": [
            {
                "code": "x.short",
                "pattern": r"^[\s\S]{8,}$",
                "it": "lunghezza minima 8 caratteri",
                "en": "at least 8 characters long",
            },
            {
                "code": "x.long",
                "pattern": r"^[\s\S]{0,20}$",
                "it": "lunghezza massima 20 caratteri",
                "en": "at most 20 characters long",
            },
        ],
        "lines": {
            "it": ["lunghezza minima 8 caratteri"],
            "en": ["at least 8 characters long"],
        },
    }
