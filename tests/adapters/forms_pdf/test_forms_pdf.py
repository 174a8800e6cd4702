"""The printed modulo di adesione, read back as a person, a scanner and a screen reader do."""

from __future__ import annotations

import datetime as dt
import io
import re
import sys

import attrs
import pypdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.world import MARIO

from registrazione.adapters.forms_pdf import AdhesionForm, render
from registrazione.checks.places import InstalledPlaces
from registrazione.core.form_codes import form_code, grouped
from registrazione.core.states import AccountState
from registrazione.plugins import MissingExtra
from registrazione.profiles import load
from registrazione.testing.builders import NOON, an_account

POLIS = load("polis")
AT = dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)


def waiting(**changes):
    """Return an account that waits for the person to come."""
    usual = {
        "profile": "polis",
        "realm": POLIS.realm,
        "state": AccountState.AWAITING_PRESENCE,
        "codice_fiscale": MARIO.cf,
        "email": "mario@example.it",
        "values": {"name": "Mario", "surname": "Rossi", "birth_date": "1980-01-01"},
        "waiting_since": NOON,
    }
    return attrs.evolve(an_account(), **{**usual, **changes})


def form_of(account, **more):
    """Return what stands on the account's form."""
    return AdhesionForm.of(POLIS, account, **{"printed_at": AT, **more})


def read(pdf):
    """Return a PDF's reader."""
    return pypdf.PdfReader(io.BytesIO(pdf))


