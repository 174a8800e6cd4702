"""Places of birth from the tables that python-codicefiscale installs, read once and frozen.

Data: Agenzia delle Entrate and ANPR (municipalities, CC BY 4.0), as packaged by
python-codicefiscale. Only its tables are used, never its verdicts, because it takes
a place that did not exist on the date of birth for an error, and guesses centuries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from threading import Lock
from types import MappingProxyType
from typing import Any, TypeAlias

import attrs

_Period: TypeAlias = tuple[str, str]

_NO_CODE = "ND"
_OPEN_START = "0001-01-01"
_OPEN_END = "9999-12-31"
# The tables date nearly every state from this day, which only means "always".
_STATES_START = "1900-01-01"

# Codes in use that the tables lack.
_MISSING_STATES = frozenset(
    {
        "Z113",  # Gibraltar
        "Z122",  # Isle of Man
        "Z137",  # Armenia, before Z252
        "Z141",  # Azerbaijan, before Z253
        "Z142",  # Kyrgyzstan, before Z256
        "Z143",  # Uzbekistan, before Z259
        "Z147",  # Tajikistan, before Z257
        "Z151",  # Turkmenistan, before Z258
        "Z152",  # Kazakhstan, before Z255
        "Z230",  # Malaysia, before Z247
        "Z231",  # Macao
        "Z244",  # South Vietnam
        "Z245",  # North Vietnam
        "Z402",  # Greenland
        "Z508",  # Guadeloupe
        "Z609",  # Falkland Islands
        "Z716",  # New Caledonia
    }
)

_EX_USSR_FIRST_CODES = "Z136 Z137 Z141 Z142 Z143 Z147 Z151 Z152"
_SUCCESSORS: Mapping[str, frozenset[str]] = {
    ceased: frozenset(successors.split())
    for ceased, successors in {
        "Z135": "Z138 Z139 Z140 Z144 Z145 Z146 Z154 Z252 Z253 Z254 Z255 Z256 Z257 Z258 Z259 "
        + _EX_USSR_FIRST_CODES,
        "Z118": "Z148 Z149 Z150 Z153 Z157 Z158 Z159 Z160",
        "Z157": "Z158 Z159 Z160",
        "Z105": "Z155 Z156",
        "Z111": "Z112",
        "Z136": "Z254",
        "Z137": "Z252",
        "Z141": "Z253",
        "Z142": "Z256",
        "Z143": "Z259",
        "Z147": "Z257",
        "Z151": "Z258",
        "Z152": "Z255",
        "Z201": "Z246 Z250",
        "Z202": "Z246 Z250",
        "Z250": "Z246",
        "Z221": "Z210",
        "Z230": "Z247",
        "Z231": "Z210",
        "Z244": "Z251",
        "Z245": "Z251",
        "Z350": "Z357",
    }.items()
}


@attrs.frozen
class _Index:
    """Everything kept of the tables."""

    periods: Mapping[str, tuple[_Period, ...]]
    renumbered: frozenset[frozenset[str]]


class InstalledPlaces:
    """What the installed tables know: :class:`registrazione.core.consistency.PlaceFacts`.

    Making one costs nothing. The first question, or :meth:`preload`, reads the tables, once
    per process however many threads ask at the same time.
    """

    def preload(self) -> None:
        """Read the tables now, at start-up, instead of at the first question."""
        _index()

    def exists(self, code: str) -> bool:
        """Tell whether the code is, or ever was, that of a municipality or a state.

        Args:
            code: A Belfiore code.

        Returns:
            ``True`` if the tables or the states missing from them hold it.
        """
        return code in _index().periods or code in _MISSING_STATES

    def existed_on(self, code: str, day: date) -> bool:
        """Tell whether the place existed on that day.

        Args:
            code: A Belfiore code.
            day: Usually the date of birth.

        Returns:
            ``True`` also for a code of which nothing is known.
        """
        periods = _index().periods.get(code)
        return periods is None or any(start <= day.isoformat() <= end for start, end in periods)

    def same_place(self, first: str, second: str) -> bool:
        """Tell whether one code took over from the other for the same name and provincia.

        Args:
            first: A Belfiore code.
            second: Another one.

        Returns:
            ``True`` for pairs such as A744 and M335, both Bellagio (CO).
        """
        return frozenset({first, second}) in _index().renumbered

    def predecessor(self, typed: str, decoded: str) -> bool:
        """Tell whether a state typed today held another code when the codice fiscale was made.

        Args:
            typed: The Belfiore code of a state.
            decoded: The one in the codice fiscale.

        Returns:
            ``True`` for pairs such as Z154 (Russia) and Z135 (the Soviet Union).
        """
        return typed in _SUCCESSORS.get(decoded, ())


_lock = Lock()
_loaded: list[_Index] = []


def _index() -> _Index:
    if not _loaded:
        with _lock:
            # Another thread may have loaded it while this one waited.
            if not _loaded:
                _loaded.append(_read_tables())
    return _loaded[0]


def _read_tables() -> _Index:
    # Loaded on first use: the package brings slugify and dateutil, and the tables are 7 MB.
    try:
        from codicefiscale import data
    except ImportError:
        message = "the tables of places need python-codicefiscale 0.12, not codicefiscale"
        raise ImportError(message) from None
    municipalities = [row for row in data.get_municipalities_data() if row["code"] != _NO_CODE]
    periods: dict[str, list[_Period]] = defaultdict(list)
    for row in (*municipalities, *data.get_countries_data()):
        periods[row["code"]].append(_period(row))
    return _Index(
        periods=MappingProxyType({code: tuple(spans) for code, spans in periods.items()}),
        renumbered=_renumbered(municipalities),
    )


def _period(row: Mapping[str, Any]) -> _Period:
    start = row["date_created"][:10]
    if row["code"].startswith("Z") and start == _STATES_START:
        start = ""
    return start or _OPEN_START, row["date_deleted"][:10] or _OPEN_END


def _renumbered(municipalities: Iterable[Mapping[str, Any]]) -> frozenset[frozenset[str]]:
    """Find where one name in one provincia went from one code to another overnight.

    Namesakes that existed side by side (there were two Castello in TN) are not meant: the old
    code has to be gone for good, and the new one to be new.
    """
    spans: dict[tuple[str, str], dict[str, _Period]] = defaultdict(dict)
    for row in municipalities:
        codes = spans[row["name"].casefold(), row["province"]]
        start, end = _period(row)
        first, last = codes.get(row["code"], (start, end))
        codes[row["code"]] = (min(first, start), max(last, end))
    return frozenset(
        frozenset({before, after})
        for codes in spans.values()
        for before, (_, end) in codes.items()
        for after, (start, _) in codes.items()
        if before != after and _day_after(end) == start
    )


def _day_after(day: str) -> str:
    if day == _OPEN_END:
        return ""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
