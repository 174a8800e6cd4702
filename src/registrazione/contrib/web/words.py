"""The words of the pages, in Italian and English: one file of the folder ``words`` a chapter.

A site may have texts of its own instead, of the pages and of the refusals, in files of the same
shape: ``["sign_in.title"]``, and below it ``it`` and ``en``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any, cast

import attrs

from registrazione import refusals
from registrazione.core.refusals import Fault
from registrazione.core.texts import LANGUAGES, Text
from registrazione.settings import SettingsError

_NOTHING: Mapping[str, Text] = MappingProxyType({})


@cache
def catalogue() -> Mapping[str, Text]:
    """Return every text of the pages by its key, such as ``sign_in.title``; read once.

    Raises:
        ValueError: Two files have the same key.
    """
    found: dict[str, Text] = {}
    folder = files("registrazione.contrib.web").joinpath("words")
    for source in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not source.name.endswith(".toml"):
            continue
        for key, row in tomllib.loads(source.read_text("utf-8")).items():
            if key in found:
                raise ValueError(f"the text {key} is there twice")
            found[key] = Text(row["it"], row["en"])
    return MappingProxyType(found)


@attrs.frozen(eq=False)
class Words:
    """The texts of one site: its own first, then the library's.

    Args:
        own: Those it has instead, by the key of a text or the code of a refusal.
    """

    own: Mapping[str, Text] = _NOTHING
    _below: dict[tuple[str, str], Mapping[str, str]] = attrs.field(
        init=False, repr=False, factory=dict[tuple[str, str], Mapping[str, str]]
    )

    def has(self, key: str) -> bool:
        """Tell whether there is a text of the pages with that key."""
        return key in catalogue()

    def text(self, key: str, language: str, **params: object) -> str:
        """Return a text of the pages.

        Args:
            key: Which one.
            language: ``it`` or ``en``.
            params: What stands between braces in it.

        Raises:
            KeyError: There is no such text.
        """
        return self._of(key).to(language).format(**params)

    def below(self, prefix: str, language: str) -> Mapping[str, str]:
        """Return the texts whose keys begin with a prefix, by the rest of the key.

        Args:
            prefix: With its dot, such as ``page.``.
            language: ``it`` or ``en``.
        """
        known = self._below.get((prefix, language))
        if known is None:
            keys = [key for key in catalogue() if key.startswith(prefix)]
            told = {key.removeprefix(prefix): self._of(key).to(language) for key in keys}
            known = self._below[prefix, language] = MappingProxyType(told)
        return known

    def fault(self, fault: Fault, language: str) -> str:
        """Return the words of a fault.

        Args:
            fault: What was found.
            language: ``it`` or ``en``.
        """
        return refusals.text_of(fault, language, self.own)

    def refusal(self, code: str, language: str) -> str:
        """Return the text of a refusal with its braces; nothing where there is no such code.

        Args:
            code: Its code.
            language: ``it`` or ``en``.
        """
        entry = refusals.catalogue().get(code)
        return self.own.get(code, entry.text).to(language) if entry is not None else ""

    def _of(self, key: str) -> Text:
        return self.own.get(key) or catalogue()[key]


def read_words(paths: Iterable[str | Path]) -> Words:
    """Return the texts of a site.

    Args:
        paths: Files of texts; where two have the same key, the later one counts.

    Raises:
        SettingsError: A file cannot be read, a key is none of the library's, a language is
            missing, or a text has other things between braces than the library's.
    """
    own: dict[str, Text] = {}
    for path in map(Path, paths):
        try:
            rows = tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise SettingsError(f"texts: {path.name} cannot be read: {error}") from None
        own |= {key: _text(path.name, key, row) for key, row in rows.items()}
    return Words(MappingProxyType(own))


def _text(file: str, key: str, row: Any) -> Text:  # noqa: ANN401 - what a file says may be anything
    """Return one text of a file.

    Raises:
        SettingsError: It does not fit.
    """
    entry = refusals.catalogue().get(key)
    usual = catalogue().get(key) or (entry.text if entry is not None else None)
    if usual is None:
        raise SettingsError(f"texts: {file}: there is no text {key}")
    told = cast("Mapping[str, object]", row if isinstance(row, dict) else {})
    italian, english = (told.get(language) for language in ("it", "en"))
    if not isinstance(italian, str) or not isinstance(english, str):
        raise SettingsError(f"texts: {file}: {key} needs it and en")
    text = Text(italian, english)
    for language in LANGUAGES:
        strange = _between_braces(file, key, text.to(language)) - {
            name for one in LANGUAGES for name in _between_braces(file, key, usual.to(one))
        }
        if strange:
            raise SettingsError(f"texts: {file}: {key} knows no {{{min(strange)}}}")
    return text


def _between_braces(file: str, key: str, text: str) -> set[str]:
    """Return the names between the braces of a text.

    Raises:
        SettingsError: The braces do not match.
    """
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        raise SettingsError(f"texts: {file}: the braces of {key} do not match") from None
