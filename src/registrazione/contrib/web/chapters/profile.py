"""The person's own data: read, changed, handed out, ended (MIM-38, IOL-21, POL-08, POL-11)."""

from __future__ import annotations

import json

from registrazione.contrib.web.chapters.identity_leaving import go_out
from registrazione.contrib.web.exchange import Send, Show
from registrazione.contrib.web.holders import ANY_TIME, Running, account_of, for_holder
from registrazione.contrib.web.inputs import fields_of, plain_field, secret_field
from registrazione.contrib.web.onwards import onwards
from registrazione.contrib.web.pages import (
    Block,
    Button,
    Facts,
    Form,
    InputType,
    Link,
    Links,
    Prose,
    Tone,
)
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.shown import rows_of
from registrazione.contrib.web.told import provider_name, source_of, sources_of
from registrazione.contrib.web.visit import Visit
from registrazione.core.account import Account
from registrazione.core.answer import Answer
from registrazione.core.form import CONFIRMATIONS, CREDENTIAL_KINDS, Editable, FormField
from registrazione.core.places import Places
from registrazione.core.profile import Profile
from registrazione.core.refusals import Refusal
from registrazione.core.sources import locked_fields
from registrazione.core.states import PasswordState
from registrazione.service.letter_words import duration

_TOPIC = "data"


@for_holder()
def show(visit: Visit, present: Answer) -> Running:
    """Show the personal data, the addresses, and everything that can be done (MIM-38, POL-11)."""
    account = account_of(present)
    places = yield lambda r: r.places
    export = Form(
        action=visit.url("/profile/export"),
        heading=visit.text("profile.export"),
        buttons=(Button(label=visit.text("profile.export.button"), tone=Tone.SECONDARY),),
    )
    leave = Form(
        action=visit.url("/profile/sign-out-everywhere"),
        heading=visit.text("profile.sessions"),
        buttons=(Button(label=visit.text("profile.sessions.button"), tone=Tone.SECONDARY),),
    )
    blocks: tuple[Block, ...] = (
        Facts(
            heading=visit.text("profile.data"),
            rows=rows_of(visit, account.values, account.codice_fiscale, places),
            sources=sources_of(visit, account.sources),
        ),
        *_school_only(visit),
        _access(visit, account),
        _ways(visit, account),
        export,
        leave,
    )
    return visit.show("profile", *blocks, help_topic=_TOPIC)


def _access(visit: Visit, account: Account) -> Facts:
    """Return how the person gets in, and where letters go (POL-11, POL-14)."""
    providers = sorted({identity.provider for identity in account.identities})
    linked = ", ".join(provider_name(visit, provider) for provider in providers)
    rows = (
        ("profile.username", account.username),
        ("profile.email", account.email),
        ("profile.personal_email", account.personal_email),
        ("profile.pending_email", account.pending_email),
        ("profile.identities", linked),
    )
    told = account.sources.get("email")
    email = visit.text("profile.email")
    return Facts(
        heading=visit.text("profile.access"),
        rows=tuple((visit.text(key), value) for key, value in rows if value),
        sources={} if told is None else {email: source_of(visit, "email", told)},
    )


def _school_only(visit: Visit) -> tuple[Prose, ...]:
    """Return which data only the school or the secretariat can correct (IOL-22)."""
    names = [
        field.label.to(visit.language).lower()
        for field in visit.profile.form
        if field.editable is Editable.OPERATOR
        and field.kind not in CREDENTIAL_KINDS
        and field.name not in {"email", *CONFIRMATIONS}
    ]
    if not names:
        return ()
    text = visit.text("profile.school_only", fields=", ".join(names))
    return (Prose(paragraphs=(text,), tone=Tone.INFO),)


def _ways(visit: Visit, account: Account) -> Links:
    """Return what can be changed from here."""
    has_password = account.password not in {PasswordState.NONE, PasswordState.OFF}
    ways = (
        ("contacts", "/profile/contacts", bool(_own_fields(visit.profile))),
        ("email", "/profile/email", True),
        ("password", "/password", has_password),
        ("code", "/code", visit.profile.personal_code is not None),
        ("history", "/history", True),
        ("cancel", "/profile/cancel", True),
    )
    linked = {identity.provider for identity in account.identities}
    others = (name for name in visit.profile.federation.providers if name not in linked)
    return Links(
        heading=visit.text("profile.manage"),
        items=(
            *(
                Link(label=visit.text(f"profile.to.{name}"), url=visit.url(path))
                for name, path, offered in ways
                if offered
            ),
            *(
                Link(
                    label=visit.text("told.link", provider=provider_name(visit, other)),
                    url=visit.url(f"/identity/{other}"),
                )
                for other in others
            ),
        ),
    )


# -- contacts -------------------------------------------------------------------------------


def _own_fields(profile: Profile) -> tuple[FormField, ...]:
    """Return the fields that the person may change (IOL-21)."""
    return tuple(field for field in profile.form if field.editable is Editable.PERSON)


@for_holder()
def show_contacts(visit: Visit, present: Answer) -> Running:
    """Show phones, document, residence and domicile as they are (IOL-21, POL-08)."""
    places = yield lambda r: r.places
    return _contacts(visit, account_of(present), places)


@for_holder()
def send_contacts(visit: Visit, present: Answer) -> Running:
    """Change them; what was sent empty is emptied (IOL-21, POL-08)."""
    own = _open_fields(visit, account_of(present))
    values = visit.all_typed(field.name for field in own)
    try:
        answer = yield lambda r: r.update_contacts(visit.session, values)
    except Refusal as refused:
        places = yield lambda r: r.places
        return _contacts(visit, account_of(present), places, refused)
    visit.say_faults(answer.notices)
    visit.say("contacts.done")
    return visit.go("/profile")


