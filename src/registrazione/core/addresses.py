"""Residence and domicile: the parts of an address, all of them or none (IOL-21).

Whether a comune or a province exists is for the places to say; here only the shape is looked at.
A province is not compared with a CAP: neither follows from the other near a border.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

import attrs

from registrazione.core.refusals import Fault, fault
from registrazione.core.text import clean_code, clean_line
from registrazione.core.trimming import trim

MAX_LINE = 100

_CAP = re.compile(r"(?!00000)[0-9]{5}")
_SIGLA = re.compile(r"[A-Z]{2}")
_BELFIORE = re.compile(r"[A-Za-z][0-9]{3}")
_ITALY = frozenset({"it", "ita", "italia", "italy"})
_STREET_AND_PLACE = frozenset({"address", "place"})


@attrs.frozen(kw_only=True)
class Address:
    """Where somebody lives, of which nothing is printed.

    Args:
        street: Street and number, one line.
        place: Name or Belfiore code of the comune; abroad, the city.
        province: Sigla of the province, ``None`` abroad.
        cap: Italian postal code, ``None`` abroad.
        nation: Name or code of the nation, ``None`` in Italy.
    """

    street: str = attrs.field(repr=False)
    place: str = attrs.field(repr=False)
    province: str | None = attrs.field(default=None, repr=False)
    cap: str | None = attrs.field(default=None, repr=False)
    nation: str | None = attrs.field(default=None, repr=False)


def read_cap(value: object, field: str | None = "cap") -> str | Fault:
    """Return an Italian postal code: five digits, not all of them zero (IOL-21).

    Args:
        value: What was typed, of any type.
        field: The field named in the fault.

    Returns:
        The code, ``address.cap``, or what makes it no code at all.
    """
    code = clean_code(value, field=field)
    if isinstance(code, Fault):
        return code
    return code if _CAP.fullmatch(code) else fault("address.cap", field)


def read_sigla(value: object, field: str | None = "province") -> str | Fault:
    """Return the sigla of a province in capitals: two letters, such as ``VR`` (IOL-21).

    Args:
        value: What was typed, of any type.
        field: The field named in the fault.

    Returns:
        The sigla, ``address.province``, or what makes it no code at all.
    """
    code = clean_code(value, field=field)
    if isinstance(code, Fault):
        return code
    return code if _SIGLA.fullmatch(code) else fault("address.province", field)


def read_place(value: object, field: str, *, max_length: int = MAX_LINE) -> str | Fault:
    """Return the name of a place as it was typed, but a Belfiore code in capitals (IOL-21).

    Args:
        value: What was typed, of any type.
        field: The field named in the fault.
        max_length: The most characters accepted.

    Returns:
        The name or code, or what makes it no line of text.
    """
    text = clean_line(value, max_length=max_length, field=field)
    return text.upper() if isinstance(text, str) and _BELFIORE.fullmatch(text) else text


def check_address(
    *,
    street: object,
    place: object,
    province: object = None,
    cap: object = None,
    nation: object = None,
    prefix: str = "residence",
) -> Address | tuple[Fault, ...] | None:
    """Return the address made of what was typed, if all of it is there and right (IOL-21).

    An Italian address has street, place, province and CAP. One abroad has street, place and
    nation, and neither of the other two.

    Args:
        street: Street and number.
        place: Name or Belfiore code of the comune; abroad, the city.
        province: Sigla of the province.
        cap: Italian postal code.
        nation: Name or code of the nation; nothing, or Italy, for an Italian address.
        prefix: What the names of the fields begin with: ``residence_address``,
            ``residence_place``, ``residence_province``, ``residence_cap``, ``residence_nation``.

    Returns:
        The address; ``None`` where nothing was typed, or only that the nation is Italy; else
        all faults, ``address.incomplete`` for each part that is missing among them.
    """
    abroad = _read_nation(nation, f"{prefix}_nation")
    typed = {"address": street, "place": place, "province": province, "cap": cap}
    if abroad is None and all(map(_is_empty, typed.values())):
        return None
    wanted = _STREET_AND_PLACE if abroad is not None else typed.keys()
    faults = [abroad] if isinstance(abroad, Fault) else []
    parts: dict[str, str] = {}
    for part, value in typed.items():
        result = _read_part(part, value, f"{prefix}_{part}", wanted=part in wanted)
        if isinstance(result, Fault):
            faults.append(result)
        elif result is not None:
            parts[part] = result
    if faults or isinstance(abroad, Fault):
        return tuple(faults)
    return Address(
        street=parts["address"],
        place=parts["place"],
        province=parts.get("province"),
        cap=parts.get("cap"),
        nation=abroad,
    )


def check_domicile(
    residence: Address | None,
    domicile: Address | None,
    *,
    same: bool,
    prefix: str = "domicile",
) -> Address | tuple[Fault, ...] | None:
    """Return the domicile, where it may be said to be the residence (IOL-21, art. 43 c.c.).

    Args:
        residence: What :func:`check_address` made of the residence.
        domicile: What it made of the domicile.
        same: Whether the person says that they are one.
        prefix: What the names of the domicile's fields begin with.

    Returns:
        The domicile, ``None`` where there is none. ``address.two_domiciles`` where another
        address was typed although they are said to be one; ``address.no_residence`` where they
        are said to be one and there is no residence.
    """
    if not same:
        return domicile
    if residence is None:
        return (fault("address.no_residence", f"{prefix}_address"),)
    if domicile is not None and domicile != residence:
        return (fault("address.two_domiciles", f"{prefix}_address"),)
    return residence


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not trim(str.__str__(value)))


def _read_nation(value: object, field: str) -> str | Fault | None:
    """Return the nation of an address abroad, or ``None`` for Italy."""
    if _is_empty(value):
        return None
    name = read_place(value, field)
    return None if isinstance(name, str) and name.casefold() in _ITALY else name


def _read_street(value: object, field: str) -> str | Fault:
    return clean_line(value, max_length=MAX_LINE, field=field)


_READERS: Mapping[str, Callable[[object, str], str | Fault]] = MappingProxyType(
    {"address": _read_street, "place": read_place, "province": read_sigla, "cap": read_cap}
)


def _read_part(part: str, value: object, field: str, *, wanted: bool) -> str | Fault | None:
    if _is_empty(value):
        return fault("address.incomplete", field) if wanted else None
    return _READERS[part](value, field) if wanted else fault("address.abroad", field)
