"""The states of the four small machines; what leads from one to the next is in ``machine``."""

from __future__ import annotations

from enum import StrEnum


class AccountState(StrEnum):
    """Where an account stands between the confirmed form and its end."""

    CLAIM = "claim"
    """Confirmed, or between two gates: somebody says that this is who they are."""
    AWAITING_LINK = "awaiting_link"
    """The link mailed to the address has not been used yet."""
    AWAITING_SECRETARIAT = "awaiting_secretariat"
    """The secretariat has to enable the account (MIM-24)."""
    AWAITING_PRESENCE = "awaiting_presence"
    """The person has to show a document at a school or office (IST-10, POL-04)."""
    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    """Not activated in time; register again (UNI-06)."""
    CANCELLED = "cancelled"


IN_USE = frozenset({AccountState.ACTIVE, AccountState.SUSPENDED})
"""States of an account that has proved itself: person and address are its own alone."""


class PasswordState(StrEnum):
    """What the account's password is worth."""

    NONE = "none"
    TEMPORARY = "temporary"
    """Assigned by the system; must be changed before anything else (MIM-27)."""
    SET = "set"
    EXPIRED = "expired"
    """Too old, or a temporary one that nobody used in time."""
    OFF = "off"
    """Switched off: only the identity provider opens this account (UNI-03)."""


class CodeState(StrEnum):
    """What the personal code is worth."""

    NONE = "none"
    TEMPORARY = "temporary"
    SET = "set"
    BLOCKED = "blocked"
    """Too many wrong attempts; recover it from a full session (POL-09)."""


class LinkState(StrEnum):
    """How the account stands to SPID, CIE or eIDAS."""

    NONE = "none"
    DATA_MISSING = "data_missing"
    """The identity is proved, but the form asks for more than it tells (MIM-06)."""
    TO_ALIGN = "to_align"
    """An account with credentials exists; its data and the identity's are to be aligned."""
    LINKED = "linked"
    ONLY = "only"
    """Aligned, and from then on the only way in (UNI-03)."""
