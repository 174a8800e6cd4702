"""A text in the two languages."""

from __future__ import annotations

import attrs

LANGUAGES = ("it", "en")


@attrs.frozen
class Text:
    """The same words in Italian and in English.

    Args:
        it: Italian, the first language.
        en: English.
    """

    it: str
    en: str

    def to(self, language: str) -> str:
        """Return the words in ``language``; Italian for any other than ``en``."""
        return self.en if language == "en" else self.it
