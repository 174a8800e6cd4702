"""SPID, CIE and eIDAS: in by another way, aligned with what was there before, or refused."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.account import Account, VerifiedIdentity
from registrazione.core.answer import Answer, Difference, Next
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.decision import Decision
from registrazione.core.emails import EmailAddress
from registrazione.core.evolve import after, evolve, identity_value
from registrazione.core.flows.common import (
    Context,
    letter,
    limit,
    new_id,
    new_session,
    offers,
    what_next,
)
from registrazione.core.flows.forms import read_consents, read_form, reference
from registrazione.core.flows.gates import first_code, onwards
from registrazione.core.flows.proof import bearer, holder
from registrazione.core.form import CODICE_FISCALE, CONFIRMATIONS, FieldKind, FormField
from registrazione.core.machine import REFUSED
from registrazione.core.profile import Gate
from registrazione.core.questions import (
    Find,
    Flow,
    NormaliseEmail,
    SignToken,
    VerifyIdentity,
    ask,
)
from registrazione.core.records import Key
from registrazione.core.refusals import Refusal, refusal
from registrazione.core.states import AccountState, LinkState
from registrazione.core.tokens import Purpose

_PERSON_PROVED = {Gate.SECRETARIAT, Gate.PRESENCE}
_OWN_SECRETS = {FieldKind.USERNAME, FieldKind.PASSWORD}
_WHO = ("name", "surname", "birth_date")
_OPEN_BY_IDENTITY = {LinkState.LINKED, LinkState.ONLY}


def sign_in_with(ctx: Context, _account: None, command: c.SignInWith) -> Flow[Decision]:
    """Come back from the identity provider (MIM-02, MIM-08, IOL-11, UNI-02, POL-01)."""
    yield from limit(ctx, command)
    if command.provider not in ctx.profile.federation.providers:
        raise refusal("identity.unknown_provider", "provider")
    verified = yield from ask(VerifyIdentity(command.provider, command.response))
    if verified.level < ctx.profile.federation.min_level:
        raise refusal("identity.level_too_low")
    verified = _needed(ctx, verified)
    if command.ticket:
        return (yield from _enabling(ctx, verified, command))
    if command.session:
        present = yield from holder(ctx, command.session)
        _check_same_person(present, verified)
        return (yield from _known_person(ctx, present, verified, command.service))
    account = yield from _whose(ctx, verified)
    if account is None:
        return (yield from _new_person(ctx, verified, command.service))
    if account.state is not AccountState.ACTIVE:
        raise refusal(REFUSED["state"][account.state])
    return (yield from _known_person(ctx, account, verified, command.service))


def _needed(ctx: Context, verified: VerifiedIdentity) -> VerifiedIdentity:
    """Return the identity with what this procedure asks for, and no more (MIM-20).

    Raises:
        Refusal: The provider tells a codice fiscale that is none.
    """
    code = None if ctx.profile.codice_fiscale == "absent" else verified.codice_fiscale
    values = {
        name: value
        for name, value in verified.values.items()
        if (field := ctx.profile.field(name)) is not None and field.kind not in _OWN_SECRETS
    }
    if code is not None:
        code = CodiceFiscale.parse(code).code
    return attrs.evolve(verified, codice_fiscale=code, values=values)


def _whose(ctx: Context, verified: VerifiedIdentity) -> Flow[Account | None]:
    """Return the account of this identity, or of this person; never by address."""
    linked = yield from ask(Find(_identity_key(ctx, verified)))
    if linked:
        return linked[0]
    same = yield from ask(Find(ctx.key("codice_fiscale", verified.codice_fiscale or "")))
    return next((a for a in same if a.state in {AccountState.ACTIVE, AccountState.SUSPENDED}), None)


def _identity_key(ctx: Context, verified: VerifiedIdentity) -> Key:
    """Return what an account is found by that this identity opens."""
    identity = verified.identity
    return ctx.key("identity", identity_value(identity.issuer, identity.subject))


def _check_not_elsewhere(ctx: Context, account: Account, verified: VerifiedIdentity) -> Flow[None]:
    """Refuse an identity that opens another account of the person already."""
    linked = yield from ask(Find(_identity_key(ctx, verified)))
    if any(other.id != account.id for other in linked):
        raise refusal("registration.person_known")


def _check_same_person(account: Account, verified: VerifiedIdentity) -> None:
    """Refuse somebody else's identity (UNI-04).

    Where the account has no codice fiscale, the names and the birth date have to agree.
    """
    if account.codice_fiscale is not None:
        same = account.codice_fiscale == verified.codice_fiscale
    else:
        told = [name for name in _WHO if account.values.get(name) and verified.values.get(name)]
        same = {"name", "surname"} <= set(told) and all(
            _spelt(account.values[name]) == _spelt(verified.values[name]) for name in told
        )
    if not same:
        raise refusal("identity.other_person")


def _spelt(text: str) -> str:
    """Return a name as it is compared: providers write capitals where people do not."""
    return " ".join(text.casefold().split())


# -- an account exists ----------------------------------------------------------------------


def _known_person(
    ctx: Context, account: Account, verified: VerifiedIdentity, service: str
) -> Flow[Decision]:
    """Link at once, or let the person decide first, with the difference before their eyes."""
    if verified.identity in account.identities:
        return (yield from _signed_in(ctx, account, (), verified, service))
    yield from _check_not_elsewhere(ctx, account, verified)
    if account.link in _OPEN_BY_IDENTITY or not ctx.profile.federation.align:
        events = yield from _linked(ctx, account, verified)
        return (yield from _signed_in(ctx, account, events, verified, service))
    event = e.AlignmentAsked(pending_identity=verified)
    evolved = evolve(account, event)
    ticket = yield from ask(SignToken(Purpose.IDENTITY, account.id, evolved.epoch, "", ctx.now))
    return Decision(
        account=account,
        events=(event,),
        answer=Answer(
            next=Next.ALIGN,
            account=evolved,
            ticket=ticket,
            differences=differences(account, verified),
        ),
    )


def differences(account: Account, verified: VerifiedIdentity) -> tuple[Difference, ...]:
    """Return what an alignment would change (UNI-03)."""
    ours = {"cf": account.codice_fiscale or "", "email": account.email or "", **account.values}
    theirs = {"cf": verified.codice_fiscale or ours["cf"], **verified.values}
    return tuple(
        Difference(field=name, ours=ours.get(name, ""), theirs=value)
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
    values = {k: v for k, v in verified.values.items() if k != "email"}
    events: tuple[e.Event, ...] = (
        e.IdentityLinked(
            identities=(*account.identities, verified.identity),
            codice_fiscale=verified.codice_fiscale or account.codice_fiscale,
            values={**account.values, **values},
        ),
    )
    if account.link in _OPEN_BY_IDENTITY:
        return events
    unseen = not _PERSON_PROVED & {Gate(gate) for gate in account.gates_passed}
    if ctx.profile.federation.only_afterwards or unseen:
        events = (*events, e.IdentityMadeOnly())
        email = yield from _free_email(ctx, verified.values.get("email"), account.id)
        if email is not None:
            events = (*events, e.EmailChanged(email=email, personal_email=email))
    return events


def align(ctx: Context, account: Account, command: c.Align) -> Flow[Decision]:
    """Accept: the data are the provider's, and it is the only way in; refuse: nothing changes."""
    verified = account.pending_identity
    if verified is None:
        raise refusal("token.used")
    if command.accept is not True:
        event = e.AlignmentRefused()
        return Decision(
            account=account,
            events=(event,),
            answer=Answer(next=Next.SIGN_IN, account=evolve(account, event)),
        )
    yield from _check_not_elsewhere(ctx, account, verified)
    events = yield from _linked(ctx, account, verified)
    decision = yield from _signed_in(ctx, account, events, verified, "")
    evolved = after(account, decision.events)
    return attrs.evolve(decision, effects=(letter("aligned", evolved), *decision.effects))


