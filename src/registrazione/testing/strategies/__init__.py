"""Hypothesis strategies for Italian personal data, for the test suites of other projects too.

Everything drawn is invented: common names beside any date and place. By chance a code may be that
of a living person, and a phone number may ring. So use them in tests only; never look one up, call
it, write to it or show it to anybody.

What the library has a type for comes as that type, such as
:class:`~registrazione.core.codice_fiscale.CodiceFiscale`; everything else is text in its canonical
form. Examples shrink towards men called Rossi who were born in Rome. The tables of places are read
once, when a test begins.
"""

from __future__ import annotations

try:
    import hypothesis as _hypothesis
except ModuleNotFoundError as _missing:
    raise ModuleNotFoundError(
        "registrazione.testing.strategies needs hypothesis: pip install hypothesis",
        name=_missing.name,
    ) from None

from registrazione.testing.strategies.births import FIRST_DAY, LAST_DAY, Birth, births, places
from registrazione.testing.strategies.codes import (
    codici_fiscali,
    health_cards,
    omocodie,
    provisional_school_codes,
    school_codes,
    temporary_health_codes,
)
from registrazione.testing.strategies.contacts import caps, phones
from registrazione.testing.strategies.documents import Document, documents
from registrazione.testing.strategies.families import Family, families
from registrazione.testing.strategies.people import (
    InconsistentPerson,
    Person,
    consistent_people,
    inconsistent_people,
    people,
)

del _hypothesis

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "Birth",
    "Document",
    "Family",
    "InconsistentPerson",
    "Person",
    "births",
    "caps",
    "codici_fiscali",
    "consistent_people",
    "documents",
    "families",
    "health_cards",
    "inconsistent_people",
    "omocodie",
    "people",
    "phones",
    "places",
    "provisional_school_codes",
    "school_codes",
    "temporary_health_codes",
]
