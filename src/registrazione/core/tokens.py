"""What a token means, and for how long: the arithmetic of the 24 hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import attrs

SKEW = timedelta(seconds=30)
"""How far the clock of the machine that reads may be behind the one that wrote."""


class Purpose(StrEnum):
    """What a token is good for. Tokens of one purpose are nothing for another."""

    ACTIVATION = "activation"
    """The mailed link that confirms a registration, or its receipt (IOL-05, IST-09, UNI-06)."""
    EMAIL = "email"
    """The mailed link that confirms a new address."""
    RESET = "reset"
    """The mailed link that sets a new password."""
    TICKET = "ticket"
    """Given to the browser that confirmed the form: proof of being the same one."""
    IDENTITY = "identity"
    """Given to the browser that came back from the identity provider with something to do."""
    SESSION = "session"
    """Given to the browser that signed in."""
    RECEIPT = "receipt"
    """Proof that an application was signed with the personal code (POL-03)."""


EPOCH_BOUND = frozenset({Purpose.ACTIVATION, Purpose.EMAIL, Purpose.RESET, Purpose.IDENTITY})
"""Those that die when the account's epoch moves: used, overtaken, or no longer wanted."""


@attrs.frozen(kw_only=True)
class TokenClaims:
    """What a genuine token says.

    Args:
        purpose: What it is good for.
        account_id: Whose it is.
        epoch: The account's epoch when it was issued.
        extra: One more fixed word, such as the id of a session.
        issued_at: When, to the second; whether that is too long ago is decided by the core.
    """

    purpose: str
    account_id: str
    epoch: int
    extra: str = attrs.field(repr=False)
    issued_at: datetime


def is_in_time(issued_at: datetime, lifetime: timedelta, now: datetime) -> bool:
    """Tell whether something issued then is still good now, the last second included.

    Args:
        issued_at: When it was issued; may be up to :data:`SKEW` in the future.
        lifetime: For how long it is good (UNI-06: 24 hours).
        now: The present time.
    """
    return -SKEW <= now - issued_at <= lifetime
