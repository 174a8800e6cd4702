"""Nation, region, provincia, comune: fields that speak of one place have to agree (MIM-15).

The fields of a form that belong together share the beginning of their names: ``birth_nation``,
``birth_region``, ``birth_province`` and ``birth_place``. A form may have any of them. People
choose from lists or write names; what is kept is the name as the lists have it, and for the
place itself the Belfiore code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TypeAlias

import attrs

from registrazione.core.flows.fields import is_blank
from registrazione.core.form import FieldKind, FormField
from registrazione.core.places import (
    BELFIORE,
    ITALY,
    BirthPlace,
    Comune,
    Nation,
    Places,
    Province,
    Region,
)
from registrazione.core.questions import Flow, KnownPlaces, ask
from registrazione.core.refusals import Fault, fault

Group: TypeAlias = Mapping[FieldKind, FormField]
"""The fields of one place, by kind."""

PARTS = (FieldKind.NATION, FieldKind.REGION, FieldKind.PROVINCE, FieldKind.PLACE)
"""The kinds of field that a group is made of, the widest first."""

_UNKNOWN = {
    FieldKind.NATION: "luogo.nazione",
    FieldKind.REGION: "luogo.regione",
    FieldKind.PROVINCE: "luogo.provincia",
    FieldKind.PLACE: "luogo.comune",
}
_ABROAD = "Z"
_DASHES = frozenset({"-", "\u2013", "\u2014"})


@attrs.frozen
class Found:
    """What the lists know of what was said; ``None`` where nothing was, or nothing is known."""

    nation: Nation | None
    region: Region | None
    province: Province | None
    place: BirthPlace | None

    def is_known(self, part: FieldKind) -> bool:
        """Tell whether the lists know this part."""
        known = {
            FieldKind.NATION: self.nation,
            FieldKind.REGION: self.region,
            FieldKind.PROVINCE: self.province,
            FieldKind.PLACE: self.place,
        }
        return known[part] is not None


def groups_of(fields: Iterable[FormField]) -> tuple[Group, ...]:
    """Return the groups of fields that speak of one place each."""
    groups: dict[str, dict[FieldKind, FormField]] = defaultdict(dict)
    for field in fields:
        if field.kind in PARTS:
            groups[field.name.rpartition("_")[0]][field.kind] = field
    return tuple(groups.values())


def known_lists() -> Flow[Places | None]:
    """Return the lists, or ``None`` where whoever knows the places knows their codes only."""
    places = yield from ask(KnownPlaces())
    return places if isinstance(places, Places) else None


def answered_abroad(
    group: Group, said: Mapping[str, object], places: Places
) -> Mapping[str, str | None]:
    """Return what the choice of a foreign nation answers by itself, for fields left empty.

    Args:
        group: The fields.
        said: What was typed; a dash in a field counts as nothing.
        places: The lists.

    Returns:
        By name of field, the nation's code as the place, and ``None`` for region and provincia,
        which are not asked for. Nothing if the nation is Italy, or none, or not in the form.
    """
    chosen = said.get(group[FieldKind.NATION].name) if FieldKind.NATION in group else None
    nation = _nation(chosen, places) if isinstance(chosen, str) else None
    if nation is None or nation == ITALY:
        return {}
    answers = {FieldKind.REGION: None, FieldKind.PROVINCE: None, FieldKind.PLACE: nation.code}
    return {
        group[part].name: answer
        for part, answer in answers.items()
        if part in group and _is_left_out(said.get(group[part].name))
    }


def _is_left_out(value: object) -> bool:
    return is_blank(value) or (isinstance(value, str) and value.strip() in _DASHES)


def is_idle_abroad(
    field: FormField, fields: Iterable[FormField], values: Mapping[str, str]
) -> bool:
    """Tell whether the field is a region or a provincia of a place that is not in Italy."""
    if field.kind not in {FieldKind.REGION, FieldKind.PROVINCE}:
        return False
    group = next(group for group in groups_of(fields) if field in group.values())
    place = values.get(group[FieldKind.PLACE].name, "") if FieldKind.PLACE in group else ""
    return place.startswith(_ABROAD)


def settle(
    group: Group,
    values: Mapping[str, str],
    known: Mapping[str, str],
    day: date | None,
    places: Places,
) -> tuple[Mapping[str, str], tuple[Fault, ...]]:
    """Return the place as it is kept, and what does not agree in it.

    Args:
        group: The fields.
        values: What was typed, clean.
        known: What was known before. A new place brings its own provincia, region and nation
            with it; otherwise what was known has to agree with what was typed.
        day: The day of birth, where it is known: places change.
        places: The lists.

    Returns:
        The canonical values of what was typed and of what follows from it, empty where nothing
        is left; then the faults, each naming a field.
    """
    typed = {part for part in PARTS if part in group and group[part].name in values}
    if not typed:
        return {}, ()
    said = values if FieldKind.PLACE in typed else {**known, **values}
    found = look_up(group, said, day, places)
    unlisted = tuple(
        fault(_UNKNOWN[part], group[part].name)
        for part in PARTS
        if part in typed
        and not found.is_known(part)
        and not (part is FieldKind.PLACE and _is_code(values[group[part].name]))
    )
    if unlisted:
        return {}, unlisted
    settled = {group[part].name: text for part, text in _texts(found).items() if part in typed}
    if FieldKind.PLACE in typed and found.place is not None:
        derived = _texts(parts_of(found.place, places))
        for part in PARTS:
            if part in group and group[part].name in known and part not in typed:
                settled[group[part].name] = derived.get(part, "")
    return settled, tuple(_disagreements(group, found, day, places))


def completed(
    fields: Iterable[FormField], values: Mapping[str, str], places: Places
) -> Mapping[str, str]:
    """Return what follows from the places among the values and is not there yet.

    Nation, region and provincia are today's: those that the person reads on other papers.
    """
    told: dict[str, str] = {}
    for group in groups_of(fields):
        place = look_up(group, values, None, places).place
        if place is not None:
            for part, text in _texts(parts_of(place, places)).items():
                if part in group and not values.get(group[part].name):
                    told[group[part].name] = text
    return told


def parts_of(place: BirthPlace, places: Places) -> Found:
    """Return nation, region and provincia of a place."""
    if isinstance(place, Nation):
        return Found(place, None, None, place)
    province = places.province(place.province)
    region = places.region(province.region) if province is not None else None
    return Found(ITALY, region, province, place)


def look_up(group: Group, said: Mapping[str, str], day: date | None, places: Places) -> Found:
    """Return what the lists know of what was said."""
    nation, region, province, place = (
        said.get(group[part].name, "") if part in group else "" for part in PARTS
    )
    found = places.province(province)
    return Found(
        nation=_nation(nation, places),
        region=places.region(region),
        province=found,
        place=_place(place, found, day, places),
    )


def _nation(text: str, places: Places) -> Nation | None:
    """Return the nation of a code or of a name; a code abroad may be of one that no list has."""
    known = places.nation(text)
    if known is None and _is_code(text) and text.startswith(_ABROAD):
        return Nation(code=text, name=text)
    return known


def _place(
    text: str, province: Province | None, day: date | None, places: Places
) -> BirthPlace | None:
    """Return the place of a Belfiore code or of a name, within the provincia if there is one."""
    if _is_code(text):
        return places.place(text, day)
    if province is not None:
        within = places.resolve(f"{text} ({province.sigla})", day)
        if within is not None:
            return within
    return places.resolve(text, day)


def _is_code(text: str) -> bool:
    """Tell whether a text may be a Belfiore code: that no list has it is only a doubt."""
    return BELFIORE.fullmatch(text) is not None


def _texts(found: Found) -> dict[FieldKind, str]:
    """Return what is kept of each part that was found."""
    kept = {
        FieldKind.NATION: found.nation and found.nation.name,
        FieldKind.REGION: found.region and found.region.name,
        FieldKind.PROVINCE: found.province and found.province.name,
        FieldKind.PLACE: found.place and found.place.code,
    }
    return {part: text for part, text in kept.items() if text}


def _disagreements(group: Group, found: Found, day: date | None, places: Places) -> Iterator[Fault]:
    """Yield a fault for each part that does not lie in those before it."""
    nation, region, province, place = attrs.astuple(found, recurse=False)
    if nation is not None and nation != ITALY:
        if region is not None:
            yield fault("luogo.estero", group[FieldKind.REGION].name)
        if province is not None:
            yield fault("luogo.estero", group[FieldKind.PROVINCE].name)
        if place is not None and not _same_nation(nation, place, places):
            yield fault("luogo.estero", group[FieldKind.PLACE].name)
        return
    if region is not None and province is not None and province.region != region.code:
        yield fault("luogo.provincia", group[FieldKind.PROVINCE].name)
    if place is not None and not _lies_within(found, place, day, places):
        yield fault("luogo.comune", group[FieldKind.PLACE].name)


def _same_nation(nation: Nation, place: BirthPlace, places: Places) -> bool:
    """Tell whether two codes mean one nation, whose code may have been another one then."""
    return (
        nation.code == place.code
        or places.predecessor(nation.code, place.code)
        or places.predecessor(place.code, nation.code)
    )


def _lies_within(found: Found, place: BirthPlace, day: date | None, places: Places) -> bool:
    """Tell whether the place lies where the person says, then or now."""
    if isinstance(place, Nation):
        return found.nation is None and found.region is None and found.province is None
    rows = (place, places.place(place.code, day), places.place(place.code))
    siglas = {row.province for row in rows if isinstance(row, Comune)}
    homes = [home for sigla in siglas if (home := places.province(sigla)) is not None]
    if found.province is not None:
        # By name as well: Pesaro e Urbino has had two siglas, and some comuni only the first.
        return any(home.name == found.province.name for home in homes)
    return found.region is None or any(home.region == found.region.code for home in homes)
