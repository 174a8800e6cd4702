"""Choosing, changing and resetting a password, and never one of the last five again.

A change costs three slow hashes however long the history is: the old password is verified, the
new one is tagged once under the account's history salt (which both compares it with all that
are remembered and is what will be remembered of it), and the new one is hashed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import attrs

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core import machine
from registrazione.core.account import (
    Account,
    Credential,
    DerivedCredential,
    Remembered,
    RememberedTag,
    SlowCredential,
)
from registrazione.core.answer import Answer, Next
from registrazione.core.decision import Decision, Letter, change_of
from registrazione.core.emails import EmailAddress
from registrazione.core.evolve import after, evolve
from registrazione.core.flows.common import (
    Context,
    derived,
    letter,
    limit,
    no_letter,
    reveal,
    what_next,
)
from registrazione.core.flows.proof import session_id
from registrazione.core.profile import Reset
from registrazione.core.questions import (
    Breached,
    Commit,
    Draw,
    ExtraRules,
    Find,
    Flow,
    Hash,
    NormaliseEmail,
    Strength,
    Tag,
    Verify,
    ask,
)
from registrazione.core.refusals import Fault, Refusal, refusal
from registrazione.core.secret import Secret
from registrazione.core.states import AccountState
from registrazione.core.usernames import username_key

_SALT_BYTES = 16
_PERSONAL = ("username", "email", "name", "surname")
_MOST_LETTERS = 5
_MOST_DOUBLINGS = 10


# -- judging --------------------------------------------------------------------------------


def judge_password(
    ctx: Context, password: Secret, again: Secret | None, values: Mapping[str, str]
) -> Flow[tuple[Fault, ...]]:
    """Return everything that is wrong with a new password, short of the history.

    The cheap rules come first; strength and breach list are asked only about a password that
    the rules let through, so that no input is slow to refuse.
    """
    policy = ctx.profile.password
    text = policy.canonical(password.text())
    faults = policy.check(
        text,
        again=None if again is None else again.text(),
        username=values.get("username"),
        email=values.get("email"),
        name=values.get("name"),
        surname=values.get("surname"),
    )
    if faults:
        return faults
    found: list[Fault | None] = list((yield from ask(ExtraRules(Secret(text)))))
    if policy.min_strength is not None:
        inputs = tuple(value for name in _PERSONAL if (value := values.get(name)))
        found.append(policy.judge((yield from ask(Strength(Secret(text), inputs)))))
    if policy.breach_check:
        found.append(policy.judge_breach((yield from ask(Breached(Secret(text))))))
    return tuple(f for f in found if f is not None)


def _person_of(account: Account) -> Mapping[str, str]:
    """Return what a password must not be made of."""
    own = {"username": account.username, "email": account.email}
    return {**account.values, **{name: value for name, value in own.items() if value}}


@attrs.frozen(kw_only=True)
class NewPassword:
    """What is kept of an accepted password."""

    credential: Credential
    history: tuple[Remembered, ...]
    history_salt: bytes = attrs.field(repr=False)


def accept_password(
    ctx: Context, account: Account, password: Secret, again: Secret | None
) -> Flow[NewPassword]:
    """Return what is kept of a new password, if it may be used (MIM-31…36, POL-07).

    Raises:
        Refusal: With everything that is wrong with it.
    """
    faults = yield from judge_password(ctx, password, again, _person_of(account))
    if faults:
        raise Refusal(*faults)
    text = Secret(ctx.profile.password.canonical(password.text()))
    if (yield from is_same(ctx, account, text, account.code_credential)):
        raise refusal("password.same_as_code", "password")
    history, salt = yield from _remember(ctx, account, text)
    encoded = yield from ask(Hash(text))
    return NewPassword(
        credential=SlowCredential(encoded=encoded), history=history, history_salt=salt
    )


def _remember(
    ctx: Context, account: Account, text: Secret
) -> Flow[tuple[tuple[Remembered, ...], bytes]]:
    """Return the history with the new password in it.

    Raises:
        Refusal: ``password.reused``.
    """
    policy = ctx.profile.password
    if not policy.history:
        # Another portal of the realm may go by what is remembered.
        return account.history, account.history_salt
    past = past_passwords(ctx, account)
    salt = account.history_salt or (yield from ask(Draw(_SALT_BYTES)))
    tags = {salt: (yield from ask(Tag(text, salt)))}
    for entry in past:
        if isinstance(entry, DerivedCredential):
            same = (yield from reveal(ctx.profile, account.id, entry)) == text
        else:
            if entry.salt not in tags:
                tags[entry.salt] = yield from ask(Tag(text, entry.salt))
            same = Secret(entry.tag.hex()) == Secret(tags[entry.salt].hex())
        if same:
            raise Refusal(policy.reused())
    return (*past, RememberedTag(salt=salt, tag=tags[salt]))[-policy.history :], salt


def past_passwords(ctx: Context, account: Account) -> tuple[Remembered, ...]:
    """Return the passwords that must not return, a generated present one among them (MIM-31)."""
    past = account.history
    if isinstance(account.credential, DerivedCredential) and account.credential not in past:
        past = (*past, account.credential)
    most = ctx.profile.password.history
    return past[-most:] if most else account.history


def matches(
    ctx: Context, account: Account, typed: Secret, credential: Credential | None
) -> Flow[bool]:
    """Tell whether this is the secret. A wrong guess costs the same whatever it is kept as."""
    same = yield from is_same(ctx, account, typed, credential)
    if not same and not isinstance(credential, SlowCredential):
        yield from ask(Verify(typed, None))
    return same


def is_same(
    ctx: Context, account: Account, typed: Secret, credential: Credential | None
) -> Flow[bool]:
    """Tell whether this is the secret, where nobody learns from how long it takes."""
    if isinstance(credential, DerivedCredential):
        return (yield from reveal(ctx.profile, account.id, credential)) == typed
    return credential is not None and (yield from ask(Verify(typed, credential.encoded)))


def first_password(
    ctx: Context, account: Account, password: Secret | None
) -> Flow[tuple[e.Event, ...]]:
    """Return the event of the password chosen in the form, already judged; none without one."""
    if password is None:
        return ()
    text = Secret(ctx.profile.password.canonical(password.text()))
    history, salt = yield from _remember(ctx, account, text)
    encoded = yield from ask(Hash(text))
    return (
        e.PasswordChosen(
            credential=SlowCredential(encoded=encoded),
            history=history,
            history_salt=salt,
            password_set_at=ctx.now,
        ),
    )


# -- counting attempts ----------------------------------------------------------------------


def count_attempt(ctx: Context, account: Account) -> Flow[Account]:
    """Write the attempt down before it is judged, so that guessing in parallel pays nothing.

    The last one that is allowed locks the account there and then, and whoever comes after it
    finds the lock; the right password undoes it.

    Raises:
        Refusal: ``sign_in.locked`` while the account is locked.
    """
    if account.id in ctx.counted:
        return account
    if account.locked_until is not None and account.locked_until > ctx.now:
        raise refusal("sign_in.locked")
    limits = ctx.profile.limits
    # After a lock the count begins anew.
    failures = account.failures % limits.attempts + 1
    events: tuple[e.Event, ...] = (e.AttemptCounted(failures=failures),)
    if failures == limits.attempts:
        until = ctx.now + limits.lock * 2 ** min(account.lockouts, _MOST_DOUBLINGS)
        events = (*events, e.SignInLocked(lockouts=account.lockouts + 1, locked_until=until))
    decision = Decision(account=account, events=events)
    change = change_of(decision, None, ctx.profile, ctx.now)
    yield from ask(Commit(change))
    ctx.counted.add(account.id)
    counted = change.writes[0].account
    return counted if counted is not None else account


def cleared(account: Account) -> Account:
    """Return the account without the attempts that were counted: the password was right."""
    return evolve(account, e.AttemptCleared())


def failed(ctx: Context, account: Account, reason: Refusal) -> Decision:
    """Return the decision after a wrong password; the last one allowed is told to the owner."""
    if account.locked_until is None or account.locked_until <= ctx.now:
        return Decision(account=account, refusal=reason)
    minutes = str(int((account.locked_until - ctx.now) / timedelta(minutes=1)))
    return Decision(
        account=account,
        effects=(letter("locked", account, minutes=minutes),),
        refusal=reason,
    )


# -- commands -------------------------------------------------------------------------------


def change_password(ctx: Context, account: Account, command: c.ChangePassword) -> Flow[Decision]:
    """Old, new, new again (MIM-27…31, IOL-07, UNI-13); then on to where one wanted (MIM-29)."""
    account = yield from count_attempt(ctx, account)
    if not (yield from matches(ctx, account, command.old, account.credential)):
        return failed(ctx, account, refusal("password.old_wrong", "old"))
    try:
        new = yield from _another(ctx, account, command)
    except Refusal as refused:
        return Decision(account=account, events=(e.AttemptCleared(),), refusal=refused)
    present = yield from session_id(command.session)
    kept = tuple(ref for ref in account.sessions if ref.id == present)
    event = e.PasswordChanged(
        credential=new.credential,
        history=new.history,
        history_salt=new.history_salt,
        password_set_at=ctx.now,
        sessions=kept,
    )
    evolved = evolve(account, event)
    return Decision(
        account=account,
        events=(event,),
        effects=(letter("password_changed", evolved),),
        answer=Answer(
            next=what_next(ctx, evolved),
            account=evolved,
            session=command.session,
            destination=kept[0].destination if kept else "",
        ),
    )


def _another(ctx: Context, account: Account, command: c.ChangePassword) -> Flow[NewPassword]:
    """Return what is kept of a new password that is not the old one."""
    if command.new == command.old:
        raise refusal("password.unchanged", "password")
    return (yield from accept_password(ctx, account, command.new, command.again))


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
    account = next((a for a in found if a.state is AccountState.ACTIVE), None)
    answer = Answer(next=Next.READ_MAIL)
    if account is None:
        return Decision(effects=(_to_nobody(email),), answer=answer)
    if not machine.RULES[c.RequestPasswordReset].admits(account):
        return Decision(effects=(letter("identity_only", account),), answer=answer)
    if ctx.profile.reset is Reset.LINK:
        events: tuple[e.Event, ...] = (e.ResetRequested(),)
        return _with_letter(account, events, "reset", answer)
    credential = yield from derived("password", account)
    until = ctx.now + ctx.profile.lifetimes.temporary
    events = (
        e.TemporaryOffered(
            offered=credential, offered_until=until, generation=credential.generation
        ),
    )
    return _with_letter(account, events, "temporary_password", answer)


def _with_letter(
    account: Account, events: tuple[e.Event, ...], kind: str, answer: Answer
) -> Decision:
    """Return the decision whose letter is about the account as it is afterwards."""
    evolved = after(account, events)
    return Decision(account=account, events=events, effects=(letter(kind, evolved),), answer=answer)


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
    return _with_letter(account, (event,), "password_changed", Answer(next=Next.SIGN_IN))


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