# -- nobody known yet -----------------------------------------------------------------------


def _new_person(ctx: Context, verified: VerifiedIdentity, service: str) -> Flow[Decision]:
    """Register whom the provider vouches for; ask for what it does not tell (MIM-06, UNI-02)."""
    when = ctx.profile.window.fault_at(ctx.now)
    if when is not None:
        raise refusal(f"window.{when}")
    values = dict(verified.values)
    account_id = yield from new_id()
    email = yield from _free_email(ctx, values.pop("email", None), account_id)
    account = Account(
        id=account_id,
        profile=ctx.profile.name,
        realm=ctx.profile.realm,
        codice_fiscale=verified.codice_fiscale,
        values=values,
        email=email,
        personal_email=email,
        created_at=ctx.now,
        waiting_since=ctx.now,
        pending_identity=verified,
    )
    missing = missing_fields(ctx, account)
    if not missing and not ctx.profile.consents:
        return (yield from _vouched(ctx, account, (), verified, service))
    event = e.DataMissing(pending_identity=verified)
    evolved = evolve(account, event)
    ticket = yield from ask(
        SignToken(Purpose.IDENTITY, account.id, evolved.epoch, service, ctx.now)
    )
    return Decision(
        account=account,
        events=(event,),
        answer=Answer(
            next=Next.COMPLETE_DATA,
            account=evolved,
            ticket=ticket,
            missing=tuple(field.name for field in missing),
        ),
    )


def _free_email(ctx: Context, told: str | None, account_id: str) -> Flow[str | None]:
    """Return the provider's address, unless it is none or another account holds it."""
    address = yield from ask(NormaliseEmail(told or "", "email"))
    if not isinstance(address, EmailAddress):
        return None
    if "email" in ctx.profile.unique:
        for other in (yield from ask(Find(ctx.key("email", address.key)))):
            holds = other.state in {AccountState.ACTIVE, AccountState.SUSPENDED}
            if holds and other.id != account_id:
                return None
    return address.address