def _contacts(
    visit: Visit, account: Account, places: Places | None, refused: Refusal | None = None
) -> Show:
    if not _own_fields(visit.profile):
        return visit.show("not_found", status=404)
    own = _open_fields(visit, account)
    values = {**account.values, **visit.all_typed(field.name for field in own)}
    form = Form(
        action=visit.again(),
        fields=fields_of(visit, own, values, places, refused),
        buttons=(Button(label=visit.text("profile.save")),),
        label=visit.text("contacts.title"),
    )
    blocks = (*_held(visit, account, places), *((form,) if own else ()))
    return visit.show("contacts", *blocks, refused=refused, help_topic=_TOPIC)


def _open_fields(visit: Visit, account: Account) -> tuple[FormField, ...]:
    """Return the fields of their own that the person may change still."""
    locked = locked_fields(account, visit.profile)
    return tuple(field for field in _own_fields(visit.profile) if field.name not in locked)


def _held(visit: Visit, account: Account, places: Places | None) -> tuple[Block, ...]:
    """Return what would be the person's to change, had no identity provider told it."""
    locked = locked_fields(account, visit.profile)
    held = [field.name for field in _own_fields(visit.profile) if field.name in locked]
    if not held:
        return ()
    values = {name: account.values[name] for name in held if name in account.values}
    return (
        Facts(
            heading=visit.text("told.heading"),
            rows=rows_of(visit, values, None, places),
            sources=sources_of(visit, {name: account.sources[name] for name in held}),
        ),
        Prose(paragraphs=(visit.text("told.why"),), tone=Tone.INFO),
    )


# -- the address ----------------------------------------------------------------------------


@for_holder()
def show_email(visit: Visit, present: Answer) -> Running:
    """Ask for another address (POL-11)."""
    yield from ()
    return _email(visit, account_of(present))


@for_holder()
def send_email(visit: Visit, present: Answer) -> Running:
    """Have a link sent to the new address; it counts once that is used (IOL-21, POL-11)."""
    email, password = visit.typed("email"), visit.typed("password") or None
    again = visit.typed("email_again") if visit.profile.email.twice else None
    try:
        answer = yield lambda r: r.change_email(visit.session, email, again, password=password)
    except Refusal as refused:
        if refused.code == "session.not_fresh":
            raise
        return _email(visit, account_of(present), refused)
    return onwards(visit, answer)


def _email(visit: Visit, account: Account, refused: Refusal | None = None) -> Show:
    names = ("email", "email_again") if visit.profile.email.twice else ("email",)
    typed = tuple(
        plain_field(
            visit,
            name,
            f"waiting.{name}",
            type=InputType.EMAIL,
            value=visit.typed(name),
            autocomplete="email",
            refused=refused,
        )
        for name in names
    )
    asked = account.password is PasswordState.SET
    password = secret_field(
        visit, "password", "email.password", autocomplete="current-password", refused=refused
    )
    form = Form(
        action=visit.again(),
        fields=(*typed, *((password,) if asked else ())),
        buttons=(Button(label=visit.text("email.change.button")),),
        label=visit.text("email.change.title"),
    )
    words = Prose(paragraphs=(visit.text("email.change.text"),))
    return visit.show("email.change", words, form, refused=refused, help_topic=_TOPIC)


# -- handing out, leaving -------------------------------------------------------------------


@for_holder(*ANY_TIME)
def export(visit: Visit, _present: Answer) -> Running:
    """Hand out everything that is kept about the person, as JSON (GDPR art. 15, 20)."""
    answer = yield lambda r: r.export_account(session=visit.session)
    written = json.dumps(answer.export, ensure_ascii=False, indent=2)
    return Send(
        body=written.encode("utf-8", "replace"),
        content_type="application/json",
        filename=visit.text("profile.export.file"),
    )


@for_holder(*ANY_TIME)
def leave_everywhere(visit: Visit, _present: Answer) -> Running:
    """Log out on every device (MIM-42)."""
    yield lambda r: r.sign_out(visit.session, everywhere=True)
    return (yield from _left(visit, "profile.sessions.done"))


@for_holder(*ANY_TIME)
def show_cancel(visit: Visit, _present: Answer) -> Running:
    """Ask whether the account is to be ended."""
    yield from ()
    kept = duration(visit.profile.lifetimes.retention, visit.language)
    words = Prose(paragraphs=(visit.text("cancel.text", kept=kept),), tone=Tone.WARNING)
    form = Form(
        action=visit.again(),
        buttons=(Button(label=visit.text("cancel.button"), tone=Tone.DANGER),),
        label=visit.text("cancel.title"),
    )
    back = Links(items=(Link(label=visit.text("cancel.back"), url=visit.url("/profile")),))
    return visit.show("cancel", words, form, back, help_topic=_TOPIC)


@for_holder(*ANY_TIME)
def cancel(visit: Visit, _present: Answer) -> Running:
    """End the account, and leave."""
    yield lambda r: r.cancel(session=visit.session)
    return (yield from _left(visit, "cancel.done"))


def _left(visit: Visit, key: str) -> Running:
    """Go out, to the identity provider first where it has a session of its own."""
    del visit.kept["session"]
    visit.signed_out = True
    return (yield from go_out(visit, key))


ROUTES: tuple[Route, ...] = (
    Route("/profile", get=show),
    Route("/profile/contacts", get=show_contacts, post=send_contacts),
    Route("/profile/email", get=show_email, post=send_email),
    Route("/profile/export", post=export),
    Route("/profile/sign-out-everywhere", post=leave_everywhere),
    Route("/profile/cancel", get=show_cancel, post=cancel),
)
