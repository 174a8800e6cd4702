"""SPID, CIE and eIDAS: in by another way, aligned with what was there before, or refused."""

from __future__ import annotations

import attrs

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.account import Account, VerifiedIdentity
from registrazione.core.answer import Answer, Difference, Next
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.decision import Decision, Letter
from registrazione.core.evolve import after, evolve
from registrazione.core.flows.answers import counted, unused
from registrazione.core.flows.common import (
    Context,
    letter,
    limit,
)
from registrazione.core.flows.elsewhere import session_value
from registrazione.core.flows.missing_data import new_person
from registrazione.core.flows.proof import bearer, holder, wanted_service
from registrazione.core.flows.vouching import (
    check_not_elsewhere,
    check_proves_code,
    check_same_person,
    free_email,
    identity_key,
    signed_in,
    vouched,
)
from registrazione.core.form import CREDENTIAL_KINDS
from registrazione.core.machine import REFUSED
from registrazione.core.profile import Gate
from registrazione.core.questions import (
    Find,
    Flow,
    SignToken,
    VerifyIdentity,
    ask,
)
from registrazione.core.refusals import Refusal, refusal
from registrazione.core.sources import told
from registrazione.core.states import IN_USE, AccountState, LinkState
from registrazione.core.tokens import Purpose

_PERSON_PROVED = {Gate.SECRETARIAT, Gate.PRESENCE}
_OPEN_BY_IDENTITY = {LinkState.LINKED, LinkState.ONLY}


def sign_in_with(ctx: Context, _account: None, command: c.SignInWith) -> Flow[Decision]:
    """Come back from the identity provider (MIM-02, MIM-08, IOL-11, UNI-02, POL-01).

    Whatever follows from the answer, it counts once, and what ends the provider's session is
    for the caller alone.
    """
    yield from limit(ctx, command)
    if command.provider not in ctx.profile.federation.providers:
        raise refusal("identity.unknown_provider", "provider")
    verified = yield from ask(VerifyIdentity(command.provider, command.response))
    if verified.level < ctx.profile.federation.min_level:
        raise refusal("identity.level_too_low")
    used = yield from unused(ctx, verified)
    try:
        decision = counted(ctx, (yield from _led(ctx, _needed(ctx, verified), command)), used)
    except Refusal:
        # Another worker may have been faster, and what it made stand in the way here.
        yield from unused(ctx, verified)
        raise
    if not decision.answer.session and not decision.answer.ticket:
        return decision
    answer = attrs.evolve(decision.answer, provider_session=verified.session)
    return attrs.evolve(decision, answer=answer)


def _led(ctx: Context, verified: VerifiedIdentity, command: c.SignInWith) -> Flow[Decision]:
    """Return what an identity leads to: a registration that waits, an account, or a new one."""
    if command.ticket:
        return (yield from _enabling(ctx, verified, command))
    if command.session:
        present = yield from holder(ctx, command.session)
        check_same_person(present, verified)
        return (yield from _known_person(ctx, present, verified, command.service))
    account = yield from _whose(ctx, verified)
    if account is None:
        return (yield from new_person(ctx, verified, command.service))
    if account.state is not AccountState.ACTIVE:
        raise refusal(REFUSED["state"][account.state])
    return (yield from _known_person(ctx, account, verified, command.service))


def _needed(ctx: Context, verified: VerifiedIdentity) -> VerifiedIdentity:
    """Return the identity with what this procedure asks for, and no more (MIM-20).

    The answer is left out, too, and of the provider's session stays what it is known again by:
    they are not the person's, and nobody keeps them.

    Raises:
        Refusal: The provider tells a codice fiscale that is none.
    """
    code = None if ctx.profile.codice_fiscale == "absent" else verified.codice_fiscale
    values = {
        name: value
        for name, value in verified.values.items()
        if (field := ctx.profile.field(name)) is not None and field.kind not in CREDENTIAL_KINDS
    }
    if code is not None:
        code = CodiceFiscale.parse(code).code
    return VerifiedIdentity(
        identity=verified.identity,
        codice_fiscale=code,
        values=values,
        level=verified.level,
        session=session_value(verified.identity.provider, verified.session),
    )


def _whose(ctx: Context, verified: VerifiedIdentity) -> Flow[Account | None]:
    """Return the account of this identity, or of this person; never by address."""
    linked = yield from ask(Find(identity_key(ctx, verified)))
    if linked:
        return linked[0]
    same = yield from ask(Find(ctx.key("codice_fiscale", verified.codice_fiscale or "")))
    return next((a for a in same if a.state in IN_USE), None)


# -- an account exists ----------------------------------------------------------------------


