"""Places of birth from the tables that python-codicefiscale installs, read once and frozen.

Data: Agenzia delle Entrate and ANPR (municipalities, CC BY 4.0), as packaged by
python-codicefiscale. Only its files are read. The package itself is not even imported, because it
brings much that is not needed, takes a place that did not exist on the date of birth for an error,
and guesses centuries.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from sys import intern
from threading import Lock
from typing import Any, TypeAlias, TypeVar

from registrazione.checks.foreign import MISSING_NATIONS, SUCCESSORS, USUAL_NAMES, UsualNames
from registrazione.checks.regions import PROVINCES, REGIONS
from registrazione.core.gazetteer import Gazetteer
from registrazione.core.place_search import search_key
from registrazione.core.places import BirthPlace, Comune, Nation, Province, Region

_Row: TypeAlias = dict[str, Any]
_Value = TypeVar("_Value", Comune, Nation)

_NO_CODE = "ND"
# The tables date nearly every state from this day, which only means "always".
_STATES_START = "1900-01-01"

# The tables write every word with a capital.
_SMALL_WORDS = (
    "A Ai Al Alla Allo Am An And Con Da De' Degli Dei Del Della Delle Dello Dem Der Di Du E Ed En "
    "Et Il Im In Ne' Nei Nel Of Per Su Sui Sul Sulla The"
)
_SMALL = re.compile(
    rf"(?<=[ -])(?:{_SMALL_WORDS.replace(' ', '|')})(?=[ -]|$)"
    r"|(?<=[ -])(?:All|D|Dall|Dell|Nell|Sull)(?=')|(?<=')S(?= )"
)
# Some of the names in Slovene stand behind the Italian ones.
_SLOVENE = "Občina "


class InstalledPlaces:
    """What the installed tables know: :class:`registrazione.ports.Places`.

    Making one costs nothing. The first question, or :meth:`preload`, reads the tables, once
    per process however many threads ask at the same time.
    """

    def preload(self) -> None:
        """Read the tables now, at start-up, instead of at the first question."""
        _gazetteer()

    def exists(self, code: str) -> bool:
        """Tell whether the code is, or ever was, that of a municipality or a state."""
        return _gazetteer().exists(code)

    def existed_on(self, code: str, day: date) -> bool:
        """Tell whether the place existed on that day; ``True`` where nothing is known."""
        return _gazetteer().existed_on(code, day)

    def same_place(self, first: str, second: str) -> bool:
        """Tell whether one code took over from the other, such as M335 from A744."""
        return _gazetteer().same_place(first, second)

    def predecessor(self, typed: str, decoded: str) -> bool:
        """Tell whether ``decoded`` is a ceased state whose territory ``typed`` now holds."""
        return _gazetteer().predecessor(typed, decoded)

    def nations(self, day: date | None = None, *, ceased: bool = False) -> tuple[Nation, ...]:
        """Return Italy, then today's nations by name, then on demand those that ceased."""
        return _gazetteer().nations(day, ceased=ceased)

    def regions(self) -> tuple[Region, ...]:
        """Return the twenty regions by name."""
        return _gazetteer().regions()

    def provinces(
        self, region: str, day: date | None = None, *, ceased: bool = False
    ) -> tuple[Province, ...]:
        """Return the provinces that a region had on that day, then on demand its other ones."""
        return _gazetteer().provinces(region, day, ceased=ceased)

    def comuni(
        self, province: str, day: date | None = None, *, ceased: bool = False
    ) -> tuple[Comune, ...]:
        """Return the comuni of a provincia on that day, on demand with those of other times."""
        return _gazetteer().comuni(province, day, ceased=ceased)

    def find(
        self, text: str, day: date | None = None, *, limit: int = 10
    ) -> tuple[BirthPlace, ...]:
        """Return what a search field may mean, exact names first."""
        return _gazetteer().find(text, day, limit=limit)

    def resolve(self, text: str, day: date | None = None) -> BirthPlace | None:
        """Return the one place that a code, ``Nome`` or ``Nome (PR)`` means, if it is one."""
        return _gazetteer().resolve(text, day)

    def place(self, code: str, day: date | None = None) -> BirthPlace | None:
        """Return the place with this Belfiore code as it was on that day, or else at last."""
        return _gazetteer().place(code, day)

    def region(self, text: str) -> Region | None:
        """Return the region with this code or name."""
        return _gazetteer().region(text)

    def province(self, text: str) -> Province | None:
        """Return the provincia with this sigla or name."""
        return _gazetteer().province(text)

    def nation(self, text: str) -> Nation | None:
        """Return the nation with this code or name, today's before a ceased one."""
        return _gazetteer().nation(text)


_lock = Lock()
_loaded: list[Gazetteer] = []


def _gazetteer() -> Gazetteer:
    if not _loaded:
        with _lock:
            # Another thread may have loaded it while this one waited.
            if not _loaded:
                _loaded.append(_read_tables())
    return _loaded[0]


def _read_tables() -> Gazetteer:
    folder = _folder()
    day = cache(_day)
    name = cache(_name)

    def comune(row: _Row) -> Comune:
        return Comune(
            code=intern(row["code"]),
            name=name(row["name"]),
            other_name=name(row["name_alt"]),
            province=intern(row["province"]),
            start=day(row["date_created"]),
            end=day(row["date_deleted"]),
        )

    comuni = _rows(folder / "municipalities.json", comune)
    nations = (
        *_rows(folder / "countries.json", _nation),
        *_rows(folder / "deleted-countries.json", _nation),
    )
    known = {nation.code for nation in nations}
    return Gazetteer(
        comuni=(row for row in comuni if row.code != _NO_CODE),
        nations=(*nations, *(nation for nation in MISSING_NATIONS if nation.code not in known)),
        provinces=PROVINCES,
        regions=REGIONS,
        successors=SUCCESSORS,
    )


def _folder() -> Path:
    """Return where the tables are, without importing the package beside them."""
    try:
        spec = find_spec("codicefiscale")
    except ValueError:
        spec = None
    for package in (spec and spec.submodule_search_locations) or ():
        folder = Path(package) / "data"
        if (folder / "municipalities.json").is_file():
            return folder
    raise ImportError("the tables of places need python-codicefiscale 0.12, not codicefiscale")


def _rows(table: Path, value: Callable[[_Row], _Value]) -> list[_Value]:
    """Turn each row into its value as it is parsed, so that the rows are never all in memory."""
    rows: list[_Value] = json.loads(table.read_text(encoding="utf-8"), object_hook=value)
    return rows


def _nation(row: _Row) -> Nation:
    name, name_en = _name(row["name"]), _name(row["name_alt_en"])
    usual = USUAL_NAMES.get(row["code"], UsualNames())
    # Of two spellings of one name, the other one has the accents.
    other = _name(row["name_alt"])
    if search_key(other) == search_key(name):
        name = other
    names = (name, name_en, other, *row["name_slugs"], *usual.other_names)
    start = row["date_created"][:10]
    return Nation(
        code=row["code"],
        name=usual.name or name,
        name_en=usual.name_en or name_en or name,
        other_names=tuple(dict.fromkeys(filter(None, names))),
        start=None if start == _STATES_START else _day(start),
        end=_day(row["date_deleted"]),
        ceased=not row["active"],
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _name(text: str) -> str:
    return _SMALL.sub(lambda found: found[0].lower(), text.rpartition(_SLOVENE)[2])
