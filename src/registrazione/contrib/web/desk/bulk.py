"""Many registrations approved at once, some at a time, each of them once (MIM-24).

What is still to be done travels with the page, not with the server: without a script the operator
presses a button for each batch, with it the page goes on by itself. Whoever sends a page twice
approves nobody twice: an account that waits no longer is counted as done.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any
from urllib.parse import urlencode

import attrs

from registrazione.contrib.web.desk.counter import (
    Running,
    accounts_page,
    at_desk,
    desk_page,
    name_of,
)
from registrazione.contrib.web.exchange import Show
from registrazione.contrib.web.pages import (
    Block,
    Button,
    Cell,
    Facts,
    Field,
    Form,
    InputType,
    Link,
    Links,
    Option,
    Prose,
    Table,
    Tone,
)
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit, Work
from registrazione.core.commands import Operator
from registrazione.core.machine import REFUSED
from registrazione.core.refusals import Refusal
from registrazione.core.states import AccountState
from registrazione.core.text import MAX_IDENTIFIER
from registrazione.service.letter_words import moment

BATCH = 25
"""Approvals in one request: each is a commit of its own."""
MOST = 100
"""Accounts that can be ticked on one page."""

_WAITING = AccountState.AWAITING_SECRETARIAT
_PASSED = frozenset(REFUSED["state"].values()) - {REFUSED["state"][_WAITING]}
"""Refusals of an account that waits no longer: somebody was faster."""
_FIGURES = ("approved", "passed")
_LARGEST = 6


@attrs.frozen(kw_only=True)
class Progress:
    """How far it has come.

    Args:
        todo: Ids that are still to be done.
        failed: Ids that could not be approved.
        approved: How many were.
        passed: How many waited no longer.
    """

    todo: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    approved: int = 0
    passed: int = 0

    @property
    def all(self) -> int:
        """Return how many there were at first."""
        return len(self.todo) + len(self.failed) + self.approved + self.passed


@at_desk("approve")
def show(visit: Visit, operator: Operator) -> Running:
    """Show who waits for the secretariat, each with a box to be ticked."""
    cursor = visit.request.query.get("cursor", "")
    page = yield from accounts_page(visit, _WAITING, cursor=cursor, limit=MOST)
    options = tuple(
        Option(
            value=account.id,
            label=f"{name_of(account)} – {moment(account.created_at, visit.language)}",
        )
        for account in page.items
    )
    boxes = Field(name="account", label=visit.text("desk.bulk.accounts"), options=options)
    form = Form(
        action=visit.url("/desk/bulk"),
        fields=(attrs.evolve(boxes, type=InputType.CHECKBOX),),
        buttons=(Button(label=visit.text("desk.bulk.button")),),
        label=visit.text("desk.bulk.title"),
    )
    blocks: tuple[Block, ...] = (Prose(paragraphs=(visit.text("desk.bulk.text"),)),)
    if not options:
        empty = Prose(paragraphs=(visit.text("desk.queue.empty"),), tone=Tone.INFO)
        return desk_page(visit, operator, "desk.bulk", empty)
    if page.cursor is not None:
        more = Link(
            label=visit.text("desk.queue.more"),
            url=f"{visit.url('/desk/bulk')}?{urlencode({'cursor': page.cursor})}",
        )
        return desk_page(visit, operator, "desk.bulk", *blocks, form, Links(items=(more,)))
    return desk_page(visit, operator, "desk.bulk", *blocks, form)


@at_desk("approve")
def send(visit: Visit, operator: Operator) -> Running:
    """Approve some of those that were ticked, and say how many are done."""
    work = yield from _batch(operator, _work(visit))
    return _progress(visit, operator, work)


def _work(visit: Visit) -> Progress:
    """Return what the page says is to be done; an operator who changes it cheats nobody else."""
    ticked = visit.request.form.get("account", ())
    todo = dict.fromkeys((*ticked, *visit.typed("todo").split()))
    known = [name for name in todo if len(name) <= MAX_IDENTIFIER]
    return Progress(
        todo=tuple(known[:MOST]),
        failed=tuple(visit.typed("failed").split()[:MOST]),
        **{name: _number(visit.typed(name)) for name in _FIGURES},
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _LARGEST else 0


def _batch(operator: Operator, work: Progress) -> Generator[Work, Any, Progress]:
    """Approve the next ones."""
    for account_id in work.todo[:BATCH]:
        try:
            yield _approving(operator, account_id)
        except Refusal as refused:
            if refused.code in _PASSED:
                work = attrs.evolve(work, passed=work.passed + 1)
            else:
                work = attrs.evolve(work, failed=(*work.failed, account_id))
        else:
            work = attrs.evolve(work, approved=work.approved + 1)
    return attrs.evolve(work, todo=work.todo[BATCH:])


def _approving(operator: Operator, account_id: str) -> Work:
    return lambda r: r.approve(operator, account_id)


def _progress(visit: Visit, operator: Operator, work: Progress) -> Show:
    """Return how far it has come, and the way on."""
    done = work.all - len(work.todo)
    blocks: list[Block] = [
        Prose(
            paragraphs=(visit.text("desk.bulk.progress", done=done, all=work.all),),
            tone=Tone.INFO if work.todo else Tone.SUCCESS,
        ),
        Facts(
            rows=(
                (visit.text("desk.bulk.approved"), str(work.approved)),
                (visit.text("desk.bulk.passed"), str(work.passed)),
                (visit.text("desk.bulk.failed"), str(len(work.failed))),
            )
        ),
    ]
    if work.failed:
        blocks.append(_failed(visit, work))
    if work.todo:
        blocks.append(_onwards(visit, work))
    else:
        way = Link(label=visit.text("desk.bulk.back"), url=visit.url("/desk"), tone=Tone.PRIMARY)
        blocks.append(Links(items=(way,), buttons=True))
    return desk_page(visit, operator, "desk.bulk.running", *blocks)


def _failed(visit: Visit, work: Progress) -> Table:
    return Table(
        caption=visit.text("desk.bulk.failed"),
        columns=(visit.text("desk.column.account"),),
        rows=tuple(
            (Cell(text=account_id, link=visit.url(f"/desk/accounts/{account_id}")),)
            for account_id in work.failed
        ),
    )


def _onwards(visit: Visit, work: Progress) -> Form:
    return Form(
        action=visit.url("/desk/bulk"),
        hidden=(
            ("todo", " ".join(work.todo)),
            ("failed", " ".join(work.failed)),
            *((name, str(getattr(work, name))) for name in _FIGURES),
        ),
        buttons=(Button(label=visit.text("desk.bulk.go_on", left=len(work.todo))),),
        label=visit.text("desk.bulk.title"),
        auto=True,
    )


ROUTES: tuple[Route, ...] = (Route("/desk/bulk", get=show, post=send),)
