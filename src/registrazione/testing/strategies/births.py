"""Places of birth, and days on which they existed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import TypeVar

import attrs
from hypothesis import strategies as st

from registrazione.checks.places import InstalledPlaces
from registrazione.core.places import ITALY, BirthPlace

T = TypeVar("T")

FIRST_DAY = date(1900, 1, 1)
"""The first day of birth, unless another one is asked for."""
LAST_DAY = date(2025, 12, 31)
"""The last one."""

KNOWN = InstalledPlaces()
_SIMPLEST = "H501"


@attrs.frozen(kw_only=True)
class Birth:
    """A day of birth, and a place that existed on it.

    Args:
        place: The comune or nation as it was on that day.
        day: The day.
    """

    place: BirthPlace
    day: date


def with_tables(make: Callable[[], st.SearchStrategy[T]]) -> st.SearchStrategy[T]:
    """Return a strategy that needs the tables of places.

    They are read when a test that uses it begins, and not while its module is imported, nor
    while an example is drawn, which Hypothesis would find slow.

    Args:
        make: Makes the strategy.
    """

    def read_and_make() -> st.SearchStrategy[T]:
        _comuni()
        return make()

    return st.deferred(read_and_make)


def places(
    *, first: date = FIRST_DAY, last: date = LAST_DAY, abroad: bool | None = None
) -> st.SearchStrategy[BirthPlace]:
    """Return comuni and nations, of today and of other times.

    Args:
        first: The first day; what had ceased before it is left out.
        last: The last day; what began after it is left out.
        abroad: ``True`` for nations only, ``False`` for comuni only.
    """
    return with_tables(lambda: _places(first, last, abroad=abroad))


def births(
    *, first: date = FIRST_DAY, last: date = LAST_DAY, abroad: bool | None = None
) -> st.SearchStrategy[Birth]:
    """Return days of birth with a place that existed on each.

    Args:
        first: The first day.
        last: The last day.
        abroad: ``True`` for nations only, ``False`` for comuni only.
    """
    return with_tables(lambda: _births(_places(first, last, abroad=abroad), first, last))


def _places(first: date, last: date, *, abroad: bool | None) -> st.SearchStrategy[BirthPlace]:
    comuni, nations = (
        st.sampled_from([row for row in rows if _meets(row, first, last)])
        for rows in (_comuni(), _nations())
    )
    if abroad is None:
        return st.one_of(comuni, nations)
    return nations if abroad else comuni


@st.composite
def _births(
    draw: st.DrawFn, some_places: st.SearchStrategy[BirthPlace], first: date, last: date
) -> Birth:
    place = draw(some_places)
    day = draw(st.dates(first, last))
    # The same place may have had another name or provincia on that day.
    then = KNOWN.place(place.code, day)
    if then is not None and then.existed_on(day):
        return Birth(place=then, day=day)
    start, end = max(first, place.start or first), min(last, place.end or last)
    return Birth(place=place, day=min(max(day, start), end))


def _meets(place: BirthPlace, first: date, last: date) -> bool:
    return (place.start or first) <= last and first <= (place.end or last)


@cache
def _comuni() -> Sequence[BirthPlace]:
    rows = [
        comune
        for region in KNOWN.regions()
        for province in KNOWN.provinces(region.code, ceased=True)
        for comune in KNOWN.comuni(province.sigla, ceased=True)
    ]
    return sorted(rows, key=lambda row: row.code != _SIMPLEST)


@cache
def _nations() -> Sequence[BirthPlace]:
    return [nation for nation in KNOWN.nations(ceased=True) if nation != ITALY]
