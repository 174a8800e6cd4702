"""Tables, lengths of time and docstrings as Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_ROLE = re.compile(r":[a-z:]+:`(?:[^`<]*<)?~?([^`>]+)>?`")
_LITERAL = re.compile(r"``(.+?)``")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a cell may hold Markdown, but stays on one line."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|") or "–"


def code(text: object) -> str:
    """Return text as code."""
    return f"`{text}`"


def codes(texts: Iterable[object]) -> str:
    """Return several texts as code, one after the other."""
    return ", ".join(code(text) for text in texts)


def span(length: timedelta | None) -> str:
    """Return a length of time in its largest whole unit."""
    if length is None:
        return "–"
    seconds = int(length.total_seconds())
    size, unit = next(pair for pair in _UNITS if not seconds % pair[0])
    number = seconds // size
    return f"{number} {unit}{'s' * (number != 1)}"


def yes(answer: object) -> str:
    """Return ``yes`` or ``no``."""
    return "yes" if answer else "no"


def words(name: str) -> str:
    """Return the name of a state or step as words."""
    return name.replace("_", " ")


def prose(text: str) -> str:
    """Return the prose of a docstring as Markdown."""
    bare = _ROLE.sub(lambda found: code(found[1].rpartition(".")[2]), text)
    return _LITERAL.sub(r"`\1`", bare)


def summary(thing: object) -> str:
    """Return the first paragraph of a docstring on one line."""
    return prose(" ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split()))


def arguments(thing: object) -> dict[str, str]:
    """Return what a docstring's ``Args`` say of each name."""
    text = inspect.getdoc(thing) or ""
    listed = re.search(r"^Args:\n((?:    .*\n?|\n)+)", text, re.MULTILINE)
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?=    \S)", "\n" + listed[1]) if listed else ():
        name, _, meaning = entry.strip().partition(":")
        if name:
            found[name] = prose(" ".join(meaning.split()))
    return found
