"""Identity documents that are valid on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import attrs
from hypothesis import strategies as st

from registrazione.core.documents import DocumentType

_TEN_YEARS = timedelta(days=3652)
_SHAPES: Mapping[DocumentType, str] = {
    DocumentType.IDENTITY_CARD: r"C[A-Z][0-9]{5}[A-Z]{2}|[A-Z]{2}[0-9]{7}",
    DocumentType.PASSPORT: r"[A-Z]{2}[0-9]{7}",
    DocumentType.DRIVING_LICENCE: r"U1[A-Z0-9]{7}[A-Z]|[A-Z]{2}[0-9]{7}[A-Z]",
}
_ANY_SHAPE = r"[A-Z]{0,2}[0-9]{5,8}"


@attrs.frozen(kw_only=True)
class Document:
    """An identity document.

    Args:
        document_type: What it is.
        number: Its number, in the shape that the type's have.
        issued: The day of issue.
        expires: The last day on which it is valid.
    """

    document_type: DocumentType
    number: str = attrs.field(repr=False)
    issued: date
    expires: date


def documents(
    today: date, *, types: st.SearchStrategy[DocumentType] | None = None
) -> st.SearchStrategy[Document]:
    """Return identity documents that were issued, and have not expired, on a day.

    Args:
        today: The day.
        types: Which types there are; by default all.
    """
    return _documents(today, st.sampled_from(DocumentType) if types is None else types)


@st.composite
def _documents(draw: st.DrawFn, today: date, types: st.SearchStrategy[DocumentType]) -> Document:
    document_type = draw(types)
    return Document(
        document_type=document_type,
        number=draw(st.from_regex(_SHAPES.get(document_type, _ANY_SHAPE), fullmatch=True)),
        issued=draw(st.dates(today - _TEN_YEARS, today)),
        expires=draw(st.dates(today, today + _TEN_YEARS)),
    )
