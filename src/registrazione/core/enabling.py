"""Enabling: a visit that an account in use still owes (POL-02, POL-10).

Whoever registers with a procedure that has a gate of presence was seen before the account became
active. Whoever comes from another portal of the realm (POL-15) was not: that account is active,
and its enabling begins with a temporary personal code and ends with the visit, or with an identity
that stands for it (POL-18). Nothing else is kept of it than code and gate, which an account has
anyway.
"""

from __future__ import annotations

from datetime import datetime

from registrazione.core.account import Account, IdentificationRecord
from registrazione.core.profile import Gate, Profile
from registrazione.core.states import AccountState, CodeState


def has_enabling(profile: Profile) -> bool:
    """Tell whether a procedure enables: with a personal code, and in person."""
    return profile.personal_code is not None and Gate.PRESENCE in profile.gates


def was_seen(account: Account) -> bool:
    """Tell whether somebody saw the person, or an identity stood for that."""
    return Gate.PRESENCE in account.gates_passed


def is_under_way(account: Account) -> bool:
    """Tell whether the account is in use and has a code, and the visit is still to come."""
    in_use = account.state is AccountState.ACTIVE
    return in_use and account.code is not CodeState.NONE and not was_seen(account)


def first_look(account: Account, profile: Profile, now: datetime) -> IdentificationRecord | None:
    """Return the first operator's look while it counts and the second is still to come.

    It counts for as long as a registration may wait for the visit (ASVS 5.0, 2.3.5). Corrected
    data take it from the account.

    Args:
        account: Whose visit it is.
        profile: The procedure, which wants four eyes or does not.
        now: The present time.
    """
    look = account.first_look
    if look is None or not profile.four_eyes or was_seen(account):
        return None
    return look if now < look.at + profile.lifetimes.presence else None
