"""Pages of whoever is signed in: everybody else signs in first, and comes back (MIM-29)."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import wraps
from typing import Any, TypeAlias, cast

from registrazione.contrib.web.exchange import Outcome
from registrazione.contrib.web.onwards import PAGES, onwards
from registrazione.contrib.web.visit import Handler, Visit, Work
from registrazione.core.account import Account
from registrazione.core.answer import Answer, Next

Running: TypeAlias = Generator[Work, Any, Outcome]
HolderHandler: TypeAlias = Callable[[Visit, Answer], Running]
"""Answers a request of somebody who is signed in; the answer says how things stand."""

ANY_TIME: tuple[Next, ...] = tuple(Next)
"""For a page that is open whatever the person has to do first."""


def for_holder(*also: Next) -> Callable[[HolderHandler], Handler]:
    """Return what makes a handler one for whoever is signed in.

    Whoever has to do something first, such as to change a temporary password (MIM-27), is led
    there, and comes back afterwards.

    Args:
        also: What may be due all the same, besides nothing.
    """
    admitted = {Next.USE_SERVICES, *also}

    def made(handler: HolderHandler) -> Handler:
        @wraps(handler)
        def handled(visit: Visit) -> Running:
            if not visit.session:
                return visit.sign_in_first("session.needed")
            present = yield lambda r: r.look(session=visit.session)
            if present.next in admitted:
                return (yield from handler(visit, present))
            # The page first asked for is reached, not the one that everybody comes to anyway.
            if visit.here != visit.url(PAGES[Next.USE_SERVICES]):
                visit.want(visit.here)
            return onwards(visit, present)

        return handled

    return made


def account_of(present: Answer) -> Account:
    """Return the account of whoever is signed in: how things stand is told with it."""
    return cast("Account", present.account)
