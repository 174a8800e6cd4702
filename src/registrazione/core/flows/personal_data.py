"""What may be changed after the form is confirmed: by the person, and by an operator only."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.account import Account
from registrazione.core.answer import Answer, Next
from registrazione.core.decision import Decision, Letter
from registrazione.core.enabling import was_seen
from registrazione.core.evolve import after, email_key, evolve
from registrazione.core.flows.attempts import cleared, failed
from registrazione.core.flows.common import Context, in_use, letter, limit, what_next
from registrazione.core.flows.forms import read_email, read_form, reference, shown
from registrazione.core.flows.gates import temporary
from registrazione.core.flows.locks import check_unlocked, unlocked
from registrazione.core.flows.passwords import prove_password
from registrazione.core.flows.proof import check_fresh
from registrazione.core.form import (
    CODICE_FISCALE,
    CONFIRMATIONS,
    CREDENTIAL_KINDS,
    EMAIL,
    Editable,
    FormField,
)
from registrazione.core.questions import Flow
from registrazione.core.refusals import Fault, Refusal, fault, refusal
from registrazione.core.sources import corrected
from registrazione.core.states import PasswordState


def update_contacts(ctx: Context, account: Account, command: c.UpdateContacts) -> Flow[Decision]:
    """Change phones, document, residence and domicile (IOL-21, POL-08)."""
    typed, vouched_for = yield from unlocked(ctx, account, command.values)
    fields = _fields(ctx, typed, vouched_for)
    known = {k: v for k, v in account.values.items() if k not in typed}
    reading = yield from read_form(ctx, fields, typed, None, known=known)
    event = e.ContactsUpdated(
        values=_merged(account, fields, reading.values),
        fields=" ".join(sorted(field.name for field in fields)),
    )
    evolved = evolve(account, event)
    return Decision(
        account=account,
        events=(event,),
        answer=Answer(
            next=what_next(ctx, evolved),
            account=evolved,
            session=command.session,
            notices=reading.notices,
        ),
    )


def _fields(
    ctx: Context, typed: Mapping[str, object], faults: tuple[Fault, ...]
) -> tuple[FormField, ...]:
    """Return the fields that the person changes.

    Args:
        ctx: The context.
        typed: What was typed.
        faults: What is wrong with the rest.

    Raises:
        Refusal: With one fault for each field that may not be changed this way (IOL-22).
    """
    fields = [ctx.profile.field(name) for name in typed]
    found = tuple(field for field in fields if field is not None)
    refused = [name for name, field in zip(typed, fields, strict=True) if field is None] + [
        field.name for field in found if field.editable is not Editable.PERSON
    ]
    if refused or faults:
        raise Refusal(*faults, *(fault("data.school_only", shown(name)) for name in refused))
    return found


def _merged(
    account: Account, fields: tuple[FormField, ...], values: Mapping[str, str]
) -> Mapping[str, str]:
    """Return the account's values with the new ones; a field sent empty is emptied."""
    names = {field.name for field in fields}
    kept = {name: value for name, value in account.values.items() if name not in names}
    return {name: value for name, value in {**kept, **values}.items() if value}


def change_email(ctx: Context, account: Account, command: c.ChangeEmail) -> Flow[Decision]:
    """Ask for another address: the link goes there, a notice to the present one (IOL-21, POL-11).

    The password is asked for once more, and where there is none a fresh sign-in (ASVS 5.0 7.5.1).
    """
    new = yield from read_email(
        ctx, command.email, command.email_again, twice=ctx.profile.email.twice
    )
    yield from check_unlocked(ctx, account, "email", new.address)
    if account.password is PasswordState.SET:
        if command.password is None:
            raise refusal("input.missing", "password")
        account, right = yield from prove_password(ctx, account, command.password)
        if not right:
            return failed(ctx, account, refusal("password.old_wrong", "password"))
        account = cleared(account)
    else:
        yield from check_fresh(ctx, account, command.session)
    try:
        yield from limit(ctx, command, ("account", account.id), ("email", new.key))
    except Refusal as refused:
        proved = (e.AttemptCleared(),) if account.id in ctx.counted else ()
        return Decision(account=account, events=proved, refusal=refused)
    event = e.EmailChangeAsked(pending_email=new.address)
    evolved = evolve(account, event)
    return Decision(
        account=account,
        events=(event,),
        effects=(
            Letter(kind="email_change", to=new.address, about=evolved),
            letter("email_change_asked", evolved),
        ),
        answer=Answer(next=Next.READ_MAIL, account=evolved, session=command.session),
    )


