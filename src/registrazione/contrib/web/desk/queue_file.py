"""The queue as a file for a spreadsheet: what its page shows, and nothing else."""

from __future__ import annotations

from registrazione.contrib.web.desk.counter import (
    MOST,
    Running,
    at_desk,
    many_accounts,
    name_of,
    state_of,
)
from registrazione.contrib.web.desk.queue import COLUMNS, state_chosen
from registrazione.contrib.web.desk.spreadsheet import CONTENT_TYPE, spreadsheet
from registrazione.contrib.web.exchange import Send
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit
from registrazione.core.account import Account
from registrazione.core.commands import Operator
from registrazione.service.letter_words import digits, zone

_TIMES = frozenset({"since", "registered"})


@at_desk("export_account")
def send(visit: Visit, operator: Operator) -> Running:
    """Send the accounts in one state; a codice fiscale stands on its account's page alone."""
    del operator
    state = state_chosen(visit, visit.typed("state"))
    accounts, more = yield from many_accounts(visit, state, most=MOST)
    rows = [[_heading(visit, name) for name in COLUMNS]]
    rows += [_row(visit, account) for account in accounts]
    if more:
        rows.append([visit.text("desk.queue.cut", number=len(accounts))])
    return Send(body=spreadsheet(rows), content_type=CONTENT_TYPE, filename=f"{state}.csv")


def _heading(visit: Visit, name: str) -> str:
    heading = visit.text(f"desk.column.{name}")
    return f"{heading} ({zone(visit.language)})" if name in _TIMES else heading


def _row(visit: Visit, account: Account) -> list[str]:
    """Return one account, its times as a spreadsheet sorts them."""
    return [
        name_of(account),
        account.username or "",
        digits(account.waiting_since),
        digits(account.created_at),
        state_of(visit, account),
    ]


ROUTES: tuple[Route, ...] = (Route("/desk/export", post=send),)
