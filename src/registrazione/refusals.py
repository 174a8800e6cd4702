"""The words of the refusals: one catalogue, in Italian and English.

The catalogue ``locale/refusals.toml`` is at once the list of all codes, the source of the texts
and the rows of the documentation.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import attrs

from registrazione.core.profile import HelpRoute, Profile
from registrazione.core.refusals import Fault, Refusal, Severity
from registrazione.core.texts import Text

__all__ = ["Entry", "Fault", "Refusal", "Severity", "catalogue", "help_for", "text_of"]

_NOTHING: Mapping[str, Text] = MappingProxyType({})


@attrs.frozen
class Entry:
    """One row of the catalogue.

    Args:
        code: The stable code.
        topic: Kind of problem, by which a procedure's help routes are chosen (POL-16).
        text: The words, with parameters between braces.
    """

    code: str
    topic: str
    text: Text


@cache
def catalogue() -> Mapping[str, Entry]:
    """Return every entry by code; the file is read once."""
    source = files("registrazione").joinpath("locale", "refusals.toml").read_text("utf-8")
    rows = tomllib.loads(source)
    return MappingProxyType(
        {code: Entry(code, row["topic"], Text(row["it"], row["en"])) for code, row in rows.items()}
    )


def text_of(fault: Fault, language: str = "it", own: Mapping[str, Text] = _NOTHING) -> str:
    """Return the words of a fault, with its hint where it has one.

    Args:
        fault: What was found.
        language: ``it`` or ``en``.
        own: Texts that stand in for the library's, by code.

    Raises:
        KeyError: The code is not in the catalogue.
    """
    hint = fault.params.get("hint")
    codes = (fault.code, f"hint.{hint}") if hint else (fault.code,)
    texts = (own.get(code) or catalogue()[code].text for code in codes)
    return " ".join(text.to(language).format(**fault.params) for text in texts)


def help_for(fault: Fault, profile: Profile) -> HelpRoute | None:
    """Return where help is to be had with this problem in this procedure, if it says so."""
    return profile.help.get(catalogue()[fault.code].topic)
