"""The templates: the same page from both engines, sound HTML, and a way to change each of them."""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import pairwise

import attrs
import html5lib
import jinja2
import pytest
import tests.contrib.django.project  # noqa: F401 - configures Django, for its template engine
from tests.contrib.web.engines import CSRF, FOLDER, by_django, by_jinja
from tests.contrib.web.gallery import FILL, GALLERY, IDENTIFY, LONG, SIGN_IN, STATISTICS, page

from registrazione.contrib.web.pages import (
    Bar,
    Block,
    Cell,
    Field,
    Form,
    Frame,
    Help,
    InputType,
    Option,
    Table,
)

XHTML = "{http://www.w3.org/1999/xhtml}"
HEADING = re.compile(r"h[1-6]")
PAGES = pytest.mark.parametrize("name", GALLERY)


def parse(html: str):
    """Return the document, or raise on the first error a browser would have to forgive."""
    return html5lib.HTMLParser(strict=True).parse(html)


def elements(document):
    """Yield each element with the name of its tag, without namespace."""
    for element in document.iter():
        if isinstance(element.tag, str):
            yield element.tag.rpartition("}")[2], element


def shape(html: str) -> list[tuple[object, ...]]:
    """Return what a reader gets: tags, attributes and words, whatever space stands between."""
    return [
        (
            tag,
            sorted(element.attrib.items()),
            " ".join((element.text or "").split()),
            " ".join((element.tail or "").split()),
        )
        for tag, element in elements(parse(html))
    ]


def words_of(element) -> str:
    """Return the text of an element and all within it."""
    return " ".join("".join(element.itertext()).split())


@PAGES
def test_both_engines_draw_the_same_page(name) -> None:
    """One template set serves Flask and Django: nothing in it means something else in the other."""
    drawn = by_django(GALLERY[name])

    assert shape(drawn) == shape(by_jinja(GALLERY[name]))
    assert "NOT THERE" not in drawn


@PAGES
def test_what_refers_to_an_element_finds_it(name) -> None:
    """Ids are unique, and every label, description and link within the page leads to one."""
    found = [(tag, element.attrib) for tag, element in elements(parse(by_jinja(GALLERY[name])))]
    ids = [attributes["id"] for _, attributes in found if "id" in attributes]
    wanted = {
        target
        for _, attributes in found
        for key in ("for", "aria-describedby", "aria-labelledby")
        for target in attributes.get(key, "").split()
    } | {
        attributes["href"][1:]
        for _, attributes in found
        if attributes.get("href", "").startswith("#")
    }

    assert len(ids) == len(set(ids))
    assert wanted <= set(ids)


@PAGES
def test_every_input_has_a_label(name) -> None:
    """Whoever does not see the page hears what each field is."""
    document = parse(by_jinja(GALLERY[name]))
    labels = {
        element.attrib["for"]: words_of(element)
        for tag, element in elements(document)
        if tag == "label"
    }
    unnamed = [
        element.attrib
        for tag, element in elements(document)
        if tag in {"input", "select", "textarea"}
        and element.attrib.get("type") != "hidden"
        and not labels.get(element.attrib.get("id"))
    ]

    assert not unnamed


@PAGES
def test_headings_skip_no_level(name) -> None:
    """There is one main heading, it comes first, and none below it is too deep."""
    levels = [
        int(tag[1]) for tag, _ in elements(parse(by_jinja(GALLERY[name]))) if HEADING.fullmatch(tag)
    ]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


@PAGES
def test_nothing_is_inline(name) -> None:
    """A strict Content-Security-Policy stops nothing: no inline script, style or handler."""
    for tag, element in elements(parse(by_jinja(GALLERY[name]))):
        assert tag != "style"
        assert not any(key == "style" or key.startswith("on") for key in element.attrib)
        if tag == "script":
            assert element.attrib["src"].startswith("/")
            assert not element.text


@PAGES
def test_every_sent_form_carries_the_token(name) -> None:
    """Each form that changes something has the framework's token, and no search shows it."""
    for tag, element in elements(parse(by_jinja(GALLERY[name]))):
        if tag == "form":
            names = [field.attrib.get("name") for field in element.iter(f"{XHTML}input")]
            assert ("csrf_token" in names) == (element.attrib["method"] == "post")


