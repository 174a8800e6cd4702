"""Enabling an account in use: a code and a form by mail, then the visit (POL-10, POL-12)."""

from __future__ import annotations

from registrazione.core import commands as c
from registrazione.core.account import Account
from registrazione.core.answer import Answer, Next
from registrazione.core.decision import Decision
from registrazione.core.enabling import has_enabling, was_seen
from registrazione.core.evolve import after
from registrazione.core.flows.common import Context, letter, what_next
from registrazione.core.flows.gates import first_code
from registrazione.core.questions import Flow
from registrazione.core.refusals import refusal


def start_enabling(ctx: Context, account: Account, command: c.StartEnabling) -> Flow[Decision]:
    """Mail the temporary personal code, and the form to be signed at a school or office.

    Whoever was seen already, through another portal of the realm, has no way to go: the code is
    all that was missing.
    """
    if not has_enabling(ctx.profile):
        raise refusal("enabling.not_here")
    events = yield from first_code(ctx, account)
    evolved = after(account, events)
    seen = was_seen(account)
    mailed = letter("code_recovery", evolved, first="yes") if seen else letter("enabling", evolved)
    return Decision(
        account=account,
        events=events,
        effects=(mailed,),
        answer=Answer(
            next=what_next(ctx, evolved) if seen else Next.GO_IN_PERSON,
            account=evolved,
            session=command.session,
        ),
    )
