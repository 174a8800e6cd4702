"""The five documents and today's standard procedure, each played from first page to last.

A story is a module with ``BEGINS`` and ``play(stage)``, and with ``profile()`` where it takes more
than the procedure as it comes; it is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

from registrazione import profiles
from registrazione.core.profile import Profile

if TYPE_CHECKING:
    from registrazione.stories.base import Stage

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "mim-students": "registrazione.stories.mim_students",
        "iscrizioni-online": "registrazione.stories.iscrizioni_online",
        "istanze-online": "registrazione.stories.istanze_online",
        "unimi-external": "registrazione.stories.unimi_external",
        "polis": "registrazione.stories.polis",
        "standard": "registrazione.stories.standard",
    }
)
"""Module of each story, by the name of the procedure that it plays."""


@attrs.frozen(kw_only=True)
class Story:
    """One procedure, played.

    Args:
        profile: The procedure.
        begins: The day on which its document has it begin.
        play: What happens; returns the id of the account that it was mostly about.
    """

    profile: Profile
    begins: datetime
    play: Callable[[Stage], str]


def load(name: str) -> Story:
    """Return the story of a procedure.

    Args:
        name: One of :data:`NAMES`.

    Raises:
        KeyError: There is none.
    """
    module = import_module(NAMES[name])
    profile = module.profile() if hasattr(module, "profile") else profiles.load(name)
    return Story(profile=profile, begins=module.BEGINS, play=module.play)
