"""Numbers, times and typed values as they are written in a letter."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from registrazione.core.texts import Text

_DAY = timedelta(days=1)
_UNITS = (
    (_DAY, Text("giorno", "day"), Text("giorni", "days")),
    (timedelta(hours=1), Text("ora", "hour"), Text("ore", "hours")),
    (timedelta(minutes=1), Text("minuto", "minute"), Text("minuti", "minutes")),
    (timedelta(seconds=1), Text("secondo", "second"), Text("secondi", "seconds")),
)
_MONTHS = (
    Text("gennaio", "January"),
    Text("febbraio", "February"),
    Text("marzo", "March"),
    Text("aprile", "April"),
    Text("maggio", "May"),
    Text("giugno", "June"),
    Text("luglio", "July"),
    Text("agosto", "August"),
    Text("settembre", "September"),
    Text("ottobre", "October"),
    Text("novembre", "November"),
    Text("dicembre", "December"),
)
_ITALIAN_TIME = Text("ora italiana", "Italian time")
_UTC = Text("UTC", "UTC")

_NEVER_SHOWN = frozenset({"Cc", "Cf", "Cs"})
_LOOKS_LIKE_LINK = re.compile(r"://|\w\.\w{2,}")


def duration(span: timedelta, language: str) -> str:
    """Return a length of time in the largest unit that fits it, such as ``24 ore`` (UNI-06).

    Args:
        span: How long. A single day is counted in hours, as people count it for a link.
        language: ``it`` or ``en``.
    """
    unit, one, many = next(
        (unit for unit in _UNITS if not span % unit[0] and (unit[0] < _DAY or span > _DAY)),
        _UNITS[-1],
    )
    number = span // unit
    return f"{number} {(one if number == 1 else many).to(language)}"


def day(on: date, language: str) -> str:
    """Return a day with its month in words, so that nobody takes one for the other.

    Args:
        on: The day.
        language: ``it`` or ``en``.
    """
    return f"{on.day} {_MONTHS[on.month - 1].to(language)} {on.year}"


def moment(at: datetime, language: str) -> str:
    """Return a day and a time of day as clocks in Italy show them.

    Args:
        at: When; any zone.
        language: ``it`` or ``en``.

    Returns:
        Such as ``5 marzo 2020, ore 14:30 (ora italiana)``; in UTC, and saying so, on a machine
        that has no table of time zones.
    """
    zone, name = _zone()
    local = at.astimezone(zone)
    clock = Text(f"ore {local:%H:%M}", f"{local:%H:%M}").to(language)
    return f"{day(local, language)}, {clock} ({name.to(language)})"


def digits(at: datetime) -> str:
    """Return a day and a time of day as a spreadsheet reads and sorts them.

    Args:
        at: When; any zone.

    Returns:
        Such as ``2020-03-05 14:30``, in the zone that :func:`zone` names.
    """
    return f"{at.astimezone(_zone()[0]):%Y-%m-%d %H:%M}"


def zone(language: str) -> str:
    """Return the name of the zone that times are shown in.

    Args:
        language: ``it`` or ``en``.
    """
    return _zone()[1].to(language)


def one_line(text: str) -> str:
    """Return a typed value as one line without controls or marks that reorder what is read.

    Args:
        text: Whatever the account or an operator's reason holds.
    """
    visible = (
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in _NEVER_SHOWN
    )
    return " ".join("".join(visible).split())


def greeted(name: str) -> str:
    """Return the name to greet by, or nothing for one that a mail program would make a link.

    A registration names an address that may be a stranger's: the greeting must not become a
    place to advertise in.

    Args:
        name: The name as it was typed.
    """
    name = one_line(name)
    return "" if _LOOKS_LIKE_LINK.search(name) else name


def _zone() -> tuple[tzinfo, Text]:
    """Return the zone to show times in, and its name."""
    try:
        return ZoneInfo("Europe/Rome"), _ITALIAN_TIME
    except ZoneInfoNotFoundError:
        return UTC, _UTC
