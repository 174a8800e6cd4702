"""What a letter may speak of: the names that its template can use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from registrazione.core.account import Account
from registrazione.core.emails import EmailAddress
from registrazione.core.form import CODICE_FISCALE, EMAIL, FieldKind
from registrazione.core.form_codes import form_code, grouped
from registrazione.core.places import Places
from registrazione.core.profile import FirstPassword, Gate, HelpRoute, Profile
from registrazione.core.records import OutboxMessage
from registrazione.core.states import CodeState, LinkState
from registrazione.core.texts import Text
from registrazione.service.letter_words import duration, greeted, moment, one_line
from registrazione.service.readable import named_on, readable

_TOPICS = {
    "activation": "registration",
    "receipt": "enabling",
    "enabling": "enabling",
    "activated": "access",
    "credentials": "access",
    "already_registered": "recovery",
    "rejected": "enabling",
    "cancelled": "registration",
    "reset": "recovery",
    "temporary_password": "recovery",
    "username": "recovery",
    "unknown": "recovery",
    "code_recovery": "recovery",
    "aligned": "identity",
    "identity_only": "identity",
    "email_change": "data",
    "email_change_asked": "data",
    "email_changed": "data",
    "data_corrected": "data",
}
"""Which kind of problem a letter may lead to (POL-16); ``access`` where it is not said."""

FORM_CODE = Text("Codice del modulo", "Code of this form")
"""What stands before the code of a printed form."""

WITH_FORM = frozenset({"receipt", "enabling"})
"""Letters with the modulo di adesione."""

_PROVIDERS = {"spid": "SPID", "cie": "CIE", "eidas": "eIDAS"}

_NOT_ON_THE_FORM = frozenset(
    {FieldKind.EMAIL, FieldKind.USERNAME, FieldKind.PASSWORD, FieldKind.CODICE_FISCALE}
)


@attrs.frozen(kw_only=True)
class Help:
    """Where help is to be had, in the letter's language (POL-16).

    Args:
        text: What people read.
        phone: Number to call, or nothing.
        url: Page to open, or nothing.
    """

    text: str
    phone: str
    url: str


@attrs.frozen(kw_only=True)
class Facts:
    """The names that a template can use; each of them is always there, empty where unknown.

    Typed values are one line each. The codice fiscale is in ``form`` and nowhere else.

    Args:
        kind: Which letter, such as ``activation``.
        language: ``it`` or ``en``.
        title: Name of the procedure.
        sender_name: Who the letter is from.
        base_url: Where the procedure is.
        name: The person's name, to greet by.
        username: What the person signs in with; the address where there is no username.
        when: Day and time at which what the letter tells happened.
        link: The link that the letter is about.
        lifetime: For how long the link is good, in words.
        time_to_come: How much time there is to show oneself in person, in words.
        until: Day and time at which what the letter is about ends: its link, its password, the
            lock.
        secret: The temporary password or personal code.
        code_waits: Whether a temporary personal code is still to be changed (IST-12).
        form: Rows of the modulo di adesione: label and value.
        new_address: The address that replaces or replaced the present one, masked.
        still_here: Whether letters go on coming to the address of this one (POL-14).
        changed: Labels of the data that were corrected.
        provider: Name of the identity provider, such as ``SPID``.
        by_identity: Whether only the identity provider opens the account (UNI-03).
        more_to_come: Whether another letter follows this one, so that spam is worth a word
            (IOL-20).
        help: Where help is to be had, or ``None``.
        params: What the flow said, such as ``reason`` or ``days``.
        profile: The procedure itself.
    """

    kind: str
    language: str
    title: str
    sender_name: str
    base_url: str
    name: str = attrs.field(repr=False)
    username: str = attrs.field(repr=False)
    when: str
    link: str = attrs.field(repr=False)
    lifetime: str
    time_to_come: str
    until: str
    secret: str = attrs.field(repr=False)
    code_waits: bool
    form: tuple[tuple[str, str], ...] = attrs.field(repr=False)
    new_address: str = attrs.field(repr=False)
    still_here: bool
    changed: tuple[str, ...]
    provider: str
    by_identity: bool
    more_to_come: bool
    help: Help | None
    params: Mapping[str, str] = attrs.field(repr=False)
    profile: Profile = attrs.field(repr=False)

    def as_context(self) -> dict[str, object]:
        """Return the names and values for a template."""
        return {field.name: getattr(self, field.name) for field in attrs.fields(type(self))}


def gather(
    message: OutboxMessage,
    account: Account | None,
    profile: Profile,
    *,
    base_url: str,
    link: str,
    secret: str,
    language: str,
    places: Places | None = None,
) -> Facts:
    """Return the facts of one letter.

    Args:
        message: The letter in the outbox.
        account: Whose data it is written from, if there is one.
        profile: The procedure.
        base_url: Where the procedure is.
        link: The letter's link, if it carries one.
        secret: The letter's secret, if it carries one.
        language: ``it`` or ``en``.
        places: The lists of places, for a letter with the modulo di adesione.
    """
    kind, params = message.kind, {k: one_line(v) for k, v in message.params.items()}
    lifetimes = profile.lifetimes
    lifetime = lifetimes.reset if kind == "reset" else lifetimes.link
    ends = message.created_at + lifetime if link else _end(kind, message, account, profile)
    return Facts(
        kind=kind,
        language=language,
        title=profile.title.to(language),
        sender_name=sender_name(profile, language),
        base_url=base_url,
        name=greeted(account.values.get("name", "")) if account else "",
        username=one_line(account.username or account.email or "") if account else "",
        when=moment(_happened(kind, message, account), language),
        link=link,
        lifetime=duration(lifetime, language) if link else "",
        time_to_come=duration(lifetimes.presence, language),
        until=moment(ends, language) if ends else "",
        secret=secret,
        code_waits=account is not None and account.code is CodeState.TEMPORARY,
        form=_letters_form(account, profile, language, places)
        if account and kind in WITH_FORM
        else (),
        new_address=_new_address(account) if account else "",
        still_here=account is not None and account.email == message.to,
        changed=_changed(params.get("fields", ""), profile, language),
        provider=_provider(account, profile),
        by_identity=account is not None and account.link is LinkState.ONLY,
        more_to_come=_more_to_come(kind, profile),
        help=_help(_route(kind, profile), language),
        params=params,
        profile=profile,
    )


def sender_name(profile: Profile, language: str) -> str:
    """Return who the letters of a procedure are from.

    Args:
        profile: The procedure.
        language: ``it`` or ``en``.
    """
    return profile.sender_name or profile.title.to(language)


def _happened(kind: str, message: OutboxMessage, account: Account | None) -> datetime:
    """Return when what the letter tells happened."""
    if kind == "activated" and account is not None and account.activated_at is not None:
        return account.activated_at
    return message.created_at


def _end(
    kind: str, message: OutboxMessage, account: Account | None, profile: Profile
) -> datetime | None:
    """Return when the thing that a letter without a link is about comes to its end."""
    if account is None:
        return None
    if kind in {"credentials", "temporary_password"}:
        offered = account.offered is not None and account.offered.generation == message.generation
        return account.offered_until if offered else account.temporary_until
    if kind == "locked":
        return account.locked_until
    set_at, life = account.password_set_at, profile.password.expires_after
    if kind == "password_expiring" and set_at is not None and life is not None:
        return set_at + life
    return None


def form_rows(
    account: Account, profile: Profile, language: str, places: Places | None = None
) -> tuple[tuple[str, str], ...]:
    """Return the person's data for the modulo di adesione, where there is one (IST-10, POL-07).

    Args:
        account: Whose data.
        profile: The procedure.
        language: ``it`` or ``en``.
        places: The lists of places: whoever compares the form with a document reads names, as
            they were on the day of birth, and no codes.

    Returns:
        Label and value of each row; none where nobody has to come in person.
    """
    if Gate.PRESENCE not in profile.gates:
        return ()
    shown = [
        (field, account.values.get(field.name, ""))
        for field in profile.form
        if field.kind not in _NOT_ON_THE_FORM
    ]
    rows = [(CODICE_FISCALE, account.codice_fiscale or ""), *shown, (EMAIL, account.email or "")]
    found: list[tuple[str, str]] = []
    for field, value in rows:
        if value:
            on = named_on(field.name, account.values)
            text = readable(field.kind, value, language, places, on)
            found.append((field.label.to(language), one_line(text)))
    return tuple(found)


def _letters_form(
    account: Account, profile: Profile, language: str, places: Places | None
) -> tuple[tuple[str, str], ...]:
    """Return the form's rows with what the office finds the registration by as the last one."""
    rows = form_rows(account, profile, language, places)
    return (*rows, (FORM_CODE.to(language), grouped(form_code(account)))) if rows else ()


