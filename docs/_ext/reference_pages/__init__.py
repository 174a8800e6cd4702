"""The parts of the reference that are written by the library itself, at each build.

A page says `<!-- generated: NAME -->` on a line of its own, and what the tables of the package hold
stands there instead. So nothing in the reference can be older than the code beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from . import (
    command_line,
    commands,
    events,
    headless,
    letters,
    pluggable,
    procedures,
    refusals,
    settings,
)

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MARKER = re.compile(r"^<!-- generated: ([a-z-]+) -->$", re.MULTILINE)

PARTS: Mapping[str, Callable[[], str]] = {
    "procedures": procedures.sections,
    "refusals": refusals.tables,
    "commands": commands.table,
    "duties": commands.duties,
    "machines": commands.machines,
    "turned-away": commands.turned_away,
    "events": events.table,
    "settings": settings.render,
    "endpoints": headless.table,
    "identity-operations": headless.operations,
    "problem-statuses": headless.statuses,
    "hooks": pluggable.hooks,
    "back-ends": pluggable.back_ends,
    "letters": letters.table,
    "letter-names": letters.names,
    "command-line": command_line.pages,
}
"""What writes each part, by the name that pages call it."""


def fill(text: str) -> str:
    """Return a page with every marker replaced by what it stands for.

    Raises:
        KeyError: There is no part of that name.
    """
    return MARKER.sub(lambda found: PARTS[found[1]](), text)


def _on_source_read(_app: Sphinx, _page: str, source: list[str]) -> None:
    source[0] = fill(source[0])


def setup(app: Sphinx) -> dict[str, object]:
    """Connect with Sphinx."""
    app.connect("source-read", _on_source_read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
