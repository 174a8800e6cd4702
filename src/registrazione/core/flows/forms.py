"""Reading a form: every field by its kind, against the codice fiscale, all faults at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import cast

import attrs

from registrazione.core.account import Consent
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.consistency import ConsistencyPolicy, check_person
from registrazione.core.emails import EmailAddress, check_again, check_domain, is_preferred
from registrazione.core.flows.common import Context
from registrazione.core.form import CONFIRMATIONS, FieldKind, FormField
from registrazione.core.questions import AcceptsMail, Flow, KnownPlaces, NormaliseEmail, ask
from registrazione.core.refusals import Fault, Refusal, fault, refuse_errors
from registrazione.core.secret import Secret
from registrazione.core.text import clean_code, clean_line
from registrazione.core.usernames import check_username

_OLDEST = 120
_ISO_LENGTH = 10
_COLLECTIONS = (tuple, list, set, frozenset)
_PHONE_DIGITS = range(6, 16)
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
    by_name = {field.name: field for field in fields}
    faults: list[Fault] = [
        fault("input.unknown_field", shown(name)) for name in typed if name not in by_name
    ]
    values: dict[str, str] = {}
    secrets: dict[str, Secret] = {}
    for field in fields:
        result = yield from _read_field(ctx, field, typed.get(field.name))
        if isinstance(result, tuple):
            faults += result
        elif isinstance(result, Secret):
            secrets[field.name] = result
        elif result is not None:
            values[field.name] = result
    faults += yield from _addresses(ctx, values, by_name)
    code = values.pop("cf", None) or codice_fiscale
    named = {fault.field for fault in faults}
    if code is not None and "cf" not in named:
        faults += yield from _against_code(ctx, code, {**(known or {}), **values}, named)
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


def _read_field(
    ctx: Context, field: FormField, value: object
) -> Flow[str | Secret | tuple[Fault, ...] | None]:
    """Return a field's clean value, its faults, or ``None`` where it is empty and may be."""
    if isinstance(value, Secret):
        value = value.reveal()
    if value is None or (isinstance(value, str) and not value.strip()):
        return (fault("input.missing", field.name),) if field.required else None
    if field.kind is FieldKind.EMAIL:
        address = yield from ask(NormaliseEmail(value, field.name))
        return address.address if isinstance(address, EmailAddress) else address
    result = _READERS[field.kind](value, field)
    if isinstance(result, Fault):
        return (result,)
    if field.name == "birth_date" and isinstance(result, str):
        return _birth_date(result, ctx.now.date())
    return result


def _line(value: object, field: FormField) -> str | Fault:
    return clean_line(value, max_length=field.max_length, field=field.name)


def _code(value: object, field: FormField) -> str | Fault:
    return clean_code(value, max_length=field.max_length, field=field.name)


def _choice(value: object, field: FormField) -> str | Fault:
    """Return one of the choices."""
    return value if isinstance(value, str) and value in field.choices else _bad_choice(field)


def _bad_choice(field: FormField) -> Fault:
    return fault("input.choice", field.name)


def _date(value: object, field: FormField) -> str | Fault:
    """Return a day as ISO text."""
    if isinstance(value, date):
        return f"{value.year:04}-{value.month:02}-{value.day:02}"
    malformed = "data.forma" if field.name == "birth_date" else "input.malformed"
    if not isinstance(value, str) or len(value) != _ISO_LENGTH:
        return fault(malformed, field.name)
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return fault(malformed, field.name)


def _phone(value: object, field: FormField) -> str | Fault:
    """Return a number that has the shape of one: digits, with a plus and separators."""
    text = clean_line(value, max_length=30, field=field.name)
    if isinstance(text, Fault):
        return text
    digits = text.translate(str.maketrans("", "", " -./()"))
    number = digits.removeprefix("+")
    if not (number.isascii() and number.isdigit() and len(number) in _PHONE_DIGITS):
        return fault("phone.malformed", field.name)
    return digits


def _username(value: object, field: FormField) -> str | Fault | tuple[Fault, ...]:
    if not isinstance(value, str):
        return fault("input.type", field.name)
    return check_username(value) or value


def _password(value: object, field: FormField) -> Secret | Fault:
    """Return the password untouched; the policy judges it."""
    return Secret(value) if isinstance(value, str) else fault("input.type", field.name)


def _codice_fiscale(value: object, field: FormField) -> str | tuple[Fault, ...]:
    try:
        return CodiceFiscale.parse(value, field.name).code
    except Refusal as refused:
        return refused.faults


_READERS: Mapping[
    FieldKind, Callable[[object, FormField], str | Secret | Fault | tuple[Fault, ...]]
] = {
    FieldKind.LINE: _line,
    FieldKind.NAME: _line,
    FieldKind.DATE: _date,
    FieldKind.CHOICE: _choice,
    FieldKind.PLACE: _code,
    FieldKind.PHONE: _phone,
    FieldKind.CODE: _code,
    FieldKind.CODICE_FISCALE: _codice_fiscale,
    FieldKind.USERNAME: _username,
    FieldKind.PASSWORD: _password,
}


def _birth_date(day: str, today: date) -> str | tuple[Fault, ...]:
    """Refuse a birth that has not happened yet, or so long ago that nobody is left."""
    born = date.fromisoformat(day)
    if born > today:
        return (fault("birth_date.future", "birth_date"),)
    if born.year < today.year - _OLDEST:
        return (fault("birth_date.too_old", "birth_date", years=_OLDEST),)
    return day


def _addresses(
    ctx: Context, values: Mapping[str, str], fields: Mapping[str, FormField]
) -> Flow[tuple[Fault, ...]]:
    """Return what the procedure has against the address (MIM-16, MIM-17, IOL-13, IST-04)."""
    if "email" not in values:
        return ()
    email = EmailAddress.of(values["email"])
    again = values.get("email_again")
    faults = yield from _domain(ctx, email)
    if "email_again" in fields and again is not None:
        faults += check_again(email, EmailAddress.of(again), ctx.profile.email)
    return faults


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
    """Return the consents given, with version, time and purpose, and those missing (MIM-18…20)."""
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
            )
    missing = tuple(
        fault("consent.acknowledge" if text.acknowledge else "consent.accept", text.name)
        for text in ctx.profile.consents
        if text.name not in kept
    )
    return tuple(kept.values()), missing
