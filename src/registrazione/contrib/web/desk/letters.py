"""The letters that were given up, and how the outbox stands (UNI-08)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from registrazione.contrib.web.desk.counter import Running, at_desk, desk_page, rounded
from registrazione.contrib.web.desk.queue import with_more
from registrazione.contrib.web.pages import Block, Button, Cell, Facts, Form, Table, Tone
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit, Work
from registrazione.core.commands import Operator
from registrazione.core.emails import EmailAddress
from registrazione.core.records import LetterState, OutboxMessage, Page
from registrazione.ports import StoreError, StoreUnavailable
from registrazione.service.delivery_metrics import OutboxMetrics
from registrazione.service.letter_words import moment

ON_A_PAGE = 50
MOST = 500
"""Letters that one click sends again."""
_PATH = "/desk/letters"


@at_desk("correct_data")
def show(visit: Visit, operator: Operator) -> Running:
    """Show the letters that were given up, the oldest first, each with a button."""
    metrics = yield lambda r: r.outbox_metrics()
    page = yield from _dead(visit, visit.request.query.get("cursor", ""), ON_A_PAGE)
    columns = ("kind", "to", "written", "attempts", "error", "again")
    table = Table(
        caption=visit.text("desk.letters.caption"),
        columns=tuple(visit.text(f"desk.letters.{name}") for name in columns),
        rows=tuple(_row(visit, letter) for letter in page.items),
        empty=visit.text("desk.letters.empty"),
    )
    blocks: list[Block] = [
        _figures(visit, metrics),
        with_more(visit, table, _PATH, page.cursor),
    ]
    if page.items:
        blocks.append(_again(visit, "all", visit.text("desk.letters.resend_all")))
    return desk_page(visit, operator, "desk.letters", *blocks)


@at_desk("correct_data")
def resend(visit: Visit, operator: Operator) -> Running:
    """Send one letter again, or all: those of this procedure, and no other's."""
    del operator
    wanted, found = visit.typed("letter"), set[str]()
    cursor: str | None = ""
    while cursor is not None and len(found) < MOST:
        page = yield from _dead(visit, cursor, ON_A_PAGE)
        found |= {letter.id for letter in page.items if wanted in {letter.id, "all"}}
        cursor = page.cursor
    number = (yield lambda r: r.resend_dead(found)) if found else 0
    visit.say("desk.letters.done", number=number)
    return visit.go(_PATH)


def _dead(visit: Visit, cursor: str, limit: int) -> Generator[Work, Any, Page[OutboxMessage]]:
    """Return letters of this procedure that were given up; a cursor that is none begins anew."""
    try:
        page = yield lambda r: r.letters(LetterState.DEAD, cursor=cursor or None, limit=limit)
    except StoreUnavailable:
        raise
    except StoreError:
        page = yield lambda r: r.letters(LetterState.DEAD, limit=limit)
    ours = tuple(letter for letter in page.items if letter.profile == visit.profile.name)
    return Page(items=ours, cursor=page.cursor)


def _row(visit: Visit, letter: OutboxMessage) -> tuple[Cell, ...]:
    label, key = visit.text("desk.letters.resend"), f"letter.of.{letter.kind}"
    about = visit.text(key) if visit.has_text(key) else letter.kind
    return (
        Cell(text=about, link=visit.url(f"/desk/accounts/{letter.account_id}")),
        Cell(text=EmailAddress.of(letter.to).masked if letter.to else "–"),
        Cell(text=moment(letter.created_at, visit.language)),
        Cell(text=str(letter.attempts)),
        Cell(text=letter.error),
        Cell(forms=(_again(visit, letter.id, label, compact=True),)),
    )


def _again(visit: Visit, letter: str, label: str, *, compact: bool = False) -> Form:
    return Form(
        action=visit.url(_PATH),
        hidden=(("letter", letter),),
        buttons=(Button(label=label, tone=Tone.SECONDARY),),
        label=label,
        compact=compact,
    )


def _figures(visit: Visit, metrics: OutboxMetrics) -> Facts:
    names = ("queued", "due", "failing", "dead")
    rows = tuple(
        (visit.text(f"desk.letters.{name}"), str(getattr(metrics, name))) for name in names
    )
    oldest = (visit.text("desk.letters.oldest"), rounded(visit, metrics.oldest))
    return Facts(
        rows=(*rows, *((oldest,) if metrics.queued else ())),
        heading=visit.text("desk.letters.outbox"),
    )


ROUTES: tuple[Route, ...] = (Route(_PATH, get=show, post=resend),)