def _new_address(account: Account) -> str:
    """Return the address of a change, so that its owner knows it and a stranger does not."""
    address = account.pending_email or account.personal_email or account.email
    return EmailAddress.of(one_line(address)).masked if address else ""


def _changed(names: str, profile: Profile, language: str) -> tuple[str, ...]:
    """Return the labels of fields that a flow names, as in ``birth_date name``."""
    fields = (profile.field(name) for name in names.split())
    return tuple(field.label.to(language) for field in fields if field is not None)


def _provider(account: Account | None, profile: Profile) -> str:
    """Return the name of the account's identity provider, or of those that there are."""
    known = tuple(identity.provider for identity in account.identities) if account else ()
    names = dict.fromkeys(known or profile.federation.providers)
    return ", ".join(_PROVIDERS.get(name, name) for name in names)


def _more_to_come(kind: str, profile: Profile) -> bool:
    """Tell whether the person has to wait for another letter after this one."""
    if kind == "activation":
        return profile.first_password is FirstPassword.TEMPORARY
    return kind in {"receipt", "enabling", "username"}


def _route(kind: str, profile: Profile) -> HelpRoute | None:
    """Return where help with what a letter leads to is to be had, or at least with registering."""
    return profile.help.get(_TOPICS.get(kind, "access"), profile.help.get("registration"))


def _help(route: HelpRoute | None, language: str) -> Help | None:
    """Return the route in one language."""
    if route is None:
        return None
    return Help(text=route.text.to(language), phone=route.phone, url=route.url)
