"""Identity documents: the types there are, their numbers and their dates.

The types are those that DPR 445/2000, article 35, puts on a level with the identity card; their
words are those of SPID's attribute ``idCard``. Forms ask for a document's data (POL-06) and the
person keeps them up to date (IOL-21). Nothing here proves that a document exists.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from registrazione.core.refusals import Fault, Severity, fault
from registrazione.core.text import clean_code, clean_line
from registrazione.core.texts import Text

MAX_TYPE = 100


class DocumentType(StrEnum):
    """A type of identity document, in SPID's word for it."""

    IDENTITY_CARD = "cartaIdentita"
    PASSPORT = "passaporto"
    DRIVING_LICENCE = "patenteGuida"
    BOATING_LICENCE = "patenteNautica"
    PENSION_BOOK = "librettoPensione"
    HEATING_LICENCE = "patentinoImpTermici"
    FIREARMS_LICENCE = "portoArmi"
    OFFICIAL_CARD = "tesseraRiconoscimento"

    @property
    def label(self) -> Text:
        """Return what the type is called on a page."""
        return _LABELS[self]


_LABELS = {
    DocumentType.IDENTITY_CARD: Text("Carta d'identità", "Identity card"),
    DocumentType.PASSPORT: Text("Passaporto", "Passport"),
    DocumentType.DRIVING_LICENCE: Text("Patente di guida", "Driving licence"),
    DocumentType.BOATING_LICENCE: Text("Patente nautica", "Boating licence"),
    DocumentType.PENSION_BOOK: Text("Libretto di pensione", "Pension book"),
    DocumentType.HEATING_LICENCE: Text(
        "Patentino per impianti termici", "Licence to run heating plants"
    ),
    DocumentType.FIREARMS_LICENCE: Text("Porto d'armi", "Firearms licence"),
    DocumentType.OFFICIAL_CARD: Text("Tessera di riconoscimento", "Official identification card"),
}

ALSO_WRITTEN: Mapping[DocumentType, tuple[str, ...]] = MappingProxyType(
    {
        DocumentType.IDENTITY_CARD: (
            "CI",
            "CIE",
            "carta di identità",
            "carta identità",
            "carta d'identità elettronica",
            "carta d'identità elettronica (CIE)",
            "carta di identità elettronica",
            "carta identità elettronica",
            "carta d'identità cartacea",
            "carta di identità cartacea",
            "electronic identity card",
            "national identity card",
            "identification card",
            "ID card",
        ),
        DocumentType.PASSPORT: ("passaporto elettronico", "passaporto italiano"),
        DocumentType.DRIVING_LICENCE: (
            "patente",
            "patente B",
            "patente guida",
            "patente di guida B",
            "driving license",
            "driver licence",
            "driver license",
            "driver's licence",
            "driver's license",
        ),
        DocumentType.BOATING_LICENCE: ("boating license", "nautical licence", "nautical license"),
        DocumentType.PENSION_BOOK: (
            "libretto pensione",
            "libretto della pensione",
            "libretto pensionistico",
        ),
        DocumentType.HEATING_LICENCE: (
            "patentino impianti termici",
            "patentino conduzione impianti termici",
            "patentino di abilitazione alla conduzione di impianti termici",
        ),
        DocumentType.FIREARMS_LICENCE: (
            "porto armi",
            "porto di armi",
            "licenza di porto d'armi",
            "firearms license",
            "gun licence",
            "gun license",
        ),
        DocumentType.OFFICIAL_CARD: (
            "tessera riconoscimento",
            "tessera personale di riconoscimento",
            "tessera ministeriale",
            "tessera AT",
            "modello AT",
            "mod. AT",
        ),
    }
)
"""How people and older forms write the types, besides SPID's word and the two labels."""

