"""Signing in and out, and going to a service."""

from __future__ import annotations

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core import machine
from registrazione.core.account import Account, SlowCredential
from registrazione.core.answer import Answer, Next
from registrazione.core.decision import Decision
from registrazione.core.emails import EmailAddress
from registrazione.core.evolve import after
from registrazione.core.flows.attempts import count_attempt, count_for_nobody, failed, is_locked
from registrazione.core.flows.common import (
    WAITING_NEXT,
    Context,
    limit,
    new_session,
    offers,
    service_fault,
    what_next,
)
from registrazione.core.flows.passwords import is_same, matches, past_passwords
from registrazione.core.flows.proof import session_id
from registrazione.core.password_policy import ExpiryState
from registrazione.core.profile import UsernameRule
from registrazione.core.questions import (
    Find,
    Flow,
    Hash,
    NeedsRehash,
    NormaliseEmail,
    SignToken,
    Verify,
    ask,
)
from registrazione.core.refusals import Fault, Refusal, Severity, fault, refusal
from registrazione.core.secret import Secret
from registrazione.core.states import AccountState, PasswordState
from registrazione.core.tokens import Purpose
from registrazione.core.usernames import username_key

_WRONG = "sign_in.failed"


def sign_in(ctx: Context, _account: None, command: c.SignIn) -> Flow[Decision]:
    """Sign in with username and password.

    Until the password is proved there is one message for everything (UNI-15), and the same
    work: one look-up, one line written before the judgement, one slow hash. Afterwards the
    truth may be told: not active yet (UNI-14), suspended, only by SPID.
    """
    yield from limit(ctx, command)
    text = Secret(ctx.profile.password.canonical(command.password.text()))
    account = yield from _find(ctx, command.username)
    if account is None or _was_locked(ctx, account):
        account, taken = yield from _past_the_lock(ctx, account, text)
    else:
        account = yield from count_attempt(ctx, account)
        judged = yield from _judge(ctx, account, text)
        if judged is None:
            return failed(ctx, account, refusal(_WRONG))
        taken = judged
    turned_away = yield from _turned_away(ctx, after(account, taken), command)
    if turned_away is not None:
        # What is not active does not age: the link would no longer ask for the password.
        kept = taken if account.state is AccountState.ACTIVE else ()
        events = (*kept, e.AttemptCleared())
        return Decision(account=account, events=events, refusal=turned_away)
    return (yield from _signed_in(ctx, account, taken, text, command.service))


def _find(ctx: Context, typed: object) -> Flow[Account | None]:
    """Return whom the typed name belongs to; the address where there are no usernames."""
    if ctx.profile.username is UsernameRule.EMAIL:
        address = yield from ask(NormaliseEmail(typed, "username"))
        key = ctx.key("email", address.key if isinstance(address, EmailAddress) else "")
    else:
        key = ctx.key("username", username_key(typed))
    found = yield from ask(Find(key))
    return found[0] if found else None


def _was_locked(ctx: Context, account: Account) -> bool:
    """Tell whether too many wrong passwords were tried just now, before this attempt."""
    return is_locked(ctx, account) and account.id not in ctx.counted


def _past_the_lock(
    ctx: Context, account: Account | None, text: Secret
) -> Flow[tuple[Account, tuple[e.Event, ...]]]:
    """Return what opens a locked account: the temporary password that its owner had mailed.

    Nobody guesses that one, so that nothing is counted; and no stranger's wrong guesses keep the
    owner out for longer than a letter takes. Nobody's account is treated alike.

    Raises:
        Refusal: It is anything else.
    """
    yield from count_for_nobody(ctx)
    yield from ask(Verify(text, None))
    taken = None if account is None else (yield from _offered(ctx, account, text))
    if account is None or taken is None:
        raise refusal(_WRONG)
    return account, taken


def _judge(ctx: Context, account: Account, text: Secret) -> Flow[tuple[e.Event, ...] | None]:
    """Return what the right password makes happen; ``None``: it is the wrong one."""
    if (yield from matches(ctx, account, text, account.credential)):
        return _aged(ctx, account)
    return (yield from _offered(ctx, account, text))


def _offered(ctx: Context, account: Account, text: Secret) -> Flow[tuple[e.Event, ...] | None]:
    """Return what using the mailed temporary password makes happen; ``None``: it is not that."""
    offered, until = account.offered, account.offered_until
    if offered is None or until is None or until <= ctx.now:
        return None
    if not (yield from is_same(ctx, account, text, offered)):
        return None
    taken = e.TemporaryTaken(
        credential=offered,
        history=past_passwords(ctx, account),
        password_set_at=ctx.now,
        temporary_until=until,
    )
    return (taken,)


