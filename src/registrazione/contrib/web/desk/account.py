"""One account as an operator sees it: data by role, history, and what may be done."""

from __future__ import annotations

from datetime import datetime

from registrazione.contrib.web.desk.counter import (
    Running,
    at_desk,
    desk_page,
    may,
    name_of,
    state_of,
)
from registrazione.contrib.web.desk.duties import DUTIES, HIDDEN, Duty, is_open
from registrazione.contrib.web.exchange import Send
from registrazione.contrib.web.pages import Block, Cell, Facts, Link, Links, Table, Tone
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.shown import outcome_cell, rows_of
from registrazione.contrib.web.visit import Visit
from registrazione.core import commands as c
from registrazione.core.account import Account, IdentificationRecord
from registrazione.core.commands import Operator
from registrazione.core.documents import DocumentType
from registrazione.core.form_codes import waits_for_presence
from registrazione.core.places import Places
from registrazione.core.profile import Role
from registrazione.core.records import AuditRecord
from registrazione.service.letter_words import moment

_WAITED_FOR = frozenset({c.Approve, c.IdentifyInPerson, c.Reinstate})
"""What the person cannot go on without."""


@at_desk("history")
def show(visit: Visit, operator: Operator) -> Running:
    """Show an account; that somebody looked stands in its history."""
    answer = yield lambda r: r.history(operator=operator, account_id=visit.params["account"])
    places = yield lambda r: r.places
    account: Account = answer.account
    return desk_page(
        visit,
        operator,
        "desk.account",
        *_ways(visit, operator, account),
        Facts(
            rows=_data(visit, operator, account, places), heading=visit.text("desk.account.data")
        ),
        Facts(rows=_state(visit, account), heading=visit.text("desk.account.state")),
        *_seen(visit, operator, account),
        _history(visit, answer.history),
        title=name_of(account),
    )


def _ways(visit: Visit, operator: Operator, account: Account) -> tuple[Links, ...]:
    """Return what may be done now, by this operator, if there is anything."""
    base = f"/desk/accounts/{account.id}"
    duties = tuple(
        Link(
            label=visit.text(f"desk.{duty.name}.title"),
            url=visit.url(f"{base}/{duty.name}"),
            tone=_tone(duty),
        )
        for duty in DUTIES
        if is_open(visit, operator, account, duty)
    )
    prints = waits_for_presence(account) and may(visit, operator, "identify_in_person")
    form = Link(
        label=visit.text("desk.account.form"),
        url=visit.url(f"{base}/form.pdf"),
        tone=Tone.SECONDARY,
    )
    items = (*duties, *((form,) if prints else ()))
    if not items:
        return ()
    return (Links(items=items, heading=visit.text("desk.account.duties"), buttons=True),)


def _tone(duty: Duty) -> Tone:
    """Return how a button stands out: what somebody waits for most, what ends something least."""
    if duty.dangerous:
        return Tone.DANGER
    return Tone.PRIMARY if duty.command in _WAITED_FOR else Tone.SECONDARY


def _data(
    visit: Visit, operator: Operator, account: Account, places: Places | None
) -> tuple[tuple[str, str], ...]:
    """Return the person's data, as far as the operator's role has a use for them."""
    hidden = HIDDEN[operator.role]
    values = {
        name: value
        for name, value in account.values.items()
        if (field := visit.profile.field(name)) is not None and field.kind not in hidden
    }
    told = operator.role is not Role.IDENTIFYING_OFFICE
    addresses = (
        ("desk.account.email", account.email),
        ("desk.account.personal_email", account.personal_email),
        ("desk.account.pending_email", account.pending_email),
    )
    return (
        *rows_of(visit, values, account.codice_fiscale, places),
        *((visit.text(key), value) for key, value in addresses if value and told),
    )


def _state(visit: Visit, account: Account) -> tuple[tuple[str, str], ...]:
    """Return how the account stands; nothing that opens it."""
    language = visit.language

    def when(at: datetime | None) -> str:
        return moment(at, language) if at is not None else "–"

    return (
        (visit.text("desk.column.username"), account.username or "–"),
        (visit.text("desk.column.state"), state_of(visit, account)),
        (visit.text("desk.account.password"), visit.text(f"desk.password.{account.password}")),
        (visit.text("desk.account.code"), visit.text(f"desk.code.{account.code}")),
        (visit.text("desk.account.link"), visit.text(f"desk.link.{account.link}")),
        (visit.text("desk.column.registered"), when(account.created_at)),
        (visit.text("desk.column.since"), when(account.waiting_since)),
        (visit.text("desk.account.activated"), when(account.activated_at)),
        (visit.text("desk.account.used"), when(account.last_used_at)),
    )


def _seen(visit: Visit, operator: Operator, account: Account) -> tuple[Block, ...]:
    """Return who saw the person, and which document, where somebody did (IST-10).

    Of a first look the document is not told: the second operator has to see for oneself.
    """
    if operator.role is Role.HELP_DESK:
        return ()
    first, record = account.first_look, account.identification
    blocks: list[Block] = []
    if first is not None:
        rows = _looked(visit, first)
        blocks.append(Facts(rows=rows, heading=visit.text("desk.seen.first")))
    if record is not None:
        kind = record.document_type
        kinds = {kind.value: kind.label.to(visit.language) for kind in DocumentType}
        rows = (
            *_looked(visit, record),
            (visit.text("desk.seen.document"), kinds.get(kind, kind)),
            (visit.text("desk.seen.number"), record.document_number),
        )
        blocks.append(Facts(rows=rows, heading=visit.text("desk.seen.heading")))
    return tuple(blocks)


def _looked(visit: Visit, look: IdentificationRecord) -> tuple[tuple[str, str], ...]:
    """Return when somebody looked, who, and where."""
    return (
        (visit.text("desk.seen.at"), moment(look.at, visit.language)),
        (visit.text("desk.seen.operator"), look.operator),
        (visit.text("desk.seen.office"), look.office or "–"),
    )


def _history(visit: Visit, records: tuple[AuditRecord, ...]) -> Table:
    """Return what happened, the latest first."""
    columns = ("at", "event", "actor", "outcome")
    return Table(
        caption=visit.text("desk.history.caption"),
        columns=tuple(visit.text(f"desk.history.{name}") for name in columns),
        rows=tuple(_line(visit, record) for record in reversed(records)),
    )


def _line(visit: Visit, record: AuditRecord) -> tuple[Cell, ...]:
    key = f"history.of.{record.event}"
    return (
        Cell(text=moment(record.at, visit.language)),
        Cell(text=visit.text(key) if visit.has_text(key) else record.event),
        Cell(text=_actor(visit, record.actor)),
        outcome_cell(visit, record),
    )


def _actor(visit: Visit, actor: str) -> str:
    """Return who it was: of an operator the role, and who of them."""
    role, _, name = actor.partition(":")
    key = f"desk.role.{role}"
    return f"{visit.text(key)} {name}".strip() if visit.has_text(key) else actor


@at_desk("identify_in_person")
def form(visit: Visit, operator: Operator) -> Running:
    """Send somebody's printed form, where the person came without it (IST-10, POL-07)."""
    account_id, language = visit.params["account"], visit.language
    printed = yield lambda r: r.adhesion_form(
        operator=operator, account_id=account_id, language=language
    )
    return Send(body=printed, content_type="application/pdf", filename="modulo-di-adesione.pdf")


ROUTES: tuple[Route, ...] = (
    Route("/desk/accounts/<account>/form.pdf", get=form),
    Route("/desk/accounts/<account>", get=show),
)
