"""Tests of identity documents: types, numbers, dates."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.documents import (
    ALSO_WRITTEN,
    DocumentType,
    check_document,
    read_document_number,
    read_document_type,
)
from registrazione.core.refusals import Fault, Severity

TODAY = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)

anything = st.one_of(
    st.none(),
    st.integers(),
    st.binary(),
    st.lists(st.text()),
    st.sampled_from(DocumentType),
    st.text(st.characters(exclude_categories=())),
    st.text("CIEacrtdipsoù àÀ'’.-/ 0123456789\t\n\x00ſı", max_size=20),
)
documents = st.fixed_dictionaries(
    {
        "document_type": st.none() | st.sampled_from(DocumentType),
        "number": st.none() | st.text("ACU0123456789", max_size=11),
        "issued": st.none() | st.dates(),
        "expires": st.none() | st.dates(),
        "today": st.dates(),
    }
)


def findings(document_type, number=None, **dates):
    """Return code and field of everything found."""
    found = check_document(document_type, number, today=TODAY, **dates)
    return [(one.code, one.field) for one in found]


def has_safe_params(fault):
    """Tell whether a fault holds numbers and fixed words only."""
    words = {"not_ascii", "control", "format", "unassigned", "private_use", "surrogate"}
    words |= {"line_break"}
    return all(isinstance(param, int) or param in words for param in fault.params.values())


@given(value=anything)
def test_a_type_or_a_fault(value):
    """Whatever comes in, a type comes out or one fault that repeats nothing of it."""
    result = read_document_type(value, "x")

    if isinstance(result, DocumentType):
        assert read_document_type(result) is result
    else:
        assert (result.field, result.is_error, has_safe_params(result)) == ("x", True, True)


@given(value=anything)
def test_a_number_or_a_fault(value):
    """Whatever comes in, a canonical number comes out or one fault that repeats nothing of it."""
    result = read_document_number(value, "x")

    if isinstance(result, str):
        assert read_document_number(result) == result
        assert set(result) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./")
    else:
        assert (result.field, result.is_error, has_safe_params(result)) == ("x", True, True)


def test_the_types_are_spid_s():
    """The words of SPID's attribute, each with a label in both languages."""
    assert set(DocumentType) == {
        "cartaIdentita",
        "passaporto",
        "patenteGuida",
        "patenteNautica",
        "librettoPensione",
        "patentinoImpTermici",
        "portoArmi",
        "tesseraRiconoscimento",
    }
    labels = [type_.label for type_ in DocumentType]
    assert all(label.it and label.en for label in labels)
    assert len({label.it for label in labels}) == len({label.en for label in labels}) == 8


@pytest.mark.requirement("POL-06", "IOL-21")
@pytest.mark.parametrize("document_type", DocumentType)
def test_every_way_of_writing_a_type(document_type):
    """SPID's word, both labels and the table's words name that type and no other."""
    label = document_type.label
    for words in (document_type.value, label.it, label.en, *ALSO_WRITTEN[document_type]):
        for written in (words, words.upper(), words.lower(), f" {words} ", words.replace("'", "’")):
            assert read_document_type(written) is document_type


@pytest.mark.requirement("POL-06", "IOL-21")
@pytest.mark.parametrize(
    ("written", "document_type"),
    [
        ("carta d'identità", DocumentType.IDENTITY_CARD),
        ("Carta di identita", DocumentType.IDENTITY_CARD),
        ("CARTA D'IDENTITA'", DocumentType.IDENTITY_CARD),
        ("carta d`identita`", DocumentType.IDENTITY_CARD),
        ("carta d'identita\u0300", DocumentType.IDENTITY_CARD),
        ("carta  d\u00a0identità", DocumentType.IDENTITY_CARD),
        ("CI", DocumentType.IDENTITY_CARD),
        ("C.I.", DocumentType.IDENTITY_CARD),
        ("c. i. e.", DocumentType.IDENTITY_CARD),
        ("identity card", DocumentType.IDENTITY_CARD),
        ("Passport", DocumentType.PASSPORT),
        ("patente", DocumentType.DRIVING_LICENCE),
        ("patente_guida", DocumentType.DRIVING_LICENCE),
        ("Drivers License", DocumentType.DRIVING_LICENCE),
        ("PATENTE NAUTICA", DocumentType.BOATING_LICENCE),
        ("porto d´armi", DocumentType.FIREARMS_LICENCE),
        ("Mod. AT", DocumentType.OFFICIAL_CARD),
    ],
)
def test_a_type_as_people_write_it(written, document_type):
    """Case, accents, apostrophes, stops and spaces make no difference."""
    assert read_document_type(written) is document_type


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("documento", "document.type"),
        ("codice fiscale", "document.type"),
        ("patentino", "document.type"),
        ("carta d'identità 1", "document.type"),
        ("<b>CI</b>", "document.type"),
        ("\uff23\uff29", "document.type"),
        ("-", "document.type"),
        ("CI\x00", "input.character"),
        ("", "input.missing"),
        (None, "input.missing"),
        (b"CI", "input.type"),
        ("C" * 101, "input.too_long"),
    ],
)
def test_what_is_no_type(written, code):
    """Doubtful words are refused: nobody guesses which document was meant."""
    found = read_document_type(written, "x")

    assert isinstance(found, Fault)
    assert (found.code, found.field) == (code, "x")


