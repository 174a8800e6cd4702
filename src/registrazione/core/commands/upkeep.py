"""What comes later: changed data, the end, and what the clock asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from registrazione.core.commands.base import (
    HolderOrOperatorCommand,
    Kind,
    OperatorCommand,
    SessionCommand,
    TimerCommand,
    entry,
)
from registrazione.core.secret import Secret


@attrs.frozen(kw_only=True, eq=False)
class UpdateContacts(SessionCommand):
    """Change phones, document, residence, domicile (IOL-21, POL-08)."""

    name = "update_contacts"
    values: Mapping[str, object] = entry(Kind.FORM)


@attrs.frozen(kw_only=True, eq=False)
class ChangeEmail(SessionCommand):
    """Ask for another address; it counts once its own link is used (IOL-21, POL-11)."""

    name = "change_email"
    email: str = entry(Kind.EMAIL)
    email_again: str | None = entry(Kind.OPAQUE, default=None)
    password: Secret | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(Secret),
        metadata={"kind": Kind.SECRET, "max": 4096},
    )


@attrs.frozen(kw_only=True, eq=False)
class CorrectData(OperatorCommand):
    """Correct what only an operator may (IOL-22).

    With the address it is also the way back in for somebody who lost everything (UNI-12).
    """

    name = "correct_data"
    values: Mapping[str, object] = entry(Kind.FORM)
    reason: str = entry(Kind.TEXT, max_length=1000)


@attrs.frozen(kw_only=True, eq=False)
class Suspend(OperatorCommand):
    """Suspend an account, with the reason."""

    name = "suspend"
    reason: str = entry(Kind.TEXT, max_length=1000)


@attrs.frozen(kw_only=True, eq=False)
class Reinstate(OperatorCommand):
    """Make a suspended account active again."""

    name = "reinstate"
    reason: str = entry(Kind.TEXT, max_length=1000)


@attrs.frozen(kw_only=True, eq=False)
class Cancel(HolderOrOperatorCommand):
    """End an account."""

    name = "cancel"
    reason: str = entry(Kind.TEXT, default="", max_length=1000)


@attrs.frozen(kw_only=True, eq=False)
class ExportAccount(HolderOrOperatorCommand):
    """Hand out everything that is kept about a person (GDPR art. 15, 20)."""

    name = "export_account"


@attrs.frozen(kw_only=True, eq=False)
class Erase(HolderOrOperatorCommand):
    """Erase an account with all its data (GDPR art. 17)."""

    name = "erase"


@attrs.frozen(kw_only=True, eq=False)
class History(HolderOrOperatorCommand):
    """Read what happened to the account: "Storico" (MIM-38)."""

    name = "history"


@attrs.frozen(kw_only=True, eq=False)
class Expire(TimerCommand):
    """End what was not activated, or not used, in time (UNI-06)."""

    name = "expire"


@attrs.frozen(kw_only=True, eq=False)
class WarnPassword(TimerCommand):
    """Tell the person that the password is about to expire (POL-17)."""

    name = "warn_password"


@attrs.frozen(kw_only=True, eq=False)
class CancelUnused(TimerCommand):
    """Cancel an account that nobody uses (UNI-19)."""

    name = "cancel_unused"
    unused_since: datetime = entry(Kind.OPAQUE)