def _aged(ctx: Context, account: Account) -> tuple[e.Event, ...]:
    """Return the event of a password that was good for too long (POL-17)."""
    if account.password is PasswordState.TEMPORARY and account.temporary_until is not None:
        return (e.TemporaryExpired(),) if account.temporary_until <= ctx.now else ()
    if account.password is PasswordState.SET and account.password_set_at is not None:
        expiry = ctx.profile.password.expiry(account.password_set_at, ctx.now)
        return (e.PasswordExpired(),) if expiry.state is ExpiryState.EXPIRED else ()
    return ()


def _turned_away(ctx: Context, account: Account, command: c.SignIn) -> Flow[Refusal | None]:
    """Return why somebody with the right password does not get in, if they do not.

    A registration that is still waiting gets a ticket, so that the link can be sent again
    (UNI-08) or the enabling continued with SPID (POL-10, POL-18).
    """
    try:
        machine.admit(account, command)
    except Refusal as refused:
        if account.state not in WAITING_NEXT:
            return refused
        ticket = yield from ask(SignToken(Purpose.TICKET, account.id, 0, "", ctx.now))
        return Refusal(*refused.faults, ticket=ticket)
    if account.password is PasswordState.EXPIRED and account.temporary_until is None:
        return None if _was_chosen(account) else refusal("password.temporary_expired")
    return None


def _was_chosen(account: Account) -> bool:
    """Tell whether the expired password was the person's own: then it may be changed."""
    return isinstance(account.credential, SlowCredential)


def _signed_in(
    ctx: Context, account: Account, events: tuple[e.Event, ...], text: Secret, service: str
) -> Flow[Decision]:
    """Return the decision that lets the person in."""
    events = (*events, *(yield from _rehashed(account, text)))
    sessions, token = yield from new_session(ctx, account, "password", service)
    events = (*events, e.SignedIn(sessions=sessions, last_used_at=ctx.now, method="password"))
    evolved = after(account, events)
    return Decision(
        account=account,
        events=events,
        answer=Answer(
            next=what_next(ctx, evolved),
            account=evolved,
            session=token,
            services=offers(ctx, evolved),
            destination=service,
            notices=_notices(ctx, evolved, service),
        ),
    )


def _rehashed(account: Account, text: Secret) -> Flow[tuple[e.Event, ...]]:
    """Return the event of a password whose hash was made with older parameters."""
    credential = account.credential
    if not isinstance(credential, SlowCredential):
        return ()
    if not (yield from ask(NeedsRehash(credential.encoded))):
        return ()
    encoded = yield from ask(Hash(text))
    return (e.PasswordRehashed(credential=SlowCredential(encoded=encoded)),)


def _notices(ctx: Context, account: Account, service: str) -> tuple[Fault, ...]:
    """Return what the person should know: a password about to expire, a service not for them."""
    notices = expiring(ctx, account)
    problem = service_fault(ctx, account, ctx.profile.service(service)) if service else None
    if problem is None:
        return notices
    return (*notices, fault(problem.code, problem.field, severity=Severity.WARNING))


def expiring(ctx: Context, account: Account) -> tuple[Fault, ...]:
    """Return the warning of a password that is about to expire (POL-17)."""
    if account.password is not PasswordState.SET or account.password_set_at is None:
        return ()
    expiry = ctx.profile.password.expiry(account.password_set_at, ctx.now)
    warning = expiry.fault() if expiry.state is ExpiryState.WARN else None
    return () if warning is None else (warning,)


def sign_out(ctx: Context, account: Account, command: c.SignOut) -> Flow[Decision]:
    """Log out, here or everywhere (MIM-42)."""
    del ctx
    present = yield from session_id(command.session)
    kept = () if command.everywhere else tuple(s for s in account.sessions if s.id != present)
    return Decision(
        account=account, events=(e.SignedOut(sessions=kept),), answer=Answer(next=Next.SIGN_IN)
    )


def enter_service(ctx: Context, account: Account, command: c.EnterService) -> Flow[Decision]:
    """Go to a service, where it is for this account and open (UNI-09, UNI-16, POL-21, POL-22)."""
    yield from ()
    problem = service_fault(ctx, account, ctx.profile.service(command.service))
    if problem is not None:
        raise Refusal(problem)
    return Decision(
        account=account,
        answer=Answer(
            next=Next.USE_SERVICES,
            account=account,
            services=offers(ctx, account),
            destination=command.service,
        ),
    )