def test_what_people_typed_is_never_markup() -> None:
    """Both engines escape what stands in a field."""
    for html in (by_jinja(GALLERY["faulty"]), by_django(GALLERY["faulty"])):
        assert "<script>" not in html
        assert "&lt;script&gt;" in html


@pytest.mark.requirement("MIM-10")
def test_the_steps_say_where_one_is() -> None:
    """The steps are numbered, and the current one is marked for everybody."""
    document = parse(by_jinja(GALLERY["faulty"]))
    steps = [
        (words_of(element), element.attrib.get("aria-current"))
        for tag, element in elements(document)
        if tag == "li" and "Passaggio" in words_of(element)
    ]

    assert [current for _, current in steps] == [None, "step", None, None]
    assert steps[0][0] == "1Passaggio 1 Codice fiscale completato"
    assert steps[1][0] == "2Passaggio 2 Dati anagrafici in corso"


@pytest.mark.requirement("MIM-22")
def test_mandatory_fields_are_starred_and_explained() -> None:
    """The asterisk is seen, said by the attribute, and explained above the form."""
    html = by_jinja(IDENTIFY)
    fields = [element for tag, element in elements(parse(html)) if tag == "input"]

    assert "I campi con l'asterisco (*) sono obbligatori." in html.replace("&#39;", "'")
    assert html.count('<span class="required" aria-hidden="true"> *</span>') == 2
    assert sum("required" in field.attrib for field in fields) == 2


@pytest.mark.requirement("MIM-13")
def test_a_fixed_field_cannot_be_changed_and_is_sent() -> None:
    """A codice fiscale is shown and locked; a locked list travels along under its name."""
    code = next(
        e for _, e in elements(parse(by_jinja(FILL))) if e.get("id") == "field-codice-fiscale"
    )
    fixed = [
        e.attrib
        for _, e in elements(parse(by_jinja(GALLERY["fields"])))
        if e.get("name") == "fixed"
    ]

    assert "readonly" in code.attrib
    assert [("disabled" in attributes, attributes.get("value")) for attributes in fixed] == [
        (True, None),
        (False, "x"),
    ]


@pytest.mark.requirement("MIM-37")
def test_the_box_of_requirements_belongs_to_its_field() -> None:
    """The box lists the policy's lines under its title, and the field is described by it."""
    document = parse(by_jinja(GALLERY["password"]))
    by_id = {e.attrib["id"]: e for _, e in elements(document) if "id" in e.attrib}

    assert by_id["field-password"].attrib["aria-describedby"] == "field-password-requirements"
    box = words_of(by_id["field-password-requirements"])
    assert box.startswith("Requisiti password")
    assert "lunghezza minima 8 caratteri" in box
    assert "value" not in by_id["field-password"].attrib


def test_the_languages_words_come_with_the_page() -> None:
    """A page in English has the templates' own words in English."""
    html = by_jinja(GALLERY["english"])

    assert 'lang="en" data-theme="dark"' in html
    assert "Skip to the main content" in html
    assert "Vai al contenuto" not in html


def test_a_title_says_that_something_is_wrong() -> None:
    """The window's title begins with the fault, which is what is read first."""
    assert "<title>Errore: Registrazione" in by_jinja(GALLERY["faulty"])
    assert "<title>Registrazione" in by_jinja(IDENTIFY)


def test_numbers_are_never_grouped() -> None:
    """Where Django writes numbers as Italians do, attributes stay as HTML and SVG want them."""
    from django.test import override_settings
    from django.utils import translation

    with override_settings(USE_THOUSAND_SEPARATOR=True), translation.override("it"):
        chart, notes = by_django(STATISTICS), by_django(GALLERY["faulty"])

    assert 'viewBox="0 0 1200 200"' in chart
    assert 'x="40.5"' in chart
    assert 'maxlength="2000"' in notes