@pytest.mark.requirement("POL-06", "IOL-21")
@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("ca 00000 aa", "CA00000AA"),
        ("CA00000AA", "CA00000AA"),
        (" ca-00000-aa ", "CA00000AA"),
        ("U1 532B456 K", "U1532B456K"),
        ("at 123/45", "AT123/45"),
        ("n. 12", "N.12"),
    ],
)
def test_a_number_has_one_form(typed, number):
    """Capitals; spaces and hyphens are not part of it, stops and slashes are."""
    assert read_document_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("- -", "document.number"),
        ("/1", "document.number"),
        ("CA00000AA;", "document.number"),
        ("<CA00000AA>", "document.number"),
        ("CÀ00000AA", "input.character"),
        ("CA\n00000AA", "input.character"),
        (" ", "input.missing"),
        (12345, "input.type"),
        ("1" * 65, "input.too_long"),
    ],
)
def test_what_is_no_number(typed, code):
    """Signs that stand on no document are refused."""
    found = read_document_number(typed, "x")

    assert isinstance(found, Fault)
    assert (found.code, found.field) == (code, "x")


@pytest.mark.requirement("POL-06")
@pytest.mark.parametrize(
    ("document_type", "number"),
    [
        (DocumentType.IDENTITY_CARD, "CA00000AA"),
        (DocumentType.IDENTITY_CARD, "AN1234567"),
        (DocumentType.IDENTITY_CARD, "AN12345678"),
        (DocumentType.IDENTITY_CARD, "1234567AB"),
        (DocumentType.PASSPORT, "YA1234567"),
        (DocumentType.DRIVING_LICENCE, "U15000000K"),
        (DocumentType.DRIVING_LICENCE, "U1532B456K"),
        (DocumentType.DRIVING_LICENCE, "VR5123456X"),
        (DocumentType.PENSION_BOOK, "1"),
        (DocumentType.BOATING_LICENCE, "A/1"),
        (None, "1"),
        (DocumentType.PASSPORT, None),
        (None, None),
    ],
)
def test_numbers_of_the_known_shapes(document_type, number):
    """Every series still in use has its shape; where none is known, none is asked for."""
    assert findings(document_type, number) == []


@pytest.mark.requirement("POL-06")
@pytest.mark.parametrize(
    ("document_type", "number"),
    [
        (DocumentType.IDENTITY_CARD, "BA00000AA"),
        (DocumentType.IDENTITY_CARD, "CA00000AAA"),
        (DocumentType.IDENTITY_CARD, "U15000000K"),
        (DocumentType.PASSPORT, "YA123456"),
        (DocumentType.PASSPORT, "CA00000AA"),
        (DocumentType.DRIVING_LICENCE, "YA1234567"),
    ],
)
def test_a_number_of_another_shape_is_a_warning(document_type, number):
    """Many old forms are about: the person is asked to look again, and not turned away."""
    (found,) = check_document(document_type, number, today=TODAY)

    assert (found.code, found.field) == ("document.shape", "document_number")
    assert found.severity is Severity.WARNING


@pytest.mark.requirement("POL-06", "IOL-21")
@pytest.mark.parametrize(
    ("issued", "expires", "codes"),
    [
        (TODAY, TODAY, []),
        (TODAY - DAY, TODAY + DAY, []),
        (TODAY + DAY, None, ["document.issued_future"]),
        (None, TODAY - DAY, ["document.expired"]),
        (TODAY, TODAY - DAY, ["document.expired", "document.dates"]),
        (TODAY + 2 * DAY, TODAY + DAY, ["document.issued_future", "document.dates"]),
        (
            TODAY + DAY,
            TODAY - DAY,
            ["document.issued_future", "document.expired", "document.dates"],
        ),
    ],
)
def test_the_dates_of_a_document(issued, expires, codes):
    """It is valid on its last day, and each rule is judged by itself."""
    found = findings(DocumentType.PASSPORT, "YA1234567", issued=issued, expires=expires)

    assert [code for code, _ in found] == codes


def test_a_moment_counts_as_its_day():
    """A ``datetime`` is a ``date`` to Python, but cannot be compared with one."""
    noon = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)

    assert findings(None, issued=noon, expires=noon) == []
    assert findings(None, expires=noon - DAY) == [("document.expired", "document_expires")]


def test_the_fields_are_named_by_their_prefix():
    """A form with two documents says which one is meant."""
    found = check_document(
        DocumentType.PASSPORT,
        "1",
        issued=TODAY + DAY,
        expires=TODAY - DAY,
        today=TODAY,
        prefix="parent",
    )

    assert [one.field for one in found] == [
        "parent_number",
        "parent_issued",
        "parent_expires",
        "parent_expires",
    ]


@given(document=documents)
def test_the_check_says_what_it_promises(document):
    """Each finding is there exactly when its rule is broken, whatever the dates."""
    issued, expires, today = document["issued"], document["expires"], document["today"]
    found = {one.code: one for one in check_document(**document)}

    assert ("document.issued_future" in found) == bool(issued and issued > today)
    assert ("document.expired" in found) == bool(expires and expires < today)
    assert ("document.dates" in found) == bool(issued and expires and expires < issued)
    assert {code for code, one in found.items() if not one.is_error} <= {"document.shape"}
    assert not any(one.params for one in found.values())
