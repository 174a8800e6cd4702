"""Regions, provinces, comuni and nations as one index, made once of rows from anywhere.

It answers what the comparison with a codice fiscale asks
(:class:`~registrazione.core.places.PlaceFacts`) and what a form asks
(:class:`~registrazione.core.places.Cascade`). It reads no file and no clock: a comune is today's
while its last period has no end, and a provincia is while it has such a comune.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from registrazione.core.place_lists import (
    by_code,
    by_name,
    by_province,
    named_nations,
    named_provinces,
    named_regions,
    one_of_each,
    renumbered,
    today_or_ceased,
)
from registrazione.core.place_search import MAX_SEARCH, PlaceSearch, row_of, search_key
from registrazione.core.places import ITALY, BirthPlace, Comune, Nation, Province, Region


class Gazetteer:
    """Places of birth that never change: a valid ``places=`` of the settings.

    Args:
        comuni: A row for each period of each of them, in any order.
        nations: All but Italy, one row for each.
        provinces: Those of today and of other times. One that the comuni name and that is not
            among these is added under its sigla, in the region where its comuni were before, so
            that a reform of provinces takes nobody's place of birth away.
        regions: All of them.
        successors: Codes of today's states, by the code of the ceased state whose territory, or
            part of it, they hold.
    """

    __slots__ = (
        "_comuni",
        "_first_day",
        "_named_nations",
        "_named_provinces",
        "_named_regions",
        "_nations",
        "_provinces",
        "_regions",
        "_renumbered",
        "_rows",
        "_search",
        "_successors",
    )

    def __init__(
        self,
        *,
        comuni: Iterable[Comune] = (),
        nations: Iterable[Nation] = (),
        provinces: Iterable[Province] = (),
        regions: Iterable[Region] = (),
        successors: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        """Index the rows."""
        comuni = tuple(comuni)
        self._regions = by_name(regions)
        self._nations = by_name(nations)
        self._rows = by_code([*comuni, *self._nations])
        self._comuni = by_province(comuni)
        self._provinces = today_or_ceased(provinces, self._comuni, self._rows)
        self._first_day = min((row.start or date.min for row in comuni), default=date.min)
        self._search = PlaceSearch(self._rows)
        self._renumbered = renumbered(comuni)
        self._successors = {code: frozenset(heirs) for code, heirs in (successors or {}).items()}
        self._named_regions = named_regions(self._regions)
        self._named_provinces = named_provinces(self._provinces)
        self._named_nations = named_nations((ITALY, *self._nations))

    def exists(self, code: str) -> bool:
        """Tell whether the code is, or ever was, that of a municipality or a state.

        Args:
            code: A Belfiore code.

        Returns:
            ``True`` if a row holds it.
        """
        return code in self._rows

    def existed_on(self, code: str, day: date) -> bool:
        """Tell whether the place existed on that day.

        Args:
            code: A Belfiore code.
            day: Usually the date of birth.

        Returns:
            ``True`` also for a code of which nothing is known.
        """
        rows = self._rows.get(code)
        return rows is None or any(row.existed_on(_plain(day)) for row in rows)

    def same_place(self, first: str, second: str) -> bool:
        """Tell whether one code took over from the other for the same name and provincia.

        Args:
            first: A Belfiore code.
            second: Another one.

        Returns:
            ``True`` for pairs such as A744 and M335, both Bellagio (CO).
        """
        return frozenset({first, second}) in self._renumbered

    def predecessor(self, typed: str, decoded: str) -> bool:
        """Tell whether a state typed today held another code when the codice fiscale was made.

        Args:
            typed: The Belfiore code of a state.
            decoded: The one in the codice fiscale.

        Returns:
            ``True`` for pairs such as Z154 (Russia) and Z135 (the Soviet Union).
        """
        return typed in self._successors.get(decoded, ())

    def nations(self, day: date | None = None, *, ceased: bool = False) -> tuple[Nation, ...]:
        """Return the first list of the cascade (MIM-14, MIM-15).

        Today's nations are offered whatever the day, because the register gives today's codes to
        births of long ago.

        Args:
            day: The date of birth, if it is known.
            ceased: Whether those that ceased are added, as far as they existed on that day.

        Returns:
            Italy, then the others by name, then the ceased ones by name.
        """
        day = self._asked(day)
        today = (nation for nation in self._nations if not nation.ceased)
        gone = (
            nation
            for nation in self._nations
            if ceased and nation.ceased and (day is None or nation.existed_on(day))
        )
        return (ITALY, *today, *gone)

    def regions(self) -> tuple[Region, ...]:
        """Return the second list of the cascade, for who was born in Italy (MIM-15).

        Returns:
            All regions by name.
        """
        return self._regions

    def provinces(
        self, region: str, day: date | None = None, *, ceased: bool = False
    ) -> tuple[Province, ...]:
        """Return the third list of the cascade (MIM-15).

        Args:
            region: Code or name of a region.
            day: The date of birth, if it is known.
            ceased: Whether provinces of other times are added.

        Returns:
            The provinces that had comuni on that day by name, then the others by name.
        """
        found = self.region(region)
        if found is None:
            return ()
        day = self._asked(day)
        offered: list[Province] = []
        others: list[Province] = []
        for province in self._provinces:
            if province.region == found.code:
                (offered if self._had_comuni(province, day) else others).append(province)
        return (*offered, *others) if ceased else tuple(offered)

    def comuni(
        self, province: str, day: date | None = None, *, ceased: bool = False
    ) -> tuple[Comune, ...]:
        """Return the last list of the cascade (MIM-15).

        Args:
            province: Sigla or name of a provincia.
            day: The date of birth, if it is known.
            ceased: Whether comuni are added that belonged to the provincia at other times only.

        Returns:
            One row for each code and name, by name.
        """
        found = self.province(province)
        rows = () if found is None else self._comuni.get(found.sigla, ())
        day = self._asked(day)
        if ceased:
            return one_of_each(rows, day)
        return tuple(row for row in rows if _offered(row, day))

    def find(
        self, text: str, day: date | None = None, *, limit: int = 10
    ) -> tuple[BirthPlace, ...]:
        """Return what a search field may mean, exact names before beginnings of names.

        Args:
            text: A code, a name in any language of the place, ``Nome (PR)``, or a beginning of
                these. More than 64 characters mean nothing.
            day: The date of birth, if it is known: places that existed then come first.
            limit: The most places returned.

        Returns:
            Each place as it was on that day, or else at last.
        """
        return self._search.find(text, self._asked(day), limit)

    def resolve(self, text: str, day: date | None = None) -> BirthPlace | None:
        """Return the one place that a text means.

        Args:
            text: A code, a name or ``Nome (PR)``.
            day: The date of birth, if it is known.

        Returns:
            The place as it was on that day, or else at last; ``None`` if several may be meant.
        """
        return self._search.resolve(text, self._asked(day))

    def place(self, code: str, day: date | None = None) -> BirthPlace | None:
        """Return the place with a Belfiore code.

        Args:
            code: The code, in capitals.
            day: The date of birth, if it is known.

        Returns:
            The place as it was on that day, or else at last; ``None`` for an unknown code.
        """
        rows = self._rows.get(code)
        return None if rows is None else row_of(rows, self._asked(day))

    def region(self, text: str) -> Region | None:
        """Return the region with this code or name, in either of its languages."""
        return self._named_regions.get(_key(text))

    def province(self, text: str) -> Province | None:
        """Return the provincia with this sigla or name, one of today before a ceased one."""
        return self._named_provinces.get(_key(text))

    def nation(self, text: str) -> Nation | None:
        """Return the nation with this code or name, one of today before a ceased one."""
        return self._named_nations.get(_key(text))

    def _had_comuni(self, province: Province, day: date | None) -> bool:
        return any(_offered(row, day) for row in self._comuni.get(province.sigla, ()))

    def _asked(self, day: date | None) -> date | None:
        """Return the day as a plain date, and ``None`` where there are no records of it."""
        if day is None or _plain(day) < self._first_day:
            return None
        return _plain(day)


def _plain(day: date) -> date:
    """Return the day of a date with a time, which cannot be compared with one without."""
    return day.date() if isinstance(day, datetime) else day


def _offered(row: Comune, day: date | None) -> bool:
    return row.end is None if day is None else row.existed_on(day)


def _key(text: str) -> str:
    return "" if len(text) > MAX_SEARCH else search_key(text)
