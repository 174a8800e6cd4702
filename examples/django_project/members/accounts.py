"""What the project tells the library of its members."""

from __future__ import annotations

from members.models import Member
from registrazione.core.account import Account


def fields_of(account: Account) -> dict[str, object]:
    """Return the fields of a member as an account tells them.

    Args:
        account: An active account.
    """
    name = f"{account.values['name']} {account.values['surname']}"
    return {"email": account.email, "full_name": name}


def member_of(account: Account) -> Member | None:
    """Return the member whom an account becomes; ``None`` makes a new one.

    The procedure has proved the address. Those who work in the admin are left alone.

    Args:
        account: One that becomes active.
    """
    return Member.objects.filter(email__iexact=account.email, is_staff=False).first()
