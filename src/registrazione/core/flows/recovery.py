"""Password or username forgotten: letters to whoever it belongs to, and the way back in."""

from __future__ import annotations

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core import machine
from registrazione.core.account import Account
from registrazione.core.answer import Answer, Next
from registrazione.core.decision import Decision, Letter, Other
from registrazione.core.emails import EmailAddress
from registrazione.core.evolve import evolve
from registrazione.core.flows.common import Context, derived, letter, limit, no_letter
from registrazione.core.flows.passwords import accept_password
from registrazione.core.profile import Reset
from registrazione.core.questions import Find, Flow, NormaliseEmail, ask
from registrazione.core.refusals import Refusal, refusal
from registrazione.core.states import AccountState
from registrazione.core.usernames import username_key

_MOST_LETTERS = 5


def request_password_reset(
    ctx: Context, _account: None, command: c.RequestPasswordReset
) -> Flow[Decision]:
    """Answer "Password dimenticata?" (IOL-10, IOL-17, UNI-11).

    The answer is the same whoever is known; the letter tells the truth to the owner.
    """
    if not (command.email or command.username):
        raise refusal("input.missing", "email")
    email = yield from _normal_email(command.email)
    username = username_key(command.username)
    yield from limit(ctx, command, ("email", email), ("username", username))
    key = ctx.key("email", email) if email else ctx.key("username", username)
    found = yield from ask(Find(key))
    # A mailbox may be a family's: everybody who signs in with it gets a letter of their own.
    active = [a for a in found if a.state is AccountState.ACTIVE][:_MOST_LETTERS]
    if not active:
        return Decision(effects=(_to_nobody(email),), answer=Answer(next=Next.READ_MAIL))
    first, *more = active
    events, mailed = yield from _recovery(ctx, first)
    effects: tuple[Letter, ...] = (mailed,)
    others: tuple[Other, ...] = ()
    for account in more:
        happened, mailed = yield from _recovery(ctx, account)
        effects = (*effects, mailed)
        others = (*others, *((Other(account=account, events=happened),) if happened else ()))
    return Decision(
        account=first,
        events=events,
        effects=effects,
        others=others,
        answer=Answer(next=Next.READ_MAIL),
    )


def _recovery(ctx: Context, account: Account) -> Flow[tuple[tuple[e.Event, ...], Letter]]:
    """Return what asking for a new password makes happen to an account, and its letter."""
    if not machine.RULES[c.RequestPasswordReset].admits(account):
        return (), letter("identity_only", account)
    event: e.Event = e.ResetRequested()
    kind = "reset"
    if ctx.profile.reset is Reset.TEMPORARY:
        credential = yield from derived("password", account)
        kind = "temporary_password"
        event = e.TemporaryOffered(
            offered=credential,
            offered_until=ctx.now + ctx.profile.lifetimes.temporary,
            generation=credential.generation,
        )
    return (event,), letter(kind, evolve(account, event))


def _to_nobody(email: str) -> Letter:
    """Return the letter that says that there is no account: the same work as for one."""
    return Letter(kind="unknown", to=email) if email else no_letter()


def _normal_email(typed: str) -> Flow[str]:
    """Return the key of a typed address, or nothing.

    Raises:
        Refusal: It is no address.
    """
    if not typed:
        return ""
    address = yield from ask(NormaliseEmail(typed, "email"))
    if not isinstance(address, EmailAddress):
        raise Refusal(*address)
    return address.key


def reset_password(ctx: Context, account: Account, command: c.ResetPassword) -> Flow[Decision]:
    """Set a new password by the mailed link; the history counts here too (MIM-28)."""
    new = yield from accept_password(ctx, account, command.new, command.again)
    event = e.PasswordReset(
        credential=new.credential,
        history=new.history,
        history_salt=new.history_salt,
        password_set_at=ctx.now,
    )
    return Decision(
        account=account,
        events=(event,),
        effects=(letter("password_changed", evolve(account, event)),),
        answer=Answer(next=Next.SIGN_IN),
    )


def recover_username(ctx: Context, _account: None, command: c.RecoverUsername) -> Flow[Decision]:
    """Answer "Username dimenticato?": a letter for each account (IOL-18, UNI-18)."""
    email = yield from _normal_email(command.email)
    yield from limit(ctx, command, ("email", email))
    found = yield from ask(Find(ctx.key("email", email)))
    rule = machine.RULES[c.RecoverUsername]
    letters = tuple(
        letter("username" if rule.admits(account) else "identity_only", account)
        for account in found
        if account.state is AccountState.ACTIVE
    )
    return Decision(
        effects=letters[:_MOST_LETTERS] or (_to_nobody(email),),
        answer=Answer(next=Next.READ_MAIL),
    )