def test_a_sites_own_frame_takes_the_place_of_ours(tmp_path) -> None:
    """A base.html of the site's own is found first, extends ours and changes one block of it."""
    own = tmp_path / "registrazione" / "base.html"
    own.parent.mkdir()
    own.write_text(
        '{% extends "registrazione/layout.html" %}'
        "{% block footer %}<footer>Comune di Esempio</footer>{% endblock %}"
    )
    loader = jinja2.FileSystemLoader([str(tmp_path), FOLDER])

    for html in (by_jinja(IDENTIFY, loader), by_django(IDENTIFY, str(tmp_path))):
        assert "<footer>Comune di Esempio</footer>" in html
        assert "Hai bisogno di aiuto?" not in html
        assert "Codice fiscale" in html


def test_every_block_and_field_has_its_template_and_is_in_the_gallery() -> None:
    """No kind of block or field is left without a template, or without a sample."""
    folder = files("registrazione.contrib.web").joinpath("templates")
    shown = {type(block) for one in GALLERY.values() for block in one.blocks}
    fields = [
        field
        for one in GALLERY.values()
        for block in one.blocks
        if isinstance(block, Form)
        for field in block.fields
    ]

    assert shown == set(Block.__args__)
    assert {field.type for field in fields} == set(InputType)
    assert all(folder.joinpath(block.template).is_file() for block in shown)
    assert all(folder.joinpath(field.template).is_file() for field in fields)


def test_marks_of_identity_providers_are_words_first() -> None:
    """The buttons say their prescribed words, and their marks say nothing."""
    html = by_jinja(SIGN_IN)

    for name, words in (("spid", "Entra con SPID"), ("cie", "Entra con CIE")):
        assert re.search(
            rf'button-{name}"><span [^>]*aria-hidden="true"></span><[^>]*>{words}<', html
        )
    assert 'lang="en" hreflang="en"><span' in html


def test_values_of_the_page_are_ready_for_templates() -> None:
    """Whatever a template would have to compute is there already, as text."""
    bar = Bar(label="a", value="1", x=1, y=2.345, width=0, height=10.50)
    field = Field(
        name="place_name",
        label="x",
        options=(
            Option(value="1", label="a", group="A"),
            Option(value="2", label="b", group="A"),
            Option(value="3", label="c"),
        ),
    )
    table = Table(caption="t", columns=("a", "b"), rows=((Cell(text="1"), Cell(text="2")),))

    assert (bar.x, bar.y, bar.width, bar.height) == ("1", "2.35", "0", "10.5")
    assert [(group.label, len(group.options)) for group in field.groups] == [("A", 2), ("", 1)]
    assert (field.id, field.limit, field.described_by) == ("field-place-name", "", "")
    assert table.lines[0].head == Cell(text="1")
    assert table.lines[0].cells == (("b", Cell(text="2")),)
    assert Help(text="x", phone="+39 080 926-7603").call == "tel:+390809267603"
    assert Help(text="x").call == ""


def test_personal_data_stay_out_of_representations() -> None:
    """What people typed or are called is in no repr of a page."""
    typed = page("x", "X", Form(action="/", fields=(Field(name="name", label="n", value=LONG),)))

    assert LONG not in repr(typed)
    assert typed.forms == typed.blocks
    assert LONG not in repr(Cell(text=LONG))


def test_the_style_sheet_may_be_the_sites_own() -> None:
    """A name is one of the assets; an address is taken as it stands."""
    own = attrs.evolve(IDENTIFY.frame, style="/static/site.css")

    assert own.style_sheet == "/static/site.css"
    assert 'href="/static/site.css"' in by_jinja(attrs.evolve(IDENTIFY, frame=own))
    assert 'href="/assets/registrazione.css"' in by_jinja(IDENTIFY)


def test_the_frame_can_stand_alone() -> None:
    """A frame without ways, languages, help and assets makes a whole page still."""
    bare = attrs.evolve(IDENTIFY, frame=Frame(title="T", owner="O", home="/"), help=(), marks=())

    assert shape(by_django(bare)) == shape(by_jinja(bare))
    assert CSRF in by_jinja(bare)
