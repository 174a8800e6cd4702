"""What an identity provider vouches for: the same person, the gates it stands for, the way in."""

from __future__ import annotations

import attrs

from registrazione.core import events as e
from registrazione.core.account import Account, VerifiedIdentity
from registrazione.core.answer import Answer
from registrazione.core.decision import Decision
from registrazione.core.emails import EmailAddress
from registrazione.core.enabling import has_enabling, was_seen
from registrazione.core.evolve import after, identity_value
from registrazione.core.flows.common import (
    Context,
    in_use,
    letter,
    new_session,
    offers,
    what_next,
)
from registrazione.core.flows.gates import first_code, new_code, onwards
from registrazione.core.profile import Gate
from registrazione.core.questions import Find, Flow, NormaliseEmail, ask
from registrazione.core.records import Key
from registrazione.core.refusals import refusal
from registrazione.core.sources import told
from registrazione.core.states import AccountState

_NAMES = ("name", "surname")
_WHO = (*_NAMES, "birth_date")


def identity_key(ctx: Context, verified: VerifiedIdentity) -> Key:
    """Return what an account is found by that this identity opens."""
    identity = verified.identity
    return ctx.key("identity", identity_value(identity.issuer, identity.subject))


def check_not_elsewhere(ctx: Context, account: Account, verified: VerifiedIdentity) -> Flow[None]:
    """Refuse an identity that opens another account of the person already."""
    linked = yield from ask(Find(identity_key(ctx, verified)))
    if any(other.id != account.id for other in linked):
        raise refusal("registration.person_known")


def check_same_person(account: Account, verified: VerifiedIdentity) -> None:
    """Refuse somebody else's identity (UNI-04).

    The codice fiscale decides. An account that has none is compared by the names, and by the
    birth date where both know it; an identity that tells none, as eIDAS' do, has to agree in
    all of them (MIM-08).
    """
    ours, theirs = account.codice_fiscale, verified.codice_fiscale
    if ours is not None and theirs is not None:
        same = ours == theirs
    else:
        told = [name for name in _WHO if account.values.get(name) and verified.values.get(name)]
        same = set(told) >= set(_NAMES if ours is None else _WHO) and all(
            _spelt(account.values[name]) == _spelt(verified.values[name]) for name in told
        )
    if not same:
        raise refusal("identity.other_person")


def check_proves_code(account: Account, verified: VerifiedIdentity) -> None:
    """Refuse an identity that stands for nobody's codice fiscale where an office would (POL-18).

    Raises:
        Refusal: ``identity.other_person``.
    """
    if account.codice_fiscale is not None and verified.codice_fiscale is None:
        raise refusal("identity.other_person")


def _spelt(text: str) -> str:
    """Return a name as it is compared: providers write capitals where people do not."""
    return " ".join(text.casefold().split())


def free_email(ctx: Context, told: str | None, account_id: str) -> Flow[str | None]:
    """Return the provider's address, unless it is none or another account holds it."""
    address = yield from ask(NormaliseEmail(told or "", "email"))
    if not isinstance(address, EmailAddress):
        return None
    held = yield from in_use(ctx, "email", address.key, but=account_id)
    return None if held else address.address


def vouched(
    ctx: Context,
    account: Account,
    events: tuple[e.Event, ...],
    verified: VerifiedIdentity,
    service: str,
) -> Flow[Decision]:
    """Let the identity stand for the gates it may stand for, and go on to those left."""
    yield from check_not_elsewhere(ctx, account, verified)
    evolved = after(account, events)
    passed = (*evolved.gates_passed, *ctx.profile.federation.satisfies)
    events = (
        *events,
        e.IdentityVouched(gates_passed=tuple(dict.fromkeys(passed))),
        e.IdentityLinked(
            identities=tuple(dict.fromkeys((*evolved.identities, verified.identity))),
            codice_fiscale=evolved.codice_fiscale,
            values=evolved.values,
            sources=told(evolved, verified),
        ),
    )
    decision = yield from onwards(ctx, account, events)
    if after(account, decision.events).state is not AccountState.ACTIVE:
        return decision
    signed = yield from signed_in(ctx, account, decision.events, verified, service)
    effects = (*decision.effects, *signed.effects)
    return attrs.evolve(signed, effects=effects, others=decision.others)


def _enabled(ctx: Context, account: Account) -> Flow[tuple[e.Event, ...]]:
    """Return what an identity that stands for the visit brings an account in use.

    A code from before somebody stood for the person may be a stranger's, like the password that
    goes with it: it is replaced.
    """
    if was_seen(account) or not has_enabling(ctx.profile):
        return (yield from first_code(ctx, account))
    return (
        e.IdentityVouched(gates_passed=(*account.gates_passed, Gate.PRESENCE)),
        (yield from new_code(account)),
    )


def signed_in(
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
    issued = (yield from _enabled(ctx, base)) if enables else ()
    sessions, token = yield from new_session(ctx, base, method, service, verified.session)
    entry = e.SignedIn(sessions=sessions, last_used_at=ctx.now, method=method)
    events = (*events, *issued, entry)
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
