"""The printed modulo di adesione as a PDF (IST-10, POL-07).

The person prints it, takes it to an office with a document, and signs it there. The office finds
the registration by its code, typed or scanned from the QR symbol. It needs the extra ``pdf``.
"""

from __future__ import annotations

from registrazione.adapters.forms_pdf.form import AdhesionForm

__all__ = ["AdhesionForm", "render"]


def render(form: AdhesionForm) -> bytes:
    """Return the form as a PDF of A4 pages, the same bytes for the same form.

    Every text is tagged for screen readers, with the language and a text instead of the QR
    symbol (ISO 32000-1, section 14.8; EN 301 549, chapter 10).

    Args:
        form: What stands on it.

    Raises:
        MissingExtra: The packages of the extra ``pdf`` are not installed.
    """
    # Loaded when needed: the packages of the extra are heavy.
    from registrazione.plugins import needs_extra

    with needs_extra("pdf"):
        from registrazione.adapters.forms_pdf.layout import draw

        # The package of the font is looked for while drawing.
        return draw(form)
