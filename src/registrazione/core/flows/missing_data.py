"""Whom nobody knew yet, vouched for by an identity provider: what it did not tell is asked."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.account import Account, VerifiedIdentity
from registrazione.core.answer import Answer, Next
from registrazione.core.consistency import ConsistencyPolicy
from registrazione.core.decision import Decision
from registrazione.core.emails import EmailAddress
from registrazione.core.evolve import evolve, identity_value
from registrazione.core.flows.cascades import completed, groups_of, is_idle_abroad, known_lists
from registrazione.core.flows.common import Context, limit, new_id
from registrazione.core.flows.forms import read_consents, read_form, reference
from registrazione.core.flows.locks import unlocked
from registrazione.core.flows.proof import wanted_service
from registrazione.core.flows.vouching import free_email, vouched
from registrazione.core.form import (
    CODICE_FISCALE,
    CONFIRMATIONS,
    CREDENTIAL_KINDS,
    FieldKind,
    FormField,
)
from registrazione.core.profile import Gate
from registrazione.core.questions import Flow, SignToken, ask
from registrazione.core.refusals import Refusal, refusal
from registrazione.core.sources import told
from registrazione.core.tokens import Purpose


def new_person(ctx: Context, verified: VerifiedIdentity, service: str) -> Flow[Decision]:
    """Register whom the provider vouches for; ask for what it does not tell (MIM-06, UNI-02)."""
    when = ctx.profile.window.fault_at(ctx.now)
    if when is not None:
        raise refusal(f"window.{when}")
    values = yield from _with_places(ctx, verified.values)
    more = [name for name in values if name not in verified.values]
    account_id = yield from new_id()
    email = yield from free_email(ctx, values.pop("email", None), account_id)
    if email is not None:
        more.append("email")
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
    account = attrs.evolve(account, sources=told(account, verified, *more))
    missing = missing_fields(ctx, account)
    if not missing and not ctx.profile.consents:
        return (yield from vouched(ctx, account, (), verified, service))
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


def _with_places(ctx: Context, told: Mapping[str, str]) -> Flow[dict[str, str]]:
    """Add what follows from the place of birth: nobody is asked what its code says already."""
    values = dict(told)
    if any(FieldKind.PLACE in group for group in groups_of(ctx.profile.form)):
        places = yield from known_lists()
        if places is not None:
            values |= completed(ctx.profile.form, values, places)
    return values


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
        and field.kind not in CREDENTIAL_KINDS
        and not known.get(CONFIRMATIONS.get(field.name, field.name))
        and not is_idle_abroad(field, asked, account.values)
    )


def complete_data(ctx: Context, account: Account, command: c.CompleteData) -> Flow[Decision]:
    """Take what was missing, and go on: the identity is proved already (MIM-06)."""
    verified = account.pending_identity
    if verified is None:
        raise refusal("token.used", "token")
    consents, lacking = read_consents(ctx, command.consents, earlier=account.consents)
    left, vouched_for = yield from unlocked(ctx, account, command.values)
    fields = missing_fields(ctx, account)
    try:
        reading = yield from read_form(
            _unseen(ctx, account), fields, left, account.codice_fiscale, known=account.values
        )
    except Refusal as refused:
        raise Refusal(*vouched_for, *refused.faults, *lacking) from None
    if vouched_for or lacking:
        raise Refusal(*vouched_for, *lacking)
    values = {**account.values, **reading.values}
    typed = values.pop("email", None)
    if typed:
        # Whether somebody else holds it is told here, so that it is not told at will.
        who = identity_value(verified.identity.issuer, verified.identity.subject)
        yield from limit(ctx, command, ("identity", who))
    email = reference(ctx, None, EmailAddress.of(typed)) if typed else account.email
    event = e.DataCompleted(
        values=values,
        consents=consents,
        email=email,
        personal_email=email,
        codice_fiscale=reading.codice_fiscale,
    )
    service = yield from wanted_service(command.token)
    return (yield from vouched(ctx, account, (event,), verified, service))


def _unseen(ctx: Context, account: Account) -> Context:
    """Return the context in which a codice fiscale is read that no provider tells (MIM-08).

    Where it may contradict the rest, that is for somebody to look at the documents; but nobody
    will where the identity stands for the visit, and anybody could type anybody's.
    """
    looked_at = Gate.PRESENCE not in ctx.profile.federation.satisfies
    told = account.codice_fiscale is not None
    if told or looked_at or ctx.profile.consistency != ConsistencyPolicy.LENIENT:
        return ctx
    return attrs.evolve(
        ctx, profile=attrs.evolve(ctx.profile, consistency=ConsistencyPolicy.NORMAL)
    )
