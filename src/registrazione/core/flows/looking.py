"""How things stand, for the page that is about to be drawn: nothing is written, nothing counted."""

from __future__ import annotations

from registrazione.core.account import Account
from registrazione.core.answer import Answer, Next
from registrazione.core.flows.common import (
    WAITING_NEXT,
    Context,
    link_until,
    offers,
    what_next,
)
from registrazione.core.flows.proof import bearer, holder, session_id
from registrazione.core.flows.signing_in import expiring
from registrazione.core.questions import Flow
from registrazione.core.states import AccountState
from registrazione.core.tokens import Purpose


def look(ctx: Context, *, session: str, ticket: str) -> Flow[Answer]:
    """Return how things stand, for whoever holds a session or the ticket of a registration.

    Raises:
        Refusal: ``session.ended``; for a ticket ``token.invalid``, ``token.used`` or
            ``token.expired``.
    """
    if ticket and not session:
        return _registration(
            ctx, (yield from bearer(ctx, ticket, Purpose.TICKET, field="ticket")), ticket
        )
    account = yield from holder(ctx, session)
    present = yield from session_id(session)
    return Answer(
        next=what_next(ctx, account),
        account=account,
        session=session,
        services=offers(ctx, account),
        notices=expiring(ctx, account),
        destination=next(ref.destination for ref in account.sessions if ref.id == present),
    )


def _registration(ctx: Context, account: Account, ticket: str) -> Answer:
    """Return what has become of the registration that the same browser confirmed."""
    afterwards = Next.SIGN_IN if account.state is AccountState.ACTIVE else Next.NOTHING
    return Answer(
        next=WAITING_NEXT.get(account.state, afterwards),
        account=account,
        ticket=ticket,
        expires_at=link_until(ctx, account),
    )
