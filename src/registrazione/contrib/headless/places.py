"""The lists of nations, regions, provinces and comuni, one after the other (MIM-15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs

import attrs

from registrazione.contrib.headless.shapes import read_day
from registrazione.core.places import Places
from registrazione.core.refusals import Fault, Refusal, fault

Rows = list[dict[str, str]]

LONGEST = 100
"""The most characters of a parameter that are looked at."""


@attrs.frozen
class PlaceList:
    """One list.

    Args:
        summary: What it is.
        rows: Makes it.
        within: Parameter that names the place around; empty: there is none.
    """

    summary: str
    rows: Callable[[Places, str, date | None], Rows]
    within: str = ""


def _nations(places: Places, _within: str, day: date | None) -> Rows:
    """Return Italy, then the nations by name."""
    return [
        {"code": each.code, "name": each.label, "name_en": each.name_en}
        for each in places.nations(day)
    ]


def _regions(places: Places, _within: str, _day: date | None) -> Rows:
    """Return the regions by name."""
    return [{"code": each.code, "name": each.name} for each in places.regions()]


def _provinces(places: Places, within: str, day: date | None) -> Rows:
    """Return the provinces of a region."""
    return [{"code": each.sigla, "name": each.name} for each in places.provinces(within, day)]


def _comuni(places: Places, within: str, day: date | None) -> Rows:
    """Return the comuni of a provincia."""
    return [{"code": each.code, "name": each.name} for each in places.comuni(within, day)]


LISTS: Mapping[str, PlaceList] = MappingProxyType(
    {
        "/places/nations": PlaceList("List Italy and the nations.", _nations),
        "/places/regions": PlaceList("List the regions.", _regions),
        "/places/provinces": PlaceList("List the provinces of a region.", _provinces, "region"),
        "/places/comuni": PlaceList("List the comuni of a provincia.", _comuni, "province"),
    }
)
"""The lists by path."""


def places_to_json(places: Places, path: str, query: str) -> dict[str, Any]:
    """Return a list of places.

    Args:
        places: Where they are known.
        path: Which list.
        query: ``region`` or ``province``, and ``day``, usually the date of birth.

    Raises:
        Refusal: The query is not what the list needs.
    """
    asked = LISTS[path]
    given = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
    faults: list[Fault] = []
    within = given.get(asked.within, "")
    if asked.within and not within:
        faults.append(fault("input.missing", asked.within))
    if len(within) > LONGEST:
        faults.append(fault("input.too_long", asked.within, max=LONGEST))
    day = read_day(given["day"]) if "day" in given else None
    if day is None and "day" in given:
        faults.append(fault("input.malformed", "day"))
    if faults:
        raise Refusal(*faults)
    return {"places": asked.rows(places, within, day)}
