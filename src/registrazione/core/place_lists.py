"""Rows of places, sorted and grouped for a gazetteer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

import attrs

from registrazione.core.place_search import Rows, search_key, sorting_key
from registrazione.core.places import BirthPlace, Comune, Nation, Province, Region

_Value = TypeVar("_Value")
_Named = TypeVar("_Named", Region, Province, Nation)

ByProvince = Mapping[str, tuple[Comune, ...]]
"""The periods of comuni by sigla, sorted by name and then in time."""


def by_name(values: Iterable[_Named]) -> tuple[_Named, ...]:
    """Return values in the order of the alphabet, accents and case ignored."""
    return tuple(sorted(values, key=lambda value: sorting_key(value.name)))


def by_code(rows: Iterable[BirthPlace]) -> Rows:
    """Return the periods of each place, from the first to the last."""
    found: dict[str, list[BirthPlace]] = defaultdict(list)
    for row in rows:
        found[row.code].append(row)
    return {code: tuple(sorted(periods, key=_in_time)) for code, periods in found.items()}


def by_province(comuni: Sequence[Comune]) -> ByProvince:
    """Return the periods of the comuni of each provincia, sorted by name and then in time."""
    keys = {name: sorting_key(name) for name in {row.name for row in comuni}}
    found: dict[str, list[Comune]] = defaultdict(list)
    for row in sorted(comuni, key=lambda row: (keys[row.name], row.code, *_in_time(row))):
        found[row.province].append(row)
    return {sigla: tuple(rows) for sigla, rows in found.items()}


def named_regions(regions: Iterable[Region]) -> Mapping[str, Region]:
    """Return the regions by the keys of their codes and names."""
    return _named(
        (region, (region.code, region.code.lstrip("0"), region.name)) for region in regions
    )


def named_provinces(provinces: Iterable[Province]) -> Mapping[str, Province]:
    """Return the provinces by the keys of their siglas and names, those of today first."""
    names = [
        (province, (province.sigla, province.name, *province.other_names)) for province in provinces
    ]
    return _named(
        (entry for entry in names if not entry[0].ceased),
        (entry for entry in names if entry[0].ceased),
    )


def named_nations(nations: Iterable[Nation]) -> Mapping[str, Nation]:
    """Return the nations by the keys of their codes and names, those of today first."""
    main = [(nation, (nation.code, nation.name, nation.label)) for nation in nations]
    other = [(nation, (nation.name_en, *nation.other_names)) for nation, _ in main]
    return _named(
        (entry for entry in main if not entry[0].ceased),
        (entry for entry in other if not entry[0].ceased),
        (entry for entry in main if entry[0].ceased),
        (entry for entry in other if entry[0].ceased),
    )


def today_or_ceased(
    known: Iterable[Province], comuni: ByProvince, rows: Rows
) -> tuple[Province, ...]:
    """Return the provinces, those of today told from the ceased ones by their comuni.

    Args:
        known: What is known of provinces.
        comuni: Their comuni. A sigla that only these name makes a provincia of that name, in the
            region where most of its comuni were at other times; in none if that is not known.
        rows: The same comuni by code.

    Returns:
        All of them by name.
    """
    provinces = {province.sigla: province for province in known}
    regions = {sigla: province.region for sigla, province in provinces.items()}
    for sigla in comuni.keys() - provinces.keys():
        votes = Counter(
            regions[period.province]
            for code in {row.code for row in comuni[sigla]}
            for period in rows[code]
            if isinstance(period, Comune) and period.province in regions
        )
        region = votes.most_common(1)[0][0] if votes else ""
        provinces[sigla] = Province(sigla=sigla, name=sigla, region=region)
    return by_name(
        attrs.evolve(province, ceased=all(row.end for row in comuni.get(province.sigla, ())))
        for province in provinces.values()
    )


def one_of_each(rows: Sequence[Comune], day: date | None) -> tuple[Comune, ...]:
    """Return one row for each code and name: that of the day, or else the last.

    Args:
        rows: Sorted by name and then in time.
        day: Usually the date of birth; ``None`` means today.

    Returns:
        The rows, still sorted by name.
    """
    found: dict[tuple[str, str], Comune] = {}
    for row in rows:
        key = (row.code, search_key(row.name))
        if day is None or key not in found or not found[key].existed_on(day):
            found[key] = row
    return tuple(found.values())


def renumbered(comuni: Iterable[Comune]) -> frozenset[frozenset[str]]:
    """Find where one name in one provincia went from one code to another overnight.

    Namesakes that existed side by side (there were two Castello in TN) are not meant: the old
    code has to be gone for good, and the new one to be new.
    """
    spans: dict[tuple[str, str], dict[str, tuple[date, date]]] = defaultdict(dict)
    for row in comuni:
        codes = spans[row.name.casefold(), row.province]
        start, end = _in_time(row)
        first, last = codes.get(row.code, (start, end))
        codes[row.code] = (min(first, start), max(last, end))
    return frozenset(
        frozenset({before, after})
        for codes in spans.values()
        if len(codes) > 1
        for before, (_, end) in codes.items()
        for after, (start, _) in codes.items()
        if before != after and end < date.max and end + timedelta(days=1) == start
    )


def _named(*tiers: Iterable[tuple[_Value, Iterable[str]]]) -> Mapping[str, _Value]:
    """Return values by the keys of their names, of which ``Bolzano/Bozen`` is three.

    A name in an earlier tier wins over the same name in a later one; a name that two values of
    one tier have is nobody's.
    """
    found: dict[str, _Value] = {}
    for tier in tiers:
        holders: dict[str, set[_Value]] = defaultdict(set)
        for value, names in tier:
            for name in names:
                for variant in (name, *name.split("/")):
                    holders[search_key(variant)].add(value)
        for key, values in holders.items():
            if key and key not in found and len(values) == 1:
                found[key] = next(iter(values))
    return found


def _in_time(row: BirthPlace) -> tuple[date, date]:
    return row.start or date.min, row.end or date.max
