"""The lists of nations, regions, provinces and comuni for the cascade's script (MIM-15)."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import date
from typing import Any

from registrazione.contrib.web.exchange import Outcome, Send
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit, Work
from registrazione.core.places import BirthPlace, Places

Running = Generator[Work, Any, Outcome]
_Rows = Iterable[Mapping[str, str]]

_LONGEST = 100
"""The most characters of a parameter that are looked at."""
_MOST = 20
"""The most places that a search returns."""
_DAY = 86400
"""Seconds for which browsers may keep a list: places change a few times a year."""


def _nations(places: Places, _query: Mapping[str, str], day: date | None) -> _Rows:
    """Return Italy, then the nations by name, in both languages."""
    return (
        {"code": each.code, "label": each.label, "label_en": each.name_en or each.label}
        for each in places.nations(day)
    )


def _regions(places: Places, _query: Mapping[str, str], _day: date | None) -> _Rows:
    """Return the regions by name."""
    return ({"code": each.code, "label": each.name} for each in places.regions())


def _provinces(places: Places, query: Mapping[str, str], day: date | None) -> _Rows:
    """Return the provinces of a region."""
    found = places.provinces(_short(query, "region"), day)
    return ({"code": each.sigla, "label": each.name} for each in found)


def _comuni(places: Places, query: Mapping[str, str], day: date | None) -> _Rows:
    """Return the comuni of a provincia."""
    return _labelled(places.comuni(_short(query, "province"), day))


def _found(places: Places, query: Mapping[str, str], day: date | None) -> _Rows:
    """Return what a search field may mean."""
    return _labelled(places.find(_short(query, "text"), day, limit=_MOST))


def _labelled(places: Iterable[BirthPlace]) -> _Rows:
    return ({"code": each.code, "label": each.label} for each in places)


_LISTS: Mapping[str, Callable[[Places, Mapping[str, str], date | None], _Rows]] = {
    "nations": _nations,
    "regions": _regions,
    "provinces": _provinces,
    "comuni": _comuni,
    "find": _found,
}
"""The lists by the last part of their address."""


def send(visit: Visit) -> Running:
    """Send a list as JSON; there is none where nobody knows the places' names."""
    make = _LISTS.get(visit.params["list"])
    places = yield lambda r: r.places
    if make is None or places is None:
        return _json([], status=404)
    query = visit.request.query
    return _json(list(make(places, query, _day_of(_short(query, "day")))), max_age=_DAY)


def _json(rows: list[Mapping[str, str]], *, status: int = 200, max_age: int = 0) -> Send:
    body = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    return Send(body=body, content_type="application/json", status=status, max_age=max_age)


def _short(query: Mapping[str, str], name: str) -> str:
    """Return a parameter, unless it is longer than any name of a place."""
    value = query.get(name, "")
    return value if len(value) <= _LONGEST else ""


def _day_of(text: str) -> date | None:
    """Return the day of a text such as ``1990-12-31``; without one the lists are today's."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


ROUTES: tuple[Route, ...] = (Route("/places/<list>", get=send),)
