"""The six procedures as they are shown: open today, whenever their documents had them open."""

from __future__ import annotations

import attrs

from registrazione import profiles
from registrazione.core.profile import ALWAYS, Profile

PROVIDERS = ("spid", "cie", "eidas", "oidc")
"""Identity providers that are played."""


def procedures() -> tuple[Profile, ...]:
    """Return the procedures, with windows that never close (MIM-03, IOL-12, POL-21)."""
    return tuple(_open(profiles.load(name)) for name in profiles.NAMES)


def _open(profile: Profile) -> Profile:
    services = tuple(attrs.evolve(service, window=ALWAYS) for service in profile.services)
    return attrs.evolve(profile, window=ALWAYS, services=services)
