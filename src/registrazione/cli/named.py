"""Procedures by name, without looking for plugins as long as it is one of the library's own."""

from __future__ import annotations

from registrazione.core.profile import Profile
from registrazione.profiles import NAMES, load


def profile_named(name: str) -> Profile:
    """Return the procedure of that name.

    Args:
        name: One of the library's own, or one that a plugin brings.

    Raises:
        UnknownBackend: There is none; the error lists those there are.
        PluginError: A plugin cannot be used.
    """
    if name in NAMES:
        return load(name)
    from registrazione.plugins import PROFILE, PluginCatalogue

    return PluginCatalogue().build(PROFILE, name)
