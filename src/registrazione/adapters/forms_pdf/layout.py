"""Where everything stands on a modulo di adesione."""

from __future__ import annotations

import io
from collections.abc import Iterable

import segno

from registrazione.adapters.forms_pdf import words as w
from registrazione.adapters.forms_pdf.form import AdhesionForm
from registrazione.adapters.forms_pdf.tagged import (
    BOTTOM,
    LARGE,
    MARGIN,
    NORMAL,
    SMALL,
    TOTAL,
    TaggedPdf,
)
from registrazione.core.form_codes import grouped
from registrazione.service.letter_facts import FORM_CODE
from registrazione.service.letter_words import moment

_QR = 34.0
_LABELS = 55.0
_QUIET = 4.7
"""The white border that a scanner wants around the symbol, as it is drawn here."""
_GAP = 3.0
_BLANK = 11.0
"""Room to write one line by hand."""
_SIGNATURE = 17.0
_THIN = 0.2
_SAME_LINE = 0.6
"""How much lower small letters begin, to stand on one line with those of normal height."""


class _FormPdf(TaggedPdf):
    """A document whose pages say below when they were printed, and of which form they are."""

    def __init__(self, form: AdhesionForm) -> None:
        super().__init__(form.language, form.printed_at)
        when = w.PRINTED.to(form.language).format(when=moment(form.printed_at, form.language))
        self._foot = f"{when} · {grouped(form.code)}"
        self._number = w.PAGE.to(form.language)

    def footer(self) -> None:
        """Write the foot of a page; called by the library when a page is full."""
        self.set_y(BOTTOM + _GAP)
        self.pen(SMALL, grey=True)
        self.text_block("P", self._foot)
        self.text_block("P", self._number.format(number=self.page_no(), total=TOTAL))


def draw(form: AdhesionForm) -> bytes:
    """Return the form as a PDF.

    Args:
        form: What stands on it.
    """
    pdf = _FormPdf(form)
    pdf.set_title(f"{w.TITLE.to(form.language)} - {form.title}")
    pdf.set_author(form.sender)
    pdf.set_subject(w.SUBJECT.to(form.language))
    pdf.add_page()
    _head(pdf, form)
    _person(pdf, form)
    _bring(pdf, form)
    _signing(pdf, form)
    _office(pdf, form)
    return bytes(pdf.output())


def _head(pdf: TaggedPdf, form: AdhesionForm) -> None:
    """Write what the form is, and whose, beside the code."""
    width = pdf.right - MARGIN - _QR - 2 * _GAP
    pdf.pen(NORMAL, bold=True, grey=True)
    pdf.text_block("P", form.sender, width=width)
    pdf.pen(LARGE, bold=True)
    pdf.text_block("H1", w.TITLE.to(form.language), width=width)
    pdf.ln(_GAP)
    pdf.pen()
    request = w.REQUEST.to(form.language).format(title=form.title)
    pdf.text_block("P", request, width=width)
    below = pdf.get_y()
    _code(pdf, form)
    pdf.set_y(max(below, pdf.get_y()) + _GAP)


def _code(pdf: TaggedPdf, form: AdhesionForm) -> None:
    """Draw the code for a scanner, and write it for people."""
    symbol = io.BytesIO()
    # Correction Q: a quarter of it may be folded, stamped or torn (ISO/IEC 18004).
    segno.make(form.code, error="q", micro=False).save(symbol, kind="png", scale=8, border=4)
    x = pdf.right - _QR
    printed = grouped(form.code)
    with pdf.tagged("Figure", w.QR.to(form.language).format(code=printed)):
        pdf.image(symbol, x=x, y=MARGIN - _QUIET, w=_QR, h=_QR)
    pdf.set_y(MARGIN - _QUIET + _QR)
    pdf.pen(SMALL, grey=True)
    pdf.text_block("P", FORM_CODE.to(form.language), x=x + _QUIET)
    pdf.pen(NORMAL, bold=True)
    pdf.text_block("P", printed, x=x + _QUIET)


def _heading(pdf: TaggedPdf, text: str, height: float) -> None:
    """Write a heading that stays with what follows it."""
    pdf.room(height + 2 * _BLANK)
    pdf.ln(_GAP)
    pdf.pen(NORMAL + 1.5, bold=True)
    pdf.text_block("H2", text)
    pdf.ln(1)


def _person(pdf: TaggedPdf, form: AdhesionForm) -> None:
    """Write the person's data, a row each."""
    _heading(pdf, w.PERSON.to(form.language), _BLANK)
    width = pdf.right - MARGIN - _LABELS
    for label, value in form.rows:
        pdf.pen(SMALL, grey=True)
        height = pdf.height_of(label, _LABELS - _GAP) + _SAME_LINE
        pdf.pen()
        height = max(height, pdf.height_of(value, width))
        pdf.room(height + 1)
        top = pdf.get_y()
        pdf.pen(SMALL, grey=True)
        pdf.set_y(top + _SAME_LINE)
        pdf.text_block("P", label, width=_LABELS - _GAP)
        pdf.set_y(top)
        pdf.pen()
        pdf.text_block("P", value, x=MARGIN + _LABELS, width=width)
        pdf.set_y(top + height)
        _rule(pdf, MARGIN, pdf.right)
        pdf.ln(1)


def _bring(pdf: TaggedPdf, form: AdhesionForm) -> None:
    """Say what has to be brought, and by when."""
    _heading(pdf, w.BRING.to(form.language), _BLANK)
    pdf.pen()
    for document in w.DOCUMENTS:
        pdf.text_block("P", f"•  {document.to(form.language)}")
    if form.until:
        pdf.ln(1)
        pdf.pen(bold=True)
        pdf.text_block("P", w.UNTIL.to(form.language).format(until=form.until))


def _signing(pdf: TaggedPdf, form: AdhesionForm) -> None:
    """Leave room for place, date and the person's signature."""
    _heading(pdf, w.SIGNING.to(form.language), _BLANK + _SIGNATURE)
    _blanks(pdf, (w.PLACE.to(form.language), w.DATE.to(form.language)))
    _blanks(pdf, (w.PERSON_SIGNS.to(form.language),), _SIGNATURE)


def _office(pdf: TaggedPdf, form: AdhesionForm) -> None:
    """Leave room for what the office writes down."""
    _heading(pdf, w.OFFICE.to(form.language), 3 * _BLANK + _SIGNATURE)
    for pair in w.OFFICE_BLANKS:
        _blanks(pdf, [text.to(form.language) for text in pair])
    _blanks(pdf, (w.PLACE.to(form.language), w.DATE.to(form.language)))
    _blanks(pdf, (w.OFFICE_SIGNS.to(form.language),), _SIGNATURE)


def _blanks(pdf: TaggedPdf, labels: Iterable[str], height: float = _BLANK) -> None:
    """Draw lines to write on by hand, side by side, each above what belongs there."""
    labels = tuple(labels)
    pdf.pen(SMALL, grey=True)
    width = (pdf.right - MARGIN + _GAP) / len(labels) - _GAP
    pdf.room(height + pdf.leading)
    top = pdf.get_y() + height - pdf.leading
    for place, label in enumerate(labels):
        x = MARGIN + place * (width + _GAP)
        pdf.set_y(top)
        _rule(pdf, x, x + width)
        pdf.text_block("P", label, x=x, width=width)


def _rule(pdf: TaggedPdf, left: float, right: float) -> None:
    """Draw a line at the present height."""
    with pdf.decoration():
        pdf.set_line_width(_THIN)
        pdf.set_draw_color(150)
        pdf.line(left, pdf.get_y(), right, pdf.get_y())
