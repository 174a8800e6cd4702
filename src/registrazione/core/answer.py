"""What the caller gets for a command that was accepted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import attrs

from registrazione.core.account import Account
from registrazione.core.draft import Draft
from registrazione.core.records import AuditRecord
from registrazione.core.refusals import Fault


class Next(StrEnum):
    """What the person does next: the name of a command, or what to wait for."""

    NOTICE = "acknowledge_notice"
    IDENTIFY = "identify"
    FILL = "fill"
    SUMMARY = "summary"
    CONFIRM = "confirm"
    OPEN_LINK = "open_link"
    WAIT_FOR_SECRETARIAT = "wait_for_secretariat"
    GO_IN_PERSON = "go_in_person"
    SIGN_IN = "sign_in"
    READ_MAIL = "read_mail"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - the name of a command
    CHANGE_PERSONAL_CODE = "change_personal_code"
    COMPLETE_DATA = "complete_data"
    ALIGN = "align"
    USE_SERVICES = "use_services"
    NOTHING = "nothing"


@attrs.frozen(kw_only=True)
class Difference:
    """A field that the account and the identity provider tell differently (UNI-03).

    Args:
        field: Which one.
        ours: What the account says.
        theirs: What the provider says; it wins where the person accepts.
        locked: Whether the person may not change it afterwards.
    """

    field: str
    ours: str = attrs.field(repr=False)
    theirs: str = attrs.field(repr=False)
    locked: bool = False


@attrs.frozen(kw_only=True)
class Offer:
    """A service, and whether this account may use it now (MIM-39).

    Args:
        name: Which one.
        open: Whether it may be used.
        why_not: Code of the refusal, where it may not.
        favourite: Whether it is on the personal list (MIM-40).
    """

    name: str
    open: bool
    why_not: str = ""
    favourite: bool = False


@attrs.frozen(kw_only=True)
class Answer:
    """What the caller gets. Only what the command is about is filled in.

    Args:
        next: What the person does next.
        account: The account afterwards, for the host and for operators' pages.
        draft: The form on its way; keep it where the visitor's session lives.
        session: Token of the signed-in session; keep it in a cookie.
        ticket: Token for the same browser: to have the link sent again, to correct the
            address, to fill in data that are missing, to align.
        provider_session: What ends the session that goes on at the identity provider; keep it
            beside ``session``.
        receipt: Token that proves a signed application.
        notices: Warnings and hints that did not refuse.
        missing: Fields that are still to be filled in.
        differences: What an alignment would change.
        services: What the account may use.
        destination: The service that the person first wanted (MIM-29).
        expires_at: Until when what was promised is good.
        history: The trail of the account.
        export: Everything kept about the person.
    """

    next: Next = Next.NOTHING
    account: Account | None = None
    draft: Draft | None = None
    session: str = attrs.field(default="", repr=False)
    ticket: str = attrs.field(default="", repr=False)
    provider_session: str = attrs.field(default="", repr=False)
    receipt: str = attrs.field(default="", repr=False)
    notices: tuple[Fault, ...] = ()
    missing: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    services: tuple[Offer, ...] = ()
    destination: str = ""
    expires_at: datetime | None = None
    history: tuple[AuditRecord, ...] = ()
    export: Mapping[str, object] = attrs.field(factory=dict[str, object], repr=False)
