"""Reading a form: every field by its kind, then what they say together, all faults at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import cast

import attrs

from registrazione.core.account import Consent
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.consistency import ConsistencyPolicy, check_person
from registrazione.core.documents import DocumentType, check_document, read_document_type
from registrazione.core.emails import EmailAddress, check_again, check_domain, is_preferred
from registrazione.core.flows.cascades import Group, answered_abroad, groups_of, known_lists, settle
from registrazione.core.flows.common import Context
from registrazione.core.flows.fields import Result, read_field
from registrazione.core.form import CONFIRMATIONS, FieldKind, FormField
from registrazione.core.pec import check_pec
from registrazione.core.questions import AcceptsMail, Flow, KnownPlaces, NormaliseEmail, ask
from registrazione.core.refusals import Fault, Refusal, fault, refuse_errors
from registrazione.core.secret import Secret

_COLLECTIONS = (tuple, list, set, frozenset)
_FIELD_NAME = re.compile(r"[a-z][a-z_]{0,39}")


@attrs.frozen(kw_only=True)
class Reading:
    """What a form says, clean.

    Args:
        values: By field name; confirmations and passwords are not among them.
        codice_fiscale: The code that the form asks for, where it does.
        password: The chosen password, not judged yet.
        password_again: Its confirmation.
        notices: Warnings and hints.
    """

    values: Mapping[str, str] = attrs.field(repr=False)
    codice_fiscale: str | None = attrs.field(repr=False)
    password: Secret | None
    password_again: Secret | None
    notices: tuple[Fault, ...]


def read_form(
    ctx: Context,
    fields: Collection[FormField],
    typed: Mapping[str, object],
    codice_fiscale: str | None,
    *,
    known: Mapping[str, str] | None = None,
) -> Flow[Reading]:
    """Return what the form says.

    Args:
        ctx: The context.
        fields: The fields that may be filled in; any other is refused.
        typed: What was typed.
        codice_fiscale: The code of the first page, already sound.
        known: What is known already; compared with the code together with what was typed.

    Raises:
        Refusal: With all faults of the form at once.
    """
    known = known or {}
    by_name = {field.name: field for field in fields}
    faults: list[Fault] = [
        fault("input.unknown_field", shown(name)) for name in typed if name not in by_name
    ]
    groups = groups_of(fields)
    answers = yield from _answered_abroad(groups, {**known, **typed})
    values: dict[str, str] = {}
    secrets: dict[str, Secret] = {}
    for field in fields:
        if field.name in answers:
            result: Result | None = answers[field.name]
        else:
            result = yield from read_field(field, typed.get(field.name), ctx.now.date())
        if isinstance(result, Fault | tuple):
            faults += result if isinstance(result, tuple) else (result,)
        elif isinstance(result, Secret):
            secrets[field.name] = result
        elif result is not None:
            values[field.name] = result
    faults += yield from _addresses(ctx, values, by_name)
    faults += _documents(ctx, values, known)
    unsettled = yield from _settled(groups, values, known)
    code = values.pop("cf", None) or codice_fiscale
    named = {fault.field for fault in (*faults, *unsettled) if fault.field not in values}
    if code is not None and "cf" not in named:
        faults += yield from _against_code(ctx, code, {**known, **values}, named)
    said = {fault.field for fault in faults if fault.is_error}
    faults += [fault for fault in unsettled if fault.field not in said]
    notices = refuse_errors(faults)
    return Reading(
        values={k: v for k, v in values.items() if k not in CONFIRMATIONS},
        codice_fiscale=code,
        password=secrets.get("password"),
        password_again=secrets.get("password_again"),
        notices=notices,
    )


def shown(name: str) -> str | None:
    """Return the name of an unknown field, where it may be repeated in an answer.

    Small letters only: a codice fiscale or a password that got into a name is not said back.
    """
    return name if _FIELD_NAME.fullmatch(name) else None


def _addresses(
    ctx: Context, values: Mapping[str, str], fields: Mapping[str, FormField]
) -> Flow[tuple[Fault, ...]]:
    """Return what the procedure has against the address (MIM-16, MIM-17, IOL-13, IST-04)."""
    certified = tuple(
        doubt
        for name, field in fields.items()
        if field.kind is FieldKind.PEC and name in values
        for doubt in check_pec(EmailAddress.of(values[name]), name)
    )
    if "email" not in values:
        return certified
    email = EmailAddress.of(values["email"])
    again = values.get("email_again")
    faults = yield from _domain(ctx, email)
    if "email_again" in fields and again is not None:
        faults += check_again(email, EmailAddress.of(again), ctx.profile.email)
    return (*faults, *certified)


def _answered_abroad(
    groups: Collection[Group], said: Mapping[str, object]
) -> Flow[Mapping[str, str | None]]:
    """Return what the choice of a foreign nation answers by itself (MIM-14)."""
    asked = any(FieldKind.NATION in group for group in groups)
    places = (yield from known_lists()) if asked else None
    if places is None:
        return {}
    answers: dict[str, str | None] = {}
    for group in groups:
        answers |= answered_abroad(group, said, places)
    return answers


def _settled(
    groups: Collection[Group], values: dict[str, str], known: Mapping[str, str]
) -> Flow[tuple[Fault, ...]]:
    """Put the places into their canonical form; return what does not agree in them (MIM-15)."""
    places = (yield from known_lists()) if groups else None
    if places is None:
        return ()
    faults: tuple[Fault, ...] = ()
    born = _day(values.get("birth_date") or known.get("birth_date"))
    for group in groups:
        settled, found = settle(group, values, known, born, places)
        values.update(settled)
        faults += found
        if not settled:
            # What is on no list is compared with nothing.
            for unlisted in found:
                values.pop(unlisted.field or "", None)
    return faults


def _documents(
    ctx: Context, values: Mapping[str, str], known: Mapping[str, str]
) -> tuple[Fault, ...]:
    """Return what is wrong with the identity documents that were typed (IOL-21, POL-06)."""
    said = {**known, **values}
    faults: tuple[Fault, ...] = ()
    for prefix in ctx.profile.documents:
        if not any(name.startswith(f"{prefix}_") for name in values):
            continue
        kind = read_document_type(said.get(f"{prefix}_type"))
        faults += check_document(
            kind if isinstance(kind, DocumentType) else None,
            said.get(f"{prefix}_number"),
            issued=_day(said.get(f"{prefix}_issued")),
            expires=_day(said.get(f"{prefix}_expires")),
            today=ctx.now.date(),
            prefix=prefix,
        )
    return faults


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _against_code(
    ctx: Context, code: str, values: Mapping[str, str], named: Collection[str | None]
) -> Flow[tuple[Fault, ...]]:
    """Compare the data with the code, leaving out fields that have a fault already."""
    places = yield from ask(KnownPlaces())
    compared = {
        name: values.get(name)
        for name in ("surname", "name", "sex", "birth_date", "birth_place")
        if name not in named
    }
    return check_person(
        CodiceFiscale.parse(code),
        policy=ConsistencyPolicy(ctx.profile.consistency),
        places=places,
        **compared,
    )


def _domain(ctx: Context, email: EmailAddress) -> Flow[tuple[Fault, ...]]:
    """Return what speaks against the domain: the procedure's rules, then the world."""
    faults = check_domain(email, ctx.profile.email)
    if faults or (yield from ask(AcceptsMail(email.domain))):
        return faults
    return (fault("email.nobody_there", "email"),)


