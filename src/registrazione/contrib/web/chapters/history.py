"""What happened to the account, in words: "Storico" (MIM-38)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from registrazione.contrib.web.holders import ANY_TIME, Running, for_holder
from registrazione.contrib.web.pages import Cell, Link, Table
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.shown import ACCEPTED, outcome_cell
from registrazione.contrib.web.visit import Visit
from registrazione.core.answer import Answer
from registrazione.core.decide import FLOWS
from registrazione.core.records import AuditRecord
from registrazione.service.letter_words import moment

MOST = 50
"""Rows on one page."""
BOOKKEEPING = frozenset(
    {
        "attempt_counted",
        "attempt_cleared",
        "attempt_taken_back",
        "code_attempt_counted",
        "code_attempt_cleared",
        "code_attempt_taken_back",
        "password_rehashed",
        "history",
    }
)
"""What nobody did: counted before it is judged, and told by the row of the command itself."""
_COMMANDS = frozenset(command.name for command in FLOWS)


@for_holder(*ANY_TIME)
def show(visit: Visit, _present: Answer) -> Running:
    """Show what happened, the latest first."""
    answer = yield lambda r: r.history(session=visit.session)
    records = told(answer.history)
    start = _start(visit)
    rest = len(records) - start - MOST
    table = Table(
        caption=visit.text("history.caption"),
        columns=tuple(visit.text(f"history.{name}") for name in ("when", "what", "who", "outcome")),
        rows=tuple(_row(visit, record) for record in records[start : start + MOST]),
        empty=visit.text("history.none"),
        more=Link(label=visit.text("history.more"), url=visit.url(f"/history?from={start + MOST}"))
        if rest > 0
        else None,
    )
    return visit.show("history", table, help_topic="access")


def told(records: Sequence[AuditRecord]) -> tuple[AuditRecord, ...]:
    """Return what a person wants to know of a trail, the latest first.

    A command that was accepted is told by what it made happen, where there is anything.

    Args:
        records: The trail, the oldest first.
    """
    kept = [record for record in records if record.event not in BOOKKEEPING]
    happened = {record.at for record in kept if record.event not in _COMMANDS}
    return tuple(
        record
        for record in reversed(kept)
        if record.event not in _COMMANDS or record.outcome != ACCEPTED or record.at not in happened
    )


def _start(visit: Visit) -> int:
    """Return the number of the first row to be shown."""
    typed = visit.request.query.get("from", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < MOST else 0


def _row(visit: Visit, record: AuditRecord) -> tuple[Cell, ...]:
    return (
        Cell(text=moment(record.at, visit.language)),
        Cell(text=_what(visit, record)),
        Cell(text=_who(visit, record.actor)),
        outcome_cell(visit, record),
    )


def _what(visit: Visit, record: AuditRecord) -> str:
    """Return what happened, in words; a name where a plugin has brought none."""
    key = f"history.of.{record.event}"
    words = visit.text(key) if visit.has_text(key) else record.event
    details = [
        found
        for name, make in _DETAILS.items()
        if name in record.details and (found := make(visit, record.details[name]))
    ]
    return f"{words} ({', '.join(details)})" if details else words


def _who(visit: Visit, actor: str) -> str:
    """Return who it was: of an operator no more than the role."""
    key = f"history.by.{actor.partition(':')[0]}"
    return visit.text(key) if visit.has_text(key) else visit.text("history.by.system")


def _service(visit: Visit, name: str) -> str:
    service = visit.profile.service(name)
    return service.title.to(visit.language) if service is not None else ""


def _method(visit: Visit, name: str) -> str:
    return visit.text("sign_in.password") if name == "password" else name.upper()


_DETAILS: Mapping[str, Callable[[Visit, str], str]] = {"service": _service, "method": _method}
"""What of a record's details is told."""

ROUTES: tuple[Route, ...] = (Route("/history", get=show),)
