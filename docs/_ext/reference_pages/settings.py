"""The settings of a registrar, from their class."""

from __future__ import annotations

import attrs

from registrazione.settings import Settings

from .markdown import arguments, code, table


def rows() -> list[tuple[str, str, str]]:
    """Return name, whether it must be given, and meaning of every setting.

    Raises:
        KeyError: The docstring does not say what a setting means.
    """
    meanings = arguments(Settings)
    return [
        (
            code(field.name),
            "yes" if field.default is attrs.NOTHING else "",
            meanings[field.name],
        )
        for field in attrs.fields(Settings)
    ]


def render() -> str:
    """Return the table."""
    return table(["setting", "must be given", "what it is"], rows())
