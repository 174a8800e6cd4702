"""Levels of assurance: what an ``acr`` is worth, and what is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SPID_LEVELS: Mapping[str, int] = MappingProxyType(
    {f"https://www.spid.gov.it/SpidL{level}": level for level in (1, 2, 3)}
)
"""SPID's three levels. CIE's provider says the same words of its own three."""

EIDAS_LEVELS: Mapping[str, int] = MappingProxyType(
    {
        "http://eidas.europa.eu/LoA/low": 1,
        "http://eidas.europa.eu/LoA/substantial": 2,
        "http://eidas.europa.eu/LoA/high": 3,
    }
)
"""The levels of Regulation (EU) 910/2014, article 8."""

LEVELS: Mapping[str, int] = MappingProxyType({**SPID_LEVELS, **EIDAS_LEVELS})
"""All that are known without being told of them."""


def asked_for(levels: Mapping[str, int], least: int) -> str:
    """Return the ``acr_values`` that ask for a level; providers may give a higher one.

    Args:
        levels: The words that the provider knows.
        least: The lowest level that will do.
    """
    fitting = [word for word, level in levels.items() if level == least]
    return fitting[0] if fitting else ""
