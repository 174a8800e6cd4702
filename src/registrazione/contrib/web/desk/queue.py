"""The queue of the secretariat, and the search for one account (MIM-24, UNI-12)."""

from __future__ import annotations

from urllib.parse import urlencode

from registrazione.contrib.web.desk.counter import (
    MOST,
    Running,
    accounts_page,
    at_desk,
    desk_page,
    may,
    name_of,
    state_of,
)
from registrazione.contrib.web.exchange import Show
from registrazione.contrib.web.inputs import plain_field
from registrazione.contrib.web.pages import (
    Button,
    Cell,
    Field,
    Form,
    InputType,
    Link,
    Option,
    Table,
    Tone,
)
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit
from registrazione.core.account import Account
from registrazione.core.commands import Operator
from registrazione.core.profile import Gate
from registrazione.core.refusals import Refusal, refusal
from registrazione.core.states import AccountState
from registrazione.service.desk import KINDS
from registrazione.service.letter_words import moment

ON_A_PAGE = 25
COLUMNS = ("name", "username", "since", "registered", "state")
_TONES = {
    AccountState.ACTIVE: Tone.SUCCESS,
    AccountState.SUSPENDED: Tone.WARNING,
    AccountState.EXPIRED: Tone.SECONDARY,
    AccountState.CANCELLED: Tone.SECONDARY,
}
_FIRST = (
    (Gate.SECRETARIAT, AccountState.AWAITING_SECRETARIAT),
    (Gate.PRESENCE, AccountState.AWAITING_PRESENCE),
)
"""What the queue shows first: what waits for an operator, where anything does."""


@at_desk("history")
def show(visit: Visit, operator: Operator) -> Running:
    """Show the accounts in one state, those that wait longest first."""
    return (yield from _queue(visit, operator))


def _queue(visit: Visit, operator: Operator, refused: Refusal | None = None) -> Running:
    state = state_chosen(visit, visit.request.query.get("state", ""))
    cursor = visit.request.query.get("cursor", "")
    page = yield from accounts_page(visit, state, cursor=cursor, limit=ON_A_PAGE)
    table = accounts_table(visit, page.items, visit.text(f"desk.state.{state}"))
    return desk_page(
        visit,
        operator,
        "desk.queue",
        _finding(visit, refused),
        Form(
            action=visit.url("/desk"),
            fields=(_states(visit, state),),
            buttons=(Button(label=visit.text("desk.queue.show"), tone=Tone.SECONDARY),),
            label=visit.text("desk.queue.filter"),
            search=True,
        ),
        with_more(visit, table, "/desk", page.cursor, state=state.value),
        *_file_form(visit, operator, state),
        refused=refused,
    )


@at_desk("history")
def find(visit: Visit, operator: Operator) -> Running:
    """Find whose a username, an address or a code is; what was typed stands in no address."""
    kind, value = visit.typed("kind"), visit.typed("value")
    found = yield lambda r: r.find(operator, kind, value)
    if not found:
        return (yield from _queue(visit, operator, refusal("account.unknown", "value")))
    if len(found) == 1:
        return visit.go(f"/desk/accounts/{found[0].id}")
    return _several(visit, operator, found)


def _several(visit: Visit, operator: Operator, found: tuple[Account, ...]) -> Show:
    table = accounts_table(visit, found, visit.text("desk.found.caption"))
    return desk_page(visit, operator, "desk.found", _finding(visit, None), table)


def _finding(visit: Visit, refused: Refusal | None) -> Form:
    """Return the form that looks for one account, by the whole of what it is found by."""
    kinds = Field(
        name="kind",
        label=visit.text("desk.find.kind"),
        type=InputType.SELECT,
        required=True,
        options=tuple(
            Option(
                value=kind,
                label=visit.text(f"desk.find.{kind}"),
                selected=kind == visit.typed("kind"),
            )
            for kind in KINDS
        ),
    )
    value = plain_field(visit, "value", "desk.find.value", hint="desk.find.hint", refused=refused)
    return Form(
        action=visit.url("/desk/find"),
        fields=(kinds, value),
        buttons=(Button(label=visit.text("desk.find.button")),),
        heading=visit.text("desk.find.heading"),
    )


def _file_form(visit: Visit, operator: Operator, state: AccountState) -> tuple[Form, ...]:
    """Return the way to the file, for who may hand out data (GDPR art. 15)."""
    if not may(visit, operator, "export_account"):
        return ()
    label = visit.text("desk.queue.export", most=MOST)
    return (
        Form(
            action=visit.url("/desk/export"),
            hidden=(("state", state.value),),
            buttons=(Button(label=label, tone=Tone.SECONDARY),),
            label=label,
        ),
    )


def state_chosen(visit: Visit, chosen: str) -> AccountState:
    """Return the state that was chosen, or what waits for an operator.

    Args:
        visit: The visit.
        chosen: As it came.
    """
    if chosen in set(AccountState):
        return AccountState(chosen)
    gates = visit.profile.gates
    return next((state for gate, state in _FIRST if gate in gates), AccountState.ACTIVE)


def _states(visit: Visit, chosen: AccountState) -> Field:
    return Field(
        name="state",
        label=visit.text("desk.queue.state"),
        type=InputType.SELECT,
        options=tuple(
            Option(value=state, label=visit.text(f"desk.state.{state}"), selected=state is chosen)
            for state in AccountState
        ),
    )


def accounts_table(visit: Visit, accounts: tuple[Account, ...], caption: str) -> Table:
    """Return accounts as a table that leads to the page of each, without any codice fiscale.

    Args:
        visit: The visit.
        accounts: Which.
        caption: What they are.
    """
    return Table(
        caption=caption,
        columns=tuple(visit.text(f"desk.column.{name}") for name in COLUMNS),
        rows=tuple(_row(visit, account) for account in accounts),
        empty=visit.text("desk.queue.empty"),
    )


def _row(visit: Visit, account: Account) -> tuple[Cell, ...]:
    return (
        Cell(text=name_of(account), link=visit.url(f"/desk/accounts/{account.id}")),
        Cell(text=account.username or "–"),
        Cell(text=moment(account.waiting_since, visit.language)),
        Cell(text=moment(account.created_at, visit.language)),
        Cell(
            text=state_of(visit, account),
            tone=_TONES.get(account.state, Tone.INFO),
        ),
    )


def with_more(visit: Visit, table: Table, path: str, cursor: str | None, **query: str) -> Table:
    """Return a table with the way to its next rows, if there are any.

    Args:
        visit: The visit.
        table: The rows.
        path: Of the page.
        cursor: Where these rows end.
        query: What else stands in the address.
    """
    if cursor is None:
        return table
    url = f"{visit.url(path)}?{urlencode({**query, 'cursor': cursor})}"
    more = Link(label=visit.text("desk.queue.more"), url=url)
    return Table(
        caption=table.caption,
        columns=table.columns,
        rows=table.rows,
        empty=table.empty,
        more=more,
    )


ROUTES: tuple[Route, ...] = (
    Route("/desk", get=show),
    Route("/desk/find", post=find),
)
