"""What the admin shows of an account: enough to recognise somebody, no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from registrazione.core.account import Account
from registrazione.core.profile import Profile
from registrazione.service.masking import masked_code, masked_email, masked_text


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
