"""Templates: one file gives subject, plain text and HTML, and a host replaces what it likes."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.service.letter_templates import TEXT_WIDTH, Templates, wrapped
from registrazione.service.letters import KINDS

PLAIN = """{% extends layout %}
{% block subject %}Prova: {{ word }}{% endblock %}
{% block body %}
{% call paragraph() %}Ciao {{ word }}.{% endcall %}



{{ button("Apri", "https://example.it/?a=1&b=2") }}
{{ details([["Nome", word]]) }}
{{ details([["Codice", word]], exact=true) }}
{{ steps([word, "poi"]) }}
{{ steps([word], numbered=false) }}
{{ quoted(word) }}
{% call sheet("Modulo") %}{{ blanks(["Firma"]) }}{% endcall %}
{% endblock %}
"""


@pytest.fixture
def host(tmp_path):
    """Return a function that writes a host's template, and the templates that read it."""

    def write(name, source):
        path = tmp_path / f"{name}.jinja"
        path.parent.mkdir(exist_ok=True)
        path.write_text(source, encoding="utf-8")
        return Templates([tmp_path])

    return write


def test_one_template_gives_three_forms(host):
    """Every block macro says the same in plain text and in HTML."""
    letter = host("it/prova", PLAIN).render("prova", "it", {"word": "mondo", "language": "it"})

    assert letter.subject == "Prova: mondo"
    for part in ("Ciao mondo.", "Apri", "Codice", "Firma", "poi"):
        assert part in letter.text
        assert part in letter.html
    assert "    Nome: mondo\n" in letter.text
    assert "1. mondo\n2. poi\n" in letter.text
    assert "\n- mondo\n" in letter.text
    assert "MODULO" in letter.text
    assert '<th scope="row">Nome</th><td>mondo</td>' in letter.html
    assert "<td><code>mondo</code></td>" in letter.html
    assert "<ol>\n<li>mondo</li>" in letter.html
    assert "<ul>\n<li>mondo</li>\n</ul>" in letter.html
    assert "<blockquote>mondo</blockquote>" in letter.html
    assert "<h2>Modulo</h2>" in letter.html
    assert '<html lang="it">' in letter.html


def test_html_is_escaped_and_plain_text_is_not(host):
    """A value is shown as it is in both forms; in HTML that takes escaping."""
    word = "<b>O'Brien</b> & {{ 7 * 7 }}"

    letter = host("it/prova", PLAIN).render("prova", "it", {"word": word, "language": "it"})

    assert f"Ciao {word}." in letter.text
    assert "<b>" not in letter.html
    assert "Ciao &lt;b&gt;O&#39;Brien&lt;/b&gt; &amp; {{ 7 * 7 }}." in letter.html
    assert 'href="https://example.it/?a=1&amp;b=2"' in letter.html


def test_a_subject_is_one_line_without_encoded_words(host):
    """Neither a line end nor what a mail library would decode into one reaches the header."""
    word = "x\r\nBcc: eve@example.org =?utf-8?q?=0d=0a?="

    letter = host("it/prova", PLAIN).render("prova", "it", {"word": word, "language": "it"})

    assert letter.subject == "Prova: x Bcc: eve@example.org = ?utf-8?q?=0d=0a?="


def test_no_gap_is_longer_than_one_empty_line(host):
    """Blocks that say nothing leave no holes, and no line ends in blanks."""
    letter = host("it/prova", PLAIN).render("prova", "it", {"word": "a", "language": "it"})

    for body in (letter.text, letter.html):
        assert "\n\n\n" not in body
        assert body == "\n".join(line.rstrip() for line in body.split("\n"))


def test_a_misspelt_name_is_an_error(host):
    """A template never shows an empty place where something should be."""
    templates = host("it/prova", "{% extends layout %}{% block body %}{{ nmae }}{% endblock %}")

    with pytest.raises(jinja2.UndefinedError):
        templates.render("prova", "it", {"name": "Anna", "language": "it"})


def test_a_missing_template_is_an_error():
    """Neither the name nor the language falls back to another letter in silence."""
    with pytest.raises(jinja2.TemplateNotFound):
        Templates().render("nothing", "it", {})


def test_a_name_cannot_leave_the_folders(tmp_path):
    """A template's name is a name, not a path."""
    (tmp_path / "secret.jinja").write_text("secret", encoding="utf-8")
    folder = tmp_path / "templates"
    folder.mkdir()

    with pytest.raises(jinja2.TemplateNotFound):
        Templates([folder]).render("../../secret", "it", {})


def test_every_kind_has_a_template_in_both_languages_and_no_other():
    """No letter is forgotten in one language, and none is left over."""
    folder = files("registrazione") / "letters"

    for language in ("it", "en"):
        names = {path.name for path in (folder / language).iterdir()}
        assert names == {f"{kind}.jinja" for kind in (*KINDS, "letter")}


@given(st.lists(st.text("abc", min_size=1, max_size=100)))
def test_wrapping_keeps_every_word_whole(words):
    """Addresses can be opened: only blanks become line ends, and short lines stay short."""
    text = wrapped("  ".join(words))

    assert text.split() == words
    assert all(len(line) <= TEXT_WIDTH or " " not in line for line in text.splitlines())


def test_jinja_is_loaded_with_the_first_letter_only():
    """A process that writes no letter does not pay for the template engine."""
    script = (
        "import sys, registrazione.service.letters as module;"
        "module.Templates(); print('jinja2' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "False"
