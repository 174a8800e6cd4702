"""Rows as a file for a spreadsheet, in which nothing is a formula (ASVS 5.0, 1.2.10)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from registrazione.service.letter_words import one_line

CONTENT_TYPE = "text/csv; charset=utf-8"

_SEPARATOR = ";"
"""What spreadsheets expect where the comma stands before decimals."""
_BEGINS_FORMULA = re.compile(r'(^|[,;|])(?=[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20])')
"""Where a cell begins that is reckoned, for a program that splits at another separator as well."""


def spreadsheet(rows: Iterable[Iterable[str]]) -> bytes:
    """Return rows of texts as CSV (RFC 4180), every cell quoted and none of them a formula.

    Args:
        rows: The first holds the headings. Of each cell, controls and line breaks are dropped.

    Returns:
        UTF-8 with the mark by which spreadsheets know it.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=_SEPARATOR, quoting=csv.QUOTE_ALL)
    writer.writerows([_cell(text) for text in row] for row in rows)
    return written.getvalue().encode("utf-8-sig", "replace")


def _cell(text: str) -> str:
    """Return a text with an apostrophe before whatever would make it a formula."""
    return _BEGINS_FORMULA.sub(r"\1'", one_line(text))
