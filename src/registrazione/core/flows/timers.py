"""What the clock asks for: expiry, warnings, the yearly cancellation."""

from __future__ import annotations

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.account import Account
from registrazione.core.answer import Answer
from registrazione.core.decision import Decision
from registrazione.core.evolve import after, evolve
from registrazione.core.flows.common import Context, letter
from registrazione.core.password_policy import ExpiryState
from registrazione.core.questions import Flow
from registrazione.core.refusals import refusal
from registrazione.core.states import AccountState


def expire(ctx: Context, account: Account | None, _command: c.Expire) -> Flow[Decision]:
    """Do whatever the account's deadline asks for; nothing if it has moved meanwhile."""
    yield from ()
    if account is None or account.due_at is None or account.due_at > ctx.now:
        return Decision(account=account, answer=Answer(account=account))
    if account.ended_at is not None:
        return Decision(account=account, erase=True)
    event = _expiry(ctx, account)
    events = () if event is None else (event,)
    return Decision(account=account, events=events, answer=Answer(account=after(account, events)))


def _expiry(ctx: Context, account: Account) -> e.Event | None:
    """Return what the passed deadline of a living account makes happen."""
    if account.state is AccountState.SUSPENDED:
        # Its deadline may be from before, where another portal of the realm suspended it.
        return None
    if account.state is not AccountState.ACTIVE:
        return e.ActivationExpired(ended_at=ctx.now)
    if account.temporary_until is not None:
        return e.TemporaryExpired() if account.temporary_until <= ctx.now else None
    expires_after = ctx.profile.password.expires_after
    if expires_after is None or account.password_set_at is None:
        return None
    return e.PasswordExpired() if account.password_set_at + expires_after <= ctx.now else None


def warn_password(
    ctx: Context, account: Account | None, _command: c.WarnPassword
) -> Flow[Decision]:
    """Write to the person when the password is about to expire (POL-17)."""
    yield from ()
    untouched = Decision(account=account, answer=Answer(account=account))
    if account is None or account.password_set_at is None or account.warned_at is not None:
        return untouched
    expiry = ctx.profile.password.expiry(account.password_set_at, ctx.now)
    if expiry.state is not ExpiryState.WARN:
        return untouched
    event = e.PasswordWarned(warned_at=ctx.now)
    return Decision(
        account=account,
        events=(event,),
        effects=(letter("password_expiring", account, days=str(expiry.days_left)),),
        answer=Answer(account=evolve(account, event)),
    )


def cancel_unused(ctx: Context, account: Account | None, command: c.CancelUnused) -> Flow[Decision]:
    """Cancel an account that nobody used since then (UNI-19)."""
    yield from ()
    if account is None:
        raise refusal("account.unknown", "account_id")
    if account.last_used_at is not None and account.last_used_at >= command.unused_since:
        return Decision(account=account, answer=Answer(account=account))
    event = e.Cancelled(ended_at=ctx.now, cause="unused")
    return Decision(
        account=account,
        events=(event,),
        effects=(letter("cancelled", account),),
        answer=Answer(account=evolve(account, event)),
    )