def correct_data(ctx: Context, account: Account, command: c.CorrectData) -> Flow[Decision]:
    """Correct what only an operator may (IOL-22, UNI-12).

    With a new address it is the way back for somebody who lost password and mailbox: the
    operator has seen the person, and the new mailbox then recovers the password by itself. What
    the old one was sent opens nothing any more, and whoever is signed in is signed out.
    """
    typed = dict(command.values)
    changeable = _operator_fields(ctx)
    refused = [name for name in typed if name not in changeable]
    if refused or not typed:
        raise Refusal(
            *(fault("data.not_correctable", shown(n)) for n in refused),
            *([] if typed else [fault("input.missing", "values")]),
        )
    fields = tuple(changeable[name] for name in typed)
    known = {k: v for k, v in account.values.items() if k not in typed}
    reading = yield from read_form(ctx, fields, typed, account.codice_fiscale, known=known)
    values = dict(_merged(account, fields, reading.values))
    email, personal = account.email, account.personal_email
    if (told := values.pop("email", None)) is not None:
        address = yield from read_email(ctx, told, None, twice=False)
        email, personal = reference(ctx, None, address), address.address
    changed = attrs.evolve(
        account, values=values, codice_fiscale=reading.codice_fiscale, email=email
    )
    yield from _check_free(ctx, changed)
    moved = email != account.email
    event = e.DataCorrected(
        values=values,
        codice_fiscale=reading.codice_fiscale,
        email=email,
        personal_email=personal,
        sessions=() if moved else account.sessions,
        # Whoever looked first has compared the person with other data than these.
        first_look=account.first_look if was_seen(account) else None,
        sources=corrected(account, changed),
        fields=" ".join(sorted(typed)),
    )
    events: tuple[e.Event, ...] = (event,)
    if moved and account.password is PasswordState.TEMPORARY:
        events = (*events, (yield from temporary(ctx, evolve(account, event))))
    evolved = after(account, events)
    letters = [letter("data_corrected", evolved, fields=event.fields)]
    if moved and account.email:
        letters.append(attrs.evolve(letters[0], to=account.email))
    if len(events) > 1:
        letters.append(letter("credentials", evolved))
    return Decision(
        account=account,
        events=events,
        effects=tuple(letters),
        answer=Answer(account=evolved, notices=reading.notices),
    )


def _operator_fields(ctx: Context) -> Mapping[str, FormField]:
    """Return the fields that an operator may correct, by name."""
    fields = {
        field.name: attrs.evolve(field, required=False)
        for field in ctx.profile.form
        if field.kind not in CREDENTIAL_KINDS and field.name not in CONFIRMATIONS
    }
    if ctx.profile.codice_fiscale != "absent":
        fields["cf"] = attrs.evolve(CODICE_FISCALE, required=False)
    return fields | {"email": attrs.evolve(EMAIL, required=False)}


def _check_free(ctx: Context, corrected: Account) -> Flow[None]:
    """Refuse a code or an address that another account holds; an operator may know.

    Raises:
        Refusal: ``cf.taken`` or ``email.taken``.
    """
    email = email_key(corrected.email) if corrected.email else ""
    for kind, field, value in (
        ("codice_fiscale", "cf", corrected.codice_fiscale or ""),
        ("email", "email", email),
    ):
        if (yield from in_use(ctx, kind, value, but=corrected.id)):
            raise refusal(f"{field}.taken", field)
