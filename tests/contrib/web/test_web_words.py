"""Texts of the site's own: of pages, of the script and of refusals, in files of the same shape."""

from __future__ import annotations

from types import MappingProxyType

import pytest
from tests.contrib.web.browserless import visitor_of

from registrazione.contrib.web.setup import SiteSetup
from registrazione.contrib.web.words import Words, catalogue, read_words
from registrazione.core.refusals import fault
from registrazione.core.texts import Text
from registrazione.refusals import text_of
from registrazione.settings import SettingsError

BASE_URL = "https://example.it/registrazione"
OWN = """
["sign_in.title"]
it = "Entra nel portale"
en = "Enter the portal"

["page.skip"]
it = "Salta"
en = "Skip"

["script.show"]
it = "Un attimo"
en = "One moment"

["sign_in.failed"]
it = "Non ci siamo capiti."
en = "We did not understand each other."
"""


@pytest.fixture
def texts(tmp_path):
    """A file with texts of a site's own."""
    path = tmp_path / "texts.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_texts_of_its_own_are_shown(texts) -> None:
    """On pages, in templates and script, and where something is refused; in both languages."""
    visitor = visitor_of("unimi-external", setup={"texts": texts})
    page = visitor.get("/sign-in").page

    assert page.title == "Entra nel portale"
    assert page.words["skip"] == "Salta"
    assert dict(page.script_words)["script-show"] == "Un attimo"
    refused = visitor.submit({"username": "nobody", "password": "wrong"}).page
    assert [message.text for message in refused.faults] == ["Non ci siamo capiti."]
    assert visitor.get("/sign-in?language=en").page.title == "Enter the portal"


def test_all_other_texts_stay_the_library_s(texts) -> None:
    """Whoever changes four of them has the rest as it was."""
    words, usual = read_words([texts]), Words()

    assert words.below("page.", "it").keys() == usual.below("page.", "it").keys()
    changed = {key for key in catalogue() if words.below(key, "it") != usual.below(key, "it")}
    assert changed == {"sign_in.title", "page.skip", "script.show"}


def test_the_later_file_counts(texts, tmp_path) -> None:
    """One for all sites, and one for this site."""
    later = tmp_path / "later.toml"
    later.write_text('["sign_in.title"]\nit = "Qui"\nen = "Here"\n')
    setup = SiteSetup(base_url=BASE_URL, texts=[str(texts), later])

    assert setup.words.text("sign_in.title", "it") == "Qui"
    assert setup.words.text("page.skip", "en") == "Skip"


def test_a_hint_is_said_behind_a_text_of_the_site() -> None:
    """The text is the site's, the hint the library's or the site's as well."""
    found = fault("cf.controllo", "cf", hint="O/0")
    usual = text_of(found)
    own = MappingProxyType({"cf.controllo": Text("Sbagliato.", "Wrong.")})

    assert Words(own).fault(found, "it").startswith("Sbagliato. ")
    assert usual.endswith(Words(own).fault(found, "it").removeprefix("Sbagliato. "))
    hint = MappingProxyType({"hint.O/0": Text("Guarda meglio.", "Look again.")})
    assert Words(hint).fault(found, "it").endswith(" Guarda meglio.")


def test_what_was_refused_is_told_in_the_site_s_words(texts) -> None:
    """In the history as on the page; a code that nobody knows has no words."""
    words = read_words([texts])

    assert words.refusal("sign_in.failed", "en") == "We did not understand each other."
    assert words.refusal("sign_in.locked", "it") == Words().refusal("sign_in.locked", "it") != ""
    assert words.refusal("no.such_code", "it") == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, r"other\.toml cannot be read"),
        ("[", r"other\.toml cannot be read"),
        ('["sign_in.titel"]\nit = "x"\nen = "x"\n', r"there is no text sign_in\.titel"),
        ('["sign_in.title"]\nit = "x"\n', r"sign_in\.title needs it and en"),
        ('["sign_in.title"]\nit = "x"\nen = 1\n', r"sign_in\.title needs it and en"),
        ('"sign_in.title" = "x"\n', r"sign_in\.title needs it and en"),
        ('["sign_in.title"]\nit = "{x}"\nen = "x"\n', r"sign_in\.title knows no {x}"),
        ('["sign_in.title"]\nit = "x"\nen = "{"\n', r"braces of sign_in\.title do not match"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_at_the_start(tmp_path, text, why) -> None:
    """Nobody meets a page with a hole in it."""
    path = tmp_path / "other.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match=why):
        SiteSetup(base_url=BASE_URL, texts=path)
