"""People with the codice fiscale of their data, and people with another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import attrs
from hypothesis import strategies as st

from registrazione.core.cf_encoding import encode_codice_fiscale, omocodie
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.transliteration import (
    accepted_spellings,
    name_triplet,
    official_spelling,
    surname_triplet,
)
from registrazione.testing.strategies.births import (
    FIRST_DAY,
    KNOWN,
    LAST_DAY,
    Birth,
    with_tables,
)
from registrazione.testing.strategies.births import births as any_births
from registrazione.testing.strategies.births import places as any_places
from registrazione.testing.strategies.names import NAMES, SURNAMES

_MONTHS = 12
_CODES = any_places().map(lambda place: place.code)
_COMPARED = ("surname", "name", "sex", "birth_date", "birth_place")
_ACCENTS_BEHIND = str.maketrans(
    {"à": "a'", "è": "e'", "é": "e'", "ì": "i'", "ò": "o'", "ù": "u'", "’": "'"}
)
_TYPED: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    str.lower,
    lambda name: f" {name.replace(' ', '  ')} ",
    lambda name: name.translate(_ACCENTS_BEHIND),
)


@attrs.frozen(kw_only=True)
class Person:
    """Somebody invented.

    Args:
        surname: The surname, as it may be typed.
        name: The given names, as they may be typed.
        sex: ``"M"`` or ``"F"``.
        birth_date: The day of birth.
        birth_place: The Belfiore code of the place of birth.
        cf: A sound codice fiscale; whether it fits is for the strategy to say.
    """

    surname: str = attrs.field(repr=False)
    name: str = attrs.field(repr=False)
    sex: str = attrs.field(repr=False)
    birth_date: date = attrs.field(repr=False)
    birth_place: str = attrs.field(repr=False)
    cf: CodiceFiscale

    @property
    def data(self) -> Mapping[str, str]:
        """Return what is compared with the code, as text, by the names of the fields."""
        return {field: str(getattr(self, field)) for field in _COMPARED}


@attrs.frozen(kw_only=True)
class InconsistentPerson:
    """Somebody with a codice fiscale that is not theirs.

    Args:
        person: The data and the code.
        fields: The data that contradict the code, by their names; at least one.
    """

    person: Person
    fields: frozenset[str]


def people(
    *,
    births: st.SearchStrategy[Birth] | None = None,
    surnames: st.SearchStrategy[str] | None = None,
) -> st.SearchStrategy[Person]:
    """Return people with the code that their data would get, without omocodia.

    Args:
        births: Where and when they are born.
        surnames: What they are called.
    """
    return with_tables(
        lambda: _people(
            any_births() if births is None else births,
            st.sampled_from(SURNAMES) if surnames is None else surnames,
        )
    )


def consistent_people(
    *, births: st.SearchStrategy[Birth] | None = None
) -> st.SearchStrategy[Person]:
    """Return people with any code that may be theirs, and names in any way that people type.

    The code may have omocodia, and be made of an older spelling of the names.
    :func:`~registrazione.core.consistency.check_person` finds nothing beyond an information,
    under any policy and whatever is known of places.

    Args:
        births: Where and when they are born.
    """
    return with_tables(lambda: _consistent_people(people(births=births)))


def inconsistent_people(
    *, births: st.SearchStrategy[Birth] | None = None
) -> st.SearchStrategy[InconsistentPerson]:
    """Return people with a code that contradicts some of their data, and which these are.

    :func:`~registrazione.core.consistency.check_person` finds an error in exactly these fields
    under the policies ``strict`` and ``normal``, whatever is known of places: a place that only
    took over from the other would be no contradiction, and is never drawn.

    Args:
        births: Where and when they are born.
    """
    return with_tables(lambda: _inconsistent_people(consistent_people(births=births)))


@st.composite
def _people(
    draw: st.DrawFn, births: st.SearchStrategy[Birth], surnames: st.SearchStrategy[str]
) -> Person:
    sex = draw(st.sampled_from(sorted(NAMES, reverse=True)))
    surname, name = draw(surnames), draw(st.sampled_from(NAMES[sex]))
    birth = draw(births)
    cf = encode_codice_fiscale(
        surname=surname,
        name=name,
        sex=sex,
        birth_date=birth.day,
        birth_place=birth.place.code,
    )
    return Person(
        surname=surname,
        name=name,
        sex=sex,
        birth_date=birth.day,
        birth_place=birth.place.code,
        cf=cf,
    )


@st.composite
def _consistent_people(draw: st.DrawFn, some_people: st.SearchStrategy[Person]) -> Person:
    person = draw(some_people)
    surname, name = (draw(st.sampled_from(_TYPED))(text) for text in (person.surname, person.name))
    cf = encode_codice_fiscale(
        surname=draw(_spellings(surname)),
        name=draw(_spellings(name)),
        sex=person.sex,
        birth_date=person.birth_date,
        birth_place=person.birth_place,
    )
    return attrs.evolve(
        person, surname=surname, name=name, cf=draw(st.sampled_from((cf, *omocodie(cf))))
    )


def _spellings(typed: str) -> st.SearchStrategy[str]:
    """Return what the code may be made of, the official spelling first: it is the simplest."""
    official = official_spelling(typed)
    return st.sampled_from([official, *sorted(accepted_spellings(typed) - {official})])


@st.composite
def _inconsistent_people(
    draw: st.DrawFn, some_people: st.SearchStrategy[Person]
) -> InconsistentPerson:
    person = draw(some_people)
    fields = draw(st.sets(st.sampled_from(_COMPARED), min_size=1))
    data: dict[str, Any] = {field: draw(_CONTRADICTIONS[field](person)) for field in sorted(fields)}
    if {"surname", "name"} <= fields and _would_contradict(person.cf, person.name, person.surname):
        inverted = {"surname": person.name, "name": person.surname}
        data |= draw(st.sampled_from(({}, inverted)))
    return InconsistentPerson(person=attrs.evolve(person, **data), fields=frozenset(fields))


def _would_contradict(cf: CodiceFiscale, surname: str, name: str) -> bool:
    return _is_other_surname(cf, surname) and _is_other_name(cf, name)


def _is_other_surname(cf: CodiceFiscale, surname: str) -> bool:
    return cf.surname_triplet not in [surname_triplet(text) for text in accepted_spellings(surname)]


def _is_other_name(cf: CodiceFiscale, name: str) -> bool:
    return cf.name_triplet not in [name_triplet(text) for text in accepted_spellings(name)]


def _other_surnames(person: Person) -> st.SearchStrategy[str]:
    return st.sampled_from([other for other in SURNAMES if _is_other_surname(person.cf, other)])


def _other_names(person: Person) -> st.SearchStrategy[str]:
    return st.sampled_from(
        [other for other in NAMES[person.sex] if _is_other_name(person.cf, other)]
    )


def _other_sex(person: Person) -> st.SearchStrategy[str]:
    return st.just("F" if person.sex == "M" else "M")


def _other_days(person: Person) -> st.SearchStrategy[date]:
    born = person.birth_date

    def other(day: date) -> date:
        # The code does not hold the century, so that another one contradicts nothing.
        is_same = (day.year % 100, day.month, day.day) == (born.year % 100, born.month, born.day)
        return day - timedelta(days=1) if is_same else day

    days = st.dates(FIRST_DAY + timedelta(days=1), LAST_DAY)
    if born.day <= _MONTHS and born.day != born.month:
        swapped = born.replace(month=born.day, day=born.month)
        return st.one_of(st.just(swapped), days.map(other))
    return days.map(other)


def _other_places(person: Person) -> st.SearchStrategy[str]:
    decoded = str(person.cf.codice_catastale)

    def contradicts(code: str) -> bool:
        return not (
            code == decoded or KNOWN.same_place(code, decoded) or KNOWN.predecessor(code, decoded)
        )

    return _CODES.filter(contradicts)


_CONTRADICTIONS: Mapping[str, Callable[[Person], st.SearchStrategy[Any]]] = {
    "surname": _other_surnames,
    "name": _other_names,
    "sex": _other_sex,
    "birth_date": _other_days,
    "birth_place": _other_places,
}
