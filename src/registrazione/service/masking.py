"""Personal data the way a list of an operator's may show them: enough to recognise, no more."""

from __future__ import annotations

from registrazione.core.account import Account
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.emails import EmailAddress

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
