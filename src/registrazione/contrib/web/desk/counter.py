"""Who may come behind the counter, and what all of its pages have in common."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import timedelta
from typing import Any, TypeAlias

import attrs

from registrazione.contrib.web.exchange import Outcome, Show
from registrazione.contrib.web.pages import Block, Link, Prose
from registrazione.contrib.web.visit import Handler, Visit, Work
from registrazione.core.account import Account
from registrazione.core.commands import Operator
from registrazione.core.emails import EmailAddress
from registrazione.core.enabling import first_look
from registrazione.core.profile import Profile
from registrazione.core.records import Page
from registrazione.core.refusals import Refusal, refusal
from registrazione.core.states import AccountState
from registrazione.ports import StoreError, StoreUnavailable
from registrazione.service.letter_words import duration

Running: TypeAlias = Generator[Work, Any, Outcome]
DeskHandler: TypeAlias = Callable[[Visit, Operator], Running]

AT_ONCE = 500
"""Accounts that are asked of the store at once, where many are wanted."""
MOST = 5000
"""Accounts that are looked at in one go: more would keep the visitor and the store waiting."""

_WAYS = (
    ("queue", "/desk", "history"),
    ("bulk", "/desk/bulk", "approve"),
    ("presence", "/desk/presence", "identify_in_person"),
    ("letters", "/desk/letters", "correct_data"),
    ("statistics", "/desk/statistics", "history"),
)
"""The ways that are always there, each with the duty that opens it."""

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)

_STATUS = {"account.unknown": 404, "operator.not_allowed": 403, "operator.self": 403}


def at_desk(duty: str) -> Callable[[DeskHandler], Handler]:
    """Let in whoever the host has signed in as an operator, if the procedure gives them the duty.

    Args:
        duty: Name of the command whose roles may open the page.
    """

    def guarding(handler: DeskHandler) -> Handler:
        def guarded(visit: Visit) -> Running:
            if not visit.setup.desk:
                return visit.show("not_found", status=404)
            operator = visit.request.operator
            if not isinstance(operator, Operator):
                return visit.show("desk.closed", refused=refusal("operator.unknown"), status=403)
            try:
                if not may(visit, operator, duty):
                    raise refusal("operator.not_allowed")
                return (yield from handler(visit, operator))
            except Refusal as refused:
                status = _STATUS.get(refused.code, 409)
                return desk_page(visit, operator, "desk.refused", refused=refused, status=status)

        return guarded

    return guarding


def may(visit: Visit, operator: Operator, duty: str) -> bool:
    """Tell whether the procedure lets the operator's role do this."""
    return operator.role in visit.profile.duties.get(duty, ())


def desk_page(
    visit: Visit,
    operator: Operator,
    name: str,
    *blocks: Block,
    title: str = "",
    refused: Refusal | None = None,
    status: int = 0,
) -> Show:
    """Return a page of the desk, which says who is acting.

    Args:
        visit: The visit.
        operator: Who is acting.
        name: Of the page.
        blocks: What it consists of.
        title: Its heading, where it is not the name's.
        refused: Why the last attempt failed.
        status: Of HTTP.
    """
    role = visit.text(f"desk.role.{operator.role}")
    acting = visit.text("desk.acting", id=operator.id, role=role, office=operator.office or "–")
    shown = visit.show(
        name,
        Prose(paragraphs=(acting,)),
        *blocks,
        title=title,
        refused=refused,
        status=status,
        help_topic="service",
    )
    path = visit.request.path
    frame = attrs.evolve(
        shown.page.frame,
        links=tuple(
            Link(
                label=visit.text(f"desk.{key}.title"), url=visit.url(target), current=path == target
            )
            for key, target, duty in _WAYS
            if may(visit, operator, duty)
        ),
        sign_out=None,
    )
    return attrs.evolve(shown, page=attrs.evolve(shown.page, frame=frame))


def accounts_page(
    visit: Visit, *states: AccountState, cursor: str = "", limit: int
) -> Generator[Work, Any, Page[Account]]:
    """Return accounts of this procedure, oldest first; a cursor that is none begins anew.

    Args:
        visit: The visit.
        states: Which; none: all.
        cursor: Where the part before ended.
        limit: How many there are at most.
    """
    try:
        page = yield lambda r: r.accounts(*states, cursor=cursor or None, limit=limit)
    except StoreUnavailable:
        raise
    except StoreError:
        page = yield lambda r: r.accounts(*states, limit=limit)
    here = tuple(account for account in page.items if is_here(visit, account))
    return Page(items=here, cursor=page.cursor)


def many_accounts(
    visit: Visit, *states: AccountState, most: int
) -> Generator[Work, Any, tuple[list[Account], bool]]:
    """Return accounts of this procedure, oldest first, and whether there are more.

    Args:
        visit: The visit.
        states: Which; none: all.
        most: How many are looked at, in whole parts.
    """
    accounts: list[Account] = []
    seen, cursor = 0, ""
    while True:
        page = yield from accounts_page(visit, *states, cursor=cursor, limit=AT_ONCE)
        accounts += page.items
        seen, cursor = seen + AT_ONCE, page.cursor or ""
        if not cursor or seen >= most:
            return accounts, bool(cursor)


def is_here(visit: Visit, account: Account) -> bool:
    """Tell whether the account is this procedure's; see :func:`belongs`."""
    return belongs(visit.profile, account)


def belongs(profile: Profile, account: Account) -> bool:
    """Tell whether a procedure's operators see an account: gates are each one's own (POL-04).

    Args:
        profile: The procedure.
        account: One of its realm.
    """
    return account.activated_at is not None or account.profile == profile.name


def state_of(visit: Visit, account: Account) -> str:
    """Return where an account stands, in words; between two looks that the second is to come."""
    half = ".seen" if first_look(account, visit.profile, visit.now) is not None else ""
    return visit.text(f"desk.state.{account.state}{half}")


def name_of(account: Account) -> str:
    """Return what an account is called in a list: never a codice fiscale."""
    values = account.values
    name = " ".join(values[key] for key in ("surname", "name") if values.get(key))
    email = EmailAddress.of(account.email).masked if account.email else ""
    return name or account.username or email or account.id


def rounded(visit: Visit, span: timedelta) -> str:
    """Return a length of time in whole days, or else in whole minutes, as people say it.

    Args:
        visit: The visit.
        span: How long.
    """
    if span < _MINUTE:
        return visit.text("desk.span.moment")
    unit = _DAY if span >= 2 * _DAY else _MINUTE
    return duration(span - span % unit, visit.language)