def missing_fields(ctx: Context, account: Account) -> tuple[FormField, ...]:
    """Return the mandatory fields that the provider did not tell."""
    known: Mapping[str, object] = {
        **account.values,
        "cf": account.codice_fiscale,
        "email": account.email,
    }
    asked = ctx.profile.form
    if ctx.profile.codice_fiscale == "required" and ctx.profile.field("cf") is None:
        # Asked on a page of its own where nobody vouches for the person (MIM-11).
        asked = (CODICE_FISCALE, *asked)
    return tuple(
        field
        for field in asked
        if field.required
        and field.kind not in _OWN_SECRETS
        and not known.get(CONFIRMATIONS.get(field.name, field.name))
    )


def complete_data(ctx: Context, account: Account, command: c.CompleteData) -> Flow[Decision]:
    """Take what was missing, and go on: the identity is proved already (MIM-06)."""
    verified = account.pending_identity
    if verified is None:
        raise refusal("token.used")
    consents, lacking = read_consents(ctx, command.consents, earlier=account.consents)
    fields = missing_fields(ctx, account)
    try:
        reading = yield from read_form(
            ctx, fields, command.values, account.codice_fiscale, known=account.values
        )
    except Refusal as refused:
        raise Refusal(*refused.faults, *lacking) from None
    if lacking:
        raise Refusal(*lacking)
    values = {**account.values, **reading.values}
    typed = values.pop("email", None)
    email = reference(ctx, None, EmailAddress.of(typed)) if typed else account.email
    event = e.DataCompleted(
        values=values,
        consents=consents,
        email=email,
        personal_email=email,
        codice_fiscale=reading.codice_fiscale,
    )
    return (yield from _vouched(ctx, account, (event,), verified, ""))


def _vouched(
    ctx: Context,
    account: Account,
    events: tuple[e.Event, ...],
    verified: VerifiedIdentity,
    service: str,
) -> Flow[Decision]:
    """Let the identity stand for the gates it may stand for, and go on to those left."""
    yield from _check_not_elsewhere(ctx, account, verified)
    evolved = after(account, events)
    passed = (*evolved.gates_passed, *ctx.profile.federation.satisfies)
    events = (
        *events,
        e.IdentityVouched(gates_passed=tuple(dict.fromkeys(passed))),
        e.IdentityLinked(
            identities=tuple(dict.fromkeys((*evolved.identities, verified.identity))),
            codice_fiscale=evolved.codice_fiscale,
            values=evolved.values,
        ),
    )
    decision = yield from onwards(ctx, account, events)
    if after(account, decision.events).state is not AccountState.ACTIVE:
        return decision
    signed = yield from _signed_in(ctx, account, decision.events, verified, service)
    effects = (*decision.effects, *signed.effects)
    return attrs.evolve(signed, effects=effects, others=decision.others)


def _enabling(ctx: Context, verified: VerifiedIdentity, command: c.SignInWith) -> Flow[Decision]:
    """Go on with a registration that waits: the identity stands for the visit (POL-18).

    Only the browser that holds the registration's ticket may do this: otherwise a stranger
    who registered with somebody's code would be let in by that person's own identity.
    """
    account = yield from bearer(ctx, command.ticket, Purpose.TICKET)
    if account.state not in {AccountState.AWAITING_LINK, AccountState.AWAITING_PRESENCE}:
        raise refusal(REFUSED["state"][account.state])
    _check_same_person(account, verified)
    return (yield from _vouched(ctx, account, (), verified, command.service))


# -- in -------------------------------------------------------------------------------------


def _signed_in(
    ctx: Context,
    account: Account,
    events: tuple[e.Event, ...],
    verified: VerifiedIdentity,
    service: str,
) -> Flow[Decision]:
    """Return the decision that lets the person in.

    An identity that stands for the visit also enables: whoever has no personal code yet gets a
    temporary one by mail (POL-18).
    """
    base = after(account, events)
    method = verified.identity.provider
    enables = Gate.PRESENCE in ctx.profile.federation.satisfies
    issued = (yield from first_code(ctx, base)) if enables else ()
    sessions, token = yield from new_session(ctx, base, method, service)
    signed_in = e.SignedIn(sessions=sessions, last_used_at=ctx.now, method=method)
    events = (*events, *issued, signed_in)
    evolved = after(account, events)
    return Decision(
        account=account,
        events=events,
        effects=(letter("code_recovery", evolved, first="yes"),) if issued else (),
        answer=Answer(
            next=what_next(ctx, evolved),
            account=evolved,
            session=token,
            services=offers(ctx, evolved),
            destination=service,
        ),
    )
