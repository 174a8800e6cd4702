"""Instants as SAML writes them: UTC, a capital Z, and days that exist (SAML Core 1.3.3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from registrazione.adapters.saml.faults import Rejected

_SHAPE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)


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