def text_of(pdf):
    """Return all text, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())


def scanned(pdf):
    """Return what a scanner reads off the first page."""
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil()
    return [found.text for found in zxingcpp.read_barcodes(image)]


@pytest.mark.requirement("IST-10", "POL-07")
def test_the_place_of_birth_stands_there_by_its_name():
    """Whoever compares the form with a document reads a name, as it was on the day of birth."""
    account = waiting(values={"birth_date": "1970-01-01", "birth_place": "A859"})

    assert "Biella (VC)" in text_of(render(form_of(account, places=InstalledPlaces())))


@pytest.mark.requirement("IST-10", "POL-07")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "it",
            (
                "Modulo di adesione",
                "Nome Mario",
                "Data di nascita 1 gennaio 1980",
                "non ancora firmato",
                "documento di riconoscimento valido",
                "da apporre davanti all'operatore",
                "Documento esibito: tipo",
                "Scadenza del documento",
                "Luogo",
                "Da presentare di persona entro",
                "Stampato il 3 marzo 2026, ore 00:30 (ora italiana)",
                "Pagina 1 di 1",
            ),
        ),
        (
            "en",
            (
                "Adhesion form",
                "to be given in front of the operator",
                "Expiry date of the document",
                "Printed on 3 March 2026, 00:30 (Italian time)",
                "Page 1 of 1",
            ),
        ),
    ],
)
def test_everything_that_has_to_be_on_the_form_is(language, words):
    """Data, documents to bring, room for both signatures, and the code in letters."""
    account = waiting(language=language)
    pdf = render(form_of(account))
    text = text_of(pdf)

    for part in (*words, MARIO.cf, "Rossi", grouped(form_code(account))):
        assert part in text
    (page,) = read(pdf).pages
    assert [round(side) for side in page.mediabox[2:]] == [595, 842]


@pytest.mark.requirement("IST-10")
def test_a_scanner_reads_the_code():
    """The QR symbol holds what the letters below it say, and no address to be led to."""
    account = waiting()

    assert scanned(render(form_of(account))) == [form_code(account)]


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_metadata_say_what_the_document_is(language):
    """Title, author, subject, language and day; no name of anybody (PDF/UA, 7.1 and 7.2)."""
    document = read(render(form_of(waiting(), language=language)))
    info = document.metadata

    assert document.root_object["/Lang"] == language
    assert POLIS.title.to(language) in info.title
    assert info.author == (POLIS.sender_name or POLIS.title.to(language))
    assert info.subject
    assert info.creation_date == AT
    assert (info.producer, info.creator) == ("registrazione", "registrazione")
    assert "Rossi" not in "".join(map(str, info.values()))


def tags(document):
    """Return kind and alternative text of each element of the structure tree."""
    root = document.root_object["/StructTreeRoot"]["/K"][0].get_object()
    elements = [element.get_object() for element in root["/K"]]
    return [(element["/S"], element.get("/Alt")) for element in elements]


def test_a_screen_reader_finds_everything_in_order():
    """Headings, paragraphs, and words instead of the symbol; nothing written is untagged."""
    account = waiting()
    document = read(render(form_of(account)))
    found = tags(document)
    contents = document.pages[0].get_contents().get_data()
    outside = re.sub(rb"/\w+ (<<[^>]*>>)? ?B(DC|MC).*?EMC", b"", contents, flags=re.DOTALL)

    assert document.root_object["/MarkInfo"]["/Marked"]
    assert [kind for kind, _ in found[:3]] == ["/P", "/H1", "/P"]
    assert sum(kind == "/H2" for kind, _ in found) == 4
    (alternative,) = [alt for kind, alt in found if kind == "/Figure"]
    assert grouped(form_code(account)) in alternative
    assert b"Tj" not in outside
    assert b"TJ" not in outside
    assert b" Do" not in outside


@pytest.mark.parametrize("name", ["Şahin", "Đorđević", "Łukasz", "Nguyễn", "Îñşţ", "D’Alò", "Żółć"])
def test_names_of_all_europe_are_printed(name):
    """The letters of a name are on paper as on the document."""
    assert name in text_of(render(form_of(waiting(values={"name": name}))))


def test_a_sign_that_no_font_has_leaves_a_mark():
    """The operator sees that something is missing and compares with the screen."""
    text = text_of(render(form_of(waiting(values={"name": "Li 李"}))))

    assert "Li \N{REPLACEMENT CHARACTER}" in text


def test_a_long_form_goes_on_another_page():
    """Rows are not torn apart; each page says which form it is of, and how many there are."""
    rows = tuple((f"Voce {number}", "valore " * 30) for number in range(40))
    account = waiting()
    pdf = render(attrs.evolve(form_of(account), rows=rows))
    pages = [page.extract_text() for page in read(pdf).pages]

    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert f"Pagina {number} di {len(pages)}" in page
        assert grouped(form_code(account)) in page
    assert scanned(pdf) == [form_code(account)]


def test_the_same_form_has_the_same_bytes():
    """Nothing but what stands on it goes into the file."""
    form = form_of(waiting())

    assert render(form) == render(form)
    assert render(form) != render(attrs.evolve(form, printed_at=AT + dt.timedelta(days=1)))


def test_a_form_without_an_end_names_none():
    """Only what is known is printed."""
    text = text_of(render(attrs.evolve(form_of(waiting()), until="")))

    assert "entro" not in text


@settings(max_examples=10)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=300))
def test_whatever_somebody_is_called_the_form_is_drawn(value):
    """Markup, other scripts and endless words included."""
    pdf = render(attrs.evolve(form_of(waiting()), rows=(("Nome", value),)))

    assert pdf.startswith(b"%PDF-")
    assert text_of(pdf)


def test_the_persons_data_are_in_no_repr():
    """A form may be logged by mistake."""
    assert "Rossi" not in repr(form_of(waiting()))


@pytest.mark.parametrize("package", ["fpdf", "segno", "font_roboto"])
def test_without_the_extra_it_says_what_to_install(package, monkeypatch):
    """The packages are looked for when a form is printed, not before."""
    for part in ("layout", "tagged"):
        name = f"registrazione.adapters.forms_pdf.{part}"
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(MissingExtra, match=r"registrazione\[pdf\]"):
        render(form_of(waiting()))
