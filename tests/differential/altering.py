"""What people get wrong beside their code, and which fields that makes disagree."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator

import attrs
from tests.codici_fiscali import letters_of
from tests.differential.people import NAMES, SURNAMES, Person, existed, places
from tests.differential.spelling import official, spellings

Verdict = frozenset[tuple[str, str]]


@attrs.frozen
class Typed:
    """A code, and what was typed beside it."""

    person: Person
    surname: str
    name: str
    sex: str
    born: str
    place: str


def typed_of(chunk: int, people: Iterable[Person]) -> Iterator[Typed]:
    """Yield every person twice: as they are, and with something altered."""
    draw = random.Random(f"altered {chunk}")  # noqa: S311 - a sample, no secret
    for person in people:
        plain = Typed(
            person, person.surname, person.name, person.sex, person.born.isoformat(), person.place
        )
        yield plain
        altered = draw.choice(_ALTERATIONS)(draw, plain)
        if draw.random() < 0.3:
            altered = draw.choice(_ALTERATIONS)(draw, altered)
        yield altered


def expected(typed: Typed) -> Verdict:
    """Return the fields and severities that the rules give, place and date by the tables."""
    person, found = typed.person, set(_names(typed))
    if typed.sex != person.sex:
        found.add(("sex", "error"))
    born = _day(typed.born)
    agrees = born is not None and (born.year % 100, born.month, born.day) == (
        person.born.year % 100,
        person.born.month,
        person.born.day,
    )
    if not agrees:
        found.add(("birth_date", "error"))
    if typed.place != person.place:
        found.add(("birth_place", "error"))
    elif not any(existed(typed.place, day) for day in ([born] if agrees else _days(person))):
        found.add(("birth_place", "warning"))
    return frozenset(found)


def _names(typed: Typed) -> Iterator[tuple[str, str]]:
    for field, is_name in (("surname", False), ("name", True)):
        mine, theirs = getattr(typed, field), getattr(typed.person, field)
        code = letters_of(official(theirs), is_name=is_name)
        if code == letters_of(official(mine), is_name=is_name):
            continue
        close = code in {letters_of(text, is_name=is_name) for text in spellings(mine)}
        yield field, "info" if close else "error"


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _days(person: Person) -> list[dt.date]:
    """Return the person's day of birth in either century, where there was one."""
    years = (person.born.year % 100 + century for century in (1900, 2000))
    found = (_day(f"{year}{person.born.isoformat()[4:]}") for year in years)
    return [day for day in found if day is not None]


def _other_surname(draw: random.Random, typed: Typed) -> Typed:
    return attrs.evolve(typed, surname=draw.choice(SURNAMES))


def _other_name(draw: random.Random, typed: Typed) -> Typed:
    return attrs.evolve(typed, name=draw.choice(NAMES))


def _first_name_only(_: random.Random, typed: Typed) -> Typed:
    return attrs.evolve(typed, name=typed.name.split()[0])


def _names_swapped(_: random.Random, typed: Typed) -> Typed:
    return attrs.evolve(typed, surname=typed.name, name=typed.surname)


def _other_sex(_: random.Random, typed: Typed) -> Typed:
    return attrs.evolve(typed, sex="MF".replace(typed.sex, ""))


def _other_day(draw: random.Random, typed: Typed) -> Typed:
    born = typed.person.born + dt.timedelta(draw.randint(-400, 400))
    return attrs.evolve(typed, born=born.isoformat())


def _other_century(_: random.Random, typed: Typed) -> Typed:
    century = "20" if typed.born.startswith("19") else "19"
    return attrs.evolve(typed, born=century + typed.born[2:])


def _day_and_month_swapped(_: random.Random, typed: Typed) -> Typed:
    year, month, day = typed.born.split("-")
    return attrs.evolve(typed, born=f"{year}-{day}-{month}")


def _other_italian_place(draw: random.Random, typed: Typed) -> Typed:
    italian = [place for place in places() if not place.startswith("Z")]
    return attrs.evolve(typed, place=draw.choice(italian))


def _as_on_a_form(_: random.Random, typed: Typed) -> Typed:
    return attrs.evolve(typed, surname=f" {typed.surname.upper()}", name=f"{typed.name.lower()} ")


_ALTERATIONS = (
    _other_surname,
    _other_name,
    _first_name_only,
    _names_swapped,
    _other_sex,
    _other_day,
    _other_century,
    _day_and_month_swapped,
    _other_italian_place,
    _as_on_a_form,
)
