"""From the first page to the active account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import attrs

from registrazione.core.commands.base import (
    DraftCommand,
    Kind,
    OperatorCommand,
    PublicCommand,
    TokenCommand,
    entry,
)
from registrazione.core.secret import Secret


@attrs.frozen(kw_only=True, eq=False)
class Begin(PublicCommand):
    """Open the first page (MIM-07, IOL-01)."""

    name = "begin"
    trail = False
    language: str = entry(Kind.LINE, default="it", max_length=2)


@attrs.frozen(kw_only=True, eq=False)
class AcknowledgeNotice(DraftCommand):
    """Press "Procedi con la registrazione" (MIM-09)."""

    name = "acknowledge_notice"


@attrs.frozen(kw_only=True, eq=False)
class Identify(DraftCommand):
    """Give the codice fiscale and pass the human check (MIM-11, MIM-12, IOL-02)."""

    name = "identify"
    codice_fiscale: str = entry(Kind.OPAQUE, default="")
    human_response: str = entry(Kind.LINE, default="", max_length=4096)


@attrs.frozen(kw_only=True, eq=False)
class Fill(DraftCommand):
    """Send the form (MIM-14, IOL-03, UNI-05)."""

    name = "fill"
    values: Mapping[str, object] = entry(Kind.FORM)
    consents: tuple[str, ...] = entry(Kind.OPAQUE, default=())


@attrs.frozen(kw_only=True, eq=False)
class Back(DraftCommand):
    """Press "Torna indietro" (MIM-21)."""

    name = "back"


@attrs.frozen(kw_only=True, eq=False)
class Confirm(DraftCommand):
    """Confirm the summary (MIM-23, IOL-04)."""

    name = "confirm"
    trail = True


@attrs.frozen(kw_only=True, eq=False)
class Activate(TokenCommand):
    """Use the mailed link: the receipt of a registration, or of a new address."""

    name = "activate"
    password: Secret | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(Secret),
        metadata={"kind": Kind.SECRET, "max": 4096},
    )
    password_again: Secret | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(Secret),
        metadata={"kind": Kind.SECRET, "max": 4096},
    )
    ticket: str = entry(Kind.TOKEN, default="")


@attrs.frozen(kw_only=True, eq=False)
class ResendActivation(PublicCommand):
    """Ask for the link once more, by the browser's ticket or by the address (UNI-08)."""

    name = "resend_activation"
    ticket: str = entry(Kind.TOKEN, default="")
    email: str = entry(Kind.EMAIL, default="")


@attrs.frozen(kw_only=True, eq=False)
class CorrectEmail(TokenCommand):
    """Correct the address that the link was sent to, by the browser's ticket (UNI-08)."""

    name = "correct_email"
    email: str = entry(Kind.EMAIL)
    email_again: str | None = entry(Kind.OPAQUE, default=None)


@attrs.frozen(kw_only=True, eq=False)
class Approve(OperatorCommand):
    """Enable the account, for the secretariat (MIM-24)."""

    name = "approve"


@attrs.frozen(kw_only=True, eq=False)
class Reject(OperatorCommand):
    """Refuse a registration, with the reason."""

    name = "reject"
    reason: str = entry(Kind.TEXT, max_length=1000)


@attrs.frozen(kw_only=True, eq=False)
class IdentifyInPerson(OperatorCommand):
    """Record that the person came, with which document, and signed the form (IST-10, POL-07)."""

    name = "identify_in_person"
    codice_fiscale: str = entry(Kind.OPAQUE)
    document_type: str = entry(Kind.LINE)
    document_number: str = entry(Kind.CODE)
    document_expires: date | None = entry(Kind.OPAQUE, default=None)
    form_signed: bool = entry(Kind.OPAQUE, default=False)
