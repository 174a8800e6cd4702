"""The glossary goes both ways, and has a word for everything that it speaks of."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "glossary.md").read_text(encoding="utf-8")
ENGLISH, ITALIAN = TEXT.split("## Italian to English")
BLOCK = re.compile(r"```\{glossary\}\n(.*?)```", re.DOTALL)


def terms(part: str) -> list[str]:
    """Return the terms that a part of the page defines."""
    (block,) = BLOCK.findall(part)
    return re.findall(r"^(\S.*)$", block, re.MULTILINE)


ROWS = dict(re.findall(r"^\| (.+?) \| \{term\}`(.+?)` \|$", ITALIAN, re.MULTILINE))


def test_every_english_term_has_its_italian_word() -> None:
    """Each definition begins with the Italian words, and the table leads back from one of them."""
    italian = dict(re.findall(r"^(\S.*)\n  \*(.+?)\*", BLOCK.findall(ENGLISH)[0], re.MULTILINE))

    assert list(italian) == terms(ENGLISH)
    assert {term for term in italian if term not in ROWS.values()} == set()


def test_every_italian_word_leads_to_a_term() -> None:
    """No row of the table leads nowhere."""
    assert set(ROWS.values()) <= set(terms(ENGLISH))


def test_the_terms_are_in_order() -> None:
    """Both lists and the table are sorted, so that a word is found."""
    for listed in (terms(ENGLISH), terms(ITALIAN), list(ROWS)):
        assert listed == sorted(listed, key=str.lower)


def test_every_term_that_a_page_links_to_is_there() -> None:
    """The words that other pages send their readers here for are defined."""
    linked = {
        re.sub(r".*<(.+)>", r"\1", term)
        for page in DOCS.rglob("*.md")
        for term in re.findall(r"\{term\}`([^`]+)`", page.read_text(encoding="utf-8"))
    }

    assert linked <= {*terms(ENGLISH), *terms(ITALIAN)}
