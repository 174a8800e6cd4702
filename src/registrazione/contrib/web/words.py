"""The words of the pages, in Italian and English: one file of the folder ``words`` a chapter."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from registrazione.core.texts import Text


@cache
def catalogue() -> Mapping[str, Text]:
    """Return every text by its key, such as ``sign_in.title``; the files are read once.

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


def word(key: str, language: str, **params: object) -> str:
    """Return a text in a language.

    Args:
        key: Which one.
        language: ``it`` or ``en``.
        params: What stands between braces in it.

    Raises:
        KeyError: There is no such text.
    """
    return catalogue()[key].to(language).format(**params)


def has_word(key: str) -> bool:
    """Tell whether there is a text of that key."""
    return key in catalogue()