def read_email(ctx: Context, typed: object, again: object, *, twice: bool) -> Flow[EmailAddress]:
    """Return an address typed on its own page, checked by the procedure's rules.

    Raises:
        Refusal: With all faults.
    """
    address = yield from ask(NormaliseEmail(typed, "email"))
    if not isinstance(address, EmailAddress):
        raise Refusal(*address)
    faults = yield from _domain(ctx, address)
    if again is not None or twice:
        second = yield from ask(NormaliseEmail(again or "", "email_again"))
        if isinstance(second, EmailAddress):
            faults += check_again(address, second, ctx.profile.email)
        else:
            faults += second
    refuse_errors(faults)
    return address


def reference(ctx: Context, present: str | None, new: EmailAddress) -> str:
    """Return the address that letters go to once ``new`` is known (POL-14).

    An institutional address stays the reference where a personal one is added.
    """
    if present is None or is_preferred(new, ctx.profile.email):
        return new.address
    return present if is_preferred(EmailAddress.of(present), ctx.profile.email) else new.address


def read_consents(
    ctx: Context, given: object, *, earlier: tuple[Consent, ...] = ()
) -> tuple[tuple[Consent, ...], tuple[Fault, ...]]:
    """Return the consents given, and those missing (MIM-18 to MIM-20)."""
    ticked = cast("Iterable[object]", given) if isinstance(given, _COLLECTIONS) else ()
    names = {name for name in ticked if isinstance(name, str)}
    kept = {consent.name: consent for consent in earlier}
    for text in ctx.profile.consents:
        if text.name in names:
            kept[text.name] = Consent(
                name=text.name,
                version=text.version,
                at=ctx.now,
                purpose=text.purpose.it if text.purpose else "",
                retention_days=ctx.profile.lifetimes.retention.days,
            )
    missing = tuple(
        fault("consent.acknowledge" if text.acknowledge else "consent.accept", text.name)
        for text in ctx.profile.consents
        if text.name not in kept
    )
    return tuple(kept.values()), missing
