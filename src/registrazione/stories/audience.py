"""Who looks on while a story is played, and what they are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import attrs

from registrazione.stories.mailbox import Letter


@attrs.frozen(kw_only=True)
class Step:
    """One thing that somebody does.

    Args:
        number: Counted from 1, throughout the story.
        words: What happens, in the document's own words.
        requirements: What it fulfils, such as ``MIM-11``.
        at: When.
    """

    number: int
    words: str
    requirements: tuple[str, ...]
    at: datetime


class Audience(Protocol):
    """Told of everything as it happens."""

    def scene(self, title: str, at: datetime) -> None:
        """See the title of the next part of the story, and what day it is."""
        ...

    def step(self, step: Step) -> None:
        """See what is about to be done."""
        ...

    def refused(self, words: Sequence[str], help_text: str) -> None:
        """See with which words it was refused, and where help is to be had, if that is said."""
        ...

    def letter(self, letter: Letter) -> None:
        """See a letter that has arrived."""
        ...


class NoAudience:
    """Nobody looks on."""

    __slots__ = ()

    def scene(self, title: str, at: datetime) -> None:
        """See nothing."""

    def step(self, step: Step) -> None:
        """See nothing."""

    def refused(self, words: Sequence[str], help_text: str) -> None:
        """See nothing."""

    def letter(self, letter: Letter) -> None:
        """See nothing."""