_BETWEEN = re.compile(r"[ .,'`´‘’ʼ/()_-]+")
_LEFT_OUT = str.maketrans("", "", " -")
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9./]*")
_SHAPES = {
    DocumentType.IDENTITY_CARD: re.compile(
        r"C[A-Z][0-9]{5}[A-Z]{2}|[0-9]{7}[A-Z]{2}|[A-Z]{2}[0-9]{7,8}"
    ),
    DocumentType.PASSPORT: re.compile(r"[A-Z]{2}[0-9]{7}"),
    DocumentType.DRIVING_LICENCE: re.compile(r"U1[A-Z0-9]{7}[A-Z]|[A-Z]{2}[0-9]{7}[A-Z]"),
}


def read_document_type(value: object, field: str | None = "document_type") -> DocumentType | Fault:
    """Return the type of document that somebody chose or wrote (POL-06, IOL-21).

    Capitals, accents, apostrophes, stops and spaces make no difference.

    Args:
        value: SPID's word, a label in either language or a usual way of writing it.
        field: The field named in the fault.

    Returns:
        The type, ``document.type`` for any other line of text, or what makes it no line.
    """
    text = clean_line(value, max_length=MAX_TYPE, field=field)
    if isinstance(text, Fault):
        return text
    return _TYPES.get(_folded(text)) or fault("document.type", field)


def read_document_number(value: object, field: str | None = "document_number") -> str | Fault:
    """Return a document's number in the form to store and to compare (POL-06, IOL-21).

    Args:
        value: What was typed, of any type.
        field: The field named in the fault.

    Returns:
        Capitals and digits, spaces and hyphens left out; stops and slashes stay, because they
        part the numbers of some cards. ``document.number`` where anything else is in it.
    """
    code = clean_code(value, field=field)
    if isinstance(code, Fault):
        return code
    number = code.translate(_LEFT_OUT)
    return number if _NUMBER.fullmatch(number) else fault("document.number", field)


def check_document(
    document_type: DocumentType | None,
    number: str | None,
    *,
    issued: date | None = None,
    expires: date | None = None,
    today: date,
    prefix: str = "document",
) -> tuple[Fault, ...]:
    """Return what is wrong with the data of a document, or looks wrong (POL-06, IOL-21).

    The shapes of a number are those of the electronic identity card (Ministry of the Interior:
    ``CA00000AA``) and of the licence that the central office issues (circular of the Ministry of
    Transport of 18 October 2011: ``U1``, seven signs, a letter). Not confirmed by any authority:
    the electronic card of the first series, the paper card, the passport and the licence by
    province. So a number of another shape is a warning only, and there is none for other types.

    Args:
        document_type: The type, ``None`` where none was asked for.
        number: The number as :func:`read_document_number` returns it.
        issued: The day of issue.
        expires: The last day on which the document is valid.
        today: The present day.
        prefix: What the names of the fields begin with: ``document_number`` and so on.

    Returns:
        ``document.shape`` as a warning; ``document.issued_future``, ``document.expired`` and
        ``document.dates`` (it expires before it was issued) as errors.
    """
    found: list[Fault] = []
    shape = _SHAPES.get(document_type) if document_type else None
    if number and shape and not shape.fullmatch(number):
        found.append(fault("document.shape", f"{prefix}_number", severity=Severity.WARNING))
    issued, expires = _day(issued), _day(expires)
    if issued and issued > today:
        found.append(fault("document.issued_future", f"{prefix}_issued"))
    if expires and expires < today:
        found.append(fault("document.expired", f"{prefix}_expires"))
    if issued and expires and expires < issued:
        found.append(fault("document.dates", f"{prefix}_expires"))
    return tuple(found)


def _day(value: date | None) -> date | None:
    """Return the day of a moment too: a ``datetime`` is a ``date`` that compares with none."""
    return value and date(value.year, value.month, value.day)


def _folded(text: str) -> str:
    """Return the letters of a line, without what people write differently."""
    letters = unicodedata.normalize("NFD", _BETWEEN.sub("", text.casefold()))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_TYPES = {
    _folded(words): document_type
    for document_type, label in _LABELS.items()
    for words in (document_type.value, label.it, label.en, *ALSO_WRITTEN[document_type])
}
