"""Instants as SAML writes them: UTC, a capital Z, and days that exist (SAML Core 1.3.3).

Durations are those of XML Schema, such as ``PT12H``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from registrazione.adapters.saml.faults import Rejected

_SHAPE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)
_DURATION = re.compile(
    r"P(?=.)(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?"
    r"(?:(?P<seconds>\d{1,9})(?:\.\d+)?S)?)?",
    re.ASCII,
)
_DAYS = {"years": 365, "months": 30}
"""Of what the calendar has in several lengths."""


def written(instant: datetime) -> str:
    """Return an instant as SAML writes it, to the second.

    Args:
        instant: Aware.
    """
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(value: str | None, rule: str) -> datetime:
    """Return the instant that a message names.

    Args:
        value: Such as ``2026-11-05T09:00:00Z``, with or without a fraction.
        rule: What it breaks if it is none.

    Raises:
        Rejected: It is none.
    """
    if value is None or not _SHAPE.fullmatch(value):
        raise Rejected(rule)
    whole, _, fraction = value[:-1].partition(".")
    try:
        instant = datetime.fromisoformat(f"{whole}+00:00")
    except ValueError:
        raise Rejected(rule) from None
    return instant.replace(microsecond=int(fraction.ljust(6, "0")[:6]))


def lasting(value: str) -> timedelta | None:
    """Return the length of a duration, or ``None`` where the text is none.

    Args:
        value: Such as ``P1D`` or ``PT0H30M0.000S``; a month has 30 days and a year 365.
    """
    found = _DURATION.fullmatch(value)
    if found is None:
        return None
    told = {unit: int(number) for unit, number in found.groupdict(default="0").items()}
    days = sum(told.pop(unit) * length for unit, length in _DAYS.items())
    return timedelta(days=days) + timedelta(**told)
