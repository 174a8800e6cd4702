"""Personal data the way an operator's list may show them: enough to recognise, no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from registrazione.core.account import Account
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.emails import EmailAddress
from registrazione.core.profile import Profile

_HIDDEN = "***"
_SHORTEST = 3


def masked_text(text: str | None) -> str:
    """Return the first letter and three asterisks; nothing for nothing."""
    if not text:
        return ""
    return f"{text[0]}{_HIDDEN}" if len(text) >= _SHORTEST else _HIDDEN


def masked_email(address: str | None) -> str:
    """Return the first letter, three asterisks and the domain; nothing for nothing."""
    return EmailAddress.of(address).masked if address else ""


def masked_code(code: str | None) -> str:
    """Return a codice fiscale with its middle hidden; nothing for nothing (GDPR art. 87)."""
    return CodiceFiscale(code=code).masked if code else ""


def masked_name(account: Account) -> str:
    """Return the initials of name and surname."""
    names = (account.values.get("name"), account.values.get("surname"))
    return " ".join(filter(None, map(masked_text, names)))


def facts(account: Account, profile: Profile, language: str) -> Iterator[tuple[str, object]]:
    """Yield what an operator may know of an account, by the names that the form has for it.

    Args:
        account: Whose.
        profile: The procedure, whose form names the fields.
        language: ``it`` or ``en``.
    """
    for machine in ("password", "code", "link"):
        yield machine, str(getattr(account, machine))
    yield "codice_fiscale", masked_code(account.codice_fiscale)
    yield "username", masked_text(account.username)
    yield "email", masked_email(account.email)
    yield "pending_email", masked_email(account.pending_email)
    for name, value in account.values.items():
        field = profile.field(name)
        yield (name if field is None else field.label.to(language)), masked_text(value)
    for name in ("created_at", "waiting_since", "activated_at", "last_used_at", "ended_at"):
        at: datetime | None = getattr(account, name)
        yield name, at
