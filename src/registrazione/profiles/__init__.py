"""The procedures that come with the library, each one page of data.

A page is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from registrazione.core.profile import Profile

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "mim-students": "registrazione.profiles.mim_students",
        "iscrizioni-online": "registrazione.profiles.iscrizioni_online",
        "istanze-online": "registrazione.profiles.istanze_online",
        "polis": "registrazione.profiles.polis",
        "unimi-external": "registrazione.profiles.unimi_external",
        "standard": "registrazione.profiles.standard",
    }
)
"""Module of each procedure, by name."""


def load(name: str) -> Profile:
    """Return the procedure of that name.

    Args:
        name: One of :data:`NAMES`.

    Raises:
        KeyError: There is none.
    """
    profile: Profile = import_module(NAMES[name]).PROFILE
    return profile
