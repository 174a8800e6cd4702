"""Choosing and changing a password, and never one of the last five again.

A change costs three slow hashes however long the history is: the old password is verified, the
new one is tagged once under the account's history salt (which both compares it with all that
are remembered and is what will be remembered of it), and the new one is hashed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.account import (
    Account,
    Credential,
    DerivedCredential,
    Remembered,
    RememberedTag,
    SlowCredential,
)
from registrazione.core.answer import Answer
from registrazione.core.decision import Decision
from registrazione.core.evolve import evolve
from registrazione.core.flows.attempts import count_attempt, failed
from registrazione.core.flows.common import Context, letter, reveal, what_next
from registrazione.core.flows.proof import session_id
from registrazione.core.questions import (
    Breached,
    Draw,
    ExtraRules,
    Flow,
    Hash,
    Strength,
    Tag,
    Verify,
    ask,
)
from registrazione.core.refusals import Fault, Refusal, refusal
from registrazione.core.secret import Secret

_SALT_BYTES = 16
_PERSONAL = ("username", "email", "name", "surname")


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

    def chosen(self, now: datetime) -> e.PasswordChosen:
        """Return the event of somebody's first password."""
        return e.PasswordChosen(
            credential=self.credential,
            history=self.history,
            history_salt=self.history_salt,
            password_set_at=now,
        )


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
    return (yield from _kept(ctx, account, text))


def _kept(ctx: Context, account: Account, text: Secret) -> Flow[NewPassword]:
    """Return what is kept of a password that was judged: its tag, and its hash.

    Raises:
        Refusal: ``password.reused``.
    """
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
        # From here on the guess counts, even where the hasher has too much to do.
        ctx.judged.add(account.id)
        yield from ask(Verify(typed, None))
    return same


def prove_password(ctx: Context, account: Account, typed: Secret) -> Flow[tuple[Account, bool]]:
    """Tell whether this is the account's password; return the account with the attempt counted.

    Raises:
        Refusal: ``sign_in.locked`` while the account is locked.
    """
    counted = yield from count_attempt(ctx, account)
    text = Secret(ctx.profile.password.canonical(typed.text()))
    return counted, (yield from matches(ctx, counted, text, counted.credential))


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
    new = yield from _kept(ctx, account, text)
    return (new.chosen(ctx.now),)


# -- commands -------------------------------------------------------------------------------


def change_password(ctx: Context, account: Account, command: c.ChangePassword) -> Flow[Decision]:
    """Old, new, new again (MIM-27…31, IOL-07, UNI-13); then on to where one wanted (MIM-29)."""
    account, right = yield from prove_password(ctx, account, command.old)
    if not right:
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
    canonical = ctx.profile.password.canonical
    if Secret(canonical(command.new.text())) == Secret(canonical(command.old.text())):
        raise refusal("password.unchanged", "password")
    return (yield from accept_password(ctx, account, command.new, command.again))
