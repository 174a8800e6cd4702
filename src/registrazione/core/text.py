"""The one boundary where typed text is checked and made canonical.

Every kind of text has a cap, a rule and one canonical form. A function here returns that form,
or the fault that says why there is none, whatever the type of what came in; applied to its own
answer it changes nothing. The cap is looked at first, so that a huge input costs nothing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import cast

from registrazione.core.refusals import Fault, fault
from registrazione.core.trimming import SPACES, trim

MAX_IDENTIFIER = 64
MAX_TOKEN = 1024

_INNER_SPACE = re.compile(f"[{SPACES}]+")
_LINE_END = re.compile(r"\r\n?")
_IDENTIFIER = re.compile(r"[A-Za-z0-9._~-]+")

_REFUSED_CATEGORIES = {
    "Cc": "control",
    "Cf": "format",
    "Cn": "unassigned",
    "Co": "private_use",
    "Cs": "surrogate",
    "Zl": "line_break",
    "Zp": "line_break",
}


def clean_line(value: object, *, max_length: int, field: str | None = None) -> str | Fault:
    """Return a name or a label as one line in NFC, trimmed, with single inner spaces.

    Controls, format characters (bidirectional marks among them), lone surrogates, private and
    unassigned code points are refused, and so are RFC 2047 encoded words, which a mail library
    would decode into something nobody has checked (ASVS 5.0 1.3.11, 2.2.1).

    Args:
        value: What was typed, of any type.
        max_length: The most characters accepted.
        field: The field named in the fault.

    Returns:
        The canonical text or the fault found.
    """
    text = _capped(value, max_length, field)
    if isinstance(text, Fault):
        return text
    # A line end at the edge is no slip of the hand but a second header: only spaces go.
    text = _INNER_SPACE.sub(" ", unicodedata.normalize("NFC", text).strip(SPACES))
    return _fault_in(text, max_length, field) or text


def clean_text(value: object, *, max_length: int, field: str | None = None) -> str | Fault:
    """Return several lines of text, such as an operator's reason, in NFC and trimmed.

    The rules are those of :func:`clean_line`, except that tabs and line ends are allowed, that
    every line end becomes a line feed, and that inner spaces stay as they were written.

    Args:
        value: What was typed, of any type.
        max_length: The most characters accepted.
        field: The field named in the fault.

    Returns:
        The canonical text or the fault found.
    """
    text = _capped(value, max_length, field)
    if isinstance(text, Fault):
        return text
    text = trim(_LINE_END.sub("\n", unicodedata.normalize("NFC", text)))
    return _fault_in(text, max_length, field, allowed="\t\n") or text


def clean_code(
    value: object, *, max_length: int = MAX_IDENTIFIER, field: str | None = None
) -> str | Fault:
    """Return a code that people type, such as a document number, trimmed and in capitals.

    Only printable ASCII is a code. Anything else is refused before the capitals are made,
    because Unicode would fold ``ſ`` and ``ı`` into plain letters.

    Args:
        value: What was typed, of any type.
        max_length: The most characters accepted.
        field: The field named in the fault.

    Returns:
        The canonical code or the fault found.
    """
    text = _capped(value, max_length, field)
    if isinstance(text, Fault):
        return text
    text = trim(text)
    if not text:
        return fault("input.missing", field)
    if not text.isascii():
        return fault("input.character", field, kind="not_ascii")
    if not text.isprintable():
        return fault("input.character", field, kind="control")
    return text.upper()


def clean_identifier(
    value: object, *, max_length: int = MAX_IDENTIFIER, field: str | None = None
) -> str | Fault:
    """Return an identifier or a token exactly as it came, if its alphabet is right.

    The alphabet is RFC 3986's unreserved one. Nothing is trimmed or folded: an identifier has
    one spelling only.

    Args:
        value: What came in, of any type.
        max_length: The most characters accepted; :data:`MAX_TOKEN` for tokens.
        field: The field named in the fault.

    Returns:
        The identifier or the fault found.
    """
    text = _capped(value, max_length, field)
    if isinstance(text, Fault):
        return text
    if not text:
        return fault("input.missing", field)
    if _IDENTIFIER.fullmatch(text) is None:
        return fault("input.malformed", field)
    return text


def _capped(value: object, max_length: int, field: str | None) -> str | Fault:
    if value is None:
        return fault("input.missing", field)
    # A value may pretend to be text, and a subclass may override every method: the type itself is
    # asked, and text is taken down to a plain one first.
    if not issubclass(type(value), str):
        return fault("input.type", field)
    text = str.__str__(cast("str", value))
    if len(text) > max_length:
        return fault("input.too_long", field, max=max_length)
    return text


def _fault_in(text: str, max_length: int, field: str | None, allowed: str = "") -> Fault | None:
    if not text:
        return fault("input.missing", field)
    # Canonical composition makes a few code points longer.
    if len(text) > max_length:
        return fault("input.too_long", field, max=max_length)
    for character in text:
        kind = _REFUSED_CATEGORIES.get(unicodedata.category(character))
        if kind is not None and character not in allowed:
            return fault("input.character", field, kind=kind)
    # Decoders disagree on what ends an encoded word; all of them agree on how it begins.
    if "=?" in text:
        return fault("input.encoded_word", field)
    return None
