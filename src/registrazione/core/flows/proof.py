"""Who asks: the session, the mailed link, the operator, or the clock behind a command."""

from __future__ import annotations

from datetime import timedelta

from registrazione.core import commands as c
from registrazione.core.account import Account
from registrazione.core.flows.common import Context, limit
from registrazione.core.questions import Flow, Load, ReadToken, ask
from registrazione.core.refusals import refusal
from registrazione.core.tokens import EPOCH_BOUND, Purpose, TokenClaims, is_in_time

_PURPOSES: dict[type[c.Command], tuple[Purpose, ...]] = {
    c.Activate: (Purpose.ACTIVATION, Purpose.EMAIL),
    c.CorrectEmail: (Purpose.TICKET,),
    c.ResetPassword: (Purpose.RESET,),
    c.CompleteData: (Purpose.IDENTITY,),
    c.Align: (Purpose.IDENTITY,),
}
"""Which tokens prove which command."""

_IDENTITY_LIFETIME = timedelta(hours=1)


def prove(ctx: Context, command: c.Command) -> Flow[Account | None]:
    """Return the account that the command is about; ``None`` for a command about nobody yet.

    Raises:
        Refusal: The proof is not one, or not for this.
    """
    if isinstance(command, c.SessionCommand):
        return (yield from holder(ctx, command.session))
    if isinstance(command, c.TokenCommand):
        return (yield from bearer(ctx, command.token, *_PURPOSES[type(command)]))
    if isinstance(command, c.OperatorCommand):
        return (yield from operated(ctx, command.name, command.operator, command.account_id))
    if isinstance(command, c.HolderOrOperatorCommand):
        if command.operator is not None:
            return (yield from operated(ctx, command.name, command.operator, command.account_id))
        return (yield from holder(ctx, command.session))
    if isinstance(command, c.TimerCommand):
        return (yield from ask(Load(command.account_id)))
    if isinstance(command, c.Begin):
        yield from limit(ctx, command)
    return None


def actor_of(command: c.Command) -> str:
    """Return who asks, for the audit trail."""
    operator = getattr(command, "operator", None)
    if isinstance(operator, c.Operator):
        return f"{operator.role}:{operator.id}"
    return "system" if isinstance(command, c.TimerCommand) else "person"


def holder(ctx: Context, token: str) -> Flow[Account]:
    """Return the account whose session this is.

    Raises:
        Refusal: ``session.ended``, whatever the reason.
    """
    claims = yield from ask(ReadToken(Purpose.SESSION, token))
    if claims is not None:
        account = yield from ask(Load(claims.account_id))
        if account is not None and any(
            ref.id == claims.extra and ref.until > ctx.now for ref in account.sessions
        ):
            return account
    raise refusal("session.ended", "session")


def check_fresh(ctx: Context, account: Account, token: str) -> Flow[None]:
    """Refuse what takes more than an open browser, unless its holder signed in a moment ago.

    Whoever comes by an identity provider has no password that could be asked for once more; to
    sign in anew is a proof that everybody can give (ASVS 5.0, 7.5.3).

    Args:
        ctx: The context.
        account: Whose session it is.
        token: The session's, proved.

    Raises:
        Refusal: ``session.not_fresh``.
    """
    present = yield from session_id(token)
    fresh = ctx.profile.lifetimes.fresh
    if not any(r.id == present and ctx.now - r.started_at <= fresh for r in account.sessions):
        raise refusal("session.not_fresh", "session", minutes=int(fresh.total_seconds() // 60))


def session_id(token: str) -> Flow[str]:
    """Return the id of the session that a proved token names."""
    return (yield from _extra(Purpose.SESSION, token))


def wanted_service(token: str) -> Flow[str]:
    """Return the service that was wanted before an identity left something to do (MIM-29)."""
    return (yield from _extra(Purpose.IDENTITY, token))


def _extra(purpose: Purpose, token: str) -> Flow[str]:
    """Return the word that a proved token carries along."""
    claims = yield from ask(ReadToken(purpose, token))
    return claims.extra if claims is not None else ""


def bearer(ctx: Context, token: str, *purposes: Purpose, field: str = "token") -> Flow[Account]:
    """Return the account that a token of one of these purposes opens.

    Args:
        ctx: The context.
        token: What was shown.
        purposes: What it may be good for.
        field: What the command calls it, and so its fault.

    Raises:
        Refusal: ``token.invalid``, ``token.expired``, or ``token.used`` when it was used,
            overtaken, or its registration is gone.
    """
    claims = yield from _genuine(token, purposes, field)
    if not is_in_time(claims.issued_at, _lifetime(ctx, claims.purpose), ctx.now):
        raise refusal("token.expired", field)
    account = yield from ask(Load(claims.account_id))
    if account is None or (claims.purpose in EPOCH_BOUND and account.epoch != claims.epoch):
        raise refusal("token.used", field)
    if is_elsewhere(ctx, account):
        raise refusal("token.invalid", field)
    return account


def ticket_holder(ctx: Context, ticket: str) -> Flow[str]:
    """Return whose ticket a browser shows, while it is good; nothing for any other text."""
    claims = yield from ask(ReadToken(Purpose.TICKET, ticket))
    if claims is None or not is_in_time(claims.issued_at, _lifetime(ctx, claims.purpose), ctx.now):
        return ""
    return claims.account_id


def is_elsewhere(ctx: Context, account: Account) -> bool:
    """Tell whether this is a registration on its way in another procedure of the realm.

    Accounts in use are shared (POL-15), but the gates before that are each procedure's own:
    through another's, somebody would get in whom nobody has seen (POL-04).
    """
    return account.activated_at is None and account.profile != ctx.profile.name


def _genuine(token: str, purposes: tuple[Purpose, ...], field: str) -> Flow[TokenClaims]:
    """Return what the token says, under the first purpose that it is genuine for."""
    for purpose in purposes:
        claims = yield from ask(ReadToken(purpose, token))
        if claims is not None:
            return claims
    raise refusal("token.invalid", field)


def _lifetime(ctx: Context, purpose: str) -> timedelta:
    """Return for how long a token of this purpose is good."""
    lifetimes = ctx.profile.lifetimes
    return {
        Purpose.RESET.value: lifetimes.reset,
        Purpose.IDENTITY.value: _IDENTITY_LIFETIME,
        Purpose.TICKET.value: max(lifetimes.link, lifetimes.presence),
    }.get(purpose, lifetimes.link)


def operated(ctx: Context, duty: str, operator: object, account_id: str) -> Flow[Account]:
    """Return the account, if this operator may do this to it.

    Args:
        ctx: The context.
        duty: Name of the command whose roles are asked for.
        operator: Who asks.
        account_id: About whom.

    Raises:
        Refusal: The operator may not, or there is no such account here.
    """
    asking = on_duty(ctx, duty, operator)
    account = yield from ask(Load(account_id))
    if account is None or account.realm != ctx.profile.realm or is_elsewhere(ctx, account):
        raise refusal("account.unknown", "account_id")
    if asking.account_id == account.id:
        raise refusal("operator.self")
    return account


def on_duty(ctx: Context, duty: str, operator: object) -> c.Operator:
    """Return the operator, if the procedure lets that role do this.

    Args:
        ctx: The context.
        duty: Name of the command whose roles are asked for.
        operator: Who asks.

    Raises:
        Refusal: ``operator.unknown`` or ``operator.not_allowed``.
    """
    if not isinstance(operator, c.Operator):
        raise refusal("operator.unknown")
    if operator.role not in ctx.profile.duties.get(duty, ()):
        raise refusal("operator.not_allowed")
    return operator
