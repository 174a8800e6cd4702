"""The mailed link: used, sent again, sent to the right address (UNI-06, UNI-08, IOL-05, IST-09)."""

from __future__ import annotations

import attrs

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.account import Account
from registrazione.core.answer import Answer, Next
from registrazione.core.decision import Decision, Letter
from registrazione.core.emails import EmailAddress
from registrazione.core.evolve import evolve
from registrazione.core.flows.attempts import cleared, failed
from registrazione.core.flows.common import Context, in_use, letter, limit, no_letter
from registrazione.core.flows.forms import read_email, reference
from registrazione.core.flows.gates import link_letter, onwards
from registrazione.core.flows.locks import check_unlocked
from registrazione.core.flows.passwords import accept_password, prove_password
from registrazione.core.flows.proof import is_elsewhere, ticket_holder
from registrazione.core.flows.registration import owner_of
from registrazione.core.profile import FirstPassword, Gate
from registrazione.core.questions import Find, Flow, Load, NormaliseEmail, ask
from registrazione.core.refusals import Refusal, refusal
from registrazione.core.states import IN_USE, AccountState, PasswordState


def activate(ctx: Context, account: Account, command: c.Activate) -> Flow[Decision]:
    """Use the link: it proves the mailbox, of a registration or of a new address."""
    if account.state is AccountState.ACTIVE:
        return (yield from _new_address(ctx, account))
    events: tuple[e.Event, ...] = ()
    if ctx.profile.first_password is FirstPassword.AT_LINK:
        events = yield from _password_at_link(ctx, account, command)
    elif account.password is PasswordState.SET:
        account, same = yield from _same_person(ctx, account, command)
        if not same:
            wrong = refusal("activation.password_wrong", "password")
            return failed(ctx, account, wrong)
    passed = e.MailboxProved(gates_passed=(*account.gates_passed, Gate.LINK))
    return (yield from onwards(ctx, account, (*events, passed)))


def _password_at_link(
    ctx: Context, account: Account, command: c.Activate
) -> Flow[tuple[e.Event, ...]]:
    """Return the event of the password set on the page that the link opens."""
    if command.password is None:
        raise refusal("input.missing", "password")
    new = yield from accept_password(ctx, account, command.password, command.password_again)
    return (new.chosen(ctx.now),)


def _same_person(ctx: Context, account: Account, command: c.Activate) -> Flow[tuple[Account, bool]]:
    """Tell whether who opens the link also filled in the form.

    The same browser shows its ticket; any other is asked for the password once more, so that a
    click alone never brings a stranger's password to life. Returns the account with the attempt
    counted where the password was wrong, and without any where it was right.
    """
    if command.ticket and (yield from ticket_holder(ctx, command.ticket)) == account.id:
        return cleared(account), True
    if command.password is None:
        raise refusal("activation.password_again", "password")
    counted, right = yield from prove_password(ctx, account, command.password)
    return (cleared(counted) if right else counted), right


def _new_address(ctx: Context, account: Account) -> Flow[Decision]:
    """Make the address whose link was used the account's (POL-14 decides which is written to)."""
    if account.pending_email is None:
        raise refusal("token.used", "token")
    new = EmailAddress.of(account.pending_email)
    if (yield from in_use(ctx, "email", new.key, but=account.id)):
        raise refusal("email.taken", "email")
    event = e.EmailChanged(
        email=reference(ctx, account.email, new), personal_email=account.pending_email
    )
    evolved = evolve(account, event)
    return Decision(
        account=account,
        events=(event,),
        effects=(letter("email_changed", account),),
        answer=Answer(next=Next.SIGN_IN, account=evolved),
    )


def resend_activation(ctx: Context, _account: None, command: c.ResendActivation) -> Flow[Decision]:
    """Send the link once more; the older one is void (UNI-08)."""
    answer = Answer(
        next=Next.OPEN_LINK,
        ticket=command.ticket,
        expires_at=ctx.now + ctx.profile.lifetimes.link,
    )
    if command.ticket:
        account = yield from _waiting(ctx, command.ticket)
        yield from limit(ctx, command, ("account", account.id))
        return (yield from _renewed(ctx, account, answer))
    address = yield from ask(NormaliseEmail(command.email, "email"))
    if not isinstance(address, EmailAddress):
        raise Refusal(*address)
    yield from limit(ctx, command, ("email", address.key))
    found = yield from ask(Find(ctx.key("email", address.key)))
    waiting = [
        a for a in found if a.state is AccountState.AWAITING_LINK and not is_elsewhere(ctx, a)
    ]
    if waiting:
        return (yield from _renewed(ctx, waiting[-1], answer))
    # The same look-up as for the owner of a registration that waits.
    yield from ask(Load(""))
    active = next((a for a in found if a.state is AccountState.ACTIVE), None)
    if active is not None:
        return Decision(effects=(letter("already_registered", active),), answer=answer)
    return Decision(effects=(Letter(kind="unknown", to=address.address),), answer=answer)


def _waiting(ctx: Context, ticket: str) -> Flow[Account]:
    """Return the claim that the browser's ticket belongs to, while it waits for its link."""
    account_id = yield from ticket_holder(ctx, ticket)
    if not account_id:
        raise refusal("token.invalid", "ticket")
    account = yield from ask(Load(account_id))
    if account is None or account.state is not AccountState.AWAITING_LINK:
        raise refusal("token.used", "ticket")
    if is_elsewhere(ctx, account):
        raise refusal("token.invalid", "ticket")
    return account


def _renewed(ctx: Context, account: Account, answer: Answer) -> Flow[Decision]:
    """Return the decision that sends the link again, or writes to the owner once more."""
    event = e.LinkRenewed(waiting_since=ctx.now)
    evolved = evolve(account, event)
    return Decision(
        account=account,
        events=(event,),
        effects=((yield from _letter_for(ctx, evolved)),),
        answer=answer,
    )


def _letter_for(ctx: Context, account: Account) -> Flow[Letter]:
    """Return the link's letter, or the owner's where person or address have an account."""
    # Looked up where there is none as well: the same work for everybody.
    owner = yield from ask(Load(account.owner or ""))
    if account.owner is None:
        return link_letter(ctx, account)
    if owner is None or owner.state not in IN_USE:
        return no_letter()
    return letter("already_registered", owner)


def correct_email(ctx: Context, account: Account, command: c.CorrectEmail) -> Flow[Decision]:
    """Correct the address that the link went to; the link that is out is void (UNI-08)."""
    new = yield from read_email(ctx, command.email, command.email_again, twice=False)
    yield from check_unlocked(ctx, account, "email", new.address)
    yield from limit(ctx, command, ("account", account.id), ("email", new.key))
    moved = attrs.evolve(account, email=new.address)
    owner = yield from owner_of(ctx, moved)
    event = e.EmailCorrected(
        email=new.address,
        personal_email=new.address,
        owner=owner.id if owner else None,
        waiting_since=ctx.now,
    )
    evolved = evolve(account, event)
    return Decision(
        account=account,
        events=(event,),
        effects=((yield from _letter_for(ctx, evolved)),),
        answer=Answer(
            next=Next.OPEN_LINK,
            account=evolved,
            ticket=command.token,
            expires_at=ctx.now + ctx.profile.lifetimes.link,
        ),
    )
