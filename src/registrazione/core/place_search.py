"""How a place is found by what somebody types: any of its names, or its Belfiore code.

Names are compared by their letters and digits alone, without accents and case, so that
``SANT'ELENA``, ``Sant Elena`` and ``Santelena`` are one. Every name that a place ever had leads
to it, and it is shown as it was on the day that matters.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import TypeAlias

import attrs

from registrazione.core.places import BELFIORE, BirthPlace, Comune, Nation

MAX_SEARCH = 64
"""The most characters that are looked at; the longest label of a place has fewer."""

Rows: TypeAlias = Mapping[str, tuple[BirthPlace, ...]]
"""Places by their code, the periods of each from the first to the last."""

_WORD = re.compile(r"[^\W_]+")
_SIGLA_LENGTH = 2

# How well a place fits a question: the smaller, the better.
_FITS = 0
_BY_ANOTHER_NAME = 1
_GONE = 2


def sorting_key(name: str) -> str:
    """Return the words of a name without case and accents, parted by single spaces."""
    text = name.casefold()
    if not text.isascii():
        # Twice, because some compatibility forms are taken apart into capitals.
        text = _without_marks(_without_marks(text).casefold())
    return " ".join(_WORD.findall(text))


def search_key(name: str) -> str:
    """Return the letters and digits of a name without case and accents."""
    return sorting_key(name).replace(" ", "")


def row_of(rows: tuple[BirthPlace, ...], day: date | None) -> BirthPlace:
    """Return the period of a place that holds the day, or else its last one."""
    if day is not None:
        for row in rows:
            if row.existed_on(day):
                return row
    return rows[-1]


class PlaceSearch:
    """An index of the names of places.

    Args:
        rows: The places.
    """

    __slots__ = ("_codes", "_keys", "_rows")

    def __init__(self, rows: Rows) -> None:
        """Index every name that a place ever had."""
        codes: dict[str, list[str]] = defaultdict(list)
        for code, periods in sorted(rows.items(), key=lambda item: item[1][-1].label):
            names = {name for row in periods for name in _names(row)}
            for key in {search_key(name) for name in names}:
                codes[key].append(code)
        self._rows = rows
        self._codes = {key: tuple(found) for key, found in codes.items()}
        self._keys = tuple(sorted(codes))

    def find(self, text: str, day: date | None, limit: int) -> tuple[BirthPlace, ...]:
        """Return what a search field may mean, exact names before beginnings of names.

        Within each, places that existed on the day come first. One that did not is left out
        where one with the same label did: that is what it was called before or after.

        Args:
            text: A code, a name, ``Nome (PR)``, or how any of these names begins.
            day: Usually the date of birth; ``None`` means today.
            limit: The most places returned.

        Returns:
            One row for each place.
        """
        query = _Query.of(text)
        if query.code:
            return (row_of(rows, day),)[:limit] if (rows := self._rows.get(query.code)) else ()
        if not query.key:
            return ()
        found: dict[str, BirthPlace] = {}
        labels: set[str] = set()
        exact = self._by_rank(self._codes.get(query.key, ()), query, day, limit)
        longer = self._by_rank(self._longer(query.key), query, day, limit, str.startswith)
        for row in chain(_in_order(exact), _in_order(longer)):
            if len(found) >= limit:
                break
            if row.code not in found and (row.label not in labels or _fits(row, day)):
                found[row.code] = row
                labels.add(row.label)
        return tuple(found.values())

    def resolve(self, text: str, day: date | None) -> BirthPlace | None:
        """Return the one place that a text means.

        Who bears the name on the day goes before whoever bore it at another time.

        Args:
            text: A code, a name or ``Nome (PR)``.
            day: Usually the date of birth; ``None`` means today.

        Returns:
            The place, or ``None`` if the text means none or several.
        """
        query = _Query.of(text)
        if query.code:
            return row_of(rows, day) if (rows := self._rows.get(query.code)) else None
        if len(query.sigla) == 1:
            return None
        ranks = self._by_rank(self._codes.get(query.key, ()), query, day)
        best = ranks[_FITS] or ranks[_BY_ANOTHER_NAME] | ranks[_GONE]
        return next(iter(best.values())) if len(best) == 1 else None

    def _longer(self, key: str) -> Iterator[str]:
        """Yield the codes of the names that begin with the key and go on."""
        for position in range(bisect_left(self._keys, key), len(self._keys)):
            longer = self._keys[position]
            if not longer.startswith(key):
                return
            if longer != key:
                yield from self._codes[longer]

    def _by_rank(
        self,
        codes: Iterable[str],
        query: _Query,
        day: date | None,
        enough: float = math.inf,
        matches: Callable[[str, str], bool] = str.__eq__,
    ) -> dict[int, dict[str, BirthPlace]]:
        """Sort places by how well they fit; no more are looked at once enough of them do."""
        ranks: dict[int, dict[str, BirthPlace]] = defaultdict(dict)
        for code in codes:
            rows = self._rows[code]
            if not any(_was_in(row, query.sigla) for row in rows):
                continue
            row = row_of(rows, day)
            if not _fits(row, day):
                ranks[_GONE][code] = row
            elif _was_in(row, query.sigla) and any(
                matches(search_key(name), query.key) for name in _names(row)
            ):
                ranks[_FITS][code] = row
                if len(ranks[_FITS]) >= enough:
                    break
            else:
                ranks[_BY_ANOTHER_NAME][code] = row
        return ranks


@attrs.frozen
class _Query:
    """What was typed, taken apart: letters of a name and of a sigla, or a Belfiore code."""

    key: str = ""
    sigla: str = ""
    code: str = ""

    @classmethod
    def of(cls, text: str) -> _Query:
        if len(text) > MAX_SEARCH:
            return cls()
        code = text.strip().upper()
        if BELFIORE.fullmatch(code):
            return cls(code=code)
        name, bracket, rest = text.rpartition("(")
        sigla = search_key(rest).upper()
        if bracket and len(sigla) <= _SIGLA_LENGTH:
            return cls(search_key(name), sigla)
        return cls(search_key(text))


def _without_marks(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _names(row: BirthPlace) -> tuple[str, ...]:
    if isinstance(row, Nation):
        return (row.name, row.name_en or row.name, row.label, *row.other_names)
    if row.other_name:
        return (row.name, row.other_name, f"{row.name}/{row.other_name}")
    return (row.name,)


def _fits(row: BirthPlace, day: date | None) -> bool:
    """Tell whether a form would offer the place of itself.

    A nation of today fits whatever the day, because births of long ago get today's codes too.
    """
    if isinstance(row, Nation):
        return not row.ceased
    return row.end is None if day is None else row.existed_on(day)


def _in_order(ranks: Mapping[int, Mapping[str, BirthPlace]]) -> Iterator[BirthPlace]:
    for rank in sorted(ranks):
        yield from ranks[rank].values()


def _was_in(row: BirthPlace, sigla: str) -> bool:
    return not sigla or (isinstance(row, Comune) and row.province.startswith(sigla))
