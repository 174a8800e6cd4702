"""What an operator's desk asks of the store: whose a name, an address or a code is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from registrazione.core.account import Account
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.emails import EmailAddress
from registrazione.core.flows.common import Context
from registrazione.core.flows.proof import is_elsewhere, on_duty
from registrazione.core.profile import Profile
from registrazione.core.questions import Find, Flow, NormaliseEmail, ask
from registrazione.core.refusals import Refusal, refusal
from registrazione.core.usernames import username_key
from registrazione.ports import StoreUnavailable

DUTY = "history"
"""Whoever may read what happened to an account may look for it."""

KINDS: tuple[str, ...] = ("email", "username", "codice_fiscale")
"""What somebody can be looked for by."""

_LONGEST = 254


def find(
    profile: Profile, now: datetime, operator: object, kind: str, value: str
) -> Flow[tuple[Account, ...]]:
    """Return the accounts that something belongs to; nobody is found by a part of it.

    Args:
        profile: The procedure.
        now: The present time.
        operator: Who asks.
        kind: ``username``, ``email`` or ``codice_fiscale``.
        value: As it was typed.

    Returns:
        Those of this procedure, the one that holds it alone first. Those that ended carry
        nothing to be found by any more.

    Raises:
        Refusal: The operator may not read of anybody, or ``service.unavailable``.
    """
    ctx = Context(profile, now)
    on_duty(ctx, DUTY, operator)
    read = _READ.get(kind)
    canonical = (yield from read(value)) if read is not None and len(value) <= _LONGEST else ""
    if not canonical:
        return ()
    try:
        found = yield from ask(Find(ctx.key(kind, canonical)))
    except StoreUnavailable as error:
        raise refusal("service.unavailable") from error
    return tuple(account for account in found if not is_elsewhere(ctx, account))


def _username(typed: str) -> Flow[str]:
    yield from ()
    return username_key(typed)


def _email(typed: str) -> Flow[str]:
    address = yield from ask(NormaliseEmail(typed, "email"))
    return address.key if isinstance(address, EmailAddress) else ""


def _codice_fiscale(typed: str) -> Flow[str]:
    yield from ()
    try:
        return CodiceFiscale.parse(typed).code
    except Refusal:
        return ""


_READ: Mapping[str, Callable[[str], Flow[str]]] = {
    "username": _username,
    "email": _email,
    "codice_fiscale": _codice_fiscale,
}
"""How what was typed becomes what is kept, by kind."""
