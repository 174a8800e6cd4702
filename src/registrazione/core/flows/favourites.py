"""The personal list of services: a star beside each of them (MIM-40)."""

from __future__ import annotations

from typing import cast

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.account import Account
from registrazione.core.answer import Answer
from registrazione.core.decision import Decision
from registrazione.core.evolve import after
from registrazione.core.flows.common import Context, offers, what_next
from registrazione.core.questions import Flow
from registrazione.core.refusals import refusal


def set_favourite(ctx: Context, account: Account, command: c.SetFavourite) -> Flow[Decision]:
    """Put a service on the list or take it off; setting what is set already changes nothing.

    A service may be on the list while it is closed, or not for this account: the star says what
    somebody looks for, not what they may do.
    """
    yield from ()
    if ctx.profile.service(command.service) is None:
        raise refusal("service.unknown", "service")
    on = cast("object", command.on)
    if not isinstance(on, bool):
        raise refusal("input.type", "on")
    favourites = _changed(ctx, account, command.service, on=on)
    known = favourites == account.favourites
    events = () if known else (e.FavouritesChanged(favourites=favourites),)
    evolved = after(account, events)
    return Decision(
        account=account,
        events=events,
        answer=Answer(
            next=what_next(ctx, evolved),
            account=evolved,
            session=command.session,
            services=offers(ctx, evolved),
        ),
    )


def _changed(ctx: Context, account: Account, service: str, *, on: bool) -> tuple[str, ...]:
    """Return the list in the procedure's order; what another portal's is stays behind (POL-15)."""
    chosen = {*account.favourites, service} if on else {*account.favourites} - {service}
    here = tuple(known.name for known in ctx.profile.services)
    elsewhere = (name for name in account.favourites if name not in here)
    return (*(name for name in here if name in chosen), *elsewhere)
