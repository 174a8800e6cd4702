"""Every event: what it moves, what it ends, what it leaves in the trail."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from registrazione.core import events
from registrazione.core.events import Event
from registrazione.core.machine import ENDS_SESSIONS, MACHINES, MOVES_EPOCH, WIPES

from . import markdown
from .markdown import code, codes, summary, words

_MACHINES = {"state": "account", "password": "password", "code": "code", "link": "link"}


def all_events() -> tuple[type[Event], ...]:
    """Return every event, by name."""
    found = (getattr(events, name) for name in sorted(events.__all__))
    return tuple(event for event in found if event is not Event)


def name_of(event: type[Event]) -> str:
    """Return the name that an event has in the trail."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", event.__name__).lower()


def table() -> str:
    """Return a row for each event."""
    return markdown.table(
        ["event", "in the trail", "what happened", "moves", "and", "details"],
        (
            (
                code(event.__name__),
                code(name_of(event)),
                summary(event),
                "; ".join(_moves(event)),
                ", ".join(_further(event)),
                codes(f.name for f in attrs.fields(event) if "note" in f.metadata),
            )
            for event in all_events()
        ),
    )


def _moves(event: type[Event]) -> Iterator[str]:
    for machine, title in _MACHINES.items():
        to = {row[event] for row in MACHINES[machine].values() if event in row}
        if to:
            yield f"{title} → {' or '.join(sorted(words(state) for state in to))}"


def _further(event: type[Event]) -> Iterator[str]:
    if event in MOVES_EPOCH:
        yield "voids links"
    if event in ENDS_SESSIONS:
        yield "ends sessions"
    if event in WIPES:
        yield "wipes secrets"