def _known_person(
    ctx: Context, account: Account, verified: VerifiedIdentity, service: str
) -> Flow[Decision]:
    """Link at once, or let the person decide first, with the difference before their eyes."""
    if verified.identity in account.identities:
        return (yield from signed_in(ctx, account, (), verified, service))
    yield from check_not_elsewhere(ctx, account, verified)
    if account.link in _OPEN_BY_IDENTITY or not ctx.profile.federation.align:
        events = yield from _linked(ctx, account, verified)
        decision = yield from signed_in(ctx, account, events, verified, service)
        return attrs.evolve(decision, effects=(*_notices(account, decision), *decision.effects))
    event = e.AlignmentAsked(pending_identity=verified)
    evolved = evolve(account, event)
    ticket = yield from ask(
        SignToken(Purpose.IDENTITY, account.id, evolved.epoch, service, ctx.now)
    )
    return Decision(
        account=account,
        events=(event,),
        answer=Answer(
            next=Next.ALIGN,
            account=evolved,
            ticket=ticket,
            differences=differences(ctx, account, verified),
        ),
    )


def differences(
    ctx: Context, account: Account, verified: VerifiedIdentity
) -> tuple[Difference, ...]:
    """Return what an alignment would change, and what of it is locked from then on (UNI-03)."""
    ours = {"cf": account.codice_fiscale or "", "email": account.email or "", **account.values}
    theirs = {"cf": verified.codice_fiscale or ours["cf"], **verified.values}
    return tuple(
        Difference(
            field=name,
            ours=ours.get(name, ""),
            theirs=value,
            locked=name in ctx.profile.federation.locked,
        )
        for name, value in theirs.items()
        if ours.get(name, "") != value
    )


def _linked(
    ctx: Context, account: Account, verified: VerifiedIdentity
) -> Flow[tuple[e.Event, ...]]:
    """Return the events that open the account to this identity.

    Where nobody ever saw the person, the password may be a stranger's who registered with
    somebody else's code first: then it is switched off, whatever the profile says.
    """
    unseen = not _PERSON_PROVED & {Gate(gate) for gate in account.gates_passed}
    only = ctx.profile.federation.only_afterwards or unseen
    if account.link in _OPEN_BY_IDENTITY or not only:
        return (_link(account, verified),)
    email = yield from free_email(ctx, verified.values.get("email"), account.id)
    if email is None:
        return (_link(account, verified), e.IdentityMadeOnly())
    return (
        e.EmailChanged(email=email, personal_email=email),
        _link(account, verified, email=email),
        e.IdentityMadeOnly(),
    )


def _link(
    account: Account, verified: VerifiedIdentity, *, email: str | None = None
) -> e.IdentityLinked:
    """Return the event that takes over what the provider tells, and remembers who did."""
    values = {k: v for k, v in verified.values.items() if k != "email"}
    aligned = attrs.evolve(
        account,
        codice_fiscale=verified.codice_fiscale or account.codice_fiscale,
        values={**account.values, **values},
        email=email or account.email,
    )
    return e.IdentityLinked(
        identities=(*account.identities, verified.identity),
        codice_fiscale=aligned.codice_fiscale,
        values=aligned.values,
        sources=told(aligned, verified, *(["email"] if email else [])),
    )


def align(ctx: Context, account: Account, command: c.Align) -> Flow[Decision]:
    """Accept: the data are the provider's, and it is the only way in; refuse: nothing changes."""
    verified = account.pending_identity
    if verified is None:
        raise refusal("token.used", "token")
    if command.accept is not True:
        event = e.AlignmentRefused()
        return Decision(
            account=account,
            events=(event,),
            answer=Answer(next=Next.SIGN_IN, account=evolve(account, event)),
        )
    yield from check_not_elsewhere(ctx, account, verified)
    events = yield from _linked(ctx, account, verified)
    service = yield from wanted_service(command.token)
    decision = yield from signed_in(ctx, account, events, verified, service)
    return attrs.evolve(decision, effects=(*_notices(account, decision), *decision.effects))


def _notices(account: Account, decision: Decision) -> tuple[Letter, ...]:
    """Return the letters that tell of a new way in (NIST SP 800-63B, binding).

    Where the address is the provider's from now on, the old one hears of it as well.
    """
    evolved = after(account, decision.events)
    linked = letter("aligned", evolved)
    if not account.email or account.email == evolved.email:
        return (linked,)
    return (letter("email_changed", account), linked)


def _enabling(ctx: Context, verified: VerifiedIdentity, command: c.SignInWith) -> Flow[Decision]:
    """Go on with a registration that waits: the identity stands for the visit (POL-18).

    Only the browser that holds the registration's ticket may do this: otherwise a stranger
    who registered with somebody's code would be let in by that person's own identity.
    """
    account = yield from bearer(ctx, command.ticket, Purpose.TICKET, field="ticket")
    if account.state not in {AccountState.AWAITING_LINK, AccountState.AWAITING_PRESENCE}:
        raise refusal(REFUSED["state"][account.state])
    check_same_person(account, verified)
    check_proves_code(account, verified)
    return (yield from vouched(ctx, account, (), verified, command.service))
