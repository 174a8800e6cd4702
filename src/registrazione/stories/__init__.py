"""The five documents and today's standard procedure, each played from first page to last.

A story is a module with :data:`BEGINS` and ``play(stage)``; it is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

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
        name: Of the procedure.
        begins: The day on which its document has it begin.
        play: What happens; returns the id of the account that it was mostly about.
    """

    name: str
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
    return Story(name=name, begins=module.BEGINS, play=module.play)
