"""Parents, and the children whom they register."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
from hypothesis import strategies as st

from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.minors import Identifier, Minor
from registrazione.testing.strategies.births import Birth, births, with_tables
from registrazione.testing.strategies.codes import (
    codici_fiscali,
    provisional_school_codes,
    temporary_health_codes,
)
from registrazione.testing.strategies.people import Person, people

_OLDEST_CHILD = timedelta(days=17 * 365)
_YOUNGEST_PARENT = timedelta(days=32 * 365)
_OLDEST_PARENT = timedelta(days=60 * 365)


@attrs.frozen(kw_only=True)
class Family:
    """A parent and children.

    Args:
        parent: The parent, who is of age.
        minors: One to four children, who are not, none with the code of another.
    """

    parent: Person
    minors: tuple[Minor, ...]


def families(today: date, *, coded: bool = False) -> st.SearchStrategy[Family]:
    """Return parents with the children whom they may register on a day.

    :func:`~registrazione.core.minors.check_minor` and
    :func:`~registrazione.core.minors.check_siblings` find nothing beyond an information about them.

    Args:
        today: The day of the registration.
        coded: Whether every child has a codice fiscale of sixteen characters; otherwise some have
            a code that stands for it, or none.
    """
    return with_tables(
        lambda: _families(
            births(first=today - _OLDEST_PARENT, last=today - _YOUNGEST_PARENT),
            births(first=today - _OLDEST_CHILD, last=today),
            coded=coded,
        )
    )


@st.composite
def _families(
    draw: st.DrawFn,
    of_parents: st.SearchStrategy[Birth],
    of_children: st.SearchStrategy[Birth],
    *,
    coded: bool,
) -> Family:
    parent = draw(people(births=of_parents))
    children = people(births=of_children, surnames=st.just(parent.surname))
    minors = st.lists(
        _minors(children, coded=coded), min_size=1, max_size=4, unique_by=_told_apart_by
    )
    return Family(parent=parent, minors=tuple(draw(minors)))


@st.composite
def _minors(draw: st.DrawFn, children: st.SearchStrategy[Person], *, coded: bool) -> Minor:
    child = draw(children)
    return Minor(
        surname=child.surname,
        name=child.name,
        sex=child.sex,
        birth_date=child.birth_date,
        birth_place=child.birth_place,
        identifier=child.cf if coded else draw(_identifiers(child.cf)),
    )


def _identifiers(cf: CodiceFiscale) -> st.SearchStrategy[Identifier]:
    return st.one_of(
        st.just(cf),
        st.none(),
        temporary_health_codes(),
        provisional_school_codes(),
        codici_fiscali(plain=False, provisional=True),
    )


def _told_apart_by(minor: Minor) -> object:
    code = minor.codice_fiscale
    return (minor.identifier or minor.name) if code is None else code.canonical
