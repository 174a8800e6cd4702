"""The printed modulo di adesione: who may have it, and whose it is (IST-10, POL-07)."""

from __future__ import annotations

from datetime import datetime

from registrazione.core.account import Account
from registrazione.core.flows.common import Context
from registrazione.core.flows.looking import look
from registrazione.core.flows.proof import is_elsewhere, on_duty, operated
from registrazione.core.form_codes import read_form_code, waits_for_presence
from registrazione.core.profile import Gate, Profile
from registrazione.core.questions import Find, Flow, ask
from registrazione.core.refusals import Fault, Refusal, refusal
from registrazione.core.text import clean_identifier
from registrazione.ports import StoreUnavailable

DUTY = "identify_in_person"
"""Whoever may identify a person may print that person's form, and find the person by it."""


def to_print(
    profile: Profile,
    now: datetime,
    *,
    session: str = "",
    ticket: str = "",
    operator: object = None,
    account_id: object = "",
) -> Flow[Account]:
    """Return the account whose form is asked for, by its holder or by an operator.

    Args:
        profile: The procedure.
        now: The present time.
        session: Of whoever is signed in.
        ticket: What the browser that confirmed the form was given.
        operator: Who asks for somebody else's form.
        account_id: Whose.

    Raises:
        Refusal: ``presence.no_form`` where nobody is waited for; who asks has no right to it; or
            ``service.unavailable``.
    """
    ctx = Context(profile, now)
    try:
        account = yield from _asked_for(ctx, session, ticket, operator, account_id)
    except StoreUnavailable as error:
        raise refusal("service.unavailable") from error
    if account is None or Gate.PRESENCE not in profile.gates or not waits_for_presence(account):
        raise refusal("presence.no_form")
    return account


def find(profile: Profile, now: datetime, operator: object, code: object) -> Flow[Account | None]:
    """Return the account that a printed form's code leads to, for an operator's desk.

    Args:
        profile: The procedure.
        now: The present time.
        operator: Who asks.
        code: As it was typed or scanned.

    Returns:
        ``None`` where the code is none, was used, or is not of this procedure; and where chance
        gave it to two accounts, so that nobody is taken for somebody else.

    Raises:
        Refusal: The operator may not identify anybody, or ``service.unavailable``.
    """
    ctx = Context(profile, now)
    on_duty(ctx, DUTY, operator)
    read = read_form_code(code)
    if read is None:
        return None
    try:
        found = yield from ask(Find(ctx.key("form", read)))
    except StoreUnavailable as error:
        raise refusal("service.unavailable") from error
    here = [account for account in found if not is_elsewhere(ctx, account)]
    return here[0] if len(here) == 1 else None


def _asked_for(
    ctx: Context, session: str, ticket: str, operator: object, account_id: object
) -> Flow[Account | None]:
    """Return whose form is asked for, once it is proved that it may be."""
    if operator is None:
        return (yield from look(ctx, session=session, ticket=ticket)).account
    on_duty(ctx, DUTY, operator)
    identifier = clean_identifier(account_id, field="account_id")
    if isinstance(identifier, Fault):
        raise Refusal(identifier)
    return (yield from operated(ctx, DUTY, operator, identifier))
